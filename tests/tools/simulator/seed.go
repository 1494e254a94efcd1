package main

import (
	"context"
	"fmt"
	"net/http"
	"net/url"

	"github.com/vmware/govmomi"
	"github.com/vmware/govmomi/simulator"
	"github.com/vmware/govmomi/vapi/library"
	"github.com/vmware/govmomi/vapi/rest"
	"github.com/vmware/govmomi/vapi/tags"
	"github.com/vmware/govmomi/vim25/types"
)

// seeder puts in place what only the REST side knows: tags, content libraries and zones.
type seeder struct {
	ctx      context.Context
	client   *rest.Client
	registry *simulator.Registry
	extras   *extras
	site     *inventory
}

func seed(ctx context.Context, address *url.URL, extras *extras, site *inventory) error {
	client, err := govmomi.NewClient(ctx, address, true)
	if err != nil {
		return err
	}
	defer func() { _ = client.Logout(ctx) }()
	s := &seeder{
		ctx:      ctx,
		client:   rest.NewClient(client.Client),
		registry: extras.service.Context.Map,
		extras:   extras,
		site:     site,
	}
	if err := s.client.Login(ctx, address.User); err != nil {
		return err
	}
	defer func() { _ = s.client.Logout(ctx) }()
	for _, step := range []func() error{s.tags, s.libraries, s.zones} {
		if err := step(); err != nil {
			return err
		}
	}
	return nil
}

func (s *seeder) tags() error {
	manager := tags.NewManager(s.client)
	categories := map[string]string{}
	known := map[tagFact]string{}
	for _, datastore := range s.site.Datastores {
		for _, fact := range datastore.Tags {
			if categories[fact.Category] == "" {
				id, err := manager.CreateCategory(s.ctx, &tags.Category{
					Name:            fact.Category,
					Cardinality:     "MULTIPLE",
					AssociableTypes: []string{"Datastore"},
				})
				if err != nil {
					return fmt.Errorf("tag category %s: %w", fact.Category, err)
				}
				categories[fact.Category] = id
			}
			if known[fact] == "" {
				id, err := manager.CreateTag(s.ctx, &tags.Tag{Name: fact.Tag, CategoryID: categories[fact.Category]})
				if err != nil {
					return fmt.Errorf("tag %s: %w", fact.Tag, err)
				}
				known[fact] = id
			}
			if err := s.attach(manager, known[fact], datastore.Name); err != nil {
				return fmt.Errorf("tag %s on %s: %w", fact.Tag, datastore.Name, err)
			}
		}
	}
	return nil
}

func (s *seeder) attach(manager *tags.Manager, tag, datastore string) error {
	for _, each := range s.registry.All("Datastore") {
		if each.(*simulator.Datastore).Name == datastore {
			if err := manager.AttachTag(s.ctx, tag, each.Reference()); err != nil {
				return err
			}
		}
	}
	return nil
}

func (s *seeder) libraries() error {
	manager := library.NewManager(s.client)
	backing := s.registry.Any("Datastore")
	for _, fact := range s.site.Libraries {
		spec := library.Library{Name: fact.Name, Type: "LOCAL"}
		if backing != nil {
			reference := types.ManagedObjectReference(backing.Reference())
			spec.Storage = []library.StorageBacking{{DatastoreID: reference.Value, Type: "DATASTORE"}}
		}
		if _, err := manager.CreateLibrary(s.ctx, spec); err != nil {
			return fmt.Errorf("content library %s: %w", fact.Name, err)
		}
	}
	return nil
}

// zones makes the zones that the clusters are in, each with its clusters.
func (s *seeder) zones() error {
	ids := map[string]string{}
	for _, each := range s.registry.All("ClusterComputeResource") {
		ids[each.(*simulator.ClusterComputeResource).Name] = each.Reference().Value
	}
	members := map[string][]string{}
	for _, cluster := range s.site.Clusters {
		if cluster.Zone != "" {
			members[cluster.Zone] = append(members[cluster.Zone], ids[cluster.Name])
		}
	}
	for zone, clusters := range members {
		path := s.client.Resource("/api/vcenter/consumption-domains/zones")
		spec := map[string]string{"zone": zone, "description": ""}
		if err := s.client.Do(s.ctx, path.Request(http.MethodPost, spec), nil); err != nil {
			return fmt.Errorf("zone %s: %w", zone, err)
		}
		path = s.client.Resource("/api/vcenter/consumption-domains/zones/cluster/"+zone+"/associations").
			WithParam("action", "add")
		if err := s.client.Do(s.ctx, path.Request(http.MethodPost, clusters), nil); err != nil {
			return fmt.Errorf("zone %s: %w", zone, err)
		}
	}
	return nil
}
