package main

import (
	"maps"
	"net/http"
)

// The access service keeps one entry per subject in the namespace's access_list.

var accessSpec = shape{"role": neededText, "identity_provider": text}

// withAccess finds the entry of the subject that the path and the type parameter name.
func (e *extras) withAccess(w http.ResponseWriter, r *http.Request, next func(body document, list []any, at int)) {
	e.withNamespace(w, r, func(_ string, body document) {
		list, _ := body["access_list"].([]any)
		at := -1
		for i, each := range list {
			entry := each.(document)
			if entry["domain"] == r.PathValue("domain") && entry["subject"] == r.PathValue("subject") &&
				entry["subject_type"] == r.URL.Query().Get("type") {
				at = i
			}
		}
		next(body, list, at)
	})
}

func (e *extras) getAccess(w http.ResponseWriter, r *http.Request) {
	e.withAccess(w, r, func(_ document, list []any, at int) {
		if at < 0 {
			notFound(w, "access entry", r.PathValue("subject"))
			return
		}
		info := document{"inherited": false}
		for _, key := range []string{"role", "identity_provider"} {
			if value := list[at].(document)[key]; value != nil {
				info[key] = value
			}
		}
		reply(w, http.StatusOK, info)
	})
}

func (e *extras) createAccess(w http.ResponseWriter, r *http.Request) {
	spec, ok := read(w, r, accessSpec)
	if !ok {
		return
	}
	e.withAccess(w, r, func(body document, list []any, at int) {
		if at >= 0 {
			exists(w, "access entry", r.PathValue("subject"))
			return
		}
		entry := document{
			"domain":       r.PathValue("domain"),
			"subject":      r.PathValue("subject"),
			"subject_type": r.URL.Query().Get("type"),
		}
		maps.Copy(entry, spec)
		body["access_list"] = append(list, entry)
		w.WriteHeader(http.StatusNoContent)
	})
}

func (e *extras) setAccess(w http.ResponseWriter, r *http.Request) {
	spec, ok := read(w, r, accessSpec)
	if !ok {
		return
	}
	e.withAccess(w, r, func(_ document, list []any, at int) {
		if at < 0 {
			notFound(w, "access entry", r.PathValue("subject"))
			return
		}
		delete(list[at].(document), "identity_provider")
		maps.Copy(list[at].(document), spec)
		w.WriteHeader(http.StatusNoContent)
	})
}

func (e *extras) deleteAccess(w http.ResponseWriter, r *http.Request) {
	e.withAccess(w, r, func(body document, list []any, at int) {
		if at < 0 {
			notFound(w, "access entry", r.PathValue("subject"))
			return
		}
		body["access_list"] = append(list[:at:at], list[at+1:]...)
		w.WriteHeader(http.StatusNoContent)
	})
}
