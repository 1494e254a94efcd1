package main

import (
	"maps"
	"net/http"
	"slices"
)

var deviceShape = shape{
	"vgpu_devices": several(shape{"profile_name": neededText}),
	"dynamic_direct_path_IO_devices": several(shape{
		"vendor_id": neededInt, "device_id": neededInt, "custom_label": text,
	}),
}

// classUpdate is UpdateSpec of the virtual machine class service; CreateSpec needs three of its keys.
// The id is no part of it, but govmomi always sends one, and vCenter lets it pass.
var classUpdate = shape{
	"id":                 text,
	"cpu_count":          whole,
	"memory_MB":          whole,
	"cpu_reservation":    whole,
	"memory_reservation": whole,
	"description":        text,
	"devices":            one(deviceShape),
	"instance_storage": one(shape{
		"policy": neededText, "volumes": several(shape{"size": neededInt}),
	}),
	"config_spec": anything,
}

var classCreate = func() shape {
	made := maps.Clone(classUpdate)
	made["id"] = neededText
	made["cpu_count"] = neededInt
	made["memory_MB"] = neededInt
	return made
}()

func (e *extras) createClass(w http.ResponseWriter, r *http.Request) {
	body, ok := read(w, r, classCreate)
	if !ok {
		return
	}
	e.lock.Lock()
	defer e.lock.Unlock()
	id := body["id"].(string)
	switch {
	case !isLabel(id):
		invalid(w, "id %q is no DNS label", id)
	case e.classes[id] != nil:
		exists(w, "virtual machine class", id)
	default:
		if e.classIsSound(w, body) {
			e.classes[id] = body
			w.WriteHeader(http.StatusNoContent)
		}
	}
}

// classIsSound refuses what the service documents as refused: a GPU needs all memory reserved.
func (e *extras) classIsSound(w http.ResponseWriter, body document) bool {
	devices, _ := body["devices"].(document)
	vgpus, _ := devices["vgpu_devices"].([]any)
	direct, _ := devices["dynamic_direct_path_IO_devices"].([]any)
	if len(vgpus)+len(direct) > 0 && body["memory_reservation"] != float64(100) {
		invalid(w, "memory_reservation must be 100 where devices has a GPU")
		return false
	}
	if spec := body["config_spec"]; spec != nil {
		if err := configSpecFault(spec); err != nil {
			invalid(w, "%v", err)
			return false
		}
	}
	for _, key := range []string{"cpu_count", "memory_MB"} {
		if number, ok := body[key].(float64); ok && number < 1 {
			invalid(w, "%s is less than 1", key)
			return false
		}
	}
	return true
}

func (e *extras) updateClass(w http.ResponseWriter, r *http.Request) {
	body, ok := read(w, r, classUpdate)
	if !ok {
		return
	}
	e.lock.Lock()
	defer e.lock.Unlock()
	id := r.PathValue("class")
	class, found := e.classes[id]
	if !found {
		notFound(w, "virtual machine class", id)
		return
	}
	delete(body, "id")
	changed := maps.Clone(class)
	maps.Copy(changed, body)
	if e.classIsSound(w, changed) {
		e.classes[id] = changed
		w.WriteHeader(http.StatusNoContent)
	}
}

func (e *extras) deleteClass(w http.ResponseWriter, r *http.Request) {
	e.lock.Lock()
	defer e.lock.Unlock()
	id := r.PathValue("class")
	if e.classes[id] == nil {
		notFound(w, "virtual machine class", id)
		return
	}
	delete(e.classes, id)
	w.WriteHeader(http.StatusNoContent)
}

func (e *extras) getClass(w http.ResponseWriter, r *http.Request) {
	e.lock.Lock()
	defer e.lock.Unlock()
	id := r.PathValue("class")
	if e.classes[id] == nil {
		notFound(w, "virtual machine class", id)
		return
	}
	reply(w, http.StatusOK, e.classInfo(id))
}

func (e *extras) listClasses(w http.ResponseWriter, _ *http.Request) {
	e.lock.Lock()
	defer e.lock.Unlock()
	list := []document{}
	for _, id := range slices.Sorted(maps.Keys(e.classes)) {
		list = append(list, e.classInfo(id))
	}
	reply(w, http.StatusOK, list)
}

// classInfo is the Info structure: what was sent, and who uses it.
func (e *extras) classInfo(id string) document {
	info := maps.Clone(e.classes[id])
	users := []string{}
	for _, name := range slices.Sorted(maps.Keys(e.namespaces)) {
		if slices.Contains(names(e.namespaces[name], "vm_service_spec", "vm_classes"), id) {
			users = append(users, name)
		}
	}
	if info["description"] == nil {
		info["description"] = ""
	}
	if info["devices"] == nil {
		info["devices"] = document{}
	}
	info["namespaces"] = users
	info["vms"] = []string{}
	info["messages"] = []string{}
	info["config_status"] = "READY"
	return info
}

// names reads a list of texts below two keys; what is absent is empty.
func names(body document, outer, inner string) []string {
	object, _ := body[outer].(document)
	list, _ := object[inner].([]any)
	var found []string
	for _, each := range list {
		if name, ok := each.(string); ok {
			found = append(found, name)
		}
	}
	return found
}
