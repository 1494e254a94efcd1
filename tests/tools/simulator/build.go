package main

import (
	"context"
	"fmt"
	"strings"

	"github.com/vmware/govmomi/object"
	"github.com/vmware/govmomi/simulator"
	"github.com/vmware/govmomi/vim25"
	"github.com/vmware/govmomi/vim25/types"
)

// emptyModel is a vCenter with no object in it: every name comes from the inventory.
func emptyModel(site *inventory, version string) *simulator.Model {
	model := simulator.VPX()
	model.Datacenter = 0
	about := &model.ServiceContent.About
	about.Version = version
	about.ApiVersion = apiVersion(version)
	about.FullName = fmt.Sprintf("%s %s build-%s", about.Name, version, about.Build)
	if hasDirectPath(version) {
		model.ServiceContent.DirectPathProfileManager = &directPathManager
	}
	if site.vcenter.InstanceUUID != "" {
		about.InstanceUuid = site.vcenter.InstanceUUID
	}
	return model
}

// apiVersion has four parts where the product version has three.
func apiVersion(version string) string {
	for strings.Count(version, ".") < 3 {
		version += ".0"
	}
	return version
}

// builder makes the managed objects through the simulator's own methods, then sets
// on them what those methods leave out.
type builder struct {
	ctx     context.Context
	model   *simulator.Model
	site    *inventory
	models  map[string]gpuModel
	client  *vim25.Client
	folders map[string]*object.DatacenterFolders
	hosts   map[string][]*object.HostSystem
	home    string
}

func buildInventory(model *simulator.Model, site *inventory, models map[string]gpuModel, machines int) error {
	ctx := context.Background()
	client, err := vim25.NewClient(ctx, model.Service)
	if err != nil {
		return err
	}
	b := &builder{
		ctx:     ctx,
		model:   model,
		site:    site,
		models:  models,
		client:  client,
		folders: map[string]*object.DatacenterFolders{},
		hosts:   map[string][]*object.HostSystem{},
	}
	for _, step := range []func() error{
		b.datacenters, b.clusters, b.networks, b.datastores,
	} {
		if err := step(); err != nil {
			return err
		}
	}
	return b.machines(machines)
}

func (b *builder) datacenters() error {
	root := object.NewRootFolder(b.client)
	for _, fact := range b.site.Datacenters {
		datacenter, err := root.CreateDatacenter(b.ctx, fact.Name)
		if err != nil {
			return fmt.Errorf("datacenter %s: %w", fact.Name, err)
		}
		if b.folders[fact.Name], err = datacenter.Folders(b.ctx); err != nil {
			return err
		}
	}
	return nil
}

func (b *builder) clusters() error {
	for _, fact := range b.site.Clusters {
		parent := b.folders[fact.Datacenter].HostFolder
		cluster, err := parent.CreateCluster(b.ctx, fact.Name, types.ClusterConfigSpecEx{})
		if err != nil {
			return fmt.Errorf("cluster %s: %w", fact.Name, err)
		}
		for _, host := range b.site.Hosts {
			if host.Cluster != fact.Name {
				continue
			}
			if err := b.host(cluster, host); err != nil {
				return fmt.Errorf("host %s: %w", host.Name, err)
			}
		}
		b.configure(cluster, fact)
	}
	return nil
}

func (b *builder) host(cluster *object.ClusterComputeResource, fact hostFact) error {
	spec := types.HostConnectSpec{HostName: fact.Name}
	task, err := cluster.AddHost(b.ctx, spec, true, nil, nil)
	if err != nil {
		return err
	}
	info, err := task.WaitForResult(b.ctx, nil)
	if err != nil {
		return err
	}
	reference := info.Result.(types.ManagedObjectReference)
	b.hosts[fact.Cluster] = append(b.hosts[fact.Cluster], object.NewHostSystem(b.client, reference))
	live := b.registry().Get(reference).(*simulator.HostSystem)
	install(b.registry(), live, fact)
	return equip(live, fact, b.models)
}

// configure sets the cluster options and sums up its hosts, whose hardware is known only now.
func (b *builder) configure(cluster *object.ClusterComputeResource, fact clusterFact) {
	live := b.registry().Get(cluster.Reference()).(*simulator.ClusterComputeResource)
	config := live.ConfigurationEx.(*types.ClusterConfigInfoEx)
	if behaviour, ok := drsBehaviour[fact.DRS]; ok {
		config.DrsConfig.Enabled = types.NewBool(behaviour != "")
		config.DrsConfig.DefaultVmBehavior = behaviour
		config.DrsConfig.VmotionRate = 3
	}
	if fact.HA != nil {
		config.DasConfig.Enabled = types.NewBool(true)
		config.DasConfig.FailoverLevel = fact.HA.HostFailures
		config.DasConfig.AdmissionControlEnabled = types.NewBool(true)
	}
	total := live.Summary.GetComputeResourceSummary()
	total.TotalCpu, total.TotalMemory, total.NumCpuCores, total.NumCpuThreads = 0, 0, 0, 0
	for _, reference := range live.Host {
		hardware := b.registry().Get(reference).(*simulator.HostSystem).Summary.Hardware
		total.TotalCpu += int32(hardware.NumCpuCores) * hardware.CpuMhz
		total.TotalMemory += hardware.MemorySize
		total.NumCpuCores += hardware.NumCpuCores
		total.NumCpuThreads += hardware.NumCpuThreads
	}
	total.EffectiveCpu = total.TotalCpu
	total.EffectiveMemory = total.TotalMemory >> 20
}

var drsBehaviour = map[string]types.DrsBehavior{
	"off":                 "",
	"manual":              types.DrsBehaviorManual,
	"partially-automated": types.DrsBehaviorPartiallyAutomated,
	"fully-automated":     types.DrsBehaviorFullyAutomated,
}

// networks puts the port groups on one distributed switch per datacenter.
// The network that the library adds to every datacenter goes: the inventory does not name it.
func (b *builder) networks() error {
	for _, datacenter := range b.site.Datacenters {
		b.dropDefaultNetwork(datacenter.Name)
		groups := keep(b.site.Networks, func(n networkFact) bool {
			return n.PortGroup != "" && (n.Datacenter == "" || n.Datacenter == datacenter.Name)
		})
		if len(groups) == 0 {
			continue
		}
		if err := b.portGroups(datacenter.Name, groups); err != nil {
			return fmt.Errorf("networks of %s: %w", datacenter.Name, err)
		}
	}
	return nil
}

func (b *builder) portGroups(datacenter string, groups []networkFact) error {
	config := &types.VMwareDVSConfigSpec{MaxMtu: 9000}
	config.Name = "dvs-" + datacenter
	for _, host := range b.hostsIn(datacenter) {
		config.Host = append(config.Host, types.DistributedVirtualSwitchHostMemberConfigSpec{
			Operation: string(types.ConfigSpecOperationAdd),
			Host:      host.Reference(),
		})
	}
	members := config.Host
	config.Host = nil
	task, err := b.folders[datacenter].NetworkFolder.CreateDVS(b.ctx, types.DVSCreateSpec{ConfigSpec: config})
	if err != nil {
		return err
	}
	info, err := task.WaitForResult(b.ctx, nil)
	if err != nil {
		return err
	}
	dvs := object.NewDistributedVirtualSwitch(b.client, info.Result.(types.ManagedObjectReference))
	task, err = dvs.Reconfigure(b.ctx, &types.DVSConfigSpec{Host: members})
	if err != nil {
		return err
	}
	if err := task.Wait(b.ctx); err != nil {
		return err
	}
	var specs []types.DVPortgroupConfigSpec
	for _, group := range groups {
		specs = append(specs, types.DVPortgroupConfigSpec{
			Name:     group.PortGroup,
			Type:     string(types.DistributedVirtualPortgroupPortgroupTypeEarlyBinding),
			NumPorts: 8,
			DefaultPortConfig: &types.VMwareDVSPortSetting{
				Vlan: &types.VmwareDistributedVirtualSwitchVlanIdSpec{VlanId: group.VLAN},
			},
		})
	}
	if task, err = dvs.AddPortgroup(b.ctx, specs); err != nil {
		return err
	}
	return task.Wait(b.ctx)
}

func (b *builder) hostsIn(datacenter string) []*object.HostSystem {
	var hosts []*object.HostSystem
	for _, cluster := range b.site.Clusters {
		if cluster.Datacenter == datacenter {
			hosts = append(hosts, b.hosts[cluster.Name]...)
		}
	}
	return hosts
}

func (b *builder) dropDefaultNetwork(name string) {
	folder := b.registry().Get(b.folders[name].NetworkFolder.Reference()).(*simulator.Folder)
	entity := b.registry().FindByName("VM Network", folder.ChildEntity)
	if entity == nil {
		return
	}
	gone := entity.Reference()
	simulator.RemoveReference(&folder.ChildEntity, gone)
	for _, each := range b.registry().All("Datacenter") {
		simulator.RemoveReference(&each.(*simulator.Datacenter).Network, gone)
	}
	for _, each := range b.registry().All("ClusterComputeResource") {
		simulator.RemoveReference(&each.(*simulator.ClusterComputeResource).Network, gone)
	}
	for _, each := range b.registry().All("HostSystem") {
		simulator.RemoveReference(&each.(*simulator.HostSystem).Network, gone)
	}
	b.registry().Remove(b.model.Service.Context, gone)
}

func (b *builder) registry() *simulator.Registry { return b.model.Service.Context.Map }
