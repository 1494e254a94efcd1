package main

import (
	"encoding/json"
	"fmt"
	"math"
	"net/http"
	"slices"
	"strings"
)

// shape says which keys an object may carry. vCenter refuses a key that it does not know,
// so a body with a misspelt key must not pass here either.
type shape map[string]rule

type rule struct {
	kind   string // text, whole, flag, texts, object, objects or any
	needed bool
	of     shape
}

var (
	text       = rule{kind: "text"}
	texts      = rule{kind: "texts"}
	whole      = rule{kind: "whole"}
	plain      = rule{kind: "flag"}
	anything   = rule{kind: "any"}
	neededText = rule{kind: "text", needed: true}
	neededInt  = rule{kind: "whole", needed: true}
)

func one(of shape) rule     { return rule{kind: "object", of: of} }
func several(of shape) rule { return rule{kind: "objects", of: of} }

// read decodes a body and holds it against its shape. It answers the request itself on failure.
func read(w http.ResponseWriter, r *http.Request, of shape) (document, bool) {
	defer r.Body.Close()
	var body document
	if err := json.NewDecoder(r.Body).Decode(&body); err != nil {
		invalid(w, "the body is no JSON object: %v", err)
		return nil, false
	}
	faults := of.faults("", body)
	if len(faults) > 0 {
		slices.Sort(faults)
		invalid(w, "%s", strings.Join(faults, "; "))
		return nil, false
	}
	prune(body)
	return body, true
}

// prune drops null: vCenter reads it as absent.
func prune(value any) {
	switch value := value.(type) {
	case document:
		for key, inner := range value {
			if inner == nil {
				delete(value, key)
			}
			prune(inner)
		}
	case []any:
		for _, inner := range value {
			prune(inner)
		}
	}
}

func (s shape) faults(at string, body document) []string {
	var found []string
	for key, value := range body {
		known, ok := s[key]
		if !ok {
			found = append(found, fmt.Sprintf("unknown key %s%s", at, key))
			continue
		}
		if value != nil {
			found = append(found, known.faults(at+key, value)...)
		}
	}
	for key, known := range s {
		if known.needed && body[key] == nil {
			found = append(found, fmt.Sprintf("missing key %s%s", at, key))
		}
	}
	return found
}

func (r rule) faults(at string, value any) []string {
	switch r.kind {
	case "object":
		if inner, ok := value.(document); ok {
			return r.of.faults(at+".", inner)
		}
	case "objects":
		if list, ok := value.([]any); ok {
			return r.each(at, list)
		}
	case "texts":
		if list, ok := value.([]any); ok {
			return rule{kind: "text"}.each(at, list)
		}
	case "text":
		if _, ok := value.(string); ok {
			return nil
		}
	case "whole":
		if number, ok := value.(float64); ok && number == math.Trunc(number) {
			return nil
		}
	case "flag":
		if _, ok := value.(bool); ok {
			return nil
		}
	case "any":
		return nil
	}
	return []string{fmt.Sprintf("%s is not %s", at, r.kind)}
}

func (r rule) each(at string, list []any) []string {
	item := r
	if r.kind == "objects" {
		item = one(r.of)
	}
	var found []string
	for i, value := range list {
		found = append(found, item.faults(fmt.Sprintf("%s[%d]", at, i), value)...)
	}
	return found
}
