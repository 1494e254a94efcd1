"""Single changes to pools, networks, datastores, rules and VMs."""

from __future__ import annotations

from typing import Any

from tests.acceptance.furnished import CLUSTER, put
from tests.acceptance.mutation import Mutation, Value
from tests.acceptance.mutations_hosts import (
    HOSTS,
    TEXT,
    TIB,
)


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
RULED = f"ClusterComputeResource:{CLUSTER}"
RULES = [
    Mutation("rule", f"{CLUSTER}/apart", "enabled", True, False,
             [put(RULED, "configurationEx.rule[name=apart].enabled", False)]),
    Mutation("rule", f"{CLUSTER}/keep-left", "mandatory", False, True,
             [put(RULED, "configurationEx.rule[name=keep-left].mandatory", True)]),
    Mutation("rule", f"{CLUSTER}/keep-left", "host_group", "left", "right",
             [put(RULED, "configurationEx.rule[name=keep-left].affineHostGroupName", "right")]),
    Mutation("rule", f"{CLUSTER}/keep-left", "vm_group", "trainers", "others",
             [put(RULED, "configurationEx.rule[name=keep-left].vmGroupName", "others")]),
    Mutation("host-group", f"{CLUSTER}/left", "hosts", ("esx-01", "esx-02"), ("esx-02",),
             [{"do": "cut", "object": RULED, "path": "configurationEx.group[name=left].host[0]"}]),
    Mutation("host-group", f"{CLUSTER}/left", "hosts",
             ("esx-01", "esx-02"), ("esx-01", "esx-02", "esx-03"),
             [put(RULED, "configurationEx.group[name=left].host[+]",
                  {"$ref": "HostSystem:esx-03"})]),
    Mutation("host-group", f"{CLUSTER}/spare", "", f"{CLUSTER}/spare", None,
             [{"do": "cut", "object": RULED, "path": "configurationEx.group[name=spare]"}]),
    Mutation("vm-group", f"{CLUSTER}/trainers", "vms", _BOTH, _BOTH[1:],
             [{"do": "cut", "object": RULED, "path": f"{_TRAINERS}.vm[0]"}]),
    Mutation("vm-group", f"{CLUSTER}/trainers", "vms", _BOTH, (*_BOTH, "vm-00005"),
             [put(RULED, f"{_TRAINERS}.vm[+]",
                  {"$ref": "VirtualMachine:vm-00005"})]),
    Mutation("vm-group", f"{CLUSTER}/idle", "", f"{CLUSTER}/idle", None,
             [{"do": "cut", "object": RULED, "path": "configurationEx.group[name=idle]"}]),
    Mutation("override", f"{CLUSTER}/vm-00006", "drs_automation", "manual", "fullyAutomated",
             [put(RULED, "configurationEx.drsVmConfig[0].behavior", "fullyAutomated")]),
    Mutation("override", f"{CLUSTER}/vm-00006", "drs_enabled", True, False,
             [put(RULED, "configurationEx.drsVmConfig[0].enabled", False)]),
    Mutation("override", f"{CLUSTER}/vm-00006", "ha_restart_priority", "high", "disabled",
             [put(RULED, "configurationEx.dasVmConfig[0].dasSettings.restartPriority",
                  "disabled")]),
]  # fmt: skip

GPU_VM = "ams1/vm/crowd/room-02/vm-00002"


def _vm(leaf: str, path: str, before: Value, after: Value, value: Any = None) -> Mutation:
    sent = after if value is None else value
    wish = put("VirtualMachine:vm-00002", path, sent)
    return Mutation("vm", GPU_VM, leaf, before, after, [wish])


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
            128, 256, {**TEXT, "_value": "256"}),
]  # fmt: skip
