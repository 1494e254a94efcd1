"""Differences as a terminal shows them: one block for each object, as in a plan."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING

from generator.report.text import visible

if TYPE_CHECKING:
    from generator.diff.differences import Difference, Unmanaged
    from generator.finding import Finding
    from generator.vcenter.snapshot import Value

RED, YELLOW, GREEN, CYAN, BOLD = "31;1", "33;1", "32;1", "36;1", "1"
_COLOURS = {"drift": RED, "conflict": RED, "pending": CYAN, "in-transition": YELLOW,
            "already-there": GREEN}  # fmt: skip
_OWNERS = {"create": "ours", "adopt": "to be taken over", "reference": "of others"}
_SHORT = 4
"""Entries of both sides of a set that are shown whole; of longer ones only what differs."""

Paint = Callable[[str, str], str]


def mark(one: Difference) -> str:
    """As in a plan: what an apply would make, change or take away; of drift, what somebody did."""
    if one.what in ("changed", "renamed"):
        return "~"
    return "+" if (one.what == "missing") == (one.standing == "pending") else "-"


def who(one: Difference | Unmanaged) -> str:
    """Who changed it last and when, by vCenter's events."""
    if one.who is None:
        return ""
    where = f" on {one.who.vcenter}" if one.who.vcenter else ""
    return f"{one.who.user}{where}, {one.who.at}: {one.who.what}"


def what(one: Difference) -> str:
    """What is the matter with a whole object."""
    if one.what == "missing":
        return "to be made" if one.standing == "pending" else "missing"
    if one.what == "superfluous":
        return "no longer wanted"
    return "there already" if one.standing == "already-there" else one.what


def block(group: Sequence[Difference], paint: Paint) -> Iterator[str]:
    """One object: its fields, then what follows, who did it and how to mend it."""
    first = group[0]
    name = f"{first.kind}/{first.key}" if first.key else first.kind
    sign = mark(first) if len(group) == 1 else "~"
    owner = "" if first.basis == "snapshot" else f", {_OWNERS[first.owner]}"
    yield paint(visible(f"  {sign} {name} on {first.vcenter}{owner}"), _COLOURS[first.standing])
    for one in group:
        if one.field:
            said = change(one)
        else:
            said = f"{what(one)}, with {one.along} in it" if one.along else what(one)
        yield visible(f"      {said}  [{one.severity.value}]")
    for consequence in dict.fromkeys(one.consequence for one in group if one.consequence):
        yield visible(f"      leads to: {consequence}")
    for person in dict.fromkeys(filter(None, map(who, group))):
        yield visible(f"      changed by: {person}")
    for command in dict.fromkeys(one.mend.command for one in group):
        yield visible(f"      mend: {command}")


def findings(found: Sequence[Finding], paint: Paint) -> Iterator[str]:
    """What no single field shows, with how to mend it: too long for the columns of a table."""
    hues = {"error": RED, "warning": YELLOW}
    for one in found:
        about = f"  {one.severity.value}[{one.rule}]: {one.message}"
        yield paint(visible(about), hues.get(one.severity.value, CYAN))
        yield visible(f"      mend: {one.mend}")
        yield ""


def change(one: Difference) -> str:
    """A field's values in the order of time, as in a plan; of long sets only what differs.

    Of drift they are what was and what is, of pending what is and what will be.
    """
    before, after = (
        (one.live, one.desired) if one.standing == "pending" else (one.applied, one.live)
    )
    said = _entries(one, before, after) or f"{_shown(one, before)} -> {_shown(one, after)}"
    if one.standing == "conflict":
        said += f" (the next release: {_shown(one, one.desired)})"
    return f"{one.field}: {said}"


def _entries(one: Difference, before: Value, after: Value) -> str:
    """What a long set loses and gains; foreign entries of a set that is shared are theirs."""
    from generator.diff import equality as by
    from generator.diff.fields import rule_of

    if not isinstance(before, tuple) or not isinstance(after, tuple):
        return ""
    if len(before) + len(after) <= _SHORT:
        return ""
    lost, gained = Counter(before) - Counter(after), Counter(after) - Counter(before)
    shared = rule_of(one.kind, one.field).equality is by.contains
    if shared and one.standing == "pending":
        lost = Counter({each: count for each, count in lost.items() if each in _set(one.applied)})
    parts = [f"without {', '.join(sorted(lost.elements()))}"] if lost else []
    if gained and not (shared and one.standing != "pending"):
        parts.append(f"with {', '.join(sorted(gained.elements()))}")
    return f"now {', '.join(parts)}" if one.standing != "pending" else ", ".join(parts)


def _set(value: Value) -> tuple[str, ...]:
    return value if isinstance(value, tuple) else ()


def _shown(one: Difference, value: Value) -> str:
    from generator.diff.words import shown

    return shown(value, one.field)
