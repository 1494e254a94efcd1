"""A comparison as people read it: like a plan on a terminal, as tables in Markdown and HTML."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

from generator.cli.difference_lines import (
    BOLD,
    GREEN,
    RED,
    YELLOW,
    block,
    findings,
    mark,
    what,
    who,
)
from generator.report.text import visible

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

_FINDINGS = "Findings"
_ORDER = ("conflict", "drift", "pending", "in-transition", "already-there")
_TITLES = {
    "conflict": "Conflicts: changed by hand (applied -> live) and by the next release",
    "drift": "Drift: not as it was applied (applied -> live)",
    "pending": "Pending: wanted and not applied yet (live -> wanted)",
    "in-transition": "In transition: a task or condition is under way",
    "already-there": "Already there, as the next release wants it",
}
_SLOTS = ("vCenter", "profile", "planned", "used", "others", "free", "vCenter counts", "bound by",
          "stranded", "short")  # fmt: skip


class Section(NamedTuple):
    """A table with its title."""

    title: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


class Page(NamedTuple):
    """What Markdown and HTML print: what was read, the verdict, and tables."""

    title: str
    lines: tuple[str, ...]
    verdict: str
    sections: tuple[Section, ...]


def text(comparison: Comparison, *, colour: bool) -> str:
    """The terminal view."""
    paint = _painted if colour else _plain
    lines = [paint(visible(title(comparison)), BOLD), *map(visible, about(comparison)), ""]
    for standing in _ORDER:
        found = comparison.standing(standing)  # type: ignore[arg-type]
        if found:
            lines += [paint(_heading(comparison, standing), BOLD), ""]
            for group in _by_object(found):
                lines += [*block(group, paint), ""]
    for section in sections(comparison)[_tables_of_differences(comparison) :]:
        from generator.report.text import table

        lines.append(paint(visible(section.title), BOLD))
        if section.title == _FINDINGS:
            lines += ["", *findings(comparison.findings, paint)]
        else:
            lines.append(table(section.head, section.rows))
    lines.append(paint(verdict(comparison), _hue(comparison)))
    return "\n".join(lines) + "\n"


def _hue(comparison: Comparison) -> str:
    """Red for what fails a run, yellow where something was not read, green only for all seen."""
    from generator.finding import Severity

    wrong = comparison.standing("drift", "conflict") or [
        one for one in comparison.findings if one.severity is Severity.ERROR
    ]
    if wrong or not comparison.readings:
        return RED
    return GREEN if comparison.complete else YELLOW


def _heading(comparison: Comparison, standing: str) -> str:
    """A title; what nobody applied yet, or no platform wants, is no drift from an applied one."""
    if standing == "drift" and not comparison.platform:
        return "Changed from the earlier snapshot to the later (earlier -> later)"
    if standing == "drift" and not comparison.applied:
        return "Drift: not as it is wanted (wanted -> live)"
    return _TITLES[standing]


def page(comparison: Comparison) -> Page:
    """The same for Markdown and HTML."""
    return Page(
        title=title(comparison),
        lines=tuple(about(comparison)),
        verdict=verdict(comparison),
        sections=sections(comparison),
    )


def title(comparison: Comparison) -> str:
    """What is compared with what."""
    where = ", ".join(one.vcenter for one in comparison.readings) or "no vCenter"
    if not comparison.platform:
        return f"mlgen diff: {where}, one snapshot against an earlier one"
    return f"mlgen diff: {comparison.platform}, release {comparison.release}, against {where}"


def about(comparison: Comparison) -> Iterator[str]:
    """When and by whom it was read, through which release it is judged, and what failed."""
    from generator.diff.words import unanswered

    for one in comparison.readings:
        window = f"read from {one.started} to {one.ended} in the role {one.role}"
        if not comparison.platform:
            window = f"as of {one.ended}, against those of {one.started}"
        yield f"{one.vcenter} {one.version}: {one.objects} objects {window}"
    for lost in comparison.failed:
        yield unanswered(lost, comparison.readings)
    if comparison.applied:
        yield f"Three ways: live, applied release {comparison.applied}, desired."
    if comparison.platform:
        if comparison.two_way:
            yield f"Two ways only: {comparison.two_way}."
        yield from _lacking(comparison)
        yield f"Ignore rules are judged as of {comparison.as_of}."
    if comparison.readings and comparison.standing("pending") and comparison.applied:
        yield (
            f"What is pending needs the files of {comparison.release}: mlgen render first, then "
            "apply its roots in the order of their numbers."
        )
    if comparison.readings and not comparison.complete:
        yield "Not complete: see what could not be read."


def _lacking(comparison: Comparison) -> Iterator[str]:
    """What a rendered folder alone cannot say."""
    from generator.diff.examine import WITHOUT_BLUEPRINT, WITHOUT_SITE

    for lacking, why in comparison.uncompared:
        if (lacking, why) in (*WITHOUT_SITE, WITHOUT_BLUEPRINT):
            yield f"Not compared: {lacking}: {why}."


def verdict(comparison: Comparison) -> str:
    """The counts, in one line."""
    if not comparison.readings:
        return "Nothing was compared: no vCenter was read"
    counts = [f"{len(comparison.standing(word))} {word}" for word in _ORDER]  # type: ignore[arg-type]
    by_design = sum(one.by_design for one in comparison.unreadable)
    counts += [
        f"{len(comparison.unmanaged)} unmanaged (and {comparison.others} other objects)",
        f"{len(comparison.unreadable) - by_design} unreadable (and {by_design} by design)",
        f"{len(comparison.ignored)} ignored",
    ]
    told = f"{', '.join(counts)}; {comparison.compared} fields compared"
    number = len(comparison.findings)
    return f"{told}; {number} finding{'' if number == 1 else 's'}" if number else told


def sections(comparison: Comparison) -> tuple[Section, ...]:
    """Every part that has something to say, differences first."""
    found = [*_difference_sections(comparison), *_other_sections(comparison)]
    return tuple(section for section in found if section.rows)


def _tables_of_differences(comparison: Comparison) -> int:
    return sum(bool(section.rows) for section in _difference_sections(comparison))


def _difference_sections(comparison: Comparison) -> Iterator[Section]:
    from generator.diff.words import shown

    at = _placed(comparison)
    sides = ("live", "applied", "desired") if comparison.platform else ("later", "earlier")
    head = ("object", "field", *sides, "severity", "consequence", "who", "mend")
    for standing in _ORDER:
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
        yield Section(_heading(comparison, standing), head, tuple(rows))


def _other_sections(comparison: Comparison) -> Iterator[Section]:
    from generator.diff.verdict import shown_path
    from generator.diff.words import shown

    at = _placed(comparison)
    yield Section(
        "Unmanaged: in our containers or scarce, and in no plan"
        if comparison.platform
        else "New since the earlier snapshot",
        ("object", "owner", "slots", "why", "who"),
        tuple((at(u), u.owner, ", ".join(u.slots), u.why, who(u)) for u in comparison.unmanaged),
    )
    yield Section(
        _FINDINGS,
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


def _by_object(found: Sequence[Difference]) -> Iterator[list[Difference]]:
    groups: dict[tuple[str, str, str], list[Difference]] = {}
    for one in found:
        groups.setdefault((one.vcenter, one.kind, one.key), []).append(one)
    yield from groups.values()


def _painted(words: str, code: str) -> str:
    return f"\x1b[{code}m{words}\x1b[0m"


def _plain(words: str, code: str) -> str:  # noqa: ARG001 - one shape
    return words
