package main

import (
	"fmt"
	"slices"

	"github.com/vmware/govmomi/simulator"
	"github.com/vmware/govmomi/vim25/types"
)

// graphicsConfig is what the administrator asked for, device by device; graphicsInfo says what is.
func graphicsConfig(gpus []gpuFact) *types.HostGraphicsConfig {
	config := &types.HostGraphicsConfig{
		HostDefaultGraphicsType:        string(types.HostGraphicsConfigGraphicsTypeSharedDirect),
		SharedPassthruAssignmentPolicy: string(types.HostGraphicsConfigSharedPassthruAssignmentPolicyPerformance),
	}
	for _, gpu := range gpus {
		config.DeviceType = append(config.DeviceType, types.HostGraphicsConfigDeviceType{
			DeviceId:     gpu.PCI,
			GraphicsType: graphicsType(gpu),
			VgpuMode:     configuredMode(gpu),
		})
	}
	return config
}

func graphicsType(gpu gpuFact) string {
	if gpu.Mode == "passthrough" {
		return string(types.HostGraphicsInfoGraphicsTypeDirect)
	}
	return string(types.HostGraphicsInfoGraphicsTypeSharedDirect)
}

// configuredMode knows two values; that a device is sliced is only reported.
func configuredMode(gpu gpuFact) string {
	if gpu.MixedSize {
		return "mixedSize"
	}
	return "sameSize"
}

func reportedMode(gpu gpuFact) string {
	if gpu.Mode == "mig" || gpu.Mode == "mig-time-sliced" {
		return "multiInstanceGpu"
	}
	return configuredMode(gpu)
}

// setPorts gives the host the network ports of the inventory in place of the library's four. The
// library refers to vmnic0 elsewhere, so a host of which no port is known keeps what it has.
func setPorts(host *simulator.HostSystem, ports []nicFact) {
	if len(ports) == 0 || len(host.Config.Network.Pnic) == 0 {
		return
	}
	pattern := host.Config.Network.Pnic[0]
	host.Config.Network.Pnic = nil
	for number, fact := range ports {
		port := pattern
		port.Device = fact.Name
		if port.Device == "" {
			port.Device = fmt.Sprintf("vmnic%d", number)
		}
		port.Key = "key-vim.host.PhysicalNic-" + port.Device
		port.Pci = fmt.Sprintf("0000:%02x:00.0", 0x80+number)
		port.Driver = "nmlx5_core"
		port.Mac = fmt.Sprintf("00:0c:29:81:d9:%02x", number)
		port.LinkSpeed = &types.PhysicalNicLinkInfo{SpeedMb: int32(fact.Speed), Duplex: true}
		host.Config.Network.Pnic = append(host.Config.Network.Pnic, port)
	}
}

func addGraphics(config *types.HostConfigInfo, gpu gpuFact, model gpuModel) {
	config.GraphicsInfo = append(config.GraphicsInfo, types.HostGraphicsInfo{
		DeviceName:     model.Name,
		VendorName:     "NVIDIA Corporation",
		PciId:          gpu.PCI,
		GraphicsType:   graphicsType(gpu),
		VgpuMode:       reportedMode(gpu),
		MemorySizeInKB: model.MemoryMiB << 10,
	})
	config.PciPassthruInfo = append(config.PciPassthruInfo, &types.HostPciPassthruInfo{
		Id:              gpu.PCI,
		DependentDevice: gpu.PCI,
		PassthruCapable: true,
		PassthruEnabled: gpu.Mode == "passthrough",
		PassthruActive:  gpu.Mode == "passthrough",
	})
	for _, profile := range model.Profiles {
		if slices.Contains(config.SharedPassthruGpuTypes, profile) {
			continue
		}
		config.SharedPassthruGpuTypes = append(config.SharedPassthruGpuTypes, profile)
		config.SharedGpuCapabilities = append(config.SharedGpuCapabilities, types.HostSharedGpuCapabilities{
			Vgpu:             profile,
			SuspendSupported: true,
			MigrateSupported: true,
		})
	}
}
