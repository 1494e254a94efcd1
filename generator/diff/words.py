"""Differences in words: one sentence each, the same in every format."""

from __future__ import annotations

import re
from collections.abc import Iterable

from generator.diff.differences import Difference, Reading
from generator.vcenter.snapshot import Failed, Value

_BYTES = 1024
_UNITS = ("B", "KiB", "MiB", "GiB", "TiB", "PiB")


def sentence(one: Difference) -> str:
    """What differs, with both values, and what follows."""
    what = f"{one.kind} {one.key}" if one.key else one.kind
    if one.what == "missing":
        told = f"{what} is missing" if one.standing != "pending" else f"{what} is not made yet"
        told += f", with {one.along} in it" if one.along else ""
    elif one.what == "superfluous":
        told = f"{what} is no longer wanted"
    elif one.what == "renamed":
        told = f"{one.kind} {shown(one.desired)} is called {shown(one.live)}"
    elif not one.field:
        told = f"{what} is there already"
    else:
        told = f"{what}: {one.field} is {_shown(one, one.live)}, {_stated(one)}"
    return f"{told}: {one.consequence}" if one.consequence else told


def unanswered(lost: Failed, readings: Iterable[Reading]) -> str:
    """Which vCenter could not be read, or not again, why, and what to do."""
    again = " again" if any(one.vcenter == lost.name for one in readings) else ""
    return f"{lost.name} was not read{again}: {lost.reason}. Mend: {lost.mend}"


def _stated(one: Difference) -> str:
    by = "the site inventory states" if one.basis == "site" else "the plan states"
    if one.basis == "snapshot":
        by = "it was"
    if one.standing in ("pending", "conflict"):
        before = _shown(one, one.applied)
        return f"{by} {_shown(one, one.desired)}, applied was {before}"
    return f"{by} {_shown(one, one.desired)}"


def _shown(one: Difference, value: Value) -> str:
    return shown(value, one.field)


def shown(value: Value, field: str = "") -> str:
    """A value as people read it; bytes with their unit where they are whole in it."""
    if value is None or value == "":
        return "unset"
    if isinstance(value, tuple):
        return f"[{', '.join(value)}]"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int) and field.endswith("_bytes"):
        return _bytes(value)
    text = str(value)
    return f'"{text}"' if re.search(r"\s|^$", text) else text


def _bytes(amount: int) -> str:
    unit = 0
    while amount >= _BYTES and amount % _BYTES == 0 and unit < len(_UNITS) - 1:
        amount, unit = amount // _BYTES, unit + 1
    return f"{amount} {_UNITS[unit]}"
