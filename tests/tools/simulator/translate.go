package main

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
)

// The library has tags and content libraries only under /rest, where an answer is wrapped in
// "value", a body in "create_spec" or "update_spec", and an action is called "~action". The paths
// of /api are the same services in the shapes of 7.0U2 and later, over the same store.

// oldPaths are the services by their path below /api.
var oldPaths = map[string]string{
	"cis/tagging/category":        "/rest/com/vmware/cis/tagging/category",
	"cis/tagging/tag":             "/rest/com/vmware/cis/tagging/tag",
	"cis/tagging/tag-association": "/rest/com/vmware/cis/tagging/tag-association",
	"content/library":             "/rest/com/vmware/content/library",
	"content/local-library":       "/rest/com/vmware/content/local-library",
	"content/subscribed-library":  "/rest/com/vmware/content/subscribed-library",
}

func (e *extras) registerTranslations(mux *http.ServeMux) {
	for path, old := range oldPaths {
		mux.HandleFunc("/api/"+path, e.guarded(e.translated(old)))
		mux.HandleFunc("/api/"+path+"/{id}", e.guarded(e.translated(old)))
	}
}

func (e *extras) translated(old string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		sent, err := io.ReadAll(r.Body)
		if err != nil {
			invalid(w, "%v", err)
			return
		}
		address, body := oldRequest(old, r, sent)
		answer := e.inner(r.Method, address, r.Header, body)
		e.newAnswer(w, r, old, answer)
	}
}

// oldRequest is the address and the body by which the library knows the request.
func oldRequest(old string, r *http.Request, sent []byte) (string, string) {
	action := r.URL.Query().Get("action")
	id := r.PathValue("id")
	if action == "list-tags-for-category" {
		var named struct {
			Category string `json:"category_id"`
		}
		_ = json.Unmarshal(sent, &named)
		id, sent = named.Category, nil
	}
	address := old
	if id != "" {
		address += "/id:" + url.PathEscape(id)
	}
	if action != "" {
		return address + "?~action=" + action, string(sent)
	}
	wrap := map[string]string{http.MethodPost: "create_spec", http.MethodPatch: "update_spec"}[r.Method]
	if wrap == "" {
		return address, ""
	}
	return address, `{"` + wrap + `":` + string(bytes.TrimSpace(sent)) + `}`
}

func (e *extras) newAnswer(w http.ResponseWriter, r *http.Request, old string, answer *httptest.ResponseRecorder) {
	switch {
	case answer.Code == http.StatusNotFound:
		notFound(w, "object", r.PathValue("id"))
		return
	case strings.Contains(answer.Body.String(), "already_exists"):
		exists(w, "object", "of this name")
		return
	case answer.Code != http.StatusOK:
		invalid(w, "refused")
		return
	}
	var wrapped struct {
		Value any `json:"value"`
	}
	_ = json.Unmarshal(answer.Body.Bytes(), &wrapped)
	action := r.URL.Query().Get("action")
	value := published(old, e.visible(wrapped.Value))
	if value == nil && (r.Method == http.MethodGet || strings.HasPrefix(action, "list-") || action == "find") {
		value = []any{}
	}
	switch {
	case value == nil:
		w.WriteHeader(http.StatusNoContent)
	case r.Method == http.MethodPost && action == "":
		reply(w, http.StatusCreated, value)
	case r.Method == http.MethodGet && r.PathValue("id") == "" && !strings.HasSuffix(old, "/library"):
		reply(w, http.StatusOK, e.ofKind(old, value, r.Header))
	default:
		reply(w, http.StatusOK, value)
	}
}

// published is an object with the keys that the interface states: the library drops what is empty
// and shows some of its own.
func published(old string, value any) any {
	object, ok := value.(document)
	if !ok || object["id"] == nil {
		return value
	}
	if object["description"] == nil {
		object["description"] = ""
	}
	if strings.Contains(old, "/cis/tagging/") {
		object["used_by"] = []any{}
		return object
	}
	for _, own := range []string{"Item", "Subs", "VMTX"} {
		delete(object, own)
	}
	return object
}

// ofKind leaves the local libraries in the list of local ones, and the subscribed likewise.
// The library answers both with all.
func (e *extras) ofKind(old string, value any, header http.Header) any {
	kind := map[string]string{"local-library": "LOCAL", "subscribed-library": "SUBSCRIBED"}[old[strings.LastIndex(old, "/")+1:]]
	list, ok := value.([]any)
	if kind == "" || !ok {
		return value
	}
	chosen := []any{}
	for _, id := range list {
		var found struct {
			Value struct {
				Type string `json:"type"`
			} `json:"value"`
		}
		answer := e.inner(http.MethodGet, "/rest/com/vmware/content/library/id:"+textOf(id), header, "")
		if json.Unmarshal(answer.Body.Bytes(), &found) == nil && found.Value.Type == kind {
			chosen = append(chosen, id)
		}
	}
	return chosen
}

// visible drops what the gate hides from lists of objects that bear a tag.
func (e *extras) visible(value any) any {
	switch value := value.(type) {
	case []any:
		kept := []any{}
		for _, each := range value {
			if reference, ok := each.(document); ok {
				if e.gate.isHidden(textOf(reference["type"]), textOf(reference["id"])) {
					continue
				}
				if objects, ok := reference["object_ids"]; ok {
					reference["object_ids"] = e.visible(objects)
				}
			}
			kept = append(kept, each)
		}
		return kept
	}
	return value
}
