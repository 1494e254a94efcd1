package main

import (
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode"

	"golang.org/x/text/runes"
	"golang.org/x/text/transform"
	"golang.org/x/text/unicode/norm"

	"github.com/vmware/govmomi/pbm"
	"github.com/vmware/govmomi/pbm/methods"
	pbmsimulator "github.com/vmware/govmomi/pbm/simulator"
	pbmtypes "github.com/vmware/govmomi/pbm/types"
	"github.com/vmware/govmomi/simulator"
	"github.com/vmware/govmomi/vim25"
	"github.com/vmware/govmomi/vim25/soap"
	"github.com/vmware/govmomi/vim25/types"
)

// policies gives created policies what a real vCenter gives them: the category REQUIREMENT,
// by which clients look them up, and a Kubernetes name. It also adds the missing update.
type policies struct {
	*pbmsimulator.ProfileManager
}

// solver finds the datastores of a policy by its rules; the library takes all for fitting.
type solver struct {
	*pbmsimulator.PlacementSolver
	policies *policies
	tagsOf   func(types.ManagedObjectReference) []string
}

func replacePolicies(service *simulator.Service, tagsOf func(types.ManagedObjectReference) []string) *policies {
	registry := pbmsimulator.New()
	content := registry.Get(pbm.ServiceInstance).(*pbmsimulator.ServiceInstance).Content
	made := &policies{registry.Get(content.ProfileManager).(*pbmsimulator.ProfileManager)}
	registry.Put(made)
	library := registry.Get(content.PlacementSolver).(*pbmsimulator.PlacementSolver)
	registry.Put(&solver{library, made, tagsOf})
	service.RegisterSDK(registry)
	return made
}

func (p *policies) all() []*pbmtypes.PbmCapabilityProfile {
	details := p.PbmQueryProfileDetails(&pbmtypes.PbmQueryProfileDetails{}).(*methods.PbmQueryProfileDetailsBody)
	var list []*pbmtypes.PbmCapabilityProfile
	for _, each := range details.Res.Returnval {
		if profile, ok := each.Profile.(*pbmtypes.PbmCapabilityProfile); ok {
			list = append(list, profile)
		}
	}
	return list
}

func (p *policies) has(id string) bool {
	for _, profile := range p.all() {
		if profile.ProfileId.UniqueId == id {
			return true
		}
	}
	return false
}

func (p *policies) named(name string) *pbmtypes.PbmCapabilityProfile {
	for _, profile := range p.all() {
		if profile.Name == name {
			return profile
		}
	}
	return nil
}

func (p *policies) PbmCreate(ctx *simulator.Context, req *pbmtypes.PbmCreate) soap.HasFault {
	if p.named(req.CreateSpec.Name) != nil {
		return &methods.PbmCreateBody{Fault_: simulator.Fault(
			"a policy of this name is there already",
			&pbmtypes.PbmDuplicateName{Name: req.CreateSpec.Name},
		)}
	}
	if req.CreateSpec.Category == "" {
		req.CreateSpec.Category = string(pbmtypes.PbmProfileCategoryEnumREQUIREMENT)
	}
	if req.CreateSpec.K8sCompliantName == "" {
		req.CreateSpec.K8sCompliantName = kubernetesName(req.CreateSpec.Name)
	}
	return p.ProfileManager.PbmCreate(ctx, req)
}

func (p *policies) PbmUpdate(ctx *simulator.Context, req *pbmtypes.PbmUpdate) soap.HasFault {
	for _, profile := range p.all() {
		if profile.ProfileId != req.ProfileId {
			continue
		}
		if req.UpdateSpec.Name != "" {
			profile.Name = req.UpdateSpec.Name
		}
		if req.UpdateSpec.Description != "" {
			profile.Description = req.UpdateSpec.Description
		}
		if req.UpdateSpec.Constraints != nil {
			profile.Constraints = req.UpdateSpec.Constraints
		}
		profile.GenerationId++
		profile.LastUpdatedTime = time.Now()
		return &methods.PbmUpdateBody{Res: &pbmtypes.PbmUpdateResponse{}}
	}
	return &methods.PbmUpdateBody{Fault_: simulator.Fault(
		"no such policy", &types.InvalidArgument{InvalidProperty: "profileId"},
	)}
}

var notInName = regexp.MustCompile(`[^a-z0-9.]+`)

// kubernetesName is the rule for the StorageClass name: no accents, lower case, dashes.
func kubernetesName(policy string) string {
	bare := transform.Chain(norm.NFD, runes.Remove(runes.In(unicode.Mn)), norm.NFC)
	plain, _, err := transform.String(bare, policy)
	if err != nil {
		plain = policy
	}
	name := notInName.ReplaceAllString(strings.ToLower(plain), "-")
	if strings.HasPrefix(name, "-") || strings.HasPrefix(name, ".") {
		name = "0" + name
	}
	if strings.HasSuffix(name, "-") || strings.HasSuffix(name, ".") {
		name += "0"
	}
	return name
}

// PbmCheckCompatibility answers for every datastore, with an error where it does not fit.
func (s *solver) PbmCheckCompatibility(ctx *simulator.Context, req *pbmtypes.PbmCheckCompatibility) soap.HasFault {
	body := &methods.PbmCheckCompatibilityBody{Res: &pbmtypes.PbmCheckCompatibilityResponse{}}
	for _, profile := range s.policies.all() {
		if profile.ProfileId != req.Profile {
			continue
		}
		for _, each := range ctx.For(vim25.Path).Map.All("Datastore") {
			datastore := each.(*simulator.Datastore)
			result := pbmtypes.PbmPlacementCompatibilityResult{Hub: pbmtypes.PbmPlacementHub{
				HubType: "Datastore", HubId: datastore.Self.Value,
			}}
			if !s.fits(profile, datastore) {
				result.Error = []types.LocalizedMethodFault{{
					Fault:            &pbmtypes.PbmCompatibilityCheckFault{Hub: result.Hub},
					LocalizedMessage: "the datastore does not satisfy the policy",
				}}
			}
			body.Res.Returnval = append(body.Res.Returnval, result)
		}
		return body
	}
	return &methods.PbmCheckCompatibilityBody{Fault_: simulator.Fault(
		"no such policy", &types.InvalidArgument{InvalidProperty: "profile"},
	)}
}

// fits tells whether all rules of one of the rule sets hold.
func (s *solver) fits(profile *pbmtypes.PbmCapabilityProfile, datastore *simulator.Datastore) bool {
	rules, ok := profile.Constraints.(*pbmtypes.PbmCapabilitySubProfileConstraints)
	if !ok {
		return true
	}
	for _, set := range rules.SubProfiles {
		all := true
		for _, rule := range set.Capability {
			all = all && s.holds(rule, datastore)
		}
		if all {
			return true
		}
	}
	return len(rules.SubProfiles) == 0
}

const tagRules = "http://www.vmware.com/storage/tag"

func (s *solver) holds(rule pbmtypes.PbmCapabilityInstance, datastore *simulator.Datastore) bool {
	switch strings.ToLower(rule.Id.Namespace) {
	case "vsan":
		return datastore.Summary.Type == "vsan"
	case tagRules:
		return s.tagged(rule, datastore)
	}
	return true
}

func (s *solver) tagged(rule pbmtypes.PbmCapabilityInstance, datastore *simulator.Datastore) bool {
	carried := s.tagsOf(datastore.Self)
	for _, constraint := range rule.Constraint {
		for _, property := range constraint.PropertyInstance {
			wanted, ok := property.Value.(pbmtypes.PbmCapabilityDiscreteSet)
			if !ok {
				return false
			}
			category := strings.TrimSuffix(strings.TrimPrefix(property.Id, "com.vmware.storage.tag."), ".property")
			found := false
			for _, value := range wanted.Values {
				name, isText := value.(string)
				found = found || (isText && slices.Contains(carried, category+"/"+name))
			}
			if found == (property.Operator == "NOT") {
				return false
			}
		}
	}
	return true
}
