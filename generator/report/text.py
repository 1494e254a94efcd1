"""Plain text for people: findings and tables."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from generator.finding import Finding, Severity

_CONTROL = re.compile(
    "[\x00-\x08\x0a-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]"
)
"""Controls but the tab, direction marks, ends of lines, and halves of characters."""

_COLOURS = {
    Severity.ERROR: "31;1",
    Severity.WARNING: "33;1",
    Severity.NOTICE: "36;1",
    Severity.QUESTION: "35;1",
}


def visible(text: str) -> str:
    """One line without escapes, direction marks and breaks, which documents could smuggle in."""
    return _CONTROL.sub("�", text)


def findings_text(findings: Sequence[Finding], *, colour: bool) -> str:
    """The findings one by one, and how many there are of each severity."""
    blocks = [_finding(finding, colour=colour) for finding in findings]
    return "\n\n".join([*blocks, _summary(findings)]) + "\n"


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Columns aligned with spaces; numbers-only columns are aligned to the right."""
    body = [[visible(cell) for cell in row] for row in rows]
    columns = list(zip(head, *body, strict=True))
    widths = [max(len(cell) for cell in column) for column in columns]
    right = [
        len(column) > 1 and all(_NUMBER.fullmatch(cell) for cell in column[1:])
        for column in columns
    ]
    lines = [
        "  ".join(
            cell.rjust(width) if to_right else cell.ljust(width)
            for cell, width, to_right in zip(row, widths, right, strict=True)
        ).rstrip()
        for row in (list(head), *body)
    ]
    return "\n".join(lines) + "\n"


_NUMBER = re.compile(r"[0-9.,]+%?|-|")


def _finding(finding: Finding, *, colour: bool) -> str:
    head = f"{finding.severity.value}[{finding.rule}]"
    if colour:
        head = f"\x1b[{_COLOURS[finding.severity]}m{head}\x1b[0m"
    lines = [f"{head}: {visible(finding.message)}"]
    if finding.places:
        at = visible(str(finding.places[0]))
        lines.append(f"  --> {at}" + (f"  {visible(finding.path)}" if finding.path else ""))
        lines += [f"  and {visible(str(place))}" for place in finding.places[1:]]
    elif finding.path:
        lines.append(f"  --> {visible(finding.path)}")
    lines.append(f"  why: {visible(finding.why)}")
    lines.append(f"  mend: {visible(finding.mend)}")
    return "\n".join(lines)


def _summary(findings: Sequence[Finding]) -> str:
    counts = [
        f"{count} {severity.value}{'' if count == 1 else 's'}"
        for severity in Severity
        if (count := sum(finding.severity is severity for finding in findings))
    ]
    return ", ".join(counts) if counts else "no findings"
