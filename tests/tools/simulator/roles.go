package main

import (
	"github.com/vmware/govmomi/simulator"
	"github.com/vmware/govmomi/vim25/methods"
	"github.com/vmware/govmomi/vim25/soap"
	"github.com/vmware/govmomi/vim25/types"
)

// roles answers with the id of the new role. The library answers with none, so that every
// client takes the second role for the first.
type roles struct {
	*simulator.AuthorizationManager
}

func replaceRoles(registry *simulator.Registry) {
	for _, each := range registry.AllReference("AuthorizationManager") {
		if manager, ok := each.(*simulator.AuthorizationManager); ok {
			registry.Put(&roles{manager})
			return
		}
	}
}

func (r *roles) AddAuthorizationRole(req *types.AddAuthorizationRole) soap.HasFault {
	body := r.AuthorizationManager.AddAuthorizationRole(req).(*methods.AddAuthorizationRoleBody)
	if body.Res != nil {
		body.Res.Returnval = r.RoleList[len(r.RoleList)-1].RoleId
	}
	return body
}
