"""Reads attributes of planned objects: members of lists and sets, the one block of a kind."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

from generator.guard.planned import NO_VALUES, PlannedChange, Values

FEW = 10
"""How many names a message lists."""


def members(values: Values, name: str) -> tuple[str, ...]:
    """The members of a list, a set or a map attribute, each as text.

    A map's members are its keys. What is unknown is no member.
    """
    value = values.get(name)
    if isinstance(value, Mapping):
        return tuple(map(str, value))
    if not isinstance(value, list):
        return ()
    return tuple(text(one) for one in value if one is not None)


def text(value: Any) -> str:
    """A value as text: a text as it is, anything else as JSON that equal values share."""
    return value if isinstance(value, str) else json.dumps(value, sort_keys=True)


def block(values: Values, name: str) -> Values:
    """The one block of that name, or nothing."""
    value = values.get(name)
    if isinstance(value, list) and value and isinstance(value[0], dict):
        return value[0]
    return value if isinstance(value, dict) else NO_VALUES


def rows(values: Values, name: str) -> Iterator[Values]:
    """Every block of that name."""
    value = values.get(name)
    yield from (one for one in value if isinstance(one, dict)) if isinstance(value, list) else ()


def lost(before: Values, after: Values, name: str) -> tuple[str, ...]:
    """The members of an attribute that the change takes away, or may take: sorted.

    A member that only becomes known by applying stands in no list, so what it could be is lost
    until somebody says otherwise.
    """
    return tuple(sorted({*members(before, name)} - {*members(after, name)}))


def number(values: Values, name: str) -> float | None:
    """A number, or None where there is none."""
    value = values.get(name)
    return value if isinstance(value, int | float) and not isinstance(value, bool) else None


def listed(names: Sequence[str]) -> str:
    """Some names for a sentence, the first few of them."""
    more = len(names) - FEW
    return ", ".join(names[:FEW]) + (f" and {more} more" if more > 0 else "")


def beyond(change: PlannedChange, harmless: Collection[str]) -> tuple[str, ...]:
    """The attributes that an update changes and that are not among the harmless ones."""
    return tuple(name for name in change.changed if name not in harmless)
