package main

import (
	"encoding/json"
	"net/http"
)

// listPolicies is the list of storage policies without their rules, which only PBM has.
func (e *extras) listPolicies(w http.ResponseWriter, r *http.Request) {
	wanted := map[string]bool{}
	for _, id := range r.URL.Query()["policies"] {
		wanted[id] = true
	}
	list := []document{}
	for _, profile := range e.policies.all() {
		id := profile.ProfileId.UniqueId
		if len(wanted) == 0 || wanted[id] {
			list = append(list, document{"policy": id, "name": profile.Name, "description": profile.Description})
		}
	}
	reply(w, http.StatusOK, list)
}

// ask reads an answer of the library's REST service; what it refuses stays empty.
func (e *extras) ask(method, path string, header http.Header, body string, into any) {
	_ = json.Unmarshal(e.inner(method, path, header, body).Body.Bytes(), into)
}

// zoneAssociations says which clusters are in which zone, all at once.
func (e *extras) zoneAssociations(w http.ResponseWriter, r *http.Request) {
	const zones = "/api/vcenter/consumption-domains/zones"
	var known struct {
		Items []struct {
			Zone string `json:"zone"`
		} `json:"items"`
	}
	e.ask(http.MethodGet, zones, r.Header, "", &known)
	list := []document{}
	for _, each := range known.Items {
		var clusters []string
		e.ask(http.MethodGet, zones+"/cluster/"+each.Zone+"/associations", r.Header, "", &clusters)
		for _, cluster := range clusters {
			if !e.gate.isHidden("ClusterComputeResource", cluster) {
				list = append(list, document{"zone": each.Zone, "cluster": cluster, "state": "ASSOCIATED"})
			}
		}
	}
	reply(w, http.StatusOK, document{"associations": list})
}
