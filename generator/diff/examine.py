"""One platform against its vCenters: every part of the comparison, joined. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from generator.blueprint.model.governance import DiffIgnore
from generator.catalog import Catalog
from generator.diff.adopt import adoptions
from generator.diff.asserted import Asserted, asserted
from generator.diff.asserted.settings import UNSEEN
from generator.diff.capacity import mend_of_slots, uncounted, would_start
from generator.diff.compare import compare
from generator.diff.differences import (
    Adoption,
    Comparison,
    Difference,
    Reading,
    Slots,
    Transition,
    Unasserted,
    Unmanaged,
    Unreadable,
)
from generator.diff.fields import ORDER
from generator.diff.ignoring import without_ignored
from generator.diff.index import Index
from generator.diff.release import Applied, applied_release
from generator.diff.remedy import made_again
from generator.diff.rules import NoDatastore, SlotsShort
from generator.diff.slots import Pooled, pooled, slots
from generator.diff.unmanaged import unmanaged
from generator.diff.ways import Compared
from generator.finding import Finding, Severity
from generator.platform.objects import DesiredState
from generator.record import altered
from generator.supply.model import SiteInventory
from generator.vcenter.snapshot import Failed, VcenterSeen

_GIVE = "a rendered folder states none: give the blueprint, or the inventory with --site"
WITHOUT_SITE = (
    ("facts of the site (hosts, GPUs, clusters, datastores, networks, Supervisors)", _GIVE),
    ("free and stranded vGPU slots", _GIVE),
    ("who else may hold a GPU (occupancy)", _GIVE),
)
WITHOUT_RULES = (
    "ignore rules", "the plan is of a version before it held them: give the blueprint, or render",
)  # fmt: skip
"""What a rendered folder alone cannot say, and what helps."""


class Sides(NamedTuple):
    """What is held against the live vCenters.

    ``applied`` is the release that Git has (None for none), ``inventories`` are those of the
    platform's sites, ``out`` is the folder of its rendered files. ``ignore`` is None where nobody
    can say what is accepted: no blueprint is at hand, and its plan holds no ignore rules.
    """

    desired: DesiredState
    applied: DesiredState | None
    inventories: Mapping[str, SiteInventory]
    catalog: Catalog
    out: str
    ignore: tuple[DiffIgnore, ...] | None = ()


class _Part(NamedTuple):
    """What one vCenter gave."""

    reading: Reading
    two_way: str
    compared: Compared
    unmanaged: list[Unmanaged]
    others: int
    slots: list[Slots]
    pooled: list[Pooled]
    adoptions: tuple[Adoption, ...]
    there: Index


def examine(
    sides: Sides,
    seen: Mapping[str, VcenterSeen],
    failed: Sequence[Failed],
    as_of: str,
    *,
    show_unasserted: bool = False,
) -> Comparison:
    """Everything that a comparison says; ``seen`` is by the name that the platform uses.

    ``as_of`` is the day (ISO 8601) that ignore rules are judged by.
    """
    desired = asserted(sides.desired, sides.inventories, sides.catalog, sides.out)
    former = (
        asserted(sides.applied, sides.inventories, sides.catalog, sides.out)
        if sides.applied is not None
        else ()
    )
    parts = [_part(sides, desired, former, name, one) for name, one in sorted(seen.items())]
    differences = sorted((d for p in parts for d in p.compared.differences), key=in_order)
    strangers = sorted((u for p in parts for u in p.unmanaged), key=in_order)
    unseen = tuple(sorted((u for p in parts for u in p.compared.unreadable), key=in_order))
    blind = ORDER if failed else {one.kind for one in unseen}
    kept = without_ignored(differences, strangers, sides.ignore or (), as_of, blind)
    return Comparison(
        platform=sides.desired.platform,
        release=sides.desired.release,
        applied=", ".join(sorted({p.reading.applied for p in parts if not p.two_way})),
        two_way="; ".join(dict.fromkeys(p.two_way for p in parts if p.two_way)),
        as_of=as_of,
        readings=tuple(p.reading for p in parts),
        failed=tuple(failed),
        differences=kept.differences,
        unmanaged=kept.unmanaged,
        others=sum(p.others for p in parts),
        unreadable=unseen,
        transitions=tuple(t for p in parts for t in transitions(p.there)),
        slots=tuple(s for p in parts for s in p.slots),
        adoptions=tuple(a for p in parts for a in p.adoptions),
        ignored=kept.ignored,
        unasserted=tuple(u for p in parts for u in _unasserted(p)) if show_unasserted else (),
        findings=(*kept.findings, *(f for p in parts for f in _findings(p))),
        uncompared=tuple(sorted(_uncompared(sides))),
        compared=sum(p.compared.fields for p in parts),
    )


def _part(
    sides: Sides,
    desired: Sequence[Asserted],
    former: Sequence[Asserted],
    name: str,
    seen: VcenterSeen,
) -> _Part:
    index = Index(seen)
    said = applied_release(index, sides.desired.platform)
    two_way = _two_way(name, said, sides.applied)
    mine = [one for one in desired if one.vcenter == name]
    before = None if two_way else [one for one in former if one.vcenter == name]
    compared = compare(mine, before, index)
    if said.release:
        again = [_made_again(one) for one in compared.differences]
        compared = compared._replace(differences=again)
    sites = list(sides.inventories.values())
    strangers, others, own = unmanaged(sides.desired.platform, index, compared, sites)
    wanted = next((v for v in sides.desired.vcenters if v.name == name), None)
    ground = (sides.desired, wanted, sites, index, sides.catalog, own) if wanted else None
    left = list(slots(*ground)) if ground else []
    compared.unreadable.extend(uncounted(index, left))
    return _Part(
        reading=Reading(
            vcenter=name,
            version=seen.version,
            role=seen.role,
            started=seen.started,
            ended=seen.ended,
            objects=len(seen.objects),
            applied=said.release,
        ),
        two_way=two_way,
        compared=compared,
        unmanaged=strangers,
        others=others,
        slots=left,
        pooled=list(pooled(*ground)) if ground else [],
        adoptions=adoptions(name, compared, first=not said.release),
        there=index,
    )


def _made_again(one: Difference) -> Difference:
    """What a release made and is gone, with the command that makes it again.

    A right is a part of what Terraform keeps of a folder, which is still there.
    """
    if one.what != "missing" or one.standing != "drift" or one.kind == "permission":
        return one
    return altered(one, mend=made_again(one.mend))


def _two_way(name: str, said: Applied, applied: DesiredState | None) -> str:
    """Why only two ways can be compared; "" where the applied release is at hand."""
    if not said.release:
        return f"{name}: {said.why_not}"
    if applied is None:
        return f"{name} has release {said.release} applied, and no plan of it is at hand"
    if applied.release != said.release:
        return f"{name} has release {said.release} applied, the plan at hand is {applied.release}"
    return ""


def in_order(one: Difference | Unmanaged | Unreadable) -> tuple[str, int, str, str]:
    """Sort key: vCenter, then kinds as ``kinds`` has them, then name and field."""
    field = one.field if isinstance(one, Difference | Unreadable) else one.why
    return one.vcenter, ORDER.get(one.kind, 0), one.key, field


def transitions(index: Index) -> Iterator[Transition]:
    """What changes by itself at this moment: tasks and conditions, hosts that are out (F9)."""
    name = index.seen.name
    for (kind, key), what in index.transitions.items():
        yield Transition(vcenter=name, kind=kind, key=key, what=what)
    for one in index.seen.objects:
        if one.kind == "host" and (one.kind, one.key) not in index.transitions:
            if one.fields.get("maintenance"):
                yield Transition(vcenter=name, kind="host", key=one.key, what="in maintenance")
            connection = one.fields.get("connection")
            if connection not in ("connected", None):
                yield Transition(vcenter=name, kind="host", key=one.key, what=str(connection))


def _gpus_unread(part: _Part) -> bool:
    kinds = ("host", "gpu", "vm")
    return any(
        one.kind in kinds and not one.field and not one.by_design
        for one in part.compared.unreadable
    )


def _findings(part: _Part) -> Iterator[Finding]:
    """What no single field shows: policies without a datastore, vGPUs without a slot."""
    told = {(one.kind, one.key) for one in part.compared.differences}
    for (kind, key), pair in part.compared.ours.items():
        fitting = pair.live.fields.get("compatible_datastores") if pair.live else None
        if kind == "storage-policy" and fitting == () and (kind, key) not in told:
            yield NoDatastore.breach(
                f"no datastore satisfies {key}",
                mend="attach its tag to a datastore, or ask the storage team",
                path=f"{part.reading.vcenter}/storage-policy/{key}",
            )
    if _gpus_unread(part):
        return  # the slots on them are neither free nor taken, as far as anybody saw
    ahead = "; modes of GPUs are still to be applied" if _modes_ahead(part) else ""
    yield from _short_together(part, ahead)
    for one in part.slots:
        if one.short:
            yield SlotsShort.breach(
                f"{one.short} of {one.planned} planned {one.profile} find no slot: {one.used} run, "
                f"{would_start(one)}, others run {one.foreign} of them, "
                f"{one.stranded} are stranded{ahead}",
                mend=mend_of_slots(one),
                path=f"{part.reading.vcenter}/{one.profile}",
                severity=Severity.NOTICE if ahead else None,
            )


def _short_together(part: _Part, ahead: str) -> Iterator[Finding]:
    """Profiles that would start one by one, and not all of them: they share the same GPUs."""
    short = {one.profile for one in part.slots if one.short}
    for one in part.pooled:
        if one.needed_mib > one.free_mib and not short & set(one.profiles):
            names = ", ".join(one.profiles)
            yield SlotsShort.breach(
                f"not all of the plan's {names} find a slot together: they need "
                f"{one.needed_mib >> 10} GiB more framebuffer, {one.free_mib >> 10} GiB are free "
                f"on their GPUs, {one.foreign} vGPUs there are others'{ahead}",
                mend="free the slots that others hold, or set the modes of the plan on empty GPUs",
                path=f"{part.reading.vcenter}/{names}",
                severity=Severity.NOTICE if ahead else None,
            )


def _modes_ahead(part: _Part) -> bool:
    """Whether a release that is not applied yet sets GPUs otherwise: then it makes the slots."""
    fields = ("vgpu_mode", "configured_vgpu_mode", "graphics_type", "passthrough")
    return any(
        one.standing == "pending" and one.kind == "gpu" and one.field in fields
        for one in part.compared.differences
    )


def _unasserted(part: _Part) -> Iterator[Unasserted]:
    for (kind, key), pair in part.compared.ours.items():
        stated = pair.one.fields
        for field, value in sorted(pair.live.fields.items() if pair.live else ()):
            if field not in stated:
                yield Unasserted(
                    vcenter=part.reading.vcenter, kind=kind, key=key, field=field, live=value
                )


def _uncompared(sides: Sides) -> set[tuple[str, str]]:
    """Settings of the plan of which vCenter shows nothing, and facts that nobody gave; and why."""
    found = {
        (it.setting, UNSEEN[it.setting])
        for vcenter in sides.desired.vcenters
        for it in vcenter.host_settings
        if it.setting in UNSEEN
    }
    if not sides.inventories:
        found |= set(WITHOUT_SITE)
    if sides.ignore is None:
        found.add(WITHOUT_RULES)
    return found
