package main

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/vmware/govmomi/simulator"
	"github.com/vmware/govmomi/vim25/methods"
	"github.com/vmware/govmomi/vim25/mo"
	"github.com/vmware/govmomi/vim25/soap"
	"github.com/vmware/govmomi/vim25/types"
)

const (
	longestProfileName        = 80
	longestProfileDescription = 255
)

var directPathManager = types.ManagedObjectReference{
	Type: "DirectPathProfileManager", Value: "DirectPathProfileManager",
}

// directPath keeps the DirectPath profiles of a vCenter from 9.0 on, which the library lacks. Its
// two properties are not of the API; they are there so that the control can change them.
type directPath struct {
	mo.DirectPathProfileManager

	Profile []types.DirectPathProfileInfo
	// Stated are capacities that stand in the place of those that follow from hosts and machines.
	Stated []statedCapacity

	registry *simulator.Registry
	models   map[string]gpuModel
	made     int
}

// statedCapacity is what is answered for a device in a cluster. With a fault nothing is known.
type statedCapacity struct {
	Cluster           string `json:"cluster"`
	Device            string `json:"device"`
	Consumed          int32  `json:"consumed"`
	Remaining         int32  `json:"remaining"`
	Max               int32  `json:"max"`
	UnusedReservation int32  `json:"unusedReservation"`
	Fault             bool   `json:"fault"`
}

// hasDirectPath tells whether a version has the manager.
func hasDirectPath(version string) bool {
	major, _, _ := strings.Cut(version, ".")
	number, err := strconv.Atoi(major)
	return err == nil && number >= 9
}

// replaceDirectPath puts the manager in the place of the empty one that the library makes.
func replaceDirectPath(registry *simulator.Registry, models map[string]gpuModel) {
	manager := &directPath{registry: registry, models: models}
	manager.Self = directPathManager
	registry.Put(manager)
}

func (d *directPath) DirectPathProfileManagerCreate(req *types.DirectPathProfileManagerCreate) soap.HasFault {
	body := &methods.DirectPathProfileManagerCreateBody{}
	spec := req.Spec
	if fault := d.fits("", spec.Name, spec.Description, deviceText(spec.DeviceConfig)); fault != nil {
		body.Fault_ = fault
		return body
	}
	d.made++
	info := types.DirectPathProfileInfo{
		Id:           fmt.Sprintf("directpath-profile-%d", d.made),
		Name:         spec.Name,
		Description:  spec.Description,
		VendorName:   "NVIDIA",
		DeviceConfig: spec.DeviceConfig,
	}
	d.Profile = append(slices.Clone(d.Profile), info)
	body.Res = &types.DirectPathProfileManagerCreateResponse{Returnval: info.Id}
	return body
}

func (d *directPath) DirectPathProfileManagerUpdate(req *types.DirectPathProfileManagerUpdate) soap.HasFault {
	body := &methods.DirectPathProfileManagerUpdateBody{}
	at := d.place(req.Id)
	if at < 0 {
		body.Fault_ = simulator.Fault("no such profile", &types.NotFound{})
		return body
	}
	if fault := d.fits(req.Id, req.Spec.Name, req.Spec.Description, ""); fault != nil {
		body.Fault_ = fault
		return body
	}
	d.Profile = slices.Clone(d.Profile)
	if req.Spec.Name != "" {
		d.Profile[at].Name = req.Spec.Name
	}
	if req.Spec.Description != "" {
		d.Profile[at].Description = req.Spec.Description
	}
	body.Res = &types.DirectPathProfileManagerUpdateResponse{}
	return body
}

func (d *directPath) DirectPathProfileManagerDelete(req *types.DirectPathProfileManagerDelete) soap.HasFault {
	body := &methods.DirectPathProfileManagerDeleteBody{}
	at := d.place(req.Id)
	if at < 0 {
		body.Fault_ = simulator.Fault("no such profile", &types.NotFound{})
		return body
	}
	d.Profile = slices.Delete(slices.Clone(d.Profile), at, at+1)
	body.Res = &types.DirectPathProfileManagerDeleteResponse{}
	return body
}

func (d *directPath) DirectPathProfileManagerList(req *types.DirectPathProfileManagerList) soap.HasFault {
	filter, found := req.FilterSpec, []types.DirectPathProfileInfo{}
	for _, each := range d.Profile {
		if (len(filter.Ids) == 0 || slices.Contains(filter.Ids, each.Id)) &&
			(len(filter.Names) == 0 || slices.Contains(filter.Names, each.Name)) {
			found = append(found, each)
		}
	}
	return &methods.DirectPathProfileManagerListBody{
		Res: &types.DirectPathProfileManagerListResponse{Returnval: found},
	}
}

func (d *directPath) DirectPathProfileManagerQueryCapacity(
	req *types.DirectPathProfileManagerQueryCapacity,
) soap.HasFault {
	body := &methods.DirectPathProfileManagerQueryCapacityBody{}
	target, ok := req.Target.(*types.DirectPathProfileManagerTargetCluster)
	var cluster *simulator.ClusterComputeResource
	if ok {
		cluster, ok = d.registry.Get(target.Cluster).(*simulator.ClusterComputeResource)
	}
	if !ok {
		body.Fault_ = simulator.Fault("no such target", &types.InvalidArgument{InvalidProperty: "target"})
		return body
	}
	body.Res = &types.DirectPathProfileManagerQueryCapacityResponse{}
	for _, each := range req.QuerySpec {
		body.Res.Returnval = append(body.Res.Returnval, d.answer(cluster, each))
	}
	return body
}

// fits is the fault of a name or device that is taken, or of a text that is too long.
func (d *directPath) fits(id, name, description, device string) *soap.Fault {
	if len(name) > longestProfileName || len(description) > longestProfileDescription {
		return simulator.Fault("too long", &types.InvalidArgument{InvalidProperty: "spec"})
	}
	for _, each := range d.Profile {
		if each.Id != id && (each.Name == name || deviceText(each.DeviceConfig) == device) {
			return simulator.Fault("profile exists", &types.AlreadyExists{Name: each.Name})
		}
	}
	return nil
}

func (d *directPath) place(id string) int {
	return slices.IndexFunc(d.Profile, func(each types.DirectPathProfileInfo) bool { return each.Id == id })
}

func (d *directPath) answer(
	cluster *simulator.ClusterComputeResource, spec types.BaseDirectPathProfileManagerCapacityQuerySpec,
) types.BaseDirectPathProfileManagerCapacityResult {
	unknown := func(fault types.BaseMethodFault) types.BaseDirectPathProfileManagerCapacityResult {
		return &types.DirectPathProfileManagerCapacityUnknown{
			QuerySpec: spec,
			FaultList: []types.LocalizedMethodFault{{Fault: fault, LocalizedMessage: "capacity unknown"}},
		}
	}
	at := slices.IndexFunc(d.Profile, func(each types.DirectPathProfileInfo) bool {
		switch asked := spec.(type) {
		case *types.DirectPathProfileManagerCapacityQueryById:
			return each.Id == asked.Id
		case *types.DirectPathProfileManagerCapacityQueryByName:
			return each.Name == asked.Name
		case *types.DirectPathProfileManagerCapacityQueryByDeviceConfig:
			return deviceText(each.DeviceConfig) == deviceText(asked.DeviceConfig)
		}
		return false
	})
	if at < 0 {
		return unknown(&types.NotFound{})
	}
	info := &types.DirectPathProfileManagerCapacityInfo{Profile: d.Profile[at]}
	device := deviceText(info.Profile.DeviceConfig)
	for _, each := range d.Stated {
		if each.Cluster == cluster.Name && each.Device == device {
			if each.Fault {
				return unknown(&types.NotSupported{})
			}
			info.Consumed, info.Remaining = each.Consumed, each.Remaining
			info.Max, info.UnusedReservation = each.Max, each.UnusedReservation
			return info
		}
	}
	d.count(cluster, device, info)
	return info
}

// count works a capacity out. The total is that of an empty cluster, whatever mode a board is in
// and whatever runs on it; what remains is what would still start.
func (d *directPath) count(
	cluster *simulator.ClusterComputeResource, device string, info *types.DirectPathProfileManagerCapacityInfo,
) {
	size, profile := groupOf(device)
	for _, reference := range cluster.Host {
		host := d.registry.Get(reference).(*simulator.HostSystem)
		most, left := wholeDevices(host, device), wholeDevices(host, device)
		for _, board := range host.Config.GraphicsInfo {
			each := d.perBoard(board.DeviceName, profile)
			most += each
			for _, vm := range board.Vm {
				runs := d.vgpusOf(vm)
				if slices.Contains(runs, profile) {
					each--
					info.Consumed++
				} else if len(runs) > 0 {
					each = 0
				}
			}
			left += max(each, 0)
		}
		info.Max += most / size
		info.Remaining += left / size
	}
	info.Consumed /= size
}

// wholeDevices are those of a host that a machine may take by one of the ids.
func wholeDevices(host *simulator.HostSystem, device string) int32 {
	ids, _, _ := strings.Cut(device, "@")
	var count int32
	for _, each := range host.Hardware.PciDevice {
		id := fmt.Sprintf("%04x:%04x", uint16(each.VendorId), uint16(each.DeviceId))
		free := slices.ContainsFunc(host.Config.PciPassthruInfo, func(info types.BaseHostPciPassthruInfo) bool {
			entry := info.GetHostPciPassthruInfo()
			return entry.Id == each.Id && entry.PassthruEnabled
		})
		if free && slices.Contains(strings.Split(ids, "|"), id) {
			count++
		}
	}
	return count
}

// perBoard is how many of a profile an empty board of the name holds.
func (d *directPath) perBoard(name, profile string) int32 {
	for _, model := range d.models {
		if model.Name != name || !slices.Contains(model.Profiles, profile) {
			continue
		}
		held := (model.MemoryMiB + 512) >> 10 / max(gibOf(profile), 1)
		if parts := strings.Split(profile, "-"); isSliced(profile) {
			slices, _ := strconv.ParseInt(parts[len(parts)-2], 10, 64)
			held = min(held, 7/max(slices, 1))
		}
		return int32(held)
	}
	return 0
}

func (d *directPath) vgpusOf(reference types.ManagedObjectReference) []string {
	machine, ok := d.registry.Get(reference).(*simulator.VirtualMachine)
	if !ok || machine.Runtime.PowerState != types.VirtualMachinePowerStatePoweredOn {
		return nil
	}
	var found []string
	for _, each := range machine.Config.Hardware.Device {
		if device, ok := each.(*types.VirtualPCIPassthrough); ok {
			if backing, ok := device.Backing.(*types.VirtualPCIPassthroughVmiopBackingInfo); ok {
				found = append(found, backing.Vgpu)
			}
		}
	}
	return found
}

// groupOf takes "Nvidia:2@nvidia_h100-80c%NVLink" apart; any other device is a group of one.
func groupOf(device string) (int32, string) {
	head, rest, grouped := strings.Cut(device, "@")
	_, count, _ := strings.Cut(head, ":")
	size, err := strconv.ParseInt(count, 10, 32)
	if !grouped || err != nil || size < 1 {
		return 1, device
	}
	profile, _, _ := strings.Cut(rest, "%")
	return int32(size), profile
}

// deviceText is one text per device, so that equal devices have equal texts.
func deviceText(config types.BaseDirectPathProfileManagerDirectPathConfig) string {
	switch device := config.(type) {
	case *types.DirectPathProfileManagerVmiopDirectPathConfig:
		return device.VgpuProfile
	case *types.DirectPathProfileManagerVirtualDeviceGroupDirectPathConfig:
		return device.DeviceGroupName
	case *types.DirectPathProfileManagerDynamicDirectPathConfig:
		var ids []string
		for _, each := range device.DynamicDirectPathBacking.AllowedDevice {
			ids = append(ids, fmt.Sprintf("%04x:%04x", each.VendorId, each.DeviceId))
		}
		slices.Sort(ids)
		text := strings.Join(ids, "|")
		if label := device.DynamicDirectPathBacking.CustomLabel; label != "" {
			text += "@" + label
		}
		return text
	}
	return fmt.Sprintf("%T", config)
}
