"""Perfect worlds of shipped blueprints, what is asserted of them, and single changes to them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import cache
from pathlib import Path

from generator.api.diffing import AS_USUAL, compared
from generator.api.diffing import sides_of as sides_at
from generator.diff import equality as by
from generator.diff.asserted import Asserted, asserted
from generator.diff.compare import compare
from generator.diff.differences import Comparison, Difference
from generator.diff.examine import Sides
from generator.diff.fields import rule_of
from generator.diff.index import Index
from generator.diff.ways import Compared
from generator.record import altered
from generator.vcenter.snapshot import Seen, Snapshot, Unread, Value, VcenterSeen
from tests.diff import live
from tests.example import ROOT

ACME, PLAIN, GREEN = "acme-ml", "plain", "greenfield"
FILES: Mapping[str, tuple[str, str]] = {
    ACME: ("blueprints/acme-ml.yaml", "blueprints/acme-ams1.site.yaml"),
    PLAIN: ("tests/fixtures/plain-vms/plain.yaml", "tests/fixtures/plain-vms/plain.site.yaml"),
    GREEN: (
        "tests/fixtures/greenfield/greenfield.yaml",
        "tests/fixtures/greenfield/greenfield.site.yaml",
    ),
    **{
        name: (f"blueprints/{name}.yaml", f"blueprints/{name}.site.yaml")
        for name in ("air-gapped", "brownfield", "cpu-amx", "edge-one", "vcf9")
    },
}
Where = tuple[str, str]


@cache
def sides(name: str = ACME) -> Sides:
    """What is held against a world; the golden tree is the applied release of the example."""
    return sides_at(ROOT / FILES[name][0], AS_USUAL._replace(out=ROOT / "tests" / "golden"))


@cache
def wanted(name: str = ACME) -> tuple[Asserted, ...]:
    """What is asserted of a world."""
    its = sides(name)
    return asserted(its.desired, its.inventories, its.catalog, "out/x")


def world(name: str = ACME) -> VcenterSeen:
    """The perfect vCenter of a blueprint."""
    return live.snapshot(*FILES[name]).vcenters[0]


def index(seen: VcenterSeen) -> Index:
    """A reading that can be asked."""
    return Index(seen)


def judged(seen: VcenterSeen, name: str = ACME) -> Compared:
    """The two-way comparison of a changed world."""
    return compare(wanted(name), None, Index(seen))


def whole(
    seen: VcenterSeen, name: str = ACME, its: Sides | None = None, as_of: str = "2026-11-20"
) -> Comparison:
    """Everything that is said of a changed world."""
    asked = AS_USUAL._replace(as_of=as_of)
    return compared(its or sides(name), Snapshot(vcenters=(seen,)), asked)


def told(differences: Iterable[Difference]) -> list[tuple[str, str, str, str]]:
    """What differs: kind, key, field and what."""
    return [(one.kind, one.key, one.field, one.what) for one in differences]


def with_objects(seen: VcenterSeen, change: Callable[[Seen], Seen | None]) -> VcenterSeen:
    """The world with each object as ``change`` makes it; None takes it away."""
    changed = (change(one) for one in seen.objects)
    return altered(seen, objects=tuple(one for one in changed if one is not None))


def with_field(seen: VcenterSeen, at: Where, field: str, value: Value) -> VcenterSeen:
    """The world with one field changed."""

    def change(one: Seen) -> Seen:
        if (one.kind, one.key) != at:
            return one
        return altered(one, fields={**one.fields, field: value})

    return with_objects(seen, change)


def without(seen: VcenterSeen, gone: set[Where]) -> VcenterSeen:
    """The world less some objects."""
    return with_objects(seen, lambda one: None if (one.kind, one.key) in gone else one)


def with_more(seen: VcenterSeen, *more: Seen) -> VcenterSeen:
    """The world with more objects."""
    return altered(seen, objects=(*seen.objects, *more))


def renamed(seen: VcenterSeen, at: Where, key: str) -> VcenterSeen:
    """The world with one object under another name."""
    return with_objects(
        seen, lambda one: altered(one, key=key) if (one.kind, one.key) == at else one
    )


def unread(seen: VcenterSeen, *lacking: Unread) -> VcenterSeen:
    """The world with something that was not read."""
    return altered(seen, unread=(*seen.unread, *lacking))


def at_of(seen: VcenterSeen, kind: str, start: str = "") -> Where:
    """The first object of a kind whose key begins so."""
    return next((o.kind, o.key) for o in seen.objects if o.kind == kind and o.key.startswith(start))


def live_of(name: str, one: Asserted) -> Seen:
    """The live object of an asserted one in its perfect world."""
    there = Index(world(name))
    found = there.by_ident(one.kind, one.ident) if one.ident else None
    return found or there.objects[one.kind, there.as_written(one.kind, one.key)]


def inside(name: str, at: Where) -> set[Where]:
    """An object and all that goes along when it is removed."""
    lost = (live_of(name, one) for one in wanted(name) if at in one.within)
    return {at} | {(one.kind, one.key) for one in lost}


def broken(kind: str, field: str, stated: Value) -> Value:
    """A value that no equality takes for the stated one."""
    equal = rule_of(kind, field).equality
    if equal is by.contains:
        return by.texts(stated)[1:]
    if equal is by.at_least:
        assert isinstance(stated, int)
        return stated - 1
    if equal is by.memory:
        assert isinstance(stated, int)
        return stated * 31 // 32
    if isinstance(stated, bool):
        return not stated
    if isinstance(stated, int):
        return stated + 1
    if isinstance(stated, tuple):
        return "ffff" if equal is by.one_of else (*stated, "other")
    return "other" if stated is None else _OTHER.get(stated, f"{stated}0-other")


_OTHER: Mapping[str, Value] = {
    "sharedDirect": "shared",
    "sameSize": "multiInstanceGpu",
    "mixedSize": "sameSize",
    "multiInstanceGpu": "sameSize",
    "consolidation": "performance",
    "performance": "consolidation",
    "EDIT": "OWNER",
    "VIEW": "EDIT",
}


def golden() -> Path:
    """The rendered tree of the example."""
    return ROOT / "tests" / "golden" / ACME


def vm(path: str, **fields: Value) -> Seen:
    """A live VM."""
    return Seen(kind="vm", key=path, ident=path, fields={"power": "poweredOn", **fields})
