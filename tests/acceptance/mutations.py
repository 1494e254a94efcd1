"""All single changes; here of Supervisors and of vCenter itself, and what is gone or renamed."""

from __future__ import annotations

from typing import Any

from tests.acceptance.furnished import CLUSTER, NAMESPACE, SPEC_CLASS, put
from tests.acceptance.mutation import Mutation, Value
from tests.acceptance.mutations_hosts import (
    CLUSTERS,
    GPU_STATE,
    HOST,
    HOST_STATE,
    PCI_DEVICES,
    TEXT,
)
from tests.acceptance.mutations_places import (
    GPU_VM,
    MACHINES,
    PLACES,
    RULED,
    RULES,
)

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
                  "setting[key=vgpu.hotmigrate.enabled].value", {**TEXT, "_value": "false"})]),
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
             [{"do": "cut", "object": RULED, "path": "configurationEx.rule[name=apart]"}]),
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
    Mutation("cluster", "gpu-z", "name", CLUSTER, "gpu-z", [put(RULED, "name", "gpu-z")]),
    Mutation("host", "esx-91", "name", HOST, "esx-91",
             [put(f"HostSystem:{HOST}", "name", "esx-91")]),
    Mutation("resource-pool", f"{CLUSTER}/throng", "name", f"{CLUSTER}/crowd", f"{CLUSTER}/throng",
             [put("ResourcePool:crowd", "name", "throng")]),
    Mutation("vm", GPU_VM.replace("vm-00002", "trainer"), "name",
             GPU_VM, GPU_VM.replace("vm-00002", "trainer"),
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
