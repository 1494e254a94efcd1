"""Three ways (F7): what one field's desired, applied and live values say together."""

from __future__ import annotations

from typing import Literal

from generator.diff import equality as by
from generator.diff.differences import Standing
from generator.vcenter.snapshot import Value

Outcome = Standing | Literal["same"]


def standing(equal: by.Equality, desired: Value, applied: Value, live: Value) -> Outcome:
    """Whose change a field shows.

    Sets of which only own entries count are judged entry by entry, so that a foreign entry is
    nobody's drift and an entry that the next release adds is pending and no more (F10).
    """
    if equal is by.contains:
        return _of_entries(set(by.texts(desired)), set(by.texts(applied)), set(by.texts(live)))
    changed = not _states_the_same(equal, desired, applied)
    if equal(desired, live):
        return "already-there" if changed and not equal(applied, live) else "same"
    if not changed:
        return "drift"
    return "pending" if equal(applied, live) else "conflict"


def _states_the_same(equal: by.Equality, desired: Value, applied: Value) -> bool:
    """Whether two statements are one; equalities that allow more than is stated do not say it."""
    if equal is by.unordered:
        return equal(desired, applied)
    return by.exact(desired, applied)


def _of_entries(desired: set[str], applied: set[str], live: set[str]) -> Outcome:
    lost = bool((desired & applied) - live)
    wanted, leaving = desired - applied, applied - desired
    to_do = bool(wanted - live) or bool(leaving & live)
    if lost:
        return "conflict" if to_do else "drift"
    if to_do:
        return "pending"
    return "already-there" if wanted or leaving else "same"
