package main

import (
	"bytes"
	"fmt"
	"regexp"
	"strings"
	"sync"

	"github.com/vmware/govmomi/simulator"
	"github.com/vmware/govmomi/vim25/mo"
	"github.com/vmware/govmomi/vim25/types"
)

// gate is what an account's permissions do: objects that are hidden from it are in no answer, and
// of objects that it may not read it learns the name of each property that it is refused.
// It works on the text of the answers, so that no method can forget to ask it.
type gate struct {
	models map[string]gpuModel

	lock      sync.RWMutex
	hidden    map[types.ManagedObjectReference]bool // true: others do not mention it either
	forbidden map[types.ManagedObjectReference]bool
}

func newGate(registry *simulator.Registry, models map[string]gpuModel) *gate {
	g := &gate{
		models:    models,
		hidden:    map[types.ManagedObjectReference]bool{},
		forbidden: map[types.ManagedObjectReference]bool{},
	}
	registry.Handler = g.handle
	return g
}

// handle refuses calls on what is forbidden or hidden, and lends the browsers their vGPU data.
func (g *gate) handle(ctx *simulator.Context, method *simulator.Method) (mo.Reference, types.BaseMethodFault) {
	g.lock.RLock()
	defer g.lock.RUnlock()
	if g.forbidden[method.This] {
		return nil, &types.NoPermission{Object: &method.This, PrivilegeId: "System.Read"}
	}
	if _, found := g.hidden[method.This]; found {
		return nil, &types.ManagedObjectNotFound{Obj: method.This}
	}
	if method.Name == "QueryConfigTarget" && ctx.Session != nil {
		// The library itself needs its own type in the registry; a session may have another view.
		if plain, ok := ctx.Session.Get(method.This).(*simulator.EnvironmentBrowser); ok {
			ctx.Session.Registry.Put(&browser{plain, ctx.Map, g.models})
		}
	}
	return nil, nil
}

// mark adds objects to one of the two sets and returns how to take them out again.
func (g *gate) mark(set map[types.ManagedObjectReference]bool, objects []types.ManagedObjectReference, value bool) func() {
	g.lock.Lock()
	defer g.lock.Unlock()
	for _, each := range objects {
		set[each] = value
	}
	return func() {
		g.lock.Lock()
		defer g.lock.Unlock()
		for _, each := range objects {
			delete(set, each)
		}
	}
}

func (g *gate) isHidden(kind, id string) bool {
	g.lock.RLock()
	defer g.lock.RUnlock()
	_, found := g.hidden[types.ManagedObjectReference{Type: kind, Value: id}]
	return found
}

func (g *gate) idle() bool {
	g.lock.RLock()
	defer g.lock.RUnlock()
	return len(g.hidden)+len(g.forbidden) == 0
}

var (
	objectText   = regexp.MustCompile(`(?s)<objects><obj .*?</objects>|<returnval><obj .*?</returnval>`)
	ownerText    = regexp.MustCompile(`^<\w+><obj type="([^"]+)"[^>]*>([^<]+)</obj>`)
	propertyText = regexp.MustCompile(`(?s)<propSet><name>([^<]+)</name>.*?</propSet>`)
	historyText  = regexp.MustCompile(`(?s)<returnval .*?</returnval>`)
)

// filter is the answer as the account sees it.
func (g *gate) filter(method string, answer []byte) []byte {
	g.lock.RLock()
	defer g.lock.RUnlock()
	if len(g.hidden)+len(g.forbidden) == 0 {
		return answer
	}
	answer = objectText.ReplaceAllFunc(answer, g.object)
	history := strings.HasPrefix(method, "Read") || method == "QueryEvents"
	for reference, unmentioned := range g.hidden {
		if !unmentioned {
			continue
		}
		leaf := fmt.Sprintf(`<\w+[^>]*\btype="%s"[^>]*>%s</\w+>`, reference.Type, regexp.QuoteMeta(reference.Value))
		if history {
			mention := regexp.MustCompile(leaf)
			answer = historyText.ReplaceAllFunc(answer, func(entry []byte) []byte {
				if mention.Match(entry) {
					return nil
				}
				return entry
			})
		}
		answer = regexp.MustCompile(`<propSet><name>[^<]*</name>`+leaf+`</propSet>|`+leaf).ReplaceAll(answer, nil)
	}
	return answer
}

// object drops a hidden object and turns the properties of a forbidden one into refusals.
func (g *gate) object(text []byte) []byte {
	owner := ownerText.FindSubmatch(text)
	if owner == nil {
		return text
	}
	reference := types.ManagedObjectReference{Type: string(owner[1]), Value: string(owner[2])}
	if _, found := g.hidden[reference]; found {
		return nil
	}
	if !g.forbidden[reference] {
		return text
	}
	refusal := fmt.Sprintf(`<missingSet><path>$1</path><fault><fault xsi:type="NoPermission">`+
		`<object type="%s">%s</object><privilegeId>System.Read</privilegeId></fault>`+
		`<localizedMessage></localizedMessage></fault></missingSet>`, reference.Type, reference.Value)
	return bytes.TrimSpace(propertyText.ReplaceAll(text, []byte(refusal)))
}
