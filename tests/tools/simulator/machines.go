package main

import (
	"errors"
	"fmt"
	"strings"
	"sync"

	"github.com/vmware/govmomi/object"
	"github.com/vmware/govmomi/simulator"
	"github.com/vmware/govmomi/vim25/types"
)

// A population is spread in rounds of ten: of each ten machines one holds a vGPU, one a
// passthrough device where its host has one, one a reservation, one is off, the rest are plain.
const (
	rooms       = 16
	roundOf     = 10
	vgpuTurn    = 1
	directTurn  = 4
	fixedTurn   = 7
	offTurn     = 9
	plainMiB    = 4096
	workloadMiB = 65536
)

// crowd fills the clusters with machines that nobody planned.
type crowd struct {
	*builder

	folders map[string][]*object.Folder
	pools   map[string]*object.ResourcePool
	lock    sync.Mutex
}

// machines makes the population of -vms: named vm-00001 and so on, over all hosts in turn, in
// folders crowd/room-01 and so on of each datacenter and a resource pool "crowd" of each cluster.
func (b *builder) machines(number int) error {
	if number == 0 {
		return nil
	}
	c := &crowd{
		builder: b,
		folders: map[string][]*object.Folder{},
		pools:   map[string]*object.ResourcePool{},
	}
	var hosts []hostFact
	for _, each := range b.site.Hosts {
		if len(b.hosts[each.Cluster]) > 0 {
			hosts = append(hosts, each)
		}
	}
	if len(hosts) == 0 {
		return fmt.Errorf("-vms %d: the inventory has no host", number)
	}
	for _, cluster := range b.site.Clusters {
		if err := c.rooms(cluster); err != nil {
			return fmt.Errorf("cluster %s: %w", cluster.Name, err)
		}
	}
	// A task of the library polls for its end, so the machines of a room wait for one another; the
	// rooms do not.
	results := make(chan error, rooms)
	for room := range rooms {
		go func() { results <- c.fill(room, number, hosts) }()
	}
	var faults []error
	for range rooms {
		faults = append(faults, <-results)
	}
	return errors.Join(faults...)
}

func (c *crowd) fill(room, number int, hosts []hostFact) error {
	for turn := room; turn < number; turn += rooms {
		if err := c.machine(turn, room, hosts[turn%len(hosts)]); err != nil {
			return fmt.Errorf("machine %d: %w", turn+1, err)
		}
	}
	return nil
}

// rooms makes the folder and the pool that the machines of a cluster go to.
func (c *crowd) rooms(fact clusterFact) error {
	if c.folders[fact.Datacenter] == nil {
		folder, err := c.builder.folders[fact.Datacenter].VmFolder.CreateFolder(c.ctx, "crowd")
		if err != nil {
			return err
		}
		for number := range rooms {
			room, err := folder.CreateFolder(c.ctx, fmt.Sprintf("room-%02d", number+1))
			if err != nil {
				return err
			}
			c.folders[fact.Datacenter] = append(c.folders[fact.Datacenter], room)
		}
	}
	for _, each := range c.registry().All("ClusterComputeResource") {
		live := each.(*simulator.ClusterComputeResource)
		if live.Name != fact.Name {
			continue
		}
		root := object.NewResourcePool(c.client, *live.ResourcePool)
		pool, err := root.Create(c.ctx, "crowd", types.DefaultResourceConfigSpec())
		if err != nil {
			return err
		}
		c.pools[fact.Name] = pool
	}
	return nil
}

func (c *crowd) machine(turn, room int, fact hostFact) error {
	var cluster clusterFact
	for _, each := range c.site.Clusters {
		if each.Name == fact.Cluster {
			cluster = each
		}
	}
	host := c.hostNamed(fact.Name)
	if len(host.Datastore) == 0 {
		return fmt.Errorf("host %s has no datastore", fact.Name)
	}
	store := c.registry().Get(host.Datastore[0]).(*simulator.Datastore)
	spec := types.VirtualMachineConfigSpec{
		Name:         fmt.Sprintf("vm-%05d", turn+1),
		GuestId:      "ubuntu64Guest",
		Firmware:     string(types.GuestOsDescriptorFirmwareTypeEfi),
		NumCPUs:      2,
		MemoryMB:     plainMiB,
		Version:      "vmx-21",
		Files:        &types.VirtualMachineFileInfo{VmPathName: fmt.Sprintf("[%s]", store.Name)},
		DeviceChange: []types.BaseVirtualDeviceConfigSpec{added(c.cable(host))},
	}
	c.dress(&spec, turn%roundOf, fact)
	task, err := c.folders[cluster.Datacenter][room].CreateVM(
		c.ctx, spec, c.pools[cluster.Name], object.NewHostSystem(c.client, host.Self),
	)
	if err != nil {
		return err
	}
	made, err := c.result(task)
	if err != nil {
		return err
	}
	live := c.registry().Get(made.(types.ManagedObjectReference)).(*simulator.VirtualMachine)
	c.lock.Lock()
	complete(live, host)
	c.lock.Unlock()
	if turn%roundOf == offTurn {
		return nil
	}
	if task, err = object.NewVirtualMachine(c.client, live.Self).PowerOn(c.ctx); err != nil {
		return err
	}
	_, err = c.result(task)
	return err
}

// result waits for the task itself: a client's way, by a property collector, takes seven times as
// long, since each collector sees the updates of all.
func (c *crowd) result(task *object.Task) (types.AnyType, error) {
	live := c.registry().Get(task.Reference()).(*simulator.Task)
	live.Wait()
	if live.Info.Error != nil {
		return nil, errors.New(live.Info.Error.LocalizedMessage)
	}
	return live.Info.Result, nil
}

// complete sets what vCenter shows of every machine and the library leaves empty, and notes a vGPU
// at the first board of the host.
func complete(live *simulator.VirtualMachine, host *simulator.HostSystem) {
	live.Runtime.FaultToleranceState = types.VirtualMachineFaultToleranceStateNotConfigured
	live.Runtime.RecordReplayState = types.VirtualMachineRecordReplayStateInactive
	live.ResourceConfig = &types.ResourceConfigSpec{
		Entity:           &live.Self,
		CpuAllocation:    *live.Config.CpuAllocation,
		MemoryAllocation: *live.Config.MemoryAllocation,
	}
	for _, each := range live.Config.Hardware.Device {
		device, ok := each.(*types.VirtualPCIPassthrough)
		if !ok || len(host.Config.GraphicsInfo) == 0 {
			continue
		}
		board := &host.Config.GraphicsInfo[0]
		if backing, ok := device.Backing.(*types.VirtualPCIPassthroughDeviceBackingInfo); ok {
			for i := range host.Config.GraphicsInfo {
				if host.Config.GraphicsInfo[i].PciId == backing.Id {
					board = &host.Config.GraphicsInfo[i]
				}
			}
		}
		board.Vm = append(board.Vm, live.Self)
	}
}

// dress gives the machine what its turn in the round says.
func (c *crowd) dress(spec *types.VirtualMachineConfigSpec, turn int, fact hostFact) {
	full := func() {
		spec.NumCPUs, spec.MemoryMB = 8, workloadMiB
		reservation := int64(workloadMiB)
		spec.MemoryAllocation = &types.ResourceAllocationInfo{Reservation: &reservation}
		spec.MemoryReservationLockedToMax = types.NewBool(true)
	}
	switch turn {
	case vgpuTurn:
		if len(fact.GPUs) > 0 {
			full()
			profile := c.models[fact.GPUs[0].Model].Profiles[0]
			spec.DeviceChange = append(spec.DeviceChange, added(vgpu(profile)))
			spec.ExtraConfig = append(spec.ExtraConfig, mmio("128")...)
		}
	case directTurn:
		if len(fact.GPUs) > 1 {
			full()
			spec.DeviceChange = append(spec.DeviceChange, added(direct(fact.GPUs[1].PCI)))
			spec.ExtraConfig = append(spec.ExtraConfig, mmio("256")...)
		}
	case fixedTurn:
		memory, cpu := int64(plainMiB/2), int64(coreMHz)
		spec.MemoryAllocation = &types.ResourceAllocationInfo{Reservation: &memory}
		spec.CpuAllocation = &types.ResourceAllocationInfo{Reservation: &cpu}
	}
}

func (c *crowd) hostNamed(name string) *simulator.HostSystem {
	for _, each := range c.registry().All("HostSystem") {
		if host := each.(*simulator.HostSystem); host.Name == name {
			return host
		}
	}
	return nil
}

// cable is a network card on the first port group of the host that carries no uplinks, or on none.
func (c *crowd) cable(host *simulator.HostSystem) types.BaseVirtualDevice {
	card := &types.VirtualVmxnet3{}
	for _, reference := range host.Network {
		group, ok := c.registry().Get(reference).(*simulator.DistributedVirtualPortgroup)
		if !ok || strings.Contains(group.Name, "-DVUplinks-") {
			continue
		}
		dvs := c.registry().Get(*group.Config.DistributedVirtualSwitch).(*simulator.DistributedVirtualSwitch)
		card.Backing = &types.VirtualEthernetCardDistributedVirtualPortBackingInfo{
			Port: types.DistributedVirtualSwitchPortConnection{
				PortgroupKey: group.Key, SwitchUuid: dvs.Uuid,
			},
		}
		break
	}
	return card
}

func added(device types.BaseVirtualDevice) types.BaseVirtualDeviceConfigSpec {
	return &types.VirtualDeviceConfigSpec{
		Operation: types.VirtualDeviceConfigSpecOperationAdd, Device: device,
	}
}

func vgpu(profile string) types.BaseVirtualDevice {
	return &types.VirtualPCIPassthrough{VirtualDevice: types.VirtualDevice{
		Backing: &types.VirtualPCIPassthroughVmiopBackingInfo{
			Vgpu: profile, MigrateSupported: types.NewBool(true),
		},
	}}
}

func direct(address string) types.BaseVirtualDevice {
	return &types.VirtualPCIPassthrough{VirtualDevice: types.VirtualDevice{
		Backing: &types.VirtualPCIPassthroughDeviceBackingInfo{
			Id: address, DeviceId: "0", VendorId: -1, SystemId: "BYPASS",
		},
	}}
}

func mmio(gigabytes string) []types.BaseOptionValue {
	return []types.BaseOptionValue{
		&types.OptionValue{Key: "pciPassthru.use64bitMMIO", Value: "TRUE"},
		&types.OptionValue{Key: "pciPassthru.64bitMMIOSizeGB", Value: gigabytes},
	}
}
