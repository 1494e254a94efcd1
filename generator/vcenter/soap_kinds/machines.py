"""VMs: leaves of all, devices and MMIO of those that are ours or hold a GPU."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from generator.vcenter.leaves import TYPE, Row, many, text, whole
from generator.vcenter.snapshot import Seen, Value
from generator.vcenter.soap_kinds.hosts import gpu_vms, pci_id
from generator.vcenter.soap_kinds.places import pool_key
from generator.vcenter.wanted import Wanted
from generator.vcenter.world import MARK, Table, World, all_named, as_is, named

PATHS: dict[str, tuple[str, ...]] = {
    "VirtualMachine": (
        "name", "parent", "parentVApp", "resourcePool", "runtime.host", "runtime.powerState",
        "config.hardware.numCPU", "config.hardware.memoryMB", "config.cpuAllocation.reservation",
        "config.memoryAllocation.reservation", "config.memoryReservationLockedToMax",
        "config.version", "config.firmware", "config.guestId", "config.template",
        "config.latencySensitivity.level", "network", "datastore", "customValue",
    ),
}  # fmt: skip
_DEVICES, _GROUPS = "config.hardware.device", "config.deviceGroups"
_MMIO = 'config.extraConfig["pciPassthru.64bitMMIOSizeGB"]'
_NOTES = "config.annotation"
DETAIL = (_DEVICES, _GROUPS, _MMIO, _NOTES)
"""Read in a second pass. Of the extra configuration one entry is asked for by name: the rest may
hold tokens (F13)."""
DETAIL_FIELDS = ("vgpus", "passthrough", "device_group", "mmio_gib", "stamp")
_NAMESPACES = "Namespaces"


def detailed(world: World, wanted: Wanted) -> list[str]:
    """The ids of the VMs that are ours or hold a GPU.

    A VM with a vGPU or a passthrough device has all its memory reserved, or it cannot be powered
    on (Broadcom KB 309986), and a host names the VMs on its GPUs: so a full reservation tells,
    and no device array of another VM is read.
    """
    holding = gpu_vms(world)
    return [
        row.moid
        for row in world.of("VirtualMachine")
        if row.moid in holding or _reserved(row) or _ours(world, row, wanted)
    ]


def _reserved(row: Row) -> bool:
    memory = row.values.get("config.hardware.memoryMB") or 0
    reserved = row.values.get("config.memoryAllocation.reservation") or 0
    return bool(row.values.get("config.memoryReservationLockedToMax")) or 0 < memory <= reserved


def _ours(world: World, row: Row, wanted: Wanted) -> bool:
    if world.name(row.moid) in wanted.vms:
        return True
    if wanted.folders and _lies_in(world.path(row.values.get("parent", "")), wanted.folders):
        return True
    pool = row.values.get("resourcePool", "")
    if wanted.pools and _lies_in(pool_key(world, pool), wanted.pools):
        return True
    return bool(wanted.namespaces) and _namespace(world, row) in wanted.namespaces


def _lies_in(path: str, wanted: frozenset[str]) -> bool:
    """Whether one of the names is a part of the path, or one of the paths its beginning."""
    parts = path.split("/")
    starts = ("/".join(parts[: end + 1]) for end in range(len(parts)))
    return not wanted.isdisjoint(parts) or not wanted.isdisjoint(starts)


def _namespace(world: World, row: Row) -> str:
    """The Supervisor namespace: VM Service keeps its VMs in a pool and a folder named after it."""
    for start in ("resourcePool", "parent"):
        chain = [world.name(each.moid) for each in world.above(row.values.get(start, ""))]
        if _NAMESPACES in chain[1:]:
            return chain[chain.index(_NAMESPACES) - 1]
    return ""


def machines(world: World) -> Iterator[Seen]:
    """All VMs; what the second pass did not read of one is not among its fields."""
    for row in world.of("VirtualMachine"):
        path = world.path(row.moid)
        folder = path.rpartition("/")[0]
        host = row.values.get("runtime.host", "")
        pool = row.values.get("resourcePool", "")
        more: dict[str, Value] = {
            "name": world.name(row.moid),
            "cluster": world.cluster(host) or world.cluster(pool),
            "pool": pool_key(world, pool) if pool else None,
            "folder": folder,
            "namespace": _namespace(world, row) or None,
            **_attributes(world, row),
        }
        if world.classes_by_vm is not None:
            more["vm_class"] = world.classes_by_vm.get(row.moid)
        if _DEVICES in row.values or _DEVICES in row.missing:
            more |= _devices(world, row, path)
        yield world.seen("vm", row, path, _VM, more, folder)


def _attributes(world: World, row: Row) -> dict[str, Value]:
    return {
        f"attribute.{world.attributes.get(whole(each, 'key') or 0, text(each, 'key'))}": text(
            each, "value"
        )
        for each in row.values.get("customValue") or ()
    }


_VM: Table = {
    "host": ("runtime.host", named),
    "power": ("runtime.powerState", as_is),
    "vcpus": ("config.hardware.numCPU", as_is),
    "memory_mib": ("config.hardware.memoryMB", as_is),
    "memory_reservation_mib": ("config.memoryAllocation.reservation", as_is),
    "memory_locked": ("config.memoryReservationLockedToMax", as_is),
    "cpu_reservation_mhz": ("config.cpuAllocation.reservation", as_is),
    "hardware_version": ("config.version", lambda _, value: _version(value)),
    "firmware": ("config.firmware", as_is),
    "guest": ("config.guestId", as_is),
    "template": ("config.template", as_is),
    "networks": ("network", all_named),
    "datastores": ("datastore", all_named),
    "latency_sensitivity": ("config.latencySensitivity.level", as_is),
}


def _version(text_: str) -> int | None:
    """``vmx-21`` as 21."""
    digits = text_.rpartition("-")[2]
    return int(digits) if digits.isdigit() else None


def _devices(world: World, row: Row, path: str) -> dict[str, Value]:
    if _DEVICES in row.missing:
        for field in DETAIL_FIELDS:
            world.miss("vm", path, field, row.missing[_DEVICES])
        return {}
    found: dict[str, Value] = dict(given(row.values.get(_DEVICES) or ()))
    for field, leaf, made in (
        ("device_group", _GROUPS, _group),
        ("mmio_gib", _MMIO, lambda value: whole(value, "value")),
        ("stamp", _NOTES, _stamp),
    ):
        if leaf in row.missing:
            world.miss("vm", path, field, row.missing[leaf])
        else:
            found[field] = made(row.values.get(leaf))
    return found


def _stamp(notes: Any) -> str | None:
    """The notes of a VM where they are our stamp; what others wrote there is theirs (F13)."""
    return notes if isinstance(notes, str) and notes.startswith(f"{MARK}:") else None


def _group(value: Any) -> str | None:
    names = [text(each, "deviceGroupName") for each in many(value, "deviceGroup")]
    return ",".join(sorted(filter(None, names))) or None


def given(devices: Iterable[Any]) -> dict[str, Value]:
    """VGPU profiles, and passthrough devices: an address, or ``vendor:device`` with its label."""
    vgpus: list[str] = []
    others: list[str] = []
    for each in sorted(devices, key=lambda device: whole(device, "key") or 0):
        if text(each, TYPE) != "VirtualPCIPassthrough":
            continue
        backing = each.get("backing")
        if text(backing, "vgpu"):
            vgpus.append(text(backing, "vgpu"))
        else:
            others.append(_passthrough(backing))
    return {"vgpus": tuple(vgpus), "passthrough": tuple(others)}


def _passthrough(backing: Any) -> str:
    allowed = [
        f"{pci_id(each, 'vendorId')}:{pci_id(each, 'deviceId')}"
        for each in many(backing, "allowedDevice")
    ]
    if not allowed:
        return text(backing, "id").lower()
    label = text(backing, "customLabel")
    return "|".join(allowed) + (f"@{label}" if label else "")
