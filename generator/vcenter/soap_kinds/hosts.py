"""Hosts, their GPUs, network ports and other devices that VMs can be given."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from generator.vcenter.leaves import Row, flag, many, text, whole
from generator.vcenter.snapshot import Seen, Value
from generator.vcenter.world import Table, World, all_named, as_is

_GRAPHICS, _CONFIG = "config.graphicsInfo", "config.graphicsConfig"
VGPU_TYPES = "config.sharedPassthruGpuTypes"
"""The vGPU profiles that a host offers."""
_PCI, _PASSTHRU = "hardware.pciDevice", "config.pciPassthruInfo"
_NUMA, _PNIC = "hardware.numaInfo.numaNode", "config.network.pnic"
PATHS: dict[str, tuple[str, ...]] = {
    "HostSystem": (
        "name", "parent", "runtime.connectionState", "runtime.inMaintenanceMode",
        "runtime.powerState", "config.product.version", "config.product.build",
        "summary.hardware.vendor", "summary.hardware.model", "summary.hardware.cpuModel",
        "summary.hardware.numCpuPkgs", "summary.hardware.numCpuCores",
        "summary.hardware.numCpuThreads", "summary.hardware.memorySize",
        "config.hyperThread.active", "hardware.numaInfo.numNodes", _NUMA, _PCI, _PASSTHRU,
        _GRAPHICS, _CONFIG, VGPU_TYPES, _PNIC,
    ),
}  # fmt: skip
_NVIDIA, _AMD = "10de", "1002"
_VGA, _3D, _ACCELERATOR = "0300", "0302", "1200"
_NETWORK = "02"


def hosts(world: World) -> Iterator[Seen]:
    """The hosts themselves."""
    for row in world.of("HostSystem"):
        key = world.name(row.moid)
        cluster = world.cluster(row.moid)
        if _CONFIG in row.missing:
            for field in ("graphics_default_type", "assignment_policy"):
                world.miss("host", key, field, row.missing[_CONFIG])
            graphics: dict[str, Value] = {}
        else:
            found = row.values.get(_CONFIG)
            graphics = {
                "graphics_default_type": text(found, "hostDefaultGraphicsType") or None,
                "assignment_policy": text(found, "sharedPassthruAssignmentPolicy") or None,
            }
        seen = world.seen("host", row, key, _HOST, {"cluster": cluster, **graphics}, cluster)
        yield seen if connected(row) else _told_of(world, seen)


def connected(row: Row) -> bool:
    """Whether vCenter reaches the host; what it says of another is old or nothing."""
    return bool(row.values.get("runtime.connectionState") == "connected")


def _told_of(world: World, seen: Seen) -> Seen:
    """A host out of reach: what is unset of it is not known to be unset."""
    unset = sorted(name for name, value in seen.fields.items() if value is None)
    for field in unset:
        world.miss("host", seen.key, field, "the host does not answer vCenter")
    known = {name: value for name, value in seen.fields.items() if value is not None}
    return Seen(kind="host", key=seen.key, ident=seen.ident, fields=known, within=seen.within)


def _profiles(world: World, value: Any) -> Value:
    del world
    return tuple(sorted(set(value)))


_HOST: Table = {
    "connection": ("runtime.connectionState", as_is),
    "maintenance": ("runtime.inMaintenanceMode", as_is),
    "power": ("runtime.powerState", as_is),
    "version": ("config.product.version", as_is),
    "build": ("config.product.build", as_is),
    "vendor": ("summary.hardware.vendor", as_is),
    "model": ("summary.hardware.model", as_is),
    "cpu_model": ("summary.hardware.cpuModel", as_is),
    "sockets": ("summary.hardware.numCpuPkgs", as_is),
    "cores": ("summary.hardware.numCpuCores", as_is),
    "threads": ("summary.hardware.numCpuThreads", as_is),
    "memory_bytes": ("summary.hardware.memorySize", as_is),
    "hyperthreading": ("config.hyperThread.active", as_is),
    "numa_nodes": ("hardware.numaInfo.numNodes", as_is),
    "vgpu_types": (VGPU_TYPES, _profiles),
}


def devices(world: World) -> Iterator[Seen]:
    """GPUs, and the other devices that a VM can be given or that carry a network."""
    for row in world.of("HostSystem"):
        host = world.name(row.moid)
        lost = next((row.missing[path] for path in (_PCI, _GRAPHICS) if path in row.missing), "")
        if lost:
            for kind in ("gpu", "pci-device"):
                world.miss(kind, host, "", lost)
            continue
        if not connected(row) and not row.values.get(_PCI):
            for kind in ("gpu", "pci-device"):
                world.miss(kind, host, "", "the host does not answer vCenter")
        yield from _of_host(world, row, host)


def _of_host(world: World, row: Row, host: str) -> Iterator[Seen]:
    graphics = _by(row, _GRAPHICS, "pciId")
    passthru = _by(row, _PASSTHRU, "id")
    kinds = many(row.values.get(_CONFIG), "deviceType")
    stated = {text(each, "deviceId").lower(): each for each in kinds}
    nodes = _nodes(row)
    for device in sorted(row.values.get(_PCI) or (), key=lambda each: text(each, "id")):
        address = text(device, "id").lower()
        shown, given = graphics.get(address), passthru.get(address)
        if is_gpu(device, shown):
            fields = _gpu(world, device, shown, given, stated.get(address))
            fields["numa_node"] = nodes.get(address)
            kind = "gpu"
        elif _is_given(device, given):
            fields = _device(device, given)
            kind = "pci-device"
        else:
            continue
        fields["host"] = host
        yield Seen(
            kind=kind, key=f"{host}/{address}", ident=f"{row.moid}:{address}", fields=fields,
            within=host,
        )  # fmt: skip


def _by(row: Row, path: str, key: str) -> dict[str, Any]:
    return {text(each, key).lower(): each for each in row.values.get(path) or ()}


def _nodes(row: Row) -> dict[str, int]:
    """The NUMA node of each device, by its address."""
    return {
        address.lower(): number
        for number, node in enumerate(row.values.get(_NUMA) or ())
        for address in many(node, "pciId")
    }


def pci_id(device: Any, name: str) -> str:
    """A 16-bit id as four hex digits; the API carries it signed (0x8086 is -32634)."""
    number = whole(device, name)
    return "" if number is None else f"{number & 0xFFFF:04x}"


def is_gpu(device: Any, shown: Any) -> bool:
    """A 3D controller or an accelerator, or a display of a GPU maker that is no console.

    Every server has a display for its console, and ESX lists that too, as basic graphics.
    """
    kind = pci_id(device, "classId")
    if kind in (_3D, _ACCELERATOR):
        return True
    if kind == _VGA and pci_id(device, "vendorId") in (_NVIDIA, _AMD):
        return True
    return text(shown, "graphicsType") in ("shared", "sharedDirect", "direct")


def _gpu(world: World, device: Any, shown: Any, given: Any, stated: Any) -> dict[str, Value]:
    kib = whole(shown, "memorySizeInKB")
    return {
        "model": text(shown, "deviceName") or text(device, "deviceName"),
        "vendor_id": pci_id(device, "vendorId"),
        "device_id": pci_id(device, "deviceId"),
        "memory_mib": None if kib is None else kib >> 10,
        "graphics_type": text(shown, "graphicsType") or None,
        "configured_type": text(stated, "graphicsType") or None,
        "vgpu_mode": text(shown, "vgpuMode") or None,
        "configured_vgpu_mode": text(stated, "vgpuMode") or None,
        "passthrough": flag(given, "passthruEnabled"),
        "hardware_label": text(given, "hardwareLabel") or None,
        "vms": all_named(world, many(shown, "vm")),
    }


def _is_given(device: Any, given: Any) -> bool:
    return bool(
        flag(given, "passthruEnabled")
        or flag(given, "passthruActive")
        or text(given, "hardwareLabel")
        or pci_id(device, "classId").startswith(_NETWORK)
    )


def _device(device: Any, given: Any) -> dict[str, Value]:
    return {
        "vendor_id": pci_id(device, "vendorId"),
        "device_id": pci_id(device, "deviceId"),
        "class_id": pci_id(device, "classId"),
        "name": text(device, "deviceName"),
        "passthrough": flag(given, "passthruEnabled"),
        "hardware_label": text(given, "hardwareLabel") or None,
    }


def nics(world: World) -> Iterator[Seen]:
    """Physical network ports."""
    for row in world.of("HostSystem"):
        host = world.name(row.moid)
        if _PNIC in row.missing:
            world.miss("nic", host, "", row.missing[_PNIC])
        for each in row.values.get(_PNIC) or ():
            name = text(each, "device")
            fields: dict[str, Value] = {
                "host": host,
                "speed_mbit": whole(each, "linkSpeed", "speedMb"),
                "driver": text(each, "driver") or None,
                "pci": text(each, "pci"),
            }
            ident = f"{row.moid}:{name}"
            yield Seen(kind="nic", key=f"{host}/{name}", ident=ident, fields=fields, within=host)


def gpu_vms(world: World) -> frozenset[str]:
    """The ids of VMs that hosts say hold one of their GPUs."""
    return frozenset(
        vm
        for row in world.of("HostSystem")
        for each in row.values.get(_GRAPHICS) or ()
        for vm in many(each, "vm")
    )


def has_gpus(row: Row) -> bool:
    """Whether a host has a GPU that a VM could hold."""
    graphics: Mapping[str, Any] = _by(row, _GRAPHICS, "pciId")
    devices = row.values.get(_PCI) or ()
    return any(is_gpu(each, graphics.get(text(each, "id").lower())) for each in devices)
