"""VM classes in both forms: the older device list, and a ``config_spec`` (since 8.0.2)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from generator.vcenter.rest import RestSession
from generator.vcenter.rest_kinds.answers import known, listed, mapping
from generator.vcenter.snapshot import Seen, Value
from generator.vcenter.world import World

PATH = "/api/vcenter/namespace-management/virtual-machine-classes"
_MMIO = "pciPassthru.64bitMMIOSizeGB"
_WHOLE = 100


def read(rest: RestSession) -> list[Any]:
    """All classes as REST has them."""
    return known(listed(rest.get(PATH)), "id")


def by_vm(found: list[Any]) -> dict[str, str]:
    """The class of each VM, by the VM's id."""
    return {str(vm): str(each.get("id")) for each in found for vm in each.get("vms") or ()}


def objects(found: list[Any], world: World) -> Iterator[Seen]:
    """Classes with what they give to a VM, whichever form says it."""
    for each in found:
        spec = mapping(each.get("config_spec"))
        devices = mapping(each.get("devices"))
        vgpus, pci = _devices(spec) if spec.get("deviceChange") else _older(devices)
        storage = mapping(each.get("instance_storage"))
        fields: dict[str, Value] = {
            "description": each.get("description") or "",
            "vcpus": each.get("cpu_count"),
            "memory_mib": each.get("memory_MB", each.get("memory_mb")),
            "cpu_reservation_percent": each.get("cpu_reservation"),
            "memory_reservation_percent": _reservation(each, spec),
            "vgpus": vgpus,
            "device_group": _group(spec),
            "mmio_gib": _mmio(spec),
            "pci_devices": pci,
            "instance_storage_policy": storage.get("policy"),
            "instance_storage_volumes_mib": tuple(
                str(volume.get("size")) for volume in storage.get("volumes") or ()
            ),
            "vms": world.names(each.get("vms")),
            "namespaces": tuple(sorted(each.get("namespaces") or ())),
        }
        yield Seen(kind="vm-class", key=each["id"], ident=each["id"], fields=fields)


def _reservation(each: Any, spec: Any) -> int | None:
    if spec.get("memoryReservationLockedToMax") is True:
        return _WHOLE
    stated: int | None = each.get("memory_reservation")
    return stated


def _older(devices: Any) -> tuple[tuple[str, ...], tuple[str, ...]]:
    vgpus = (str(each["profile_name"]) for each in devices.get("vgpu_devices") or ())
    found = devices.get("dynamic_direct_path_IO_devices") or ()
    pci = (
        _labelled(_ids(each, "vendor_id", "device_id"), each.get("custom_label")) for each in found
    )
    return tuple(vgpus), tuple(pci)


def _devices(spec: Any) -> tuple[tuple[str, ...], tuple[str, ...]]:
    vgpus: list[str] = []
    pci: list[str] = []
    for change in spec.get("deviceChange") or ():
        backing = mapping(mapping(mapping(change).get("device")).get("backing"))
        if backing.get("vgpu"):
            vgpus.append(str(backing["vgpu"]))
        elif backing.get("allowedDevice"):
            allowed = (_ids(each, "vendorId", "deviceId") for each in backing["allowedDevice"])
            pci.append(_labelled("|".join(allowed), backing.get("customLabel")))
    return tuple(vgpus), tuple(pci)


def _ids(device: Any, vendor: str, model: str) -> str:
    """``10de:2331``: four hex digits each, as a VM's devices are written."""
    return f"{int(device.get(vendor) or 0) & 0xFFFF:04x}:{int(device.get(model) or 0) & 0xFFFF:04x}"


def _labelled(ids: str, label: Any) -> str:
    return f"{ids}@{label}" if label else ids


def _group(spec: Any) -> str | None:
    groups = mapping(spec.get("deviceGroups")).get("deviceGroup") or ()
    names = sorted(str(each["deviceGroupName"]) for each in groups if each.get("deviceGroupName"))
    return ",".join(names) or None


def _mmio(spec: Any) -> int | None:
    for each in spec.get("extraConfig") or ():
        if each.get("key") == _MMIO:
            value = each.get("value")
            text = str(value.get("_value") if isinstance(value, dict) else value)
            return int(text) if text.isdigit() else None
    return None
