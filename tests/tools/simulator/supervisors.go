package main

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/netip"
	"slices"

	"github.com/vmware/govmomi/simulator"
)

type supervisor struct {
	id       string
	name     string
	zones    []string
	clusters []string // managed object ids
	names    []string // of the clusters, in the same order
	services document // the addresses of services, as {"address", "prefix"}
	settings document
}

// supervisors joins the inventory's facts with the ids that the clusters got at start.
func (e *extras) supervisors() []supervisor {
	ids := e.clusterIDs()
	zones := map[string]string{}
	for _, cluster := range e.site.Clusters {
		zones[cluster.Name] = cluster.Zone
	}
	var list []supervisor
	for _, fact := range e.site.Supervisors {
		made := supervisor{id: fact.ID, name: fact.Ref, zones: fact.Zones, settings: e.settings[fact.ID]}
		made.services = services(fact.ServiceCIDR)
		if renamed, ok := made.settings["name"].(string); ok {
			made.name = renamed
		}
		for _, cluster := range fact.Clusters {
			made.clusters = append(made.clusters, ids[cluster])
			made.names = append(made.names, cluster)
			if zone := zones[cluster]; zone != "" && !slices.Contains(made.zones, zone) {
				made.zones = append(made.zones, zone)
			}
		}
		if laid, ok := made.settings["zones"].([]any); ok {
			made.zones = nil
			for _, zone := range laid {
				made.zones = append(made.zones, textOf(zone))
			}
		}
		list = append(list, made)
	}
	return list
}

func services(block string) document {
	found, err := netip.ParsePrefix(block)
	if err != nil {
		found = netip.MustParsePrefix("10.96.0.0/23") // the default of the API
	}
	return document{"address": found.Addr().String(), "prefix": found.Bits()}
}

// clusterIDs are kept from the first time: a cluster that is renamed keeps its Supervisor.
func (e *extras) clusterIDs() map[string]string {
	e.once.Do(func() {
		e.clusters = map[string]string{}
		for _, each := range e.service.Context.Map.All("ClusterComputeResource") {
			e.clusters[each.(*simulator.ClusterComputeResource).Name] = each.Reference().Value
		}
	})
	return e.clusters
}

// set is what the control laid over the fact, or the fact.
func (s supervisor) set(key string, fact any) any {
	if laid, ok := s.settings[key]; ok {
		return laid
	}
	return fact
}

func (s supervisor) info() document {
	return document{
		"name":              s.name,
		"config_status":     s.set("config_status", "RUNNING"),
		"kubernetes_status": s.set("kubernetes_status", "READY"),
		"stats": document{
			"cpu_used": 0, "cpu_capacity": 0, "memory_used": 0, "memory_capacity": 0,
			"storage_used": 0, "storage_capacity": 0,
		},
	}
}

func (e *extras) listSupervisors(w http.ResponseWriter, _ *http.Request) {
	items := []document{}
	for _, each := range e.supervisors() {
		items = append(items, document{"supervisor": each.id, "info": each.info()})
	}
	reply(w, http.StatusOK, document{"items": items})
}

func (e *extras) withSupervisor(w http.ResponseWriter, r *http.Request, next func(supervisor)) {
	id := r.PathValue("supervisor")
	for _, each := range e.supervisors() {
		if each.id == id {
			next(each)
			return
		}
	}
	notFound(w, "Supervisor", id)
}

func (e *extras) getSupervisor(w http.ResponseWriter, r *http.Request) {
	e.withSupervisor(w, r, func(s supervisor) { reply(w, http.StatusOK, s.info()) })
}

func (e *extras) getTopology(w http.ResponseWriter, r *http.Request) {
	e.withSupervisor(w, r, func(s supervisor) {
		list := []document{}
		for _, zone := range s.zones {
			list = append(list, document{"zone": zone, "clusters": s.clusters})
		}
		reply(w, http.StatusOK, list)
	})
}

// createZone refuses a name that is taken; the library would replace the zone without a word.
func (e *extras) createZone(w http.ResponseWriter, r *http.Request) {
	sent, err := io.ReadAll(r.Body)
	if err != nil {
		invalid(w, "%v", err)
		return
	}
	var spec struct {
		Zone string `json:"zone"`
	}
	if err := json.Unmarshal(sent, &spec); err != nil || !isLabel(spec.Zone) {
		invalid(w, "zone %q is no DNS label", spec.Zone)
		return
	}
	if e.inner(http.MethodGet, r.URL.Path+"/"+spec.Zone, r.Header, "").Code == http.StatusOK {
		exists(w, "zone", spec.Zone)
		return
	}
	r.Body = io.NopCloser(bytes.NewReader(sent))
	e.vapi.ServeHTTP(w, r)
}
