"""From rows and answers to the objects of a snapshot, with one key each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from generator.record import altered
from generator.vcenter.failures import Unreadable
from generator.vcenter.kinds import KINDS
from generator.vcenter.rest_kinds import classes, libraries, namespaces
from generator.vcenter.rest_kinds.supervisors import zones
from generator.vcenter.snapshot import Seen, Unread, Value
from generator.vcenter.soap_kinds import access, clusters, hosts, machines, networks, places
from generator.vcenter.world import World

if TYPE_CHECKING:
    from generator.vcenter.reading import Reading

PATHS: dict[str, tuple[str, ...]] = {
    **places.PATHS, **clusters.PATHS, **hosts.PATHS, **networks.PATHS, **machines.PATHS,
}  # fmt: skip
"""The leaf paths of every type, read by one retrieval."""
_CLUSTER = ("ClusterComputeResource",)
_NETWORK = ("Network", "OpaqueNetwork", "DistributedVirtualPortgroup")
TYPES: dict[str, tuple[str, ...]] = {
    "datacenter": ("Datacenter",),
    "folder": ("Folder",),
    **dict.fromkeys(("cluster", "rule", "vm-group", "host-group", "override"), _CLUSTER),
    **dict.fromkeys(("host", "gpu", "nic", "pci-device"), ("HostSystem",)),
    "resource-pool": ("ResourcePool",),
    "network": _NETWORK,
    "switch": ("DistributedVirtualSwitch",),
    "datastore": ("Datastore",),
    "vm": ("VirtualMachine",),
}
"""The managed objects that a kind is made of."""
_REFERRING: dict[str, frozenset[str]] = {
    "datastore": frozenset(("hosts",)),
    "switch": frozenset(("hosts",)),
    "network": frozenset(("switch",)),
    "vm": frozenset(("host", "networks", "datastores", "cluster")),
    "rule": frozenset(("vms",)),
    "vm-group": frozenset(("vms",)),
    "host-group": frozenset(("hosts",)),
    "gpu": frozenset(("vms",)),
    "zone": frozenset(("clusters",)),
    "supervisor": frozenset(("clusters",)),
    "content-library": frozenset(("datastores",)),
    "storage-policy": frozenset(("compatible_datastores",)),
}
"""The fields that name other objects, by kind."""
_NAMELESS = Unreadable("failed", "the names of these ids were not read")
_RANK = {kind.name: rank for rank, kind in enumerate(KINDS)}


def joined(reading: Reading) -> tuple[list[Seen], list[Unread], list[tuple[str, str, str]]]:
    """Objects in the order of kinds and keys, what is unread, and what is in transition."""
    world, answers = reading.world, reading.answers
    world.unread = list[Unread]()
    world.tags_read = answers.tags is not None
    world.tags = answers.tags.attached if answers.tags else {}
    world.classes_by_vm = None if answers.classes is None else classes.by_vm(answers.classes)
    found = [*answers.direct, *_by_soap(world, reading), *_by_rest(world, reading)]
    found += answers.kubernetes
    _nameless(world)
    found = [_named(world, one) for one in found]
    found = list(_unique(sorted(found, key=lambda one: (_RANK[one.kind], one.key, one.ident))))
    moving = [*_tasks(found, answers.tasks), *_out_of_reach(found), *namespaces.unsteady(found)]
    moving += _phases(found)
    unread = [*collapsed(world.unread, found), *_by_design(reading.role)]
    return found, unread, sorted(set(moving))


def _nameless(world: World) -> None:
    """Objects that vCenter shows and does not let be read: one of their kind may be any of them.

    So none of the kind is known to be missing.
    """
    for kind, types in TYPES.items():
        faults = [row.missing["name"] for row in world.of(*types) if "name" in row.missing]
        if faults:
            world.miss(kind, "", "", faults[0])


def _named(world: World, seen: Seen) -> Seen:
    """The object without the fields in which an id stands for a name that was not shown.

    It is of what may not be read, or is only mentioned, and would look like another value.
    """
    referring = _REFERRING.get(seen.kind)
    if not referring or not world.unnamed:
        return seen
    lost = {
        name
        for name in referring & seen.fields.keys()
        if not world.unnamed.isdisjoint(_texts(seen.fields[name]))
    }
    for name in sorted(lost):
        world.miss(seen.kind, seen.key, name, "NoPermission")
    kept = {name: value for name, value in seen.fields.items() if name not in lost}
    return altered(seen, fields=kept) if lost else seen


def _texts(value: Value) -> tuple[str, ...]:
    return value if isinstance(value, tuple) else (value,) if isinstance(value, str) else ()


def _by_soap(world: World, reading: Reading) -> Iterator[Seen]:
    for made in (
        places.datacenters, places.folders, places.pools, places.datastores,
        clusters.clusters, clusters.rules, clusters.groups, clusters.overrides,
        hosts.devices, hosts.nics, networks.networks, networks.switches, machines.machines,
    ):  # fmt: skip
        yield from made(world)
    drivers = reading.answers.drivers
    for seen in hosts.hosts(world):
        more = drivers.get(seen.ident)
        yield altered(seen, fields={**seen.fields, **more}) if more else seen
    yield from access.permission_objects(world, reading.answers.permissions)


def _by_rest(world: World, reading: Reading) -> Iterator[Seen]:
    answers = reading.answers
    tags, policies, supervisors = answers.tags, answers.policies, answers.supervisors
    parts: dict[tuple[str, ...], Iterator[Seen]] = {
        ("tag-category", "tag"): tags.objects() if tags else iter(()),
        ("storage-policy",): policies.objects(world) if policies else iter(()),
        ("content-library",): libraries.objects(answers.libraries or [], world),
        ("vm-class",): classes.objects(answers.classes or [], world),
        ("zone",): zones(answers.zones or [], world, supervisors),
        ("supervisor",): supervisors.objects(world) if supervisors else iter(()),
    }
    for kinds, made in parts.items():
        yield from _shaped(world, kinds, made)
    if supervisors and supervisors.unread:
        world.lack("supervisor", "", "", supervisors.unread)
    names = namespaces.Names(
        answers.policies.names() if answers.policies else {},
        {str(each.get("id")): str(each.get("name")) for each in answers.libraries or ()},
        answers.supervisors.names() if answers.supervisors else {},
    )
    made = namespaces.namespaces(answers.namespaces or [], names)
    for seen in _shaped(world, ("namespace",), made):
        yield _without_ids(reading, seen)


def _shaped(world: World, kinds: tuple[str, ...], made: Iterator[Seen]) -> list[Seen]:
    """The objects of an answer; of one in another shape than the API's nothing is known."""
    try:
        found = list(made)
    except (LookupError, TypeError, ValueError, AttributeError, Unreadable):
        found = None
    if found is not None and all(map(_well_formed, found)):
        return found
    for kind in kinds:
        world.miss(kind, "", "", "an answer in another shape than the API's")
    return []


def _well_formed(seen: Seen) -> bool:
    """Whether an object has a name, and leaves for fields."""
    return (
        isinstance(seen.key, str)
        and isinstance(seen.ident, str)
        and all(
            value is None
            or isinstance(value, str | int)
            or (isinstance(value, tuple) and all(isinstance(each, str) for each in value))
            for value in seen.fields.values()
        )
    )


def _without_ids(reading: Reading, seen: Seen) -> Seen:
    """The namespace without fields that name by id what was not read.

    It names policies, libraries and its Supervisor by id, and an id would look like another value.
    """
    answers = reading.answers
    policies, libraries, homes = answers.policies, answers.libraries, answers.supervisors
    lost = {
        "storage_policies": _NAMELESS if policies is None else None,
        "storage_limit_mib": _NAMELESS if policies is None else None,
        "content_libraries": _NAMELESS if libraries is None else None,
        "supervisor": _NAMELESS if homes is None else homes.unread,
    }
    why = {name: unread for name, unread in sorted(lost.items()) if unread}
    for name, unread in why.items():
        reading.world.lack("namespace", seen.key, name, unread)
    kept = {name: v for name, v in seen.fields.items() if name.partition(".")[0] not in why}
    return altered(seen, fields=kept)


def _unique(found: list[Seen]) -> Iterator[Seen]:
    """Names that are unique in a datacenter only get where they are behind them: ``vmnet@dc1``."""
    often = Counter((one.kind, one.key) for one in found)
    for one in found:
        if often[one.kind, one.key] == 1:
            yield one
        else:
            yield altered(one, key=f"{one.key}@{one.within or one.ident}")


def _tasks(found: list[Seen], tasks: list[tuple[str, str]]) -> Iterator[tuple[str, str, str]]:
    by_ident = {one.ident: one for one in reversed(found) if ":" not in one.ident}
    for moid, what in tasks:
        if moid in by_ident:
            yield by_ident[moid].kind, by_ident[moid].key, what


def _out_of_reach(found: Iterable[Seen]) -> Iterator[tuple[str, str, str]]:
    for one in found:
        state = one.fields.get("connection")
        if one.kind == "host" and state not in (None, "connected"):
            yield one.kind, one.key, f"connection {state}"


_STEADY = {"vks-cluster": "Provisioned", "k8s-namespace": "Active"}
"""The phases of Kubernetes objects that nothing happens to."""


def _phases(found: Iterable[Seen]) -> Iterator[tuple[str, str, str]]:
    for one in found:
        phase = one.fields.get("phase")
        if phase and phase != _STEADY.get(one.kind, phase):
            yield one.kind, one.key, f"phase {phase}"


def collapsed(unread: Iterable[Unread], found: Iterable[Seen]) -> Iterator[Unread]:
    """A field that no object of a kind has, for one reason, is said once for all of them."""
    stated = {(one.kind, name.partition(".")[0]) for one in found for name in one.fields}
    alike: dict[tuple[str, str, str, str], list[Unread]] = {}
    for one in unread:
        alike.setdefault((one.kind, one.field, one.reason, one.detail), []).append(one)
    for (kind, field, _, _), some in alike.items():
        if field and len(some) > 1 and (kind, field) not in stated:
            yield altered(some[0], key="")
        else:
            yield from some


def _by_design(role: str) -> Iterator[Unread]:
    """The fields that the role does not reach, whatever the account may do (F8)."""
    for kind in KINDS:
        for leaf in kind.leaves:
            if leaf.reach == "host" and role != "diff-host":
                detail = "read with the role diff-host only"
                yield Unread(kind=kind.name, key="", field=leaf.name, reason="role", detail=detail)
