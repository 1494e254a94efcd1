"""Single changes to hosts, their GPUs and their clusters."""

from __future__ import annotations

from typing import Any

from tests.acceptance.furnished import CLUSTER, OPTIONS, option, put
from tests.acceptance.mutation import Mutation, Value

HOST, GPU = "esx-01", "0000:17:00.0"
BOARD = f"config.graphicsInfo[pciId={GPU}]"
DEVICE = f"config.graphicsConfig.deviceType[deviceId={GPU}]"
PCI = f"hardware.pciDevice[id={GPU}]"
NIC = "config.network.pnic[device=vmnic1]"
GIB = 1 << 30
TIB = 1 << 40
PROFILES = (
    "1-10c", "1-10cme", "1-20c", "10c", "16c", "2-20c", "20c", "3-40c", "4-40c", "40c",
    "4c", "5c", "7-80c", "80c", "8c",
)  # fmt: skip
"""Of an H100 PCIe 80GB, as the simulator's catalogue has them, sorted as texts."""
TYPES = tuple(f"nvidia_h100-{each}" for each in PROFILES)
HOSTS = ("esx-01", "esx-02", "esx-03", "esx-04")
TEXT = {"_typeName": "string"}


def _host(leaf: str, path: str, before: Value, after: Value, value: Any = None) -> Mutation:
    sent = after if value is None else value
    return Mutation("host", HOST, leaf, before, after, [put(f"HostSystem:{HOST}", path, sent)])


def _gpu(leaf: str, path: str, before: Value, after: Value, value: Any = None) -> Mutation:
    sent = after if value is None else value
    wish = put(f"HostSystem:{HOST}", path, sent)
    return Mutation("gpu", f"{HOST}/{GPU}", leaf, before, after, [wish])


def _cluster(leaf: str, path: str, before: Value, after: Value, value: Any = None) -> Mutation:
    sent = after if value is None else value
    wish = put(f"ClusterComputeResource:{CLUSTER}", f"configurationEx.{path}", sent)
    return Mutation("cluster", CLUSTER, leaf, before, after, [wish])


GPU_STATE = [
    _gpu("vgpu_mode", f"{BOARD}.vgpuMode", "multiInstanceGpu", "sameSize"),
    _gpu("graphics_type", f"{BOARD}.graphicsType", "sharedDirect", "direct"),
    _gpu("memory_mib", f"{BOARD}.memorySizeInKB", 81559, 40960, 40960 << 10),
    _gpu("model", f"{BOARD}.deviceName", "NVIDIA H100 PCIe 80GB", "NVIDIA L40S"),
    _gpu("configured_type", f"{DEVICE}.graphicsType", "sharedDirect", "shared"),
    _gpu("configured_vgpu_mode", f"{DEVICE}.vgpuMode", "sameSize", "mixedSize"),
    _gpu("device_id", f"{PCI}.deviceId", "2331", "26b9", 0x26B9),
    _gpu("vendor_id", f"{PCI}.vendorId", "10de", "1002", 0x1002),
    _gpu("passthrough", "config.pciPassthruInfo[0].passthruEnabled", False, True),
    Mutation(
        "gpu", f"{HOST}/{GPU}", "numa_node", 0, 1,
        [
            put(f"HostSystem:{HOST}", "hardware.numaInfo.numaNode[0].pciId", ["0000:65:00.0"]),
            put(f"HostSystem:{HOST}", "hardware.numaInfo.numaNode[1].pciId", [GPU]),
        ],
    ),
    _host(
        "graphics_default_type", "config.graphicsConfig.hostDefaultGraphicsType",
        "sharedDirect", "shared",
    ),
    _host(
        "assignment_policy", "config.graphicsConfig.sharedPassthruAssignmentPolicy",
        "consolidation", "performance",
    ),
    _host("vgpu_types", "config.sharedPassthruGpuTypes", TYPES, TYPES[:3], list(TYPES[:3])),
    Mutation(
        "host", HOST, "module_option.nvidia",
        "NVreg_RegistryDwordsPerDevice=", "NVreg_RegistryDwordsPerDevice=RmPVMRL=0x1",
        [
            put(
                f"HostKernelModuleSystem:{HOST}", "module[name=nvidia].optionString",
                "NVreg_RegistryDwordsPerDevice=RmPVMRL=0x1",
            )
        ],
        host_role=True,
    ),
    Mutation(
        "host", HOST, "package.NVD-AIE-800",
        "550.54.16-1OEM.800.1.0.20613240", "535.161.05-1OEM.800.1.0.20613240",
        [
            put(
                f"HostImageConfigManager:{HOST}", "package[name=NVD-AIE-800].version",
                "535.161.05-1OEM.800.1.0.20613240",
            )
        ],
        host_role=True,
    ),
]  # fmt: skip
"""What no Terraform plan sees: how the boards of a host are set, and what drives them."""

CLUSTERS = [
    _cluster("drs_enabled", "drsConfig.enabled", True, False),
    _cluster("drs_automation", "drsConfig.defaultVmBehavior", "fullyAutomated", "manual"),
    _cluster("drs_migration_threshold", "drsConfig.vmotionRate", 3, 5),
    _cluster(
        "drs_option.PassthroughDrsAutomation",
        "drsConfig.option[key=PassthroughDrsAutomation].value",
        "0", "1", {**TEXT, "_value": "1"},
    ),
    _cluster("ha_enabled", "dasConfig.enabled", True, False),
    _cluster("ha_admission_control", "dasConfig.admissionControlEnabled", True, False),
    _cluster(
        "ha_cpu_reserve_percent", "dasConfig.admissionControlPolicy.cpuFailoverResourcesPercent",
        25, 10,
    ),
    _cluster(
        "ha_memory_reserve_percent",
        "dasConfig.admissionControlPolicy.memoryFailoverResourcesPercent", 25, 50,
    ),
    _cluster("ha_host_failures", "dasConfig.admissionControlPolicy.failoverLevel", 1, 2),
    _cluster(
        "ha_option.das.iostatsinterval", "dasConfig.option[0].value",
        "120", "60", {**TEXT, "_value": "60"},
    ),
    _cluster("vsan_enabled", "vsanConfigInfo.enabled", True, False),
    Mutation(
        "cluster", CLUSTER, "evc", "intel-icelake", "intel-skylake",
        [put(f"ClusterComputeResource:{CLUSTER}", "summary.currentEVCModeKey", "intel-skylake")],
    ),
    Mutation(
        "cluster", CLUSTER, "configuration_profile", False, True,
        [{
            "do": "rest", "store": "clusters", "key": {"$ref": f"ClusterComputeResource:{CLUSTER}"},
            "value": {"config_managed": True},
        }],
    ),
    Mutation(
        "cluster", CLUSTER, "drs_option.LBMaxVmotionPerHost", None, "1",
        [put(
            f"ClusterComputeResource:{CLUSTER}", f"{OPTIONS}[+]",
            option("LBMaxVmotionPerHost", "1"),
        )],
    ),
]  # fmt: skip

HOST_STATE = [
    _host("memory_bytes", "summary.hardware.memorySize", TIB, TIB - 128 * GIB),
    _host("cores", "summary.hardware.numCpuCores", 64, 48),
    _host("threads", "summary.hardware.numCpuThreads", 128, 64),
    _host("sockets", "summary.hardware.numCpuPkgs", 2, 1),
    _host("version", "config.product.version", "8.0.2", "8.0.3"),
    _host("build", "config.product.build", "21997540", "24022510"),
    _host("numa_nodes", "hardware.numaInfo.numNodes", 2, 4),
    _host("cpu_model", "summary.hardware.cpuModel",
          "Intel(R) Core(TM) i7-3615QM CPU @ 2.30GHz", "AMD EPYC 9554"),
    Mutation("nic", f"{HOST}/vmnic1", "speed_mbit", 100000, 25000,
             [put(f"HostSystem:{HOST}", f"{NIC}.linkSpeed.speedMb", 25000)]),
    Mutation("nic", f"{HOST}/vmnic1", "driver", "nmlx5_core", "i40en",
             [put(f"HostSystem:{HOST}", f"{NIC}.driver", "i40en")]),
    Mutation("nic", f"{HOST}/vmnic1", "pci", "0000:81:00.0", "0000:82:00.0",
             [put(f"HostSystem:{HOST}", f"{NIC}.pci", "0000:82:00.0")]),
]  # fmt: skip
_OTHER = "hardware.pciDevice[id=0000:0b:00.0]"
PCI_DEVICES = [
    Mutation("pci-device", f"{HOST}/0000:0b:00.0", "device_id", "07b0", "1019",
             [put(f"HostSystem:{HOST}", f"{_OTHER}.deviceId", 0x1019)]),
    Mutation("pci-device", f"{HOST}/0000:0b:00.0", "vendor_id", "15ad", "15b3",
             [put(f"HostSystem:{HOST}", f"{_OTHER}.vendorId", 0x15B3)]),
    Mutation("pci-device", f"{HOST}/0000:0b:00.0", "name", "vmxnet3 Virtual Ethernet Controller",
             "ConnectX-6", [put(f"HostSystem:{HOST}", f"{_OTHER}.deviceName", "ConnectX-6")]),
]  # fmt: skip
