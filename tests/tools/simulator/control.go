package main

import (
	"crypto/rand"
	"crypto/subtle"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"reflect"
	"slices"
	"strings"
	"sync"

	"github.com/vmware/govmomi/simulator"
	"github.com/vmware/govmomi/vim25/mo"
	"github.com/vmware/govmomi/vim25/types"
)

const (
	controlPath   = "/control"
	controlHeader = "Simulator-Control"
)

// control changes the simulator while it runs. It is no part of a vCenter: tests reach it by a
// token that only the environment file has, and everything that it does can be undone.
type control struct {
	service *simulator.Service
	extras  *extras
	gate    *gate
	wire    *wire
	token   string

	lock sync.Mutex
	undo []func()
}

// command is one wish; README.md has the table.
type command struct {
	Do      string          `json:"do"`
	Object  string          `json:"object"`
	Objects []string        `json:"objects"`
	Below   bool            `json:"below"`
	Mention bool            `json:"mention"`
	Path    string          `json:"path"`
	Value   json.RawMessage `json:"value"`
	Store   string          `json:"store"`
	Key     string          `json:"key"`
	Trouble *trouble        `json:"trouble"`
	Event   string          `json:"event"`
	User    string          `json:"user"`
}

func newControl(service *simulator.Service, extras *extras, gate *gate) *control {
	c := &control{service: service, extras: extras, gate: gate, token: rand.Text()}
	service.ServeMux.Handle("POST "+controlPath, c)
	return c
}

// stand puts the wire before the server's handler.
func (c *control) stand(server *simulator.Server) {
	c.wire = &wire{inner: server.Config.Handler, gate: c.gate, filled: c.extras.filled, expire: c.expire}
	server.Config.Handler = c.wire
}

// ServeHTTP runs a list of commands in order and answers with what each of them returned.
func (c *control) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if subtle.ConstantTimeCompare([]byte(r.Header.Get(controlHeader)), []byte(c.token)) != 1 {
		fail(w, http.StatusForbidden, "UNAUTHORIZED", "the control needs its token")
		return
	}
	var commands []command
	if err := json.NewDecoder(r.Body).Decode(&commands); err != nil {
		invalid(w, "not a list of commands: %v", err)
		return
	}
	c.lock.Lock()
	defer c.lock.Unlock()
	results := []any{}
	for number, each := range commands {
		result, err := c.run(each)
		if err != nil {
			invalid(w, "command %d (%s): %v", number, each.Do, err)
			return
		}
		results = append(results, result)
	}
	reply(w, http.StatusOK, results)
}

func (c *control) run(wish command) (any, error) {
	switch wish.Do {
	case "set", "cut":
		return c.change(wish)
	case "hide":
		return c.mark(c.gate.hidden, wish)
	case "forbid":
		return c.mark(c.gate.forbidden, wish)
	case "rest":
		return c.extras.edit(wish, c.remember)
	case "trouble":
		if wish.Trouble == nil || !slices.Contains(troubleKinds, wish.Trouble.Kind) {
			return nil, fmt.Errorf("a trouble has a kind of %s", strings.Join(troubleKinds, ", "))
		}
		c.remember(c.wire.add(wish.Trouble))
		return nil, nil
	case "event":
		return c.event(wish)
	case "undo":
		for _, back := range slices.Backward(c.undo) {
			back()
		}
		c.undo = nil
		return nil, nil
	case "keep":
		c.undo = nil
		return nil, nil
	}
	return nil, errors.New("unknown command")
}

func (c *control) remember(back ...func()) { c.undo = append(c.undo, back...) }

// change sets or cuts what a path leads to and returns what was there.
func (c *control) change(wish command) (any, error) {
	object, err := c.object(wish.Object)
	if err != nil {
		return nil, err
	}
	at, err := find(object, wish.Path)
	defer func() { c.remember(at.undo...) }()
	if err != nil {
		return nil, err
	}
	if wish.Do == "cut" {
		return nil, at.cut()
	}
	return at.set(wish.Value)
}

// object finds Type:name or Type:id. Policies are under Policy, the two objects of a host that
// have no name of their own under the name of the host.
func (c *control) object(text string) (any, error) {
	kind, name, _ := strings.Cut(text, ":")
	if kind == "Policy" {
		if found := c.extras.policies.named(name); found != nil {
			return found, nil
		}
		return nil, fmt.Errorf("no policy %q", name)
	}
	found, err := c.reference(kind, name)
	if err != nil {
		return nil, err
	}
	return found, nil
}

func (c *control) reference(kind, name string) (mo.Reference, error) {
	registry := c.service.Context.Map
	host := map[string]string{
		"HostKernelModuleSystem": "kernelModuleSystem-", "HostImageConfigManager": "imageConfigManager-",
	}[kind]
	if host != "" {
		owner, err := c.reference("HostSystem", name)
		if err != nil {
			return nil, err
		}
		name = host + owner.Reference().Value
	}
	for _, each := range registry.AllReference(kind) {
		if each.Reference().Value == name || nameOf(each) == name {
			return each, nil
		}
	}
	return nil, fmt.Errorf("no %s %q", kind, name)
}

func nameOf(object mo.Reference) string {
	value := reflect.Indirect(reflect.ValueOf(object))
	if field := value.FieldByName("Name"); field.IsValid() && field.Kind() == reflect.String {
		return field.String()
	}
	return ""
}

// mark hides or forbids objects, and with "below" what is under them in the tree.
func (c *control) mark(set map[types.ManagedObjectReference]bool, wish command) (any, error) {
	var chosen []types.ManagedObjectReference
	for _, each := range wish.Objects {
		kind, name, _ := strings.Cut(each, ":")
		found, err := c.reference(kind, name)
		if err != nil {
			return nil, err
		}
		chosen = append(chosen, found.Reference())
	}
	if wish.Below {
		chosen = c.withBelow(chosen)
	}
	c.remember(c.gate.mark(set, chosen, !wish.Mention))
	return len(chosen), nil
}

func (c *control) withBelow(tops []types.ManagedObjectReference) []types.ManagedObjectReference {
	registry := c.service.Context.Map
	chosen := slices.Clone(tops)
	for _, kind := range []string{
		"Folder", "Datacenter", "ClusterComputeResource", "HostSystem", "ResourcePool", "VirtualMachine",
		"Datastore", "Network", "DistributedVirtualSwitch", "DistributedVirtualPortgroup",
	} {
		for _, each := range registry.All(kind) {
			for parent := each.Entity().Parent; parent != nil; {
				if slices.Contains(tops, *parent) {
					chosen = append(chosen, each.Reference())
					break
				}
				above, ok := registry.Get(*parent).(mo.Entity)
				if !ok {
					break
				}
				parent = above.Entity().Parent
			}
		}
	}
	return chosen
}
