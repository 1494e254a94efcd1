package main

import (
	"encoding/json"
	"maps"
	"net/http"
	"slices"
)

var accessShape = shape{
	"subject_type": neededText, "subject": neededText, "domain": neededText,
	"role": neededText, "identity_provider": text,
}

// namespaceUpdate is UpdateSpec; the two create specs add the name and where it lives.
var namespaceUpdate = shape{
	"description":   text,
	"resource_spec": one(quotaUpdate),
	"zones":         several(zoneShape),
	"access_list":   several(accessShape),
	"storage_specs": several(shape{"policy": neededText, "limit": whole}),
	"vm_service_spec": one(shape{
		"content_libraries": texts, "vm_classes": texts,
	}),
	"content_libraries": several(shape{
		"content_library": neededText, "writable": plain, "allow_import": plain,
		"resource_naming_strategy": text,
	}),
	"edges":                   anything,
	"infrastructure_policies": anything,
	"network_spec":            anything,
}

var namespaceCreate = map[int]shape{
	1: extended("cluster"),
	2: extended("supervisor"),
}

func extended(place string) shape {
	made := maps.Clone(namespaceUpdate)
	made["namespace"] = neededText
	made[place] = neededText
	for _, key := range []string{"networks", "creator", "namespace_network"} {
		made[key] = anything
	}
	if place == "supervisor" {
		made["self_service_namespace"] = plain
	} else {
		delete(made, "zones")
	}
	made["resource_spec"] = one(quota)
	return made
}

func (e *extras) createNamespace(version int) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		body, ok := read(w, r, namespaceCreate[version])
		if !ok {
			return
		}
		e.lock.Lock()
		defer e.lock.Unlock()
		name := body["namespace"].(string)
		switch {
		case !isLabel(name):
			invalid(w, "namespace %q is no DNS label", name)
		case e.namespaces[name] != nil:
			exists(w, "namespace", name)
		default:
			if e.place(w, body) && e.refersToKnown(w, r, body) && e.zonesKnown(w, body, body) {
				delete(body, "namespace")
				e.namespaces[name] = body
				w.WriteHeader(http.StatusNoContent)
			}
		}
	}
}

// place notes both where version 1 and where version 2 of the API would say the namespace lives.
func (e *extras) place(w http.ResponseWriter, body document) bool {
	for _, supervisor := range e.supervisors() {
		if body["supervisor"] == supervisor.id || slices.Contains(supervisor.clusters, textOf(body["cluster"])) {
			body["supervisor"] = supervisor.id
			if body["cluster"] == nil && len(supervisor.clusters) > 0 {
				body["cluster"] = supervisor.clusters[0]
			}
			return true
		}
	}
	notFound(w, "Supervisor", textOf(body["supervisor"])+textOf(body["cluster"]))
	return false
}

func textOf(value any) string {
	text, _ := value.(string)
	return text
}

// refersToKnown refuses a namespace that names a class, a policy or a library that is not there.
func (e *extras) refersToKnown(w http.ResponseWriter, r *http.Request, body document) bool {
	for _, class := range names(body, "vm_service_spec", "vm_classes") {
		if e.classes[class] == nil {
			notFound(w, "virtual machine class", class)
			return false
		}
	}
	specs, _ := body["storage_specs"].([]any)
	for _, spec := range specs {
		if policy := textOf(spec.(document)["policy"]); !e.policies.has(policy) {
			notFound(w, "storage policy", policy)
			return false
		}
	}
	libraries := e.libraries(r)
	for _, library := range names(body, "vm_service_spec", "content_libraries") {
		if !slices.Contains(libraries, library) {
			notFound(w, "content library", library)
			return false
		}
	}
	return true
}

func (e *extras) libraries(r *http.Request) []string {
	var list struct {
		Value []string `json:"value"`
	}
	answer := e.inner(http.MethodGet, "/rest/com/vmware/content/library", r.Header, "")
	_ = json.Unmarshal(answer.Body.Bytes(), &list)
	return list.Value
}

func (e *extras) getNamespace(version int) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		e.withNamespace(w, r, func(_ string, body document) {
			reply(w, http.StatusOK, e.namespaceInfo(body, version))
		})
	}
}

// withNamespace runs the rest of a handler under the lock, if the named namespace is there.
func (e *extras) withNamespace(w http.ResponseWriter, r *http.Request, next func(string, document)) {
	e.lock.Lock()
	defer e.lock.Unlock()
	name := r.PathValue("namespace")
	body := e.namespaces[name]
	if body == nil {
		notFound(w, "namespace", name)
		return
	}
	next(name, body)
}

func (e *extras) namespaceInfo(body document, version int) document {
	info := document{
		"description":     "",
		"access_list":     []any{},
		"storage_specs":   []any{},
		"vm_service_spec": document{"content_libraries": []any{}, "vm_classes": []any{}},
		"networks":        []any{},
		"messages":        []any{},
		"config_status":   "RUNNING",
		"stats":           document{"cpu_used": 0, "memory_used": 0, "storage_used": 0},
	}
	maps.Copy(info, body)
	delete(info, map[int]string{1: "supervisor", 2: "cluster"}[version])
	delete(info, "zones")
	if version == 2 && e.reserves() {
		info["zones"] = e.zoneInfo(body)
	}
	return info
}

func (e *extras) listNamespaces(version int) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		e.lock.Lock()
		defer e.lock.Unlock()
		list := []document{}
		for _, name := range slices.Sorted(maps.Keys(e.namespaces)) {
			info := e.namespaceInfo(e.namespaces[name], version)
			summary := document{"namespace": name}
			for _, key := range []string{"cluster", "supervisor", "config_status", "description", "stats"} {
				if info[key] != nil {
					summary[key] = info[key]
				}
			}
			list = append(list, summary)
		}
		reply(w, http.StatusOK, list)
	}
}

func (e *extras) updateNamespace(w http.ResponseWriter, r *http.Request) {
	e.changeNamespace(w, r, func(old, sent document) document {
		changed := maps.Clone(old)
		maps.Copy(changed, sent)
		if update, ok := sent["resource_spec"].(document); ok {
			changed["resource_spec"] = mergedQuota(old["resource_spec"], update)
		}
		return changed
	})
}

// setNamespace is the full replacement: a key that is not sent is gone afterwards.
func (e *extras) setNamespace(w http.ResponseWriter, r *http.Request) {
	e.changeNamespace(w, r, func(old, sent document) document {
		for _, key := range []string{"cluster", "supervisor", "zones"} {
			if old[key] != nil {
				sent[key] = old[key]
			}
		}
		return sent
	})
}

func (e *extras) changeNamespace(w http.ResponseWriter, r *http.Request, merge func(old, sent document) document) {
	sent, ok := read(w, r, namespaceUpdate)
	if !ok {
		return
	}
	e.withNamespace(w, r, func(name string, old document) {
		if e.refersToKnown(w, r, sent) && e.zonesKnown(w, old, sent) {
			e.namespaces[name] = merge(old, sent)
			w.WriteHeader(http.StatusNoContent)
		}
	})
}

func (e *extras) deleteNamespace(w http.ResponseWriter, r *http.Request) {
	e.withNamespace(w, r, func(name string, _ document) {
		delete(e.namespaces, name)
		w.WriteHeader(http.StatusNoContent)
	})
}
