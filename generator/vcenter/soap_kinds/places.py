"""Datacenters, folders, resource pools, datastores."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from generator.vcenter.leaves import Row, flag, text
from generator.vcenter.snapshot import Seen, Value
from generator.vcenter.world import Table, World, all_named, as_is

_POOL = (
    "name", "parent", "owner", "config.scaleDescendantsShares",
    *(
        f"config.{what}Allocation.{leaf}"
        for what in ("cpu", "memory")
        for leaf in ("shares", "reservation", "limit", "expandableReservation")
    ),
)  # fmt: skip
PATHS: dict[str, tuple[str, ...]] = {
    "Datacenter": ("name", "parent", "customValue"),
    "Folder": ("name", "parent", "childType", "childEntity"),
    "ResourcePool": _POOL,
    "Datastore": (
        "name", "parent", "summary.type", "summary.capacity", "summary.freeSpace",
        "summary.accessible", "summary.maintenanceMode", "summary.multipleHostAccess", "host",
    ),
}  # fmt: skip
RELEASE = "mlgen-release"
"""The category of the tag that says which release was applied (F7)."""
_ROOTS = frozenset(("vm", "host", "datastore", "network"))
_FOLDERS = ("Folder", "StoragePod")
_POOLS = ("ResourcePool", "VirtualApp")


def datacenters(world: World) -> Iterator[Seen]:
    """Each with the folder that it lies in and the releases that were applied to it."""
    for row in world.of("Datacenter"):
        folder = world.path(row.values.get("parent", ""))
        key = world.name(row.moid)
        more: dict[str, Value] = {"folder": folder, **world.stamp("datacenter", row, key)}
        if world.tags_read:
            more["release"] = _releases(world, row)
        yield world.seen("datacenter", row, key, {}, more, folder)


def _releases(world: World, datacenter: Row) -> tuple[str, ...]:
    below = {
        tag.partition("/")[2]
        for moid, tags in world.tags.items()
        for tag in tags
        if tag.startswith(f"{RELEASE}/")
        and any(each.moid == datacenter.moid for each in world.above(moid))
    }
    return tuple(sorted(below))


def folders(world: World) -> Iterator[Seen]:
    """All but the four that every datacenter has."""
    for row in world.of(*_FOLDERS):
        holder = world.rows.get(row.values.get("parent", ""))
        if holder is None or (holder.type == "Datacenter" and row.values.get("name") in _ROOTS):
            continue
        path = world.path(row.moid)
        yield world.seen("folder", row, path, _FOLDER, {}, path.rpartition("/")[0])


def _folder_type(world: World, value: Any) -> Value:
    """What may lie in it; several words where a folder takes several things."""
    del world
    words = {
        "VirtualMachine": "vm",
        "ComputeResource": "host",
        "Datastore": "datastore",
        "Network": "network",
        "Datacenter": "datacenter",
    }
    return next((words[each] for each in words if each in value), "")


_FOLDER: Table = {"type": ("childType", _folder_type)}


def pool_key(world: World, moid: str) -> str:
    """``cluster/path``; the pool that every cluster has is the cluster itself."""
    names: list[str] = []
    for row in world.above(moid):
        if row.type not in _POOLS:
            break
        holder = world.rows.get(row.values.get("parent", ""))
        if holder is not None and holder.type in _POOLS:
            names.append(world.name(row.moid))
    return "/".join((world.cluster(moid), *reversed(names)))


def pools(world: World) -> Iterator[Seen]:
    """All but the pool that is the whole cluster."""
    for row in world.of(*_POOLS):
        key = pool_key(world, row.moid)
        if "/" in key:
            yield world.seen("resource-pool", row, key, _ALLOCATION, {}, key.rpartition("/")[0])


def _shares(world: World, value: Any) -> Value:
    """``normal``, or the number of custom shares."""
    del world
    level = text(value, "level")
    return text(value, "shares") if level == "custom" else level


_ALLOCATION: Table = {
    "cpu_shares": ("config.cpuAllocation.shares", _shares),
    "memory_shares": ("config.memoryAllocation.shares", _shares),
    "cpu_reservation_mhz": ("config.cpuAllocation.reservation", as_is),
    "memory_reservation_mib": ("config.memoryAllocation.reservation", as_is),
    "cpu_limit_mhz": ("config.cpuAllocation.limit", as_is),
    "memory_limit_mib": ("config.memoryAllocation.limit", as_is),
    "cpu_expandable": ("config.cpuAllocation.expandableReservation", as_is),
    "memory_expandable": ("config.memoryAllocation.expandableReservation", as_is),
    "scale_descendants_shares": ("config.scaleDescendantsShares", as_is),
}


def datastores(world: World) -> Iterator[Seen]:
    """Each with the hosts that reach it."""
    for row in world.of("Datastore"):
        within = world.path(row.values.get("parent", ""))
        yield world.seen("datastore", row, world.name(row.moid), _DATASTORE, {}, within)


def _mounted(world: World, value: Any) -> Value:
    """The hosts of which the mount is not known to be broken."""
    reached = [
        text(each, "key")
        for each in value
        if flag(each, "mountInfo", "accessible") is not False
        and flag(each, "mountInfo", "mounted") is not False
    ]
    return all_named(world, reached)


_DATASTORE: Table = {
    "type": ("summary.type", as_is),
    "capacity_bytes": ("summary.capacity", as_is),
    "free_bytes": ("summary.freeSpace", as_is),
    "accessible": ("summary.accessible", as_is),
    "maintenance": ("summary.maintenanceMode", as_is),
    "shared": ("summary.multipleHostAccess", as_is),
    "hosts": ("host", _mounted),
}
