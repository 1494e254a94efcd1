"""A snapshot with a bit of everything."""

from __future__ import annotations

from typing import Any

from generator.vcenter.kinds import KINDS
from generator.vcenter.snapshot import (
    Event,
    Failed,
    Seen,
    Snapshot,
    Unread,
    Value,
    VcenterSeen,
)


def seen(kind: str, key: str, ident: str = "", within: str = "", **fields: Value) -> Seen:
    return Seen(kind=kind, key=key, ident=ident or f"{kind}-1", within=within, fields=fields)


_OBJECTS = (
    seen("vcenter", "", version="8.0.3"),
    seen("datacenter", "ams1", "datacenter-1"),
    seen(
        "cluster", "gpu-a", "domain-c9", "ams1/host", datacenter="ams1", hosts=("esx-01",),
        drs_enabled=True, drs_automation="fullyAutomated", ha_enabled=True, ha_host_failures=1,
        ha_cpu_reserve_percent=25, evc=None,
    ),
    seen(
        "host", "esx-01", "host-18", "gpu-a", cluster="gpu-a", sockets=2, cores=64,
        memory_bytes=1 << 40, vendor="Dell Inc.", model="PowerEdge R760xa", version="8.0.3",
        maintenance=False,
    ),
    seen(
        "gpu", "esx-01/0000:17:00.0", "host-18:0000:17:00.0", "esx-01", host="esx-01",
        model="NVIDIA H100 PCIe 80GB", vendor_id="10de", device_id="2331", memory_mib=81559,
        graphics_type="sharedDirect", vgpu_mode="sameSize", numa_node=0, vms=("trainer",),
    ),
    seen(
        "gpu", "esx-01/0000:65:00.0", "host-18:0000:65:00.0", "esx-01", host="esx-01",
        model="Strange GPU", vendor_id="10de", device_id="ffff", vms=(),
    ),
    seen("nic", "esx-01/vmnic0", "host-18:vmnic0", "esx-01", host="esx-01", speed_mbit=25000),
    seen("network", "pg-wl-01", "dvportgroup-1", switch="dvs", vlan=1204),
    seen("network", "odd one", "dvportgroup-2", switch="dvs", vlan=None),
    seen(
        "datastore", "nfs-01", "datastore-1", "ams1/datastore", type="NFS41",
        capacity_bytes=20 << 40, free_bytes=5 << 40, hosts=("esx-01",), tags=("ml-tier/bulk",),
    ),
    seen(
        "vm", "ams1/vm/ml/trainer", "vm-61", "ams1/vm/ml", name="trainer", host="esx-01",
        cluster="gpu-a", power="poweredOn", vcpus=8, memory_mib=65536, memory_locked=True,
        memory_reservation_mib=0, vgpus=("nvidia_h100-80c",), passthrough=(), template=False,
        **{"attribute.owner": "secret team"},
    ),
    seen("vm", "ams1/vm/ml/template", "vm-62", name="template", template=True),
    seen("permission", "ams1/vm/ml|CORP\\ml-ops", role="Reader", propagate=True, is_group=True),
    seen(
        "namespace", "ml-dev", supervisor="sup", storage_policies=("gold",),
        **{"access.group:ml-ops@corp.example": "EDIT", "storage_limit_mib.gold": 1024},
    ),
    seen("storage-policy", "gold", "p-1", **{"rule.VSAN.hostFailuresToTolerate": 1}),
    seen("zone", "z1", clusters=("gpu-a",)),
)  # fmt: skip

_RANK = [kind.name for kind in KINDS]
OBJECTS = tuple(sorted(_OBJECTS, key=lambda one: (_RANK.index(one.kind), one.key)))


def vcenter_seen(**changes: Any) -> VcenterSeen:
    facts: dict[str, Any] = {
        "name": "vc-ams1",
        "instance_uuid": "3f2a7c1e-0d54-4b7b-9a61-7e5f2f8f0a11",
        "version": "8.0.3",
        "build": "1",
        "role": "diff",
        "account": "svc-mlgen@vsphere.local",
        "started": "2026-11-21T10:00:00Z",
        "ended": "2026-11-21T10:00:02Z",
        "objects": OBJECTS,
        "unread": (
            Unread(kind="vm", key="ams1/vm/ml/trainer", field="mmio_gib", reason="permission",
                   detail="NoPermission"),
        ),
        "events": (
            Event(kind="vm", key="ams1/vm/ml/trainer", vcenter="vc-ams1",
                  at="2026-11-20T10:00:00Z",
                  user="CORP\\mallory", what="Reconfigured trainer"),
        ),
        "in_transition": (("vm", "ams1/vm/ml/trainer", "task relocate"),),
    }  # fmt: skip
    return VcenterSeen(**facts | changes)


SNAPSHOT = Snapshot(
    vcenters=(vcenter_seen(),),
    failed=(Failed(name="vc-fra", reason="no answer in time", mend="check the network"),),
)
