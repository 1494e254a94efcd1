package main

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/vmware/govmomi/simulator"
	"github.com/vmware/govmomi/vim25/methods"
	"github.com/vmware/govmomi/vim25/soap"
	"github.com/vmware/govmomi/vim25/types"
)

// browser answers QueryConfigTarget with the vGPU data that the library leaves out. It is made
// from the hosts at each call, so a host that the control changed shows here too.
type browser struct {
	*simulator.EnvironmentBrowser

	registry *simulator.Registry
	models   map[string]gpuModel
}

func (b *browser) QueryConfigTarget(ctx *simulator.Context, req *types.QueryConfigTarget) soap.HasFault {
	body := b.EnvironmentBrowser.QueryConfigTarget(ctx, req).(*methods.QueryConfigTargetBody)
	if body.Res == nil || body.Res.Returnval == nil {
		return body
	}
	target := *body.Res.Returnval
	for _, host := range b.hosts(req.Host) {
		for _, profile := range host.Config.SharedPassthruGpuTypes {
			b.addProfile(&target, profile)
		}
		for _, board := range host.Config.GraphicsInfo {
			b.addBoard(&target, board.DeviceName)
		}
		for _, each := range host.Config.PciPassthruInfo {
			entry := each.GetHostPciPassthruInfo()
			if entry.PassthruEnabled {
				target.PciPassthrough = append(target.PciPassthrough, &types.VirtualMachinePciPassthroughInfo{
					PciDevice: types.HostPciDevice{Id: entry.Id}, SystemId: "BYPASS",
				})
			}
		}
	}
	body.Res.Returnval = &target
	return body
}

func (b *browser) hosts(asked *types.ManagedObjectReference) []*simulator.HostSystem {
	var found []*simulator.HostSystem
	for _, each := range b.registry.All("ClusterComputeResource") {
		cluster := each.(*simulator.ClusterComputeResource)
		if cluster.EnvironmentBrowser == nil || *cluster.EnvironmentBrowser != b.Self {
			continue
		}
		for _, reference := range cluster.Host {
			if asked == nil || *asked == reference {
				found = append(found, b.registry.Get(reference).(*simulator.HostSystem))
			}
		}
	}
	return found
}

func (b *browser) addProfile(target *types.ConfigTarget, profile string) {
	known := func(each types.VirtualMachineVgpuProfileInfo) bool { return each.ProfileName == profile }
	if slices.ContainsFunc(target.VgpuProfileInfo, known) {
		return
	}
	target.SharedGpuPassthroughTypes = append(
		target.SharedGpuPassthroughTypes, types.VirtualMachinePciSharedGpuPassthroughInfo{Vgpu: profile},
	)
	target.VgpuProfileInfo = append(target.VgpuProfileInfo, types.VirtualMachineVgpuProfileInfo{
		VirtualMachineTargetInfo: types.VirtualMachineTargetInfo{Name: profile},
		ProfileName:              profile,
		DeviceVendorId:           b.deviceOf(profile),
		FbSizeInGib:              gibOf(profile),
		ProfileSharing:           sharingOf(profile),
		ProfileClass:             "compute",
	})
}

func (b *browser) addBoard(target *types.ConfigTarget, name string) {
	known := func(each types.VirtualMachineVgpuDeviceInfo) bool { return each.DeviceName == name }
	if slices.ContainsFunc(target.VgpuDeviceInfo, known) {
		return
	}
	for _, model := range b.models {
		if model.Name != name {
			continue
		}
		target.VgpuDeviceInfo = append(target.VgpuDeviceInfo, types.VirtualMachineVgpuDeviceInfo{
			VirtualMachineTargetInfo: types.VirtualMachineTargetInfo{Name: name},
			DeviceName:               name,
			DeviceVendorId:           wideID(model),
			MaxFbSizeInGib:           (model.MemoryMiB + 512) >> 10,
			TimeSlicedCapable:        true,
			MigCapable:               slices.ContainsFunc(model.Profiles, isSliced),
			ComputeProfileCapable:    true,
		})
		return
	}
}

// deviceOf is the id of the first device, by name, that offers the profile.
func (b *browser) deviceOf(profile string) int64 {
	for _, name := range slices.Sorted(maps.Keys(b.models)) {
		if slices.Contains(b.models[name].Profiles, profile) {
			return wideID(b.models[name])
		}
	}
	return 0
}

// wideID has the vendor in its lower 16 bits and the device in the next 16.
func wideID(model gpuModel) int64 {
	vendor, _ := strconv.ParseInt(model.Vendor, 16, 64)
	device, _ := strconv.ParseInt(model.Device, 16, 64)
	return device<<16 | vendor
}

// gibOf is the last number of a profile name: 20 of nvidia_h100-2-20c.
func gibOf(profile string) int64 {
	last := profile[strings.LastIndex(profile, "-")+1:]
	end := strings.IndexFunc(last, func(r rune) bool { return r < '0' || r > '9' })
	if end >= 0 {
		last = last[:end]
	}
	size, _ := strconv.ParseInt(last, 10, 64)
	return size
}

// isSliced tells nvidia_h100-2-20c, which is MIG-backed, from nvidia_h100-20c.
func isSliced(profile string) bool { return strings.Count(profile, "-") > 1 }

func sharingOf(profile string) string {
	if isSliced(profile) {
		return "mig"
	}
	return "timeSliced"
}
