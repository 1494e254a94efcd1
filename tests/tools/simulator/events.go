package main

import (
	"context"
	"fmt"
	"net/http"
	"reflect"
	"strings"

	"github.com/vmware/govmomi/simulator"
	"github.com/vmware/govmomi/vim25/mo"
	"github.com/vmware/govmomi/vim25/soap"
	"github.com/vmware/govmomi/vim25/types"
)

// event posts what vCenter would post of a change: an event of the named type about the object,
// by the named user. A change by the control itself leaves none.
func (c *control) event(wish command) (any, error) {
	kind, name, _ := strings.Cut(wish.Object, ":")
	object, err := c.reference(kind, name)
	if err != nil {
		return nil, err
	}
	known, ok := types.TypeFunc()(wish.Event)
	if !ok {
		return nil, fmt.Errorf("no event type %q", wish.Event)
	}
	made, ok := reflect.New(known).Interface().(types.BaseEvent)
	if !ok {
		return nil, fmt.Errorf("%s is no event", wish.Event)
	}
	c.about(made.GetEvent(), object)
	session := &simulator.Session{
		UserSession: types.UserSession{UserName: wish.User},
		Registry:    simulator.NewRegistry(),
		Map:         c.service.Context.Map,
	}
	ctx := &simulator.Context{Context: context.Background(), Map: c.service.Context.Map, Session: session}
	manager := c.service.Context.Map.EventManager()
	ctx.WithLock(manager, func() { manager.PostEvent(ctx, &types.PostEvent{EventToPost: made}) })
	return made.GetEvent().Key, nil
}

// about fills the arguments as vCenter does: the object, and what it runs on and is in.
func (c *control) about(event *types.Event, object mo.Reference) {
	for at := object; at != nil; at = c.above(at) {
		named := types.EntityEventArgument{Name: nameOf(at)}
		self := at.Reference()
		switch self.Type {
		case "VirtualMachine":
			event.Vm = &types.VmEventArgument{EntityEventArgument: named, Vm: self}
		case "HostSystem":
			event.Host = &types.HostEventArgument{EntityEventArgument: named, Host: self}
		case "ClusterComputeResource":
			event.ComputeResource = &types.ComputeResourceEventArgument{
				EntityEventArgument: named, ComputeResource: self,
			}
		case "Datacenter":
			event.Datacenter = &types.DatacenterEventArgument{EntityEventArgument: named, Datacenter: self}
		case "Datastore":
			event.Ds = &types.DatastoreEventArgument{EntityEventArgument: named, Datastore: self}
		case "DistributedVirtualPortgroup", "Network":
			event.Net = &types.NetworkEventArgument{EntityEventArgument: named, Network: self}
		}
	}
}

// above is the host of a machine, and the parent of all else.
func (c *control) above(object mo.Reference) mo.Reference {
	registry := c.service.Context.Map
	if machine, ok := object.(*simulator.VirtualMachine); ok && machine.Runtime.Host != nil {
		return registry.Get(*machine.Runtime.Host)
	}
	if entity, ok := object.(mo.Entity); ok && entity.Entity().Parent != nil {
		return registry.Get(*entity.Entity().Parent)
	}
	return nil
}

// expire makes the server forget the session that the request comes with.
func (c *control) expire(r *http.Request) {
	if cookie, err := r.Cookie(soap.SessionCookieName); err == nil {
		c.service.Context.Map.SessionManager().TerminateSession(
			&simulator.Context{Session: &simulator.Session{}},
			&types.TerminateSession{SessionId: []string{strings.Trim(cookie.Value, `"`)}},
		)
	}
	if id := r.Header.Get(sessionHeader); id != "" {
		c.extras.inner(http.MethodDelete, oldSession, r.Header, "")
	}
}
