"""What is in our containers, or scarce, and in no plan (F12); all else is one count."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from generator.diff.asserted.record import Asserted
from generator.diff.differences import Unmanaged
from generator.diff.index import Index, stamps_of
from generator.diff.node_pools import pools_of
from generator.diff.ways import Compared
from generator.finding import Severity
from generator.platform.stamps import RELEASE_CATEGORY, STAMP_CATEGORY
from generator.supply.model import RunningVm, SiteInventory
from generator.vcenter.snapshot import Seen, texts

LISTS = {
    "vm_classes": "class",
    "storage_policies": "storage policy",
    "content_libraries": "content library",
}
"""Lists of a namespace and what an entry of each is called."""

BY_ID = {"storage_policies": "storage-policy", "content_libraries": "content-library"}
"""Lists whose entries vCenter keeps by id: one without a name refers to what is gone or hidden."""

PARTS = frozenset(("gpu", "nic", "pci-device", "vcenter", "custom-attribute"))
"""Kinds that are parts of others, and count with them."""


class _Ground(NamedTuple):
    """One vCenter, what is stated of it, and what of it is ours."""

    platform: str
    there: Index
    compared: Compared
    folders: frozenset[str]
    categories: frozenset[str]
    namespaces: Mapping[str, Sequence[Asserted]]
    shared: frozenset[str]
    classes: frozenset[str]
    stated: Mapping[str, RunningVm]
    clusters: frozenset[str]
    gpu_ids: frozenset[str]


def unmanaged(
    platform: str,
    index: Index,
    compared: Compared,
    inventories: Iterable[SiteInventory],
) -> tuple[list[Unmanaged], int, frozenset[str]]:
    """What nobody manages, how many other objects there are, and the paths of our own VMs."""
    ground = _ground(platform, index, compared, inventories)
    mine: set[str] = set()
    found: dict[tuple[str, str, str], Unmanaged] = {}
    others = 0
    for one in index.seen.objects:
        if (one.kind, one.key) in compared.ours:
            mine |= {one.key} if one.kind == "vm" else set()
            for each in _entries(ground, one):
                found[each.kind, each.key, each.why] = each
            continue
        if one.kind == "vm" and _node(ground, one):
            mine.add(one.key)
            continue
        judged = next(_judged(ground, one), None)
        if judged is not None:
            found[judged.kind, judged.key, ""] = judged
        elif one.kind not in PARTS:
            others += 1
    return list(found.values()), others, frozenset(mine)


def _ground(
    platform: str, index: Index, compared: Compared, inventories: Iterable[SiteInventory]
) -> _Ground:
    sides = {
        at: [side for side in (pair.desired, pair.applied) if side is not None]
        for at, pair in compared.ours.items()
    }
    created = {at for at, some in sides.items() if any(s.owner == "create" for s in some)}
    return _Ground(
        platform=platform,
        there=index,
        compared=compared,
        folders=frozenset(key for kind, key in created if kind == "folder"),
        categories=frozenset(key for kind, key in created if kind == "tag-category"),
        namespaces={key: sides[kind, key] for kind, key in created if kind == "namespace"},
        shared=frozenset(key for kind, key in sides if kind == "namespace"),
        classes=frozenset(key for kind, key in sides if kind == "vm-class"),
        stated={vm.name: vm for site in inventories for vm in site.occupancy},
        clusters=frozenset(
            key
            for (kind, key), some in sides.items()
            if kind == "cluster" and (some[0].known or some[0].facts)
        ),
        gpu_ids=frozenset(
            f"{one.fields.get('vendor_id')}:{one.fields.get('device_id')}"
            for one in index.seen.objects
            if one.kind == "gpu"
        ),
    )


def _judged(ground: _Ground, one: Seen) -> Iterator[Unmanaged]:
    """Why an object that is not ours is our business; the first reason is the one."""
    if one.kind == "vm":
        yield from _shadow(ground, one)
    stamp = _own_stamp(ground, one)
    if stamp:
        yield _made(ground, one, f"it carries our stamp {stamp}, and no plan has it")
    if one.kind in ("vm", "folder") and _inside(one.key, ground.folders):
        yield _made(ground, one, "it is in a folder of this platform")
    if one.kind == "permission":
        path, _, principal = one.key.rpartition("|")
        if path in ground.folders:
            why = f"{principal} has rights that the next apply takes away (F2)"
            yield _made(ground, one, why)
    if one.kind == "tag":
        yield from _tag(ground, one)
    if one.kind == "vks-cluster" and one.key.partition("/")[0] in ground.namespaces:
        yield _made(ground, one, "it is in a namespace of this platform")
    if one.kind == "host" and one.fields.get("cluster") in ground.clusters:
        yield _made(ground, one, "the site inventory does not state this host", Severity.NOTICE)
    if one.kind == "gpu" and ("host", one.key.partition("/")[0]) in ground.compared.ours:
        yield _made(ground, one, "the site inventory does not state this GPU", Severity.NOTICE)


def _shadow(ground: _Ground, vm: Seen) -> Iterator[Unmanaged]:
    """A VM that holds a vGPU or a GPU outside the plan: shadow ML, wherever it is (F12)."""
    slots = (*texts(vm.fields.get("vgpus")), *_whole_gpus(ground, vm))
    if not slots:
        return
    known = ground.stated.get(vm.key.rpartition("/")[2])
    if known is not None:
        why, severity = "the site inventory states it: its GPU is counted as taken", Severity.NOTICE
    else:
        why, severity = "it holds a GPU outside the plan", Severity.WARNING
    yield Unmanaged(
        vcenter=ground.there.seen.name,
        kind="vm",
        key=vm.key,
        why=why,
        owner=_owner(vm) or (known.owner if known and known.owner else ""),
        slots=slots,
        severity=severity,
        who=ground.there.events.get(("vm", vm.key)),
    )


def _whole_gpus(ground: _Ground, vm: Seen) -> Iterator[str]:
    """Passed-through devices that are GPUs: by address on its host, or by the ids it may take."""
    host = vm.fields.get("host")
    for device in texts(vm.fields.get("passthrough")):
        ids = device.partition("@")[0].split("|")
        if ("gpu", f"{host}/{device}") in ground.there.objects or ground.gpu_ids & set(ids):
            yield device


def _owner(vm: Seen) -> str:
    """Who says that it is theirs: an attribute, else its namespace, else its folder."""
    for name, value in sorted(vm.fields.items()):
        if name.startswith("attribute.") and "owner" in name.casefold() and value:
            return str(value)
    where = vm.fields.get("namespace") or vm.key.rpartition("/")[0]
    return str(where or "")


def _node(ground: _Ground, vm: Seen) -> bool:
    """A VM that VM Service made in a namespace of the plan, of a class of ours: cattle (F16).

    In a namespace that is not ours alone only its class tells whose it is.
    """
    name, where = vm.fields.get("vm_class"), vm.fields.get("namespace")
    if where in ground.namespaces:
        return not name or name in ground.classes
    return where in ground.shared and name in ground.classes


def _own_stamp(ground: _Ground, one: Seen) -> str:
    starts = (f"{STAMP_CATEGORY}/{ground.platform}/", f"{STAMP_CATEGORY}:{ground.platform}/")
    return next((stamp for stamp in stamps_of(one) if stamp.startswith(starts)), "")


def _inside(key: str, folders: frozenset[str]) -> bool:
    steps = key.split("/")
    return any("/".join(steps[:count]) in folders for count in range(len(steps) - 1, 1, -1))


def _tag(ground: _Ground, one: Seen) -> Iterator[Unmanaged]:
    """A tag in a category of ours; those of other platforms are theirs."""
    category, _, name = one.key.partition("/")
    if category not in ground.categories:
        return
    if category == STAMP_CATEGORY and not name.startswith(f"{ground.platform}/"):
        return
    if category == RELEASE_CATEGORY and not name.startswith(f"{ground.platform}-"):
        return
    yield _made(ground, one, f"it is in the category {category} of this platform")


def _entries(ground: _Ground, one: Seen) -> Iterator[Unmanaged]:
    """Entries of our own namespaces and clusters that no release gave them."""
    if one.kind == "vks-cluster":
        yield from _pools(ground, one)
    sides = ground.namespaces.get(one.key, ()) if one.kind == "namespace" else ()
    if not sides:
        return
    told = {(each.kind, each.key, each.field) for each in ground.compared.differences}
    for field, word in LISTS.items():
        stated = {entry for side in sides for entry in texts(side.fields.get(field))}
        for entry in texts(one.fields.get(field)):
            if entry in stated:
                continue
            if field in BY_ID and (BY_ID[field], entry) not in ground.there.objects:
                if (one.kind, one.key, field) not in told:
                    why = f"it refers to a {word} by the id {entry}, which is gone or hidden"
                    yield _made(ground, one, why, Severity.NOTICE)
            else:
                yield _made(ground, one, f"it has the {word} {entry}, which no release gave it")
    known = {name.casefold() for side in sides for name in side.fields}
    for field, value in one.fields.items():
        if field.startswith("access.") and field.casefold() not in known:
            who = field.removeprefix("access.")
            yield _made(ground, one, f"{who} is {value} there, which no release granted")


def _pools(ground: _Ground, one: Seen) -> Iterator[Unmanaged]:
    """Node pools that somebody added to a cluster of ours: they take GPUs that others count on."""
    pair = ground.compared.ours[one.kind, one.key]
    sides = [side for side in (pair.desired, pair.applied) if side and side.owner == "create"]
    stated = {name for side in sides for name in pools_of(side.fields)}
    for name in sorted(set(pools_of(one.fields)) - stated) if sides else ():
        makes = one.fields.get(f"{name}.vm_class")
        pool = name.partition(".")[2]
        yield _made(ground, one, f"it has the node pool {pool} of {makes}, which no release has")


def _made(ground: _Ground, one: Seen, why: str, severity: Severity = Severity.WARNING) -> Unmanaged:
    return Unmanaged(
        vcenter=ground.there.seen.name,
        kind=one.kind,
        key=one.key,
        why=why,
        owner=_owner(one) if one.kind == "vm" else "",
        severity=severity,
        who=ground.there.events.get((one.kind, one.key)),
    )
