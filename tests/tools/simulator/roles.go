package main

import (
	"strings"

	"github.com/vmware/govmomi/simulator"
	"github.com/vmware/govmomi/vim25/methods"
	"github.com/vmware/govmomi/vim25/soap"
	"github.com/vmware/govmomi/vim25/types"
)

// roles answers with the id of the new role, and knows what each permission is set on. The library answers with none, so that every
// client takes the second role for the first.
type roles struct {
	*simulator.AuthorizationManager
}

func replaceRoles(registry *simulator.Registry, account string) {
	for _, each := range registry.AllReference("AuthorizationManager") {
		if manager, ok := each.(*simulator.AuthorizationManager); ok {
			made := &roles{manager}
			registry.Put(made)
			made.administer(registry, account)
			return
		}
	}
}

// administer gives the account of the flags all rights everywhere, as a new vCenter has it, in the
// place of the library's "root" and "admin".
func (r *roles) administer(registry *simulator.Registry, account string) {
	name, domain, _ := strings.Cut(account, "@")
	for _, each := range registry.All("Folder") {
		if each.Entity().Parent == nil {
			entry := types.Permission{Principal: strings.ToUpper(domain) + `\` + name, Propagate: true, RoleId: -1}
			r.SetEntityPermissions(&types.SetEntityPermissions{
				Entity: each.Reference(), Permission: []types.Permission{entry},
			})
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

// SetEntityPermissions notes on each permission what it is set on, which the library forgets.
func (r *roles) SetEntityPermissions(req *types.SetEntityPermissions) soap.HasFault {
	for i := range req.Permission {
		req.Permission[i].Entity = &req.Entity
	}
	return r.AuthorizationManager.SetEntityPermissions(req)
}
