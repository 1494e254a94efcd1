package main

import (
	"maps"
	"net/http"
	"slices"
	"strings"
)

// Limits and zones of a namespace: ResourceQuotaOptionsV1 and its update, and the ZoneSpec of
// vSphere API 9.0. What a zone keeps for one namespace is written and never shown; the bindings of
// a Supervisor show the sum over all namespaces.

var quotaKeys = []string{
	"memory_limit", "memory_limit_default", "memory_request_default",
	"cpu_limit", "cpu_limit_default", "cpu_request_default", "storage_request_limit",
	"pod_count", "service_count", "deployment_count", "daemon_set_count", "replica_set_count",
	"replication_controller_count", "stateful_set_count", "config_map_count", "secret_count",
	"persistent_volume_claim_count", "job_count",
}

var quota, quotaUpdate = quotaShapes()

var zoneShape = shape{
	"name": neededText, "vm_reservations": several(shape{
		"reserved_vm_class": neededText, "count": neededInt,
	}),
	"cpu_limit_MHz": whole, "cpu_reservation_MHz": whole,
	"memory_limit_MiB": whole, "memory_reservation_MiB": whole,
	"disallow_unreserved_direct_path_usage": plain,
}

func quotaShapes() (shape, shape) {
	made := shape{}
	for _, key := range quotaKeys {
		made[key] = whole
	}
	update := maps.Clone(made)
	for _, key := range quotaKeys {
		update[key+"_unset"] = plain
	}
	return made, update
}

// mergedQuota leaves what is not named, and drops what its own key unsets.
func mergedQuota(old any, update document) document {
	made, _ := old.(document)
	made = maps.Clone(made)
	if made == nil {
		made = document{}
	}
	for key, value := range update {
		if bare, found := strings.CutSuffix(key, "_unset"); found {
			if value == true {
				delete(made, bare)
			}
		} else if update[key+"_unset"] != true {
			made[key] = value
		}
	}
	return made
}

// reserves tells whether this vCenter is of version 9, which has zones of namespaces.
func (e *extras) reserves() bool {
	major, _, _ := strings.Cut(e.version, ".")
	return len(major) > 1 || major >= "9"
}

// zonesKnown refuses a zone that the Supervisor lacks, and a reservation of a class that the
// namespace may not use.
func (e *extras) zonesKnown(w http.ResponseWriter, old, sent document) bool {
	specs, stated := sent["zones"].([]any)
	if stated && !e.reserves() {
		invalid(w, "unknown key zones")
		return false
	}
	service := sent
	if sent["vm_service_spec"] == nil {
		service = old
	}
	bound := names(service, "vm_service_spec", "vm_classes")
	for _, each := range specs {
		spec := each.(document)
		if !slices.Contains(e.zonesOf(textOf(old["supervisor"])), textOf(spec["name"])) {
			notFound(w, "zone", textOf(spec["name"]))
			return false
		}
		list, _ := spec["vm_reservations"].([]any)
		for _, reservation := range list {
			class := textOf(reservation.(document)["reserved_vm_class"])
			if !slices.Contains(bound, class) {
				invalid(w, "virtual machine class %q is not bound to the namespace", class)
				return false
			}
		}
	}
	return true
}

func (e *extras) zonesOf(supervisor string) []string {
	for _, each := range e.supervisors() {
		if each.id == supervisor {
			return each.zones
		}
	}
	return nil
}

// zoneInfo lists the zones of a namespace; without any of its own it has the Supervisor's.
func (e *extras) zoneInfo(body document) []document {
	found := e.zonesOf(textOf(body["supervisor"]))
	if specs, ok := body["zones"].([]any); ok {
		found = nil
		for _, each := range specs {
			found = append(found, textOf(each.(document)["name"]))
		}
	}
	list := []document{}
	for _, zone := range found {
		list = append(list, document{"zone": zone, "type": "WORKLOAD", "marked_for_removal": false})
	}
	return list
}

// listBindings shows each zone of a Supervisor with its namespaces and what it keeps for all.
func (e *extras) listBindings(w http.ResponseWriter, r *http.Request) {
	if !e.reserves() {
		notFound(w, "path", r.URL.Path)
		return
	}
	e.withSupervisor(w, r, func(s supervisor) {
		e.lock.Lock()
		defer e.lock.Unlock()
		list := []document{}
		for _, zone := range s.zones {
			list = append(list, e.binding(s.id, zone))
		}
		reply(w, http.StatusOK, document{"zones": list})
	})
}

func (e *extras) binding(supervisor, zone string) document {
	kept := map[string]float64{}
	here := []string{}
	for _, name := range slices.Sorted(maps.Keys(e.namespaces)) {
		body := e.namespaces[name]
		if body["supervisor"] != supervisor {
			continue
		}
		here = append(here, name)
		specs, _ := body["zones"].([]any)
		for _, each := range specs {
			spec := each.(document)
			list, _ := spec["vm_reservations"].([]any)
			for _, one := range list {
				if reservation := one.(document); spec["name"] == zone {
					kept[textOf(reservation["reserved_vm_class"])] += reservation["count"].(float64)
				}
			}
		}
	}
	reservations := []document{}
	for _, class := range slices.Sorted(maps.Keys(kept)) {
		reservations = append(reservations, document{"reserved_vm_class": class, "count": kept[class]})
	}
	return document{
		"zone": zone, "type": "WORKLOAD", "namespaces": here, "marked_for_removal": false,
		"resource_allocation": document{"vm_reservations": reservations},
	}
}

// listProviders shows the OIDC providers of a Supervisor.
func (e *extras) listProviders(w http.ResponseWriter, r *http.Request) {
	e.withSupervisor(w, r, func(supervisor) {
		e.lock.Lock()
		defer e.lock.Unlock()
		list := []document{}
		for _, id := range slices.Sorted(maps.Keys(e.providers)) {
			list = append(list, document{"provider": id, "display_name": e.providers[id]["display_name"]})
		}
		reply(w, http.StatusOK, list)
	})
}

// createProvider takes what a person does before groups of a provider can get rights.
func (e *extras) createProvider(w http.ResponseWriter, r *http.Request) {
	body, ok := read(w, r, shape{
		"display_name": neededText, "issuer_URL": neededText, "client_ID": neededText,
		"client_secret": neededText, "username_claim": text, "groups_claim": text,
		"certificate_authority_data": text, "additional_scopes": texts,
		"additional_authorize_parameters": anything, "allow_credentials_exchange": plain,
		"prefix": text, "extra_claims": texts, "enable_kubernetes_JWT_authentication": plain,
	})
	if !ok {
		return
	}
	e.withSupervisor(w, r, func(supervisor) {
		e.lock.Lock()
		defer e.lock.Unlock()
		id := "provider-" + textOf(body["display_name"])
		e.providers[id] = body
		reply(w, http.StatusCreated, id)
	})
}
