package main

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"

	"github.com/vmware/govmomi/simulator"
	"github.com/vmware/govmomi/vim25/types"
)

// gpuModel is what ESXi would say of one accelerator. Ids are hexadecimal as in pci.ids.
type gpuModel struct {
	Vendor    string   `json:"vendor"`
	Device    string   `json:"device"`
	Name      string   `json:"name"`
	MemoryMiB int64    `json:"memory_mib"`
	Profiles  []string `json:"profiles"`
}

//go:embed gpus.json
var builtinModels []byte

func loadModels(extra string) (map[string]gpuModel, error) {
	models := map[string]gpuModel{}
	if err := json.Unmarshal(builtinModels, &models); err != nil {
		return nil, fmt.Errorf("gpus.json: %w", err)
	}
	if extra == "" {
		return models, nil
	}
	text, err := os.ReadFile(extra)
	if err != nil {
		return nil, err
	}
	if err := json.Unmarshal(text, &models); err != nil {
		return nil, fmt.Errorf("%s: %w", extra, err)
	}
	return models, nil
}

const (
	coreMHz    = 2000
	threadsPer = 2
	class3D    = 0x0302
)

// equip replaces the two-core machine of the library with the hardware of the inventory.
func equip(host *simulator.HostSystem, fact hostFact, models map[string]gpuModel) error {
	sockets, cores := fact.CPU.Sockets, fact.CPU.CoresPerSocket
	if sockets > 0 && cores > 0 {
		setProcessors(host, sockets, cores)
	}
	if fact.Memory > 0 {
		host.Hardware.MemorySize = int64(fact.Memory)
		host.Summary.Hardware.MemorySize = int64(fact.Memory)
	}
	nodes := setNodes(host, fact)
	setPorts(host, fact.NICs)
	return addGPUs(host, fact, models, nodes)
}

func setProcessors(host *simulator.HostSystem, sockets, cores int16) {
	total := sockets * cores
	host.Hardware.CpuInfo = types.HostCpuInfo{
		NumCpuPackages: sockets,
		NumCpuCores:    total,
		NumCpuThreads:  total * threadsPer,
		Hz:             coreMHz * 1_000_000,
	}
	host.Hardware.CpuPkg = nil
	for socket := range sockets {
		pack := types.HostCpuPackage{
			Index:       socket,
			Vendor:      "intel",
			Hz:          coreMHz * 1_000_000,
			Description: "simulated processor",
		}
		for thread := range cores * threadsPer {
			pack.ThreadId = append(pack.ThreadId, socket*cores*threadsPer+thread)
		}
		host.Hardware.CpuPkg = append(host.Hardware.CpuPkg, pack)
	}
	summary := host.Summary.Hardware
	summary.NumCpuPkgs, summary.NumCpuCores, summary.NumCpuThreads = sockets, total, total*threadsPer
	summary.CpuMhz = coreMHz
}

// setNodes makes one NUMA node per socket, with its share of cores and memory.
func setNodes(host *simulator.HostSystem, fact hostFact) []types.HostNumaNode {
	sockets := int(max(fact.CPU.Sockets, 1))
	share := host.Hardware.MemorySize / int64(sockets)
	perNode := int(host.Hardware.CpuInfo.NumCpuThreads) / sockets
	nodes := make([]types.HostNumaNode, sockets)
	for number := range nodes {
		nodes[number] = types.HostNumaNode{
			TypeId:            byte(number),
			MemorySize:        share,
			MemoryRangeBegin:  int64(number) * share,
			MemoryRangeLength: share,
		}
		for thread := range perNode {
			nodes[number].CpuID = append(nodes[number].CpuID, int16(number*perNode+thread))
		}
	}
	host.Hardware.NumaInfo = &types.HostNumaInfo{Type: "NUMA", NumNodes: int32(sockets), NumaNode: nodes}
	return nodes
}

func addGPUs(host *simulator.HostSystem, fact hostFact, models map[string]gpuModel, nodes []types.HostNumaNode) error {
	host.Hardware.PciDevice = slices.Clone(host.Hardware.PciDevice)
	for _, gpu := range fact.GPUs {
		model, ok := models[gpu.Model]
		if !ok {
			return fmt.Errorf("unknown GPU model %q: name it in the file of -gpus", gpu.Model)
		}
		device, err := pciDevice(gpu.PCI, model)
		if err != nil {
			return err
		}
		host.Hardware.PciDevice = append(host.Hardware.PciDevice, device)
		if gpu.NUMA >= 0 && gpu.NUMA < len(nodes) {
			nodes[gpu.NUMA].PciId = append(nodes[gpu.NUMA].PciId, gpu.PCI)
		}
		addGraphics(host.Config, gpu, model)
	}
	if len(fact.GPUs) > 0 {
		host.Config.GraphicsConfig = graphicsConfig(fact.GPUs)
	}
	return nil
}

// pciDevice turns "0000:17:00.0" and the model's ids into the record that ESXi keeps.
func pciDevice(address string, model gpuModel) (types.HostPciDevice, error) {
	fields := strings.FieldsFunc(address, func(r rune) bool { return r == ':' || r == '.' })
	if len(fields) != 4 {
		return types.HostPciDevice{}, fmt.Errorf("PCI address %q is not domain:bus:slot.function", address)
	}
	numbers := [3]byte{}
	for i, field := range fields[1:] {
		number, err := strconv.ParseUint(field, 16, 8)
		if err != nil {
			return types.HostPciDevice{}, fmt.Errorf("PCI address %q: %w", address, err)
		}
		numbers[i] = byte(number)
	}
	vendor, err := signed(model.Vendor)
	if err != nil {
		return types.HostPciDevice{}, err
	}
	device, err := signed(model.Device)
	if err != nil {
		return types.HostPciDevice{}, err
	}
	return types.HostPciDevice{
		Id:              address,
		ClassId:         class3D,
		Bus:             numbers[0],
		Slot:            numbers[1],
		Function:        numbers[2],
		VendorId:        vendor,
		DeviceId:        device,
		VendorName:      "NVIDIA Corporation",
		DeviceName:      model.Name,
		DeviceClassName: "3D controller",
	}, nil
}

// signed reads a 16-bit id as the vim API carries it: 0x8086 becomes -32634.
func signed(id string) (int16, error) {
	number, err := strconv.ParseUint(id, 16, 16)
	if err != nil {
		return 0, fmt.Errorf("PCI id %q: %w", id, err)
	}
	return int16(uint16(number)), nil
}
