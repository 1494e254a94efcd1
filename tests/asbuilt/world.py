"""Small vCenters: hosts with GPUs, VMs, and what was made of them."""

from __future__ import annotations

from typing import Any

from generator.api import as_built
from generator.asbuilt.model import AsBuilt, ClusterSeen, GpuSeen, VcenterReport
from generator.finding import Finding
from generator.vcenter.snapshot import Seen, Snapshot
from tests.vcenter.snapshots import seen, vcenter_seen

DAY = "2026-11-21"
_BOARDS: dict[str, dict[str, Any]] = {
    "l40s": {"model": "NVIDIA L40S", "device_id": "26b9", "memory_mib": 46068},
    "h100": {"model": "NVIDIA H100 PCIe 80GB", "device_id": "2331", "memory_mib": 81559},
    "nvl": {"model": "NVIDIA H100 NVL", "device_id": "2321", "memory_mib": 95830},
    "mi210": {"model": "AMD Instinct MI210", "vendor_id": "1002", "device_id": "740f",
              "memory_mib": 65536},
    "strange": {"model": "Strange GPU", "device_id": "ffff"},
}  # fmt: skip
_SET: dict[str, Any] = {
    "drs_option.VgpuMMAutomationTimeoutSecs": "-1",
    "drs_enabled": True,
    "drs_automation": "fullyAutomated",
    "ha_enabled": True,
    "ha_admission_control": True,
}


def cluster(name: str = "gpu-a", **more: Any) -> Seen:
    """A cluster as the stated position wants it, unless ``more`` says otherwise."""
    return seen("cluster", name, f"c-{name}", datacenter="ams1", **{**_SET, **more})


def center(**more: Any) -> Seen:
    return seen("vcenter", "", **{"setting.vgpu.hotmigrate.enabled": "true", **more})


def namespace(name: str, **fields: Any) -> Seen:
    return seen("namespace", name, **fields)


def host(name: str, **more: Any) -> Seen:
    facts = {"sockets": 2, "cores": 64, "memory_bytes": 1 << 40, "version": "8.0.3"}
    now = {"maintenance": False, "connection": "connected", "cluster": "gpu-a"}
    return seen("host", name, name, "gpu-a", **{**facts, **now, **more})


def gpu(on: str, slot: int = 0, board: str = "h100", **more: Any) -> Seen:
    """The GPU in a slot of a host; vGPUs of one size unless ``more`` says otherwise."""
    now = {"graphics_type": "sharedDirect", "vgpu_mode": "sameSize", "numa_node": 0, "vms": ()}
    fields = {"vendor_id": "10de", **_BOARDS[board], **now, **more}
    pci = f"0000:{slot + 16:02x}:00.0"
    return seen("gpu", f"{on}/{pci}", f"{on}-{slot}", on, host=on, **fields)


def machine(name: str, on: str, *profiles: str, **more: Any) -> Seen:
    facts = {"power": "poweredOn", "vcpus": 8, "memory_mib": 65536, "memory_locked": True}
    none = {"passthrough": (), "template": False, "cluster": "gpu-a"}
    return seen(
        "vm", f"ams1/vm/{name}", name, "ams1/vm", name=name, host=on, vgpus=profiles,
        **{**facts, **none, **more},
    )  # fmt: skip


def read(*objects: Seen, **more: Any) -> Snapshot:
    """A snapshot of one vCenter, with nothing unread."""
    facts = {"unread": (), "events": (), "in_transition": (), "role": "diff-host", **more}
    return Snapshot(vcenters=(vcenter_seen(objects=objects, **facts),))


def report(*objects: Seen, **more: Any) -> AsBuilt:
    return as_built(read(*objects, **more), DAY)


def only(*objects: Seen, **more: Any) -> VcenterReport:
    """The report of the one vCenter."""
    (found,) = report(*objects, **more).vcenters
    return found


def of_cluster(*objects: Seen, **more: Any) -> ClusterSeen:
    """What is said of the one cluster."""
    (found,) = only(cluster(**more), *objects).clusters
    return found


def gpus(*objects: Seen) -> dict[str, GpuSeen]:
    """Every GPU by name."""
    return {g.name: g for h in only(cluster(), *objects).hosts for g in h.gpus}


def found(rule: str, *objects: Seen, **more: Any) -> list[Finding]:
    """The findings of one rule."""
    return [each for each in only(*objects, **more).findings if each.rule == rule]
