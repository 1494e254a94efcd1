package main

import "net/http"

// The older view of Supervisors: one entry per cluster that is enabled.

func (e *extras) listClusters(w http.ResponseWriter, _ *http.Request) {
	list := []document{}
	for _, each := range e.supervisors() {
		for i, id := range each.clusters {
			list = append(list, document{
				"cluster": id, "cluster_name": each.names[i], "stats": each.info()["stats"],
				"config_status":     each.set("config_status", "RUNNING"),
				"kubernetes_status": each.set("kubernetes_status", "READY"),
			})
		}
	}
	reply(w, http.StatusOK, list)
}

// ofCluster runs the rest of a handler with the Supervisor that the cluster in the path is in.
func (e *extras) ofCluster(w http.ResponseWriter, r *http.Request, next func(supervisor, int)) {
	id := r.PathValue("cluster")
	for _, each := range e.supervisors() {
		for i, cluster := range each.clusters {
			if cluster == id {
				next(each, i)
				return
			}
		}
	}
	notFound(w, "enabled cluster", id)
}

func (e *extras) getCluster(w http.ResponseWriter, r *http.Request) {
	e.ofCluster(w, r, func(s supervisor, _ int) {
		reply(w, http.StatusOK, document{
			"size_hint":                  s.set("size_hint", "SMALL"),
			"master_DNS":                 s.set("master_DNS", []any{"10.0.0.2", "10.0.0.3"}),
			"worker_DNS":                 s.set("worker_DNS", []any{"10.0.0.2", "10.0.0.3"}),
			"master_NTP_servers":         s.set("master_NTP_servers", []any{"10.0.0.4"}),
			"master_DNS_search_domains":  s.set("master_DNS_search_domains", []any{}),
			"service_cidr":               s.set("service_cidr", s.services),
			"config_status":              s.set("config_status", "RUNNING"),
			"kubernetes_status":          s.set("kubernetes_status", "READY"),
			"kubernetes_status_messages": []any{},
			"messages":                   []any{},
			"stat_summary":               s.info()["stats"],
			"network_provider":           "NSXT_CONTAINER_PLUGIN",
			"api_servers":                []any{},
		})
	})
}

func (s supervisor) software() document {
	return document{
		"current_version":    s.set("version", "v1.30.5+vmware.4-fips-vsc0.1.11-24453264"),
		"available_versions": []any{},
		"state":              "READY",
	}
}

func (e *extras) listSoftware(w http.ResponseWriter, _ *http.Request) {
	list := []document{}
	for _, each := range e.supervisors() {
		for i, id := range each.clusters {
			line := each.software()
			line["cluster"], line["cluster_name"] = id, each.names[i]
			list = append(list, line)
		}
	}
	reply(w, http.StatusOK, list)
}

func (e *extras) getSoftware(w http.ResponseWriter, r *http.Request) {
	e.ofCluster(w, r, func(s supervisor, _ int) {
		line := s.software()
		line["messages"] = []any{}
		reply(w, http.StatusOK, line)
	})
}
