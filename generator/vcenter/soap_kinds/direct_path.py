"""DirectPath profiles and how many more of each device would start, cluster by cluster (F30).

One call lists all profiles, and one per cluster with GPUs asks for the capacity of all of them. The
total that vCenter gives is that of a cluster in which nothing runs; ``remaining`` is what counts.

Source: vSphere API 9.0, DirectPathProfileManager, CapacityInfo.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from pyVmomi import vim

from generator.vcenter.calls import NotARead
from generator.vcenter.failures import Stopped, Unreadable, told
from generator.vcenter.snapshot import Seen, Unread, Value
from generator.vcenter.soap import SoapSession
from generator.vcenter.soap_kinds.hosts import VGPU_TYPES, has_gpus
from generator.vcenter.world import World

KIND = "direct-path-profile"
_FIGURES: Mapping[str, str] = {
    "consumed": "consumed",
    "remaining": "remaining",
    "maximum": "max",
    "unused_reservation": "unusedReservation",
}
"""Our fields and the API's; each is counted per cluster."""


def profiles(session: SoapSession, world: World, unread: list[Unread]) -> list[Seen]:
    """All profiles by their device, with their capacity; none where vCenter is older than 9.0."""
    manager = session.content.directPathProfileManager
    if manager is None:
        return []
    types = vim.DirectPathProfileManager
    listed = manager.ListDirectPathProfiles(types.FilterSpec()) or []
    figures: dict[str, dict[str, Value]] = {str(each.id): {} for each in listed}
    for moid in _clusters(world) if listed else ():
        cluster = world.name(moid)
        try:
            answers = manager.QueryDirectPathProfileCapacity(
                types.TargetCluster(cluster=vim.ClusterComputeResource(moid, session.stub)),
                [types.CapacityQueryById(id=each.id) for each in listed],
            )
        except (Stopped, NotARead):
            raise
        except Exception as error:  # noqa: BLE001 (whatever pyvmomi raises for a fault)
            unread += _lacking("", cluster, told(error))
            continue
        known = {str(a.profile.id): a for a in answers or () if isinstance(a, types.CapacityInfo)}
        whys = {_asked(a): _why(a) for a in answers or () if isinstance(a, types.CapacityUnknown)}
        for each in listed:
            if str(each.id) in known:
                figures[str(each.id)] |= _counts(known[str(each.id)], cluster)
            elif _may_offer(world, moid, each.deviceConfig):
                why = whys.get(str(each.id), Unreadable("failed", "vCenter did not count it"))
                unread += _lacking(device(each.deviceConfig), cluster, why)
    return [_seen(each, figures[str(each.id)]) for each in listed]


def _clusters(world: World) -> list[str]:
    """The ids of the clusters that have a host with a GPU."""
    found = {row.values.get("parent", "") for row in world.of("HostSystem") if has_gpus(row)}
    return [row.moid for row in world.of("ClusterComputeResource") if row.moid in found]


def _may_offer(world: World, cluster: str, config: Any) -> bool:
    """Whether a device may be there, as hosts say of a vGPU profile.

    It is no failure where vCenter counts nothing of what no host offers.
    """
    if not isinstance(config, vim.DirectPathProfileManager.VmiopDirectPathConfig):
        return True
    hosts = [row for row in world.of("HostSystem") if row.values.get("parent") == cluster]
    return any(
        VGPU_TYPES in row.missing or config.vgpuProfile in (row.values.get(VGPU_TYPES) or ())
        for row in hosts
    )


def _counts(answer: Any, cluster: str) -> dict[str, Value]:
    return {f"{ours}.{cluster}": int(getattr(answer, theirs)) for ours, theirs in _FIGURES.items()}


def _asked(answer: Any) -> str:
    """The id of the profile that vCenter could not count."""
    return str(getattr(answer.querySpec, "id", ""))


def _why(answer: Any) -> Unreadable:
    return told(answer.faultList[0]) if answer.faultList else Unreadable("failed", "unknown")


def _lacking(key: str, cluster: str, why: Unreadable) -> Iterator[Unread]:
    for figure in _FIGURES:
        yield Unread(
            kind=KIND, key=key, field=f"{figure}.{cluster}", reason=why.reason, detail=why.detail
        )


def _seen(info: Any, figures: Mapping[str, Value]) -> Seen:
    fields: dict[str, Value] = {
        "name": str(info.name),
        "description": str(info.description or ""),
        "vendor": str(info.vendorName),
        **figures,
    }
    return Seen(kind=KIND, key=device(info.deviceConfig), ident=str(info.id), fields=fields)


def device(config: Any) -> str:
    """The device of a profile: a vGPU profile, a device group, or ids as of a VM class's device."""
    types = vim.DirectPathProfileManager
    if isinstance(config, types.VmiopDirectPathConfig):
        return str(config.vgpuProfile)
    if isinstance(config, types.VirtualDeviceGroupDirectPathConfig):
        return str(config.deviceGroupName)
    if isinstance(config, types.DynamicDirectPathConfig):
        return "|".join(_ids(config.dynamicDirectPathBacking)) + _label(config)
    if isinstance(config, types.DvxDirectPathConfig):
        return f"dvx:{config.dvxBacking.deviceClass}"
    return type(config).__name__


def _ids(backing: Any) -> Iterator[str]:
    yield from sorted(f"{each.vendorId:04x}:{each.deviceId:04x}" for each in backing.allowedDevice)


def _label(config: Any) -> str:
    label = config.dynamicDirectPathBacking.customLabel
    return f"@{label}" if label else ""
