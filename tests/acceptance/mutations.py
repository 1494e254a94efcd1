"""Single changes to a furnished vCenter: what was done, and the one difference that it must make.

Keys and values are in the words of a snapshot (``generator/vcenter/kinds.py``), written by hand:
none of them is computed from a reading. ``$ref`` in a value stands for a managed object id.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from tests.acceptance.furnished import (
    CLUSTER,
    NAMESPACE,
    OPTIONS,
    SPEC_CLASS,
    Ids,
    option,
    put,
)

Value = str | int | bool | tuple[str, ...] | None
Wish = dict[str, Any]


NOT_KNOWN_BY_NAME = ("pci-device", "direct-path-profile")
"""Kinds of which a name is a field like others."""


@dataclass(frozen=True)
class Mutation:
    """Wishes to the control, and the object, field and values of the difference."""

    kind: str
    key: str
    leaf: str
    before: Value
    after: Value
    wishes: list[Wish] = field(hash=False)
    host_role: bool = False

    @property
    def what(self) -> str:
        """What a difference calls it."""
        if not self.leaf:
            return "missing"
        renamed = self.leaf == "name" and self.kind not in NOT_KNOWN_BY_NAME
        return "renamed" if renamed else "changed"

    def __str__(self) -> str:
        return f"{self.kind} {self.key} {self.leaf or 'gone'}"


def resolved(wishes: list[Wish], ids: Ids) -> list[Wish]:
    """The wishes with each ``$ref`` as a reference, or as its bare id where it is a key."""
    made: list[Wish] = []
    for wish in wishes:
        made.append({name: _with_ids(value, ids) for name, value in wish.items()})
        if isinstance(made[-1].get("key"), dict):
            made[-1]["key"] = made[-1]["key"]["value"]
    return made


def _with_ids(value: Any, ids: Ids) -> Any:
    if isinstance(value, dict):
        if "$ref" in value:
            kind, _, name = value["$ref"].partition(":")
            return {"type": kind, "value": ids[kind][name]}
        return {key: _with_ids(each, ids) for key, each in value.items()}
    return [_with_ids(each, ids) for each in value] if isinstance(value, list) else value


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
_TEXT = {"_typeName": "string"}


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
        "0", "1", {**_TEXT, "_value": "1"},
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
        "120", "60", {**_TEXT, "_value": "60"},
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


def _pool(leaf: str, path: str, before: Value, after: Value) -> Mutation:
    wish = put("ResourcePool:crowd", f"config.{path}", after)
    return Mutation("resource-pool", f"{CLUSTER}/crowd", leaf, before, after, [wish])


def _network(leaf: str, path: str, before: Value, after: Value, value: Any = None) -> Mutation:
    sent = after if value is None else value
    group = "DistributedVirtualPortgroup:pg-wl-01"
    wish = put(group, f"config.defaultPortConfig.{path}", sent)
    return Mutation("network", "pg-wl-01", leaf, before, after, [wish])


def _store(leaf: str, path: str, before: Value, after: Value) -> Mutation:
    wish = put("Datastore:vsan-gpu-a", f"summary.{path}", after)
    return Mutation("datastore", "vsan-gpu-a", leaf, before, after, [wish])


_ORDER = "uplinkTeamingPolicy.uplinkPortOrder"
PLACES = [
    _pool("cpu_reservation_mhz", "cpuAllocation.reservation", 0, 4000),
    _pool("memory_reservation_mib", "memoryAllocation.reservation", 0, 65536),
    _pool("memory_limit_mib", "memoryAllocation.limit", -1, 1048576),
    _pool("cpu_expandable", "cpuAllocation.expandableReservation", True, False),
    _pool("cpu_shares", "cpuAllocation.shares.level", "normal", "high"),
    _network("vlan", "vlan.vlanId", 1204, 1299),
    _network("teaming", "uplinkTeamingPolicy.policy.value",
             "loadbalance_loadbased", "failover_explicit"),
    _network("active_uplinks", f"{_ORDER}.activeUplinkPort",
             ("dvUplink1",), ("dvUplink3",), ["dvUplink3"]),
    _network("standby_uplinks", f"{_ORDER}.standbyUplinkPort",
             ("dvUplink2",), ("dvUplink4",), ["dvUplink4"]),
    Mutation("switch", "dvs-ams1", "mtu", 9000, 1500,
             [put("DistributedVirtualSwitch:dvs-ams1", "config.maxMtu", 1500)]),
    Mutation("switch", "dvs-ams1", "nioc", False, True,
             [put("DistributedVirtualSwitch:dvs-ams1",
                  "config.networkResourceManagementEnabled", True)]),
    Mutation("switch", "dvs-ams1", "hosts", HOSTS, HOSTS[1:],
             [{"do": "cut", "object": "DistributedVirtualSwitch:dvs-ams1",
               "path": "summary.hostMember[0]"}]),
    _store("capacity_bytes", "capacity", 40 * TIB, 30 * TIB),
    Mutation("datastore", "fc-gold-01", "type", "VMFS", "NFS",
             [put("Datastore:fc-gold-01", "summary.type", "NFS")]),
    _store("accessible", "accessible", True, False),
    _store("shared", "multipleHostAccess", True, False),
    Mutation("datastore", "vsan-gpu-a", "hosts", HOSTS, HOSTS[1:],
             [{"do": "cut", "object": "Datastore:vsan-gpu-a", "path": "host[0]"}]),
]  # fmt: skip

_TRAINERS = "configurationEx.group[name=trainers]"
_BOTH = ("vm-00001", "vm-00002")
_RULE = f"ClusterComputeResource:{CLUSTER}"
RULES = [
    Mutation("rule", f"{CLUSTER}/apart", "enabled", True, False,
             [put(_RULE, "configurationEx.rule[name=apart].enabled", False)]),
    Mutation("rule", f"{CLUSTER}/keep-left", "mandatory", False, True,
             [put(_RULE, "configurationEx.rule[name=keep-left].mandatory", True)]),
    Mutation("rule", f"{CLUSTER}/keep-left", "host_group", "left", "right",
             [put(_RULE, "configurationEx.rule[name=keep-left].affineHostGroupName", "right")]),
    Mutation("rule", f"{CLUSTER}/keep-left", "vm_group", "trainers", "others",
             [put(_RULE, "configurationEx.rule[name=keep-left].vmGroupName", "others")]),
    Mutation("host-group", f"{CLUSTER}/left", "hosts", ("esx-01", "esx-02"), ("esx-02",),
             [{"do": "cut", "object": _RULE, "path": "configurationEx.group[name=left].host[0]"}]),
    Mutation("host-group", f"{CLUSTER}/left", "hosts",
             ("esx-01", "esx-02"), ("esx-01", "esx-02", "esx-03"),
             [put(_RULE, "configurationEx.group[name=left].host[+]",
                  {"$ref": "HostSystem:esx-03"})]),
    Mutation("host-group", f"{CLUSTER}/spare", "", f"{CLUSTER}/spare", None,
             [{"do": "cut", "object": _RULE, "path": "configurationEx.group[name=spare]"}]),
    Mutation("vm-group", f"{CLUSTER}/trainers", "vms", _BOTH, _BOTH[1:],
             [{"do": "cut", "object": _RULE, "path": f"{_TRAINERS}.vm[0]"}]),
    Mutation("vm-group", f"{CLUSTER}/trainers", "vms", _BOTH, (*_BOTH, "vm-00005"),
             [put(_RULE, f"{_TRAINERS}.vm[+]",
                  {"$ref": "VirtualMachine:vm-00005"})]),
    Mutation("vm-group", f"{CLUSTER}/idle", "", f"{CLUSTER}/idle", None,
             [{"do": "cut", "object": _RULE, "path": "configurationEx.group[name=idle]"}]),
    Mutation("override", f"{CLUSTER}/vm-00006", "drs_automation", "manual", "fullyAutomated",
             [put(_RULE, "configurationEx.drsVmConfig[0].behavior", "fullyAutomated")]),
    Mutation("override", f"{CLUSTER}/vm-00006", "drs_enabled", True, False,
             [put(_RULE, "configurationEx.drsVmConfig[0].enabled", False)]),
    Mutation("override", f"{CLUSTER}/vm-00006", "ha_restart_priority", "high", "disabled",
             [put(_RULE, "configurationEx.dasVmConfig[0].dasSettings.restartPriority",
                  "disabled")]),
]  # fmt: skip

_GPU_VM = "ams1/vm/crowd/room-02/vm-00002"


def _vm(leaf: str, path: str, before: Value, after: Value, value: Any = None) -> Mutation:
    sent = after if value is None else value
    wish = put("VirtualMachine:vm-00002", path, sent)
    return Mutation("vm", _GPU_VM, leaf, before, after, [wish])


_BACKING = {"_typeName": "VirtualPCIPassthroughVmiopBackingInfo", "vgpu": "nvidia_h100-20c"}
MACHINES = [
    _vm("vcpus", "config.hardware.numCPU", 8, 4),
    _vm("memory_mib", "config.hardware.memoryMB", 65536, 32768),
    _vm("memory_reservation_mib", "config.memoryAllocation.reservation", 65536, 1024),
    _vm("cpu_reservation_mhz", "config.cpuAllocation.reservation", 0, 1000),
    _vm("firmware", "config.firmware", "efi", "bios"),
    _vm("hardware_version", "config.version", 21, 19, "vmx-19"),
    _vm("latency_sensitivity", "config.latencySensitivity.level", "normal", "high"),
    _vm("pool", "resourcePool", f"{CLUSTER}/crowd", CLUSTER,
        {"$ref": "ResourcePool:Resources"}),
    _vm("attribute.owner", "customValue[0].value", "team-a", "team-b"),
    _vm("memory_locked", "config.memoryReservationLockedToMax", True, False),
    _vm("vgpus", "config.hardware.device[10].backing",
            ("nvidia_h100-80c",), ("nvidia_h100-20c",), _BACKING),
    _vm("mmio_gib", "config.extraConfig[key=pciPassthru.64bitMMIOSizeGB].value",
            128, 256, {**_TEXT, "_value": "256"}),
]  # fmt: skip

_VGPUS = "config_spec.deviceChange.0.device.backing.vgpu"


def _class(name: str, leaf: str, path: str, before: Value, after: Value, value: Any) -> Mutation:
    wish = {"do": "rest", "store": "classes", "key": name, "path": path, "value": value}
    return Mutation("vm-class", name, leaf, before, after, [wish])


def _space(leaf: str, path: str, before: Value, after: Value, value: Any = None) -> Mutation:
    sent = after if value is None else value
    wish = {"do": "rest", "store": "namespaces", "key": NAMESPACE, "path": path, "value": sent}
    return Mutation("namespace", NAMESPACE, leaf, before, after, [wish])


OLDER = "h100-2x80c-rb22533"
CLASSES = ("cpu-4x16-r63068f",)
SUPERVISOR = "5f7a0c9e-2d41-4e0f-8a55-1c2b3d4e5f60"


def _supervisor(
    leaf: str, key: str, before: Value, after: Value, written: object = None
) -> Mutation:
    told = after if written is None else written
    wish = {"do": "rest", "store": "supervisors", "key": SUPERVISOR, "path": key, "value": told}
    return Mutation("supervisor", "sup-ams1", leaf, before, after, [wish])


WORKLOADS = [
    _class(SPEC_CLASS, "vcpus", "cpu_count", 32, 16, 16),
    _class(SPEC_CLASS, "memory_mib", "memory_MB", 262144, 131072, 131072),
    _class(SPEC_CLASS, "vgpus", _VGPUS, ("nvidia_h100-80c",) * 2,
           ("nvidia_h100-40c", "nvidia_h100-80c"), "nvidia_h100-40c"),
    _class(SPEC_CLASS, "mmio_gib", "config_spec.extraConfig.0.value._value", 512, 256, "256"),
    _class("cpu-4x16-r63068f", "vcpus", "cpu_count", 4, 8, 8),
    _class("cpu-4x16-r63068f", "memory_mib", "memory_MB", 16384, 32768, 32768),
    _class("cpu-4x16-r63068f", "cpu_reservation_percent", "cpu_reservation", None, 50, 50),
    _class("h100-40c-r10da02", "vgpus", "devices.vgpu_devices.0.profile_name",
           ("nvidia_h100-40c",), ("nvidia_h100-20c",), "nvidia_h100-20c"),
    _space("memory_limit_mib", "resource_spec.memory_limit", 524288, 262144),
    _space("cpu_limit_mhz", "resource_spec.cpu_limit", 64000, 32000),
    _space("quota.pod_count", "resource_spec.pod_count", 200, 10),
    _space("access.group:ml-research@corp.example", "access_list.1.role", "EDIT", "OWNER"),
    _space("description", "description", "", "edited by hand"),
    _supervisor("version", "version", "v1.30.5+vmware.4-fips-vsc0.1.11-24453264",
                "v1.31.1+vmware.1-fips-vsc0.1.12-24600000"),
    _supervisor("zones", "zones", ("z1",), ("z2",)),
    _supervisor("control_plane_size", "size_hint", "SMALL", "LARGE"),
    _supervisor("service_cidr", "service_cidr", "10.96.0.0/16", "10.112.0.0/16",
                {"address": "10.112.0.0", "prefix": 16}),
]  # fmt: skip

POLICY = "acme-ml-bulk"
_RULES = "constraints.subProfiles[0].capability[0].constraint[0].propertyInstance[0]"
VCENTER = [
    Mutation("vcenter", "", "version", "8.0.3", "8.0.2",
             [put("ServiceInstance:ServiceInstance", "content.about.version", "8.0.2")]),
    Mutation("vcenter", "", "build", "5973321", "24022515",
             [put("ServiceInstance:ServiceInstance", "content.about.build", "24022515")]),
    Mutation("vcenter", "", "setting.vgpu.hotmigrate.enabled", "true", "false",
             [put("OptionManager:VpxSettings",
                  "setting[key=vgpu.hotmigrate.enabled].value", {**_TEXT, "_value": "false"})]),
    Mutation("role", "ml-operator", "privileges",
             ("System.Anonymous", "System.Read", "System.View",
              "VirtualMachine.Interact.PowerOn"),
             ("System.Anonymous", "System.Read", "System.View"),
             [put("AuthorizationManager:AuthorizationManager",
                  "roleList[name=ml-operator].privilege",
                  ["System.Anonymous", "System.Read", "System.View"])]),
    Mutation("role", "ml-operator", "privileges",
             ("System.Anonymous", "System.Read", "System.View",
              "VirtualMachine.Interact.PowerOn"),
             ("Host.Config.Settings", "System.Anonymous", "System.Read", "System.View",
              "VirtualMachine.Interact.PowerOn"),
             [put("AuthorizationManager:AuthorizationManager",
                  "roleList[name=ml-operator].privilege[+]", "Host.Config.Settings")]),
    Mutation("role", "nobody", "", "nobody", None,
             [{"do": "cut", "object": "AuthorizationManager:AuthorizationManager",
               "path": "roleList[name=nobody]"}]),
    Mutation("custom-attribute", "cost", "", "cost", None,
             [{"do": "cut", "object": "CustomFieldsManager:CustomFieldsManager",
               "path": "field[name=cost]"}]),
    Mutation("custom-attribute", "owner", "object_type", "VirtualMachine", None,
             [put("CustomFieldsManager:CustomFieldsManager",
                  "field[name=owner].managedObjectType", "")]),
    Mutation("custom-attribute", "owner", "object_type", "VirtualMachine", "HostSystem",
             [put("CustomFieldsManager:CustomFieldsManager",
                  "field[name=owner].managedObjectType", "HostSystem")]),
    Mutation("storage-policy", POLICY, "description", "mlgen:acme-ml/storage-policy/acme-ml-bulk",
             "edited", [put(f"Policy:{POLICY}", "description", "edited")]),
    Mutation("storage-policy", "acme-ml-nvme", "rule.VSAN.hostFailuresToTolerate", 1, 2,
             [put("Policy:acme-ml-nvme", f"{_RULES}.value", {"_typeName": "int", "_value": 2})]),
    Mutation("storage-policy", POLICY, "k8s_name", "acme-ml-bulk", "bulk",
             [put(f"Policy:{POLICY}", "k8sCompliantName", "bulk")]),
]  # fmt: skip

GONE = [
    Mutation("folder", "ams1/vm/acme-ml/prod", "", "ams1/vm/acme-ml/prod", None,
             [{"do": "hide", "objects": ["Folder:prod"]}]),
    Mutation("folder", "ams1/vm/acme-ml/dev", "", "ams1/vm/acme-ml/dev", None,
             [{"do": "hide", "objects": ["Folder:dev"]}]),
    Mutation("vm", "ams1/vm/crowd/room-12/vm-00012", "", "ams1/vm/crowd/room-12/vm-00012", None,
             [{"do": "hide", "objects": ["VirtualMachine:vm-00012"]}]),
    Mutation("network", "pg-vsan", "", "pg-vsan", None,
             [{"do": "hide", "objects": ["DistributedVirtualPortgroup:pg-vsan"]}]),
    Mutation("vm-class", SPEC_CLASS, "", SPEC_CLASS, None,
             [{"do": "rest", "store": "classes", "key": SPEC_CLASS, "value": None}]),
    Mutation("rule", f"{CLUSTER}/apart", "", f"{CLUSTER}/apart", None,
             [{"do": "cut", "object": _RULE, "path": "configurationEx.rule[name=apart]"}]),
    Mutation("nic", f"{HOST}/vmnic0", "", f"{HOST}/vmnic0", None,
             [{"do": "cut", "object": f"HostSystem:{HOST}",
               "path": "config.network.pnic[device=vmnic0]"}]),
]  # fmt: skip
"""Whole objects that are not there any more."""

RENAMED = [
    Mutation("network", "pg-wl-02", "name", "pg-wl-01", "pg-wl-02",
             [put("DistributedVirtualPortgroup:pg-wl-01", "name", "pg-wl-02")]),
    Mutation("folder", "ams1/vm/acme-ml/test", "name",
             "ams1/vm/acme-ml/dev", "ams1/vm/acme-ml/test",
             [put("Folder:dev", "name", "test")]),
    Mutation("datacenter", "ams9", "name", "ams1", "ams9",
             [put("Datacenter:ams1", "name", "ams9")]),
    Mutation("cluster", "gpu-z", "name", CLUSTER, "gpu-z", [put(_RULE, "name", "gpu-z")]),
    Mutation("host", "esx-91", "name", HOST, "esx-91",
             [put(f"HostSystem:{HOST}", "name", "esx-91")]),
    Mutation("resource-pool", f"{CLUSTER}/throng", "name", f"{CLUSTER}/crowd", f"{CLUSTER}/throng",
             [put("ResourcePool:crowd", "name", "throng")]),
    Mutation("vm", _GPU_VM.replace("vm-00002", "trainer"), "name",
             _GPU_VM, _GPU_VM.replace("vm-00002", "trainer"),
             [put("VirtualMachine:vm-00002", "name", "trainer")]),
    Mutation("switch", "dvs-9", "name", "dvs-ams1", "dvs-9",
             [put("DistributedVirtualSwitch:dvs-ams1", "name", "dvs-9")]),
    Mutation("datastore", "fc-silver-01", "name", "fc-gold-01", "fc-silver-01",
             [put("Datastore:fc-gold-01", "name", "fc-silver-01")]),
]  # fmt: skip
"""F12: a rename is one difference, neither something missing nor something new."""

ALL = [
    *GPU_STATE, *CLUSTERS, *HOST_STATE, *PCI_DEVICES, *PLACES, *RULES, *MACHINES, *WORKLOADS,
    *VCENTER, *GONE, *RENAMED,
]  # fmt: skip
