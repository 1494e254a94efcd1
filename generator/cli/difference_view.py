"""A comparison as people read it: like a plan on a terminal, as tables in Markdown and HTML."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

from generator.cli.difference_lines import (
    BOLD,
    GREEN,
    RED,
    YELLOW,
    block,
    findings,
)
from generator.cli.difference_tables import (
    FINDINGS,
    ORDER,
    heading,
    sections,
    tables_of_differences,
)
from generator.cli.section import Section
from generator.report.text import visible

if TYPE_CHECKING:
    from generator.diff.differences import Comparison, Difference


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
    for standing in ORDER:
        found = comparison.standing(standing)  # type: ignore[arg-type]
        if found:
            lines += [paint(heading(comparison, standing), BOLD), ""]
            for group in _by_object(found):
                lines += [*block(group, paint), ""]
    for section in sections(comparison)[tables_of_differences(comparison) :]:
        from generator.report.text import table

        lines.append(paint(visible(section.title), BOLD))
        if section.title == FINDINGS:
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
    from generator.diff.examine import WITHOUT_RULES, WITHOUT_SITE

    for lacking, why in comparison.uncompared:
        if (lacking, why) in (*WITHOUT_SITE, WITHOUT_RULES):
            yield f"Not compared: {lacking}: {why}."


def verdict(comparison: Comparison) -> str:
    """The counts, in one line."""
    if not comparison.readings:
        return "Nothing was compared: no vCenter was read"
    counts = [f"{len(comparison.standing(word))} {word}" for word in ORDER]  # type: ignore[arg-type]
    by_design = sum(one.by_design for one in comparison.unreadable)
    counts += [
        f"{len(comparison.unmanaged)} unmanaged (and {comparison.others} other objects)",
        f"{len(comparison.unreadable) - by_design} unreadable (and {by_design} by design)",
        f"{len(comparison.ignored)} ignored",
    ]
    told = f"{', '.join(counts)}; {comparison.compared} fields compared"
    number = len(comparison.findings)
    return f"{told}; {number} finding{'' if number == 1 else 's'}" if number else told


def _by_object(found: Sequence[Difference]) -> Iterator[list[Difference]]:
    groups: dict[tuple[str, str, str], list[Difference]] = {}
    for one in found:
        groups.setdefault((one.vcenter, one.kind, one.key), []).append(one)
    yield from groups.values()


def _painted(words: str, code: str) -> str:
    return f"\x1b[{code}m{words}\x1b[0m"


def _plain(words: str, code: str) -> str:  # noqa: ARG001 - one shape
    return words
