"""A comparison as people read it: like a plan on a terminal, as tables in Markdown and HTML."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

from generator.report.text import visible

if TYPE_CHECKING:
    from generator.diff.differences import Adoption, Comparison, Difference, Slots, Unmanaged

MARKS = {"missing": "-", "changed": "~", "renamed": "~", "superfluous": "+"}
"""As live is against what it ought to be: less, other, more."""

_RED, _YELLOW, _GREEN, _CYAN, _BOLD, _DIM = "31;1", "33;1", "32;1", "36;1", "1", "2"
_COLOURS = {"drift": _RED, "conflict": _RED, "pending": _CYAN, "in-transition": _YELLOW,
            "already-there": _GREEN}  # fmt: skip
_ORDER = ("conflict", "drift", "pending", "in-transition", "already-there")
_TITLES = {
    "conflict": "Conflicts: changed by hand and by the next release",
    "drift": "Drift: not as it was applied",
    "pending": "Pending: wanted and not applied yet",
    "in-transition": "In transition: a task or condition is under way",
    "already-there": "Already there, as the next release wants it",
}


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
    lines = [paint(visible(title(comparison)), _BOLD), *map(visible, about(comparison)), ""]
    for standing in _ORDER:
        found = comparison.standing(standing)  # type: ignore[arg-type]
        if found:
            lines += [paint(_TITLES[standing], _BOLD), ""]
            for group in _by_object(found):
                lines += [*_object(group, colour=colour), ""]
    for section in sections(comparison)[_tables_of_differences(comparison) :]:
        from generator.report.text import table

        lines += [paint(visible(section.title), _BOLD), table(section.head, section.rows)]
    failed = bool(comparison.standing("drift", "conflict"))
    lines.append(paint(verdict(comparison), _RED if failed else _GREEN))
    return "\n".join(lines) + "\n"


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
    for one in comparison.readings:
        yield (
            f"{one.vcenter} {one.version}: {one.objects} objects read from {one.started} to "
            f"{one.ended} in the role {one.role}"
        )
    for lost in comparison.failed:
        yield f"{lost.name} was not read: {lost.reason}. Mend: {lost.mend}"
    if comparison.applied:
        yield f"Three ways: live, applied release {comparison.applied}, desired."
    if comparison.two_way:
        yield f"Two ways only: {comparison.two_way}."
    yield f"Ignore rules are judged as of {comparison.as_of}."
    if not comparison.complete:
        yield "Not complete: see what could not be read."


def verdict(comparison: Comparison) -> str:
    """The counts, in one line."""
    counts = [f"{len(comparison.standing(word))} {word}" for word in _ORDER]  # type: ignore[arg-type]
    by_design = sum(one.by_design for one in comparison.unreadable)
    counts += [
        f"{len(comparison.unmanaged)} unmanaged (and {comparison.others} other objects)",
        f"{len(comparison.unreadable) - by_design} unreadable (and {by_design} by design)",
        f"{len(comparison.ignored)} ignored",
    ]
    return f"{', '.join(counts)}; {comparison.compared} fields compared"


def sections(comparison: Comparison) -> tuple[Section, ...]:
    """Every part that has something to say, differences first."""
    found = [*_difference_sections(comparison), *_other_sections(comparison)]
    return tuple(section for section in found if section.rows)


def _tables_of_differences(comparison: Comparison) -> int:
    return sum(bool(section.rows) for section in _difference_sections(comparison))


def _difference_sections(comparison: Comparison) -> Iterator[Section]:
    from generator.diff.words import shown

    head = (
        "object",
        "field",
        "live",
        "applied",
        "desired",
        "severity",
        "consequence",
        "who",
        "mend",
    )
    for standing in _ORDER:
        rows = (
            (
                f"{MARKS[one.what]} {one.kind}/{one.key}",
                one.field or one.what,
                shown(one.live, one.field),
                shown(one.applied, one.field),
                shown(one.desired, one.field),
                one.severity.value,
                one.consequence,
                _who(one),
                one.mend.command,
            )
            for one in comparison.standing(standing)  # type: ignore[arg-type]
        )
        yield Section(_TITLES[standing], head, tuple(rows))


def _other_sections(comparison: Comparison) -> Iterator[Section]:
    from generator.diff.verdict import shown_path
    from generator.diff.words import shown

    yield Section(
        "Unmanaged: in our containers or scarce, and in no plan",
        ("object", "owner", "slots", "why", "who"),
        tuple(
            (f"{u.kind}/{u.key}", u.owner, ", ".join(u.slots), u.why, _who(u))
            for u in comparison.unmanaged
        ),
    )
    yield Section(
        "Findings",
        ("rule", "severity", "what", "mend"),
        tuple((f.rule, f.severity.value, f.message, f.mend) for f in comparison.findings),
    )
    for by_design, name in ((False, "Unreadable"), (True, "Unreadable by design of the role")):
        yield Section(
            name,
            ("what", "reason", "detail"),
            tuple(
                (shown_path(u), u.reason, u.detail)
                for u in comparison.unreadable
                if u.by_design is by_design
            ),
        )
    yield Section(
        "In transition at the time of reading",
        ("object", "what"),
        tuple((f"{t.kind}/{t.key}", t.what) for t in comparison.transitions),
    )
    yield Section(
        "vGPU slots",
        ("vCenter", "profile", "planned", "used", "others", "free", "stranded", "short"),
        tuple((s.vcenter, s.profile, *_figures(s)) for s in comparison.slots),
    )
    yield Section(
        "To be taken over, in this order",
        ("object", "step", "by", "how", "fields that forbid it"),
        tuple(
            (f"{a.kind}/{a.key}", a.step, a.by, _taking(a), ", ".join(a.fields))
            for a in comparison.adoptions
        ),
    )
    yield Section(
        "Ignored by the blueprint",
        ("object", "reason", "until"),
        tuple((f"{i.of.kind}/{i.of.key}", i.reason, i.expires) for i in comparison.ignored),
    )
    rows = ((f"{u.kind}/{u.key}", u.field, shown(u.live, u.field)) for u in comparison.unasserted)
    yield Section("Not asserted by anybody", ("object", "field", "live"), tuple(rows))
    yield Section("Planned or stated, and not compared", ("setting", "why"), comparison.uncompared)


def _figures(one: Slots) -> tuple[str, ...]:
    counts = (one.planned, one.used, one.foreign, one.free, one.stranded, one.short)
    return tuple(map(str, counts))


def _taking(one: Adoption) -> str:
    """An import block on one line, then the plan that must be empty; else what takes it over."""
    return "; ".join(filter(None, (" ".join(one.block.split()), one.command)))


def _by_object(found: Sequence[Difference]) -> Iterator[list[Difference]]:
    groups: dict[tuple[str, str, str], list[Difference]] = {}
    for one in found:
        groups.setdefault((one.vcenter, one.kind, one.key), []).append(one)
    yield from groups.values()


def _object(group: Sequence[Difference], *, colour: bool) -> Iterator[str]:
    """One object as in a plan: its fields, then what follows, who did it and how to mend it."""
    from generator.diff.words import shown

    paint = _painted if colour else _plain
    first = group[0]
    name = f"{first.kind}/{first.key}" if first.key else first.kind
    mark = MARKS[first.what] if len(group) == 1 else "~"
    hue = _COLOURS[first.standing]
    yield paint(visible(f"  {mark} {name} on {first.vcenter}, {first.owner}"), hue)
    for one in group:
        if one.field:
            live, desired = shown(one.live, one.field), shown(one.desired, one.field)
            line = f"      {one.field}: {desired} -> {live}"
            if one.standing in ("pending", "conflict"):
                line += f" (applied: {shown(one.applied, one.field)})"
            yield visible(f"{line}  [{one.severity.value}]")
        elif one.along:
            yield f"      {one.what}, with {one.along} in it  [{one.severity.value}]"
        else:
            yield f"      {one.what}  [{one.severity.value}]"
    for consequence in dict.fromkeys(one.consequence for one in group if one.consequence):
        yield visible(f"      leads to: {consequence}")
    for who in dict.fromkeys(filter(None, map(_who, group))):
        yield visible(f"      changed by: {who}")
    for command in dict.fromkeys(one.mend.command for one in group):
        yield visible(f"      mend: {command}")


def _who(one: Difference | Unmanaged) -> str:
    return f"{one.who.user}, {one.who.at}: {one.who.what}" if one.who else ""


def _painted(words: str, code: str) -> str:
    return f"\x1b[{code}m{words}\x1b[0m"


def _plain(words: str, code: str) -> str:  # noqa: ARG001 - one shape
    return words
