package main

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// edit puts a document of the REST side in place by its key, or takes it out where it is null.
// It goes round all checks: a test may want what no client could have written.
// With a path only what it leads to changes: "devices.vgpu_devices.0.profile_name".
func (e *extras) edit(wish command, remember func(...func())) (any, error) {
	e.lock.Lock()
	defer e.lock.Unlock()
	stores := map[string]map[string]document{
		"classes": e.classes, "namespaces": e.namespaces, "supervisors": e.settings, "clusters": e.profiles,
	}
	documents, ok := stores[wish.Store]
	if !ok {
		return nil, fmt.Errorf("no store %q: there are %v", wish.Store, slices.Sorted(maps.Keys(stores)))
	}
	before, was := documents[wish.Key]
	var value any
	if wish.Value != nil {
		if err := json.Unmarshal(wish.Value, &value); err != nil {
			return nil, err
		}
	}
	made, err := edited(before, wish.Path, value)
	if err != nil {
		return nil, err
	}
	remember(func() {
		e.lock.Lock()
		defer e.lock.Unlock()
		if was {
			documents[wish.Key] = before
		} else {
			delete(documents, wish.Key)
		}
	})
	if made == nil {
		delete(documents, wish.Key)
	} else {
		documents[wish.Key] = made
	}
	return before, nil
}

// edited is a copy of the document with the value in place; the document itself stays for undo.
func edited(before document, path string, value any) (document, error) {
	if path == "" {
		made, ok := value.(document)
		if value != nil && !ok {
			return nil, fmt.Errorf("a document is an object")
		}
		return made, nil
	}
	text, err := json.Marshal(before)
	if err != nil {
		return nil, err
	}
	made := document{}
	if err := json.Unmarshal(text, &made); err != nil {
		return nil, err
	}
	if made == nil {
		made = document{}
	}
	steps := strings.Split(path, ".")
	var at any = made
	for i, step := range steps {
		last := i == len(steps)-1
		switch inner := at.(type) {
		case document:
			if last {
				inner[step] = value
				if value == nil {
					delete(inner, step)
				}
			} else if inner[step] == nil {
				inner[step] = document{}
			}
			at = inner[step]
		case []any:
			place, err := strconv.Atoi(step)
			if err != nil || place < 0 || place >= len(inner) {
				return nil, fmt.Errorf("%s: no entry %q among %d", path, step, len(inner))
			}
			if last {
				inner[place] = value
			}
			at = inner[place]
		default:
			return nil, fmt.Errorf("%s: nothing below %q", path, step)
		}
	}
	return made, nil
}
