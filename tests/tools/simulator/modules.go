package main

import (
	"slices"

	"github.com/vmware/govmomi/simulator"
	"github.com/vmware/govmomi/vim25/methods"
	"github.com/vmware/govmomi/vim25/mo"
	"github.com/vmware/govmomi/vim25/soap"
	"github.com/vmware/govmomi/vim25/types"
)

// What a GPU host has installed and how its modules are set: two managed objects that the library
// lacks. Their properties are not of the API; they are there so that the control can change them.

// kernelModules answers for the modules of one host.
type kernelModules struct {
	mo.HostKernelModuleSystem

	Module []types.KernelModuleInfo
}

func (k *kernelModules) QueryModules(*types.QueryModules) soap.HasFault {
	return &methods.QueryModulesBody{
		Res: &types.QueryModulesResponse{Returnval: slices.Clone(k.Module)},
	}
}

func (k *kernelModules) QueryConfiguredModuleOptionString(
	req *types.QueryConfiguredModuleOptionString,
) soap.HasFault {
	for _, each := range k.Module {
		if each.Name == req.Name {
			return &methods.QueryConfiguredModuleOptionStringBody{
				Res: &types.QueryConfiguredModuleOptionStringResponse{Returnval: each.OptionString},
			}
		}
	}
	return &methods.QueryConfiguredModuleOptionStringBody{
		Fault_: simulator.Fault("no such module", &types.NotFound{}),
	}
}

// imageConfig answers for the packages of one host.
type imageConfig struct {
	mo.HostImageConfigManager

	Package []types.SoftwarePackage
}

func (i *imageConfig) FetchSoftwarePackages(*types.FetchSoftwarePackages) soap.HasFault {
	return &methods.FetchSoftwarePackagesBody{
		Res: &types.FetchSoftwarePackagesResponse{Returnval: slices.Clone(i.Package)},
	}
}

// install registers both objects and gives a GPU host the modules and the package of its driver.
func install(registry *simulator.Registry, host *simulator.HostSystem, fact hostFact) {
	modules := &kernelModules{Module: []types.KernelModuleInfo{
		{Id: 1, Name: "nmlx5_core", Version: "4.23.6.1", Filename: "nmlx5_core", Loaded: true, Enabled: true},
	}}
	image := &imageConfig{Package: []types.SoftwarePackage{
		{Name: "esx-base", Version: "8.0.3-0.35.24280767", Vendor: "VMware", AcceptanceLevel: "vmware_certified"},
	}}
	if len(fact.GPUs) > 0 {
		modules.Module = append(modules.Module, types.KernelModuleInfo{
			Id: 2, Name: "nvidia", Version: "550.54.16", Filename: "nvidia", Loaded: true, Enabled: true,
			OptionString: "NVreg_RegistryDwordsPerDevice=",
		})
		image.Package = append(image.Package, types.SoftwarePackage{
			Name: "NVD-AIE-800", Version: "550.54.16-1OEM.800.1.0.20613240", Vendor: "NVD",
			AcceptanceLevel: "accepted",
		})
	}
	modules.Self = types.ManagedObjectReference{Type: "HostKernelModuleSystem", Value: "kernelModuleSystem-" + host.Self.Value}
	image.Self = types.ManagedObjectReference{Type: "HostImageConfigManager", Value: "imageConfigManager-" + host.Self.Value}
	host.ConfigManager.KernelModuleSystem = &modules.Self
	host.ConfigManager.ImageConfigManager = &image.Self
	registry.Put(modules)
	registry.Put(image)
}
