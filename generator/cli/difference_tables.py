"""The tables of a comparison."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from generator.cli.difference_lines import mark, what, who
from generator.cli.section import Section

if TYPE_CHECKING:
    from generator.diff.differences import (
        Adoption,
        Comparison,
        Difference,
        Slots,
        Transition,
        Unasserted,
        Unmanaged,
        Unreadable,
    )

    Placed = Difference | Unmanaged | Unreadable | Transition | Adoption | Unasserted

FINDINGS = "Findings"
ORDER = ("conflict", "drift", "pending", "in-transition", "already-there")
_TITLES = {
    "conflict": "Conflicts: changed by hand (applied -> live) and by the next release",
    "drift": "Drift: not as it was applied (applied -> live)",
    "pending": "Pending: wanted and not applied yet (live -> wanted)",
    "in-transition": "In transition: a task or condition is under way",
    "already-there": "Already there, as the next release wants it",
}
_SLOTS = ("vCenter", "profile", "planned", "used", "others", "free", "vCenter counts", "bound by",
          "stranded", "short")  # fmt: skip


def heading(comparison: Comparison, standing: str) -> str:
    """A title; what nobody applied yet, or no platform wants, is no drift from an applied one."""
    if standing == "drift" and not comparison.platform:
        return "Changed from the earlier snapshot to the later (earlier -> later)"
    if standing == "drift" and not comparison.applied:
        return "Drift: not as it is wanted (wanted -> live)"
    return _TITLES[standing]


def sections(comparison: Comparison) -> tuple[Section, ...]:
    """Every part that has something to say, differences first."""
    found = (
        *_difference_sections(comparison),
        *_beside(comparison),
        *_about_the_plan(comparison),
    )
    return tuple(section for section in found if section.rows)


def tables_of_differences(comparison: Comparison) -> int:
    """How many of the sections are of differences."""
    return sum(bool(section.rows) for section in _difference_sections(comparison))


def _difference_sections(comparison: Comparison) -> Iterator[Section]:
    from generator.diff.words import shown

    at = _placed(comparison)
    sides = ("live", "applied", "desired") if comparison.platform else ("later", "earlier")
    head = ("object", "field", *sides, "severity", "consequence", "who", "mend")
    for standing in ORDER:
        rows = (
            (
                f"{mark(one)} {at(one)}",
                one.field or what(one),
                *(
                    shown(value, one.field)
                    for value in (one.live, one.applied, one.desired)[: len(sides)]
                ),
                one.severity.value,
                one.consequence,
                who(one),
                one.mend.command,
            )
            for one in comparison.standing(standing)  # type: ignore[arg-type]
        )
        yield Section(heading(comparison, standing), head, tuple(rows))


def _beside(comparison: Comparison) -> Iterator[Section]:
    """What is beside the differences: strangers, findings, and what nobody could see or judge."""
    from generator.diff.verdict import shown_path

    at = _placed(comparison)
    yield Section(
        "Unmanaged: in our containers or scarce, and in no plan"
        if comparison.platform
        else "New since the earlier snapshot",
        ("object", "owner", "slots", "why", "who"),
        tuple((at(u), u.owner, ", ".join(u.slots), u.why, who(u)) for u in comparison.unmanaged),
    )
    yield Section(
        FINDINGS,
        ("rule", "severity", "what", "mend"),
        tuple((f.rule, f.severity.value, f.message, f.mend) for f in comparison.findings),
    )
    for by_design, name in ((False, "Unreadable"), (True, "Unreadable by design of the role")):
        yield Section(
            name,
            ("what", "reason", "detail"),
            tuple(
                (at(u, shown_path(u)), u.reason, u.detail)
                for u in comparison.unreadable
                if u.by_design is by_design
            ),
        )
    yield Section(
        "In transition at the time of reading",
        ("object", "what"),
        tuple((at(t), t.what) for t in comparison.transitions),
    )


def _about_the_plan(comparison: Comparison) -> Iterator[Section]:
    """What the plan still lacks, takes over, passes over or does not say."""
    from generator.diff.words import shown

    at = _placed(comparison)
    yield Section(
        "vGPU slots (free: would start now if only this profile did; stranded: free on GPUs "
        "locked otherwise)",
        _SLOTS,
        tuple((s.vcenter, s.profile, *_figures(s)) for s in comparison.slots),
    )
    yield Section(
        "To be taken over, in this order",
        ("object", "step", "by", "how", "fields that forbid it"),
        tuple((at(a), a.step, a.by, _taking(a), ", ".join(a.fields)) for a in comparison.adoptions),
    )
    yield Section(
        "Ignored by the blueprint",
        ("object", "reason", "until"),
        tuple((at(i.of), i.reason, i.expires) for i in comparison.ignored),
    )
    rows = ((at(u), u.field, shown(u.live, u.field)) for u in comparison.unasserted)
    yield Section("Not asserted by anybody", ("object", "field", "live"), tuple(rows))
    if comparison.readings:
        head = ("setting", "why")
        yield Section("Planned or stated, and not compared", head, comparison.uncompared)


def _placed(comparison: Comparison) -> Callable[..., str]:
    """How an object is named: with its vCenter where there are several."""
    several = len(comparison.readings) + len(comparison.failed) > 1

    def at(one: Placed, words: str = "") -> str:
        said = words or (f"{one.kind}/{one.key}" if one.key else one.kind)
        return f"{one.vcenter}: {said}" if several else said

    return at


def _figures(one: Slots) -> tuple[str, ...]:
    remaining = "-" if one.remaining is None else one.remaining
    bound = {"vcenter": "vCenter", "geometry": "boards", "both": "both"}[one.bound]
    counts = (one.planned, one.used, one.foreign, one.free, remaining)
    return (*map(str, counts), bound, str(one.stranded), str(one.short))


def _taking(one: Adoption) -> str:
    """An import block on one line, then the plan that must be empty; else what takes it over."""
    return "; ".join(filter(None, (" ".join(one.block.split()), one.command)))
