"""What changed from one snapshot to a later one, without any blueprint."""

from __future__ import annotations

from collections.abc import Iterator

from generator.diff.asserted.record import Asserted, Mend
from generator.diff.compare import compare
from generator.diff.differences import Comparison, Difference, Reading, Unmanaged
from generator.diff.examine import in_order, transitions
from generator.diff.fields import rule_of
from generator.diff.index import Index
from generator.finding import Severity
from generator.record import altered
from generator.vcenter.kinds import KINDS
from generator.vcenter.snapshot import Failed, Seen, VcenterSeen

UNDO = Mend(by="person", command="find out who changed it, and whether that was meant")
LEAVES = {kind.name: kind.leaves for kind in KINDS}
GPU_FIELDS = ("vgpus", "passthrough")


def between(
    pairs: list[tuple[VcenterSeen, VcenterSeen]], failed: tuple[Failed, ...], as_of: str
) -> Comparison:
    """The changes of each vCenter; ``pairs`` are (earlier, later) readings of one and the same.

    VMs come and go in lawful operation (F9): only those that hold a GPU are told of, all others
    are counted.
    """
    differences: list[Difference] = []
    appeared: list[Unmanaged] = []
    readings: list[Reading] = []
    comparisons = Comparison(
        platform="", release="", applied="", two_way="between two snapshots", as_of=as_of,
        readings=(), failed=failed,
    )  # fmt: skip
    for earlier, later in pairs:
        index = Index(later)
        index.out_of_reach |= Index(earlier).out_of_reach
        compared = compare(list(_everything(earlier, index)), None, index, whole=True)
        differences += (altered(one, basis="snapshot") for one in compared.differences)
        new = [one for one in later.objects if (one.kind, one.key) not in compared.ours]
        appeared += (_appeared(later.name, one) for one in new if _told_of(one))
        readings.append(_reading(earlier, later))
        comparisons = altered(
            comparisons,
            others=comparisons.others + sum(not _told_of(one) for one in new),
            unreadable=(*comparisons.unreadable, *compared.unreadable),
            transitions=(*comparisons.transitions, *transitions(index)),
            compared=comparisons.compared + compared.fields,
        )
    return altered(
        comparisons,
        readings=tuple(readings),
        differences=tuple(sorted(differences, key=in_order)),
        unmanaged=tuple(sorted(appeared, key=in_order)),
    )


def _everything(seen: VcenterSeen, later: Index) -> Iterator[Asserted]:
    """All of an earlier reading but what churns; an option that came later was unset before."""
    for one in seen.objects:
        if _told_of(one):
            yield Asserted(
                kind=one.kind,
                key=one.key,
                vcenter=seen.name,
                owner="reference",
                ident=one.ident,
                fields={
                    name: value
                    for name, value in {**_unset(one, later), **one.fields}.items()
                    if not rule_of(one.kind, name).churns
                },
                mends={"": UNDO},
            )


def _unset(one: Seen, later: Index) -> dict[str, None]:
    """The entries of maps that only the later reading has."""
    now = later.by_ident(one.kind, one.ident) or later.objects.get((one.kind, one.key))
    came = () if now is None else now.fields.keys() - one.fields.keys()
    maps = {leaf.name for leaf in LEAVES[one.kind] if leaf.form == "map"}
    return dict.fromkeys(name for name in sorted(came) if name.partition(".")[0] in maps)


def _told_of(one: Seen) -> bool:
    return one.kind != "vm" or any(one.fields.get(field) for field in GPU_FIELDS)


def _appeared(vcenter: str, one: Seen) -> Unmanaged:
    slots = one.fields.get("vgpus")
    return Unmanaged(
        vcenter=vcenter,
        kind=one.kind,
        key=one.key,
        why="it was not there before",
        slots=slots if isinstance(slots, tuple) else (),
        severity=Severity.NOTICE,
    )


def _reading(earlier: VcenterSeen, later: VcenterSeen) -> Reading:
    return Reading(
        vcenter=later.name,
        version=later.version,
        role=later.role,
        started=earlier.started,
        ended=later.ended,
        objects=len(later.objects),
    )
