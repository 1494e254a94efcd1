"""The version matrix: which releases are known, until when, and what each needs of the others."""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

from generator.catalog.row import Row
from generator.catalog.store import TARGETS

_STEP = re.compile(r"[0-9]+|(?<=[0-9])[a-z]$")


class Version(NamedTuple):
    """One release of one target. Dates are ISO days; None means: not found.

    ``ended_by`` is a day on which support is known to be over where its last day is not.
    ``requires`` maps other targets to ``{min, max}`` or ``{any_of}``, both ends included.
    """

    target: str
    version: str
    released: str | None
    supported_until: str | None
    ended_by: str | None
    requires: Mapping[str, Mapping[str, Any]]
    facts: Mapping[str, Any]
    sources: tuple[str, ...]
    unverified: tuple[str, ...]
    notes: tuple[str, ...]

    def __hash__(self) -> int:
        return hash((self.target, self.version))

    def expired(self, as_of: str) -> bool:
        """Whether support is over on the ISO day ``as_of``, as far as is known."""
        if self.supported_until is not None:
            return self.supported_until < as_of
        return self.ended_by is not None and self.ended_by <= as_of


class Conflict(NamedTuple):
    """Two stated versions that do not go together: ``target`` needs ``needs`` of ``other``."""

    target: str
    version: str
    other: str
    stated: str
    needs: str
    sources: tuple[str, ...]


class Feature(NamedTuple):
    """Something that works from certain versions on."""

    name: str
    title: str
    requires: Mapping[str, Mapping[str, Any]]
    sources: tuple[str, ...]
    unverified: tuple[str, ...]
    notes: tuple[str, ...]


def read_version(target: str, version: str, row: Row) -> Version:
    """A release from its row."""
    read = Version(
        target=target,
        version=version,
        released=_day(row, "released"),
        supported_until=_day(row, "supported_until"),
        ended_by=_day(row, "ended_by"),
        requires=MappingProxyType(read_requirements(row)),
        facts=MappingProxyType(_facts(row)),
        sources=row.texts("sources"),
        unverified=row.texts("unverified"),
        notes=row.texts("notes"),
    )
    row.text_or_none("id")
    row.done()
    return read


def read_feature(name: str, row: Row) -> Feature:
    """A feature from its row."""
    feature = Feature(
        name,
        row.text("title"),
        MappingProxyType(read_requirements(row)),
        row.texts("sources"),
        row.texts("unverified"),
        row.texts("notes"),
    )
    row.done()
    return feature


def order(version: str) -> tuple[int, ...]:
    """A key that sorts releases: ``8.0U3g`` is (8, 0, 3, 7), ``builtin-generic-v3.4.0`` (3, 4, 0).

    A build suffix (``1.33.6---vmware.1``, ``3.4.0+v1.33``) does not count.
    """
    plain = re.split(r"\+|---", version, maxsplit=1)[0].lower()
    return tuple(
        int(step) if step.isdigit() else ord(step) - ord("a") + 1 for step in _STEP.findall(plain)
    )


def meets(stated: str, bounds: Mapping[str, Any]) -> bool:
    """Whether a stated version lies within the bounds, compared as far as both are precise."""
    key = order(stated)
    low, high = order(bounds.get("min", "")), order(bounds.get("max", ""))
    if key[: len(low)] < low[: len(key)] or key[: len(high)] > high[: len(key)]:
        return False
    choices = bounds.get("any_of")
    return choices is None or any(_same(key, order(choice)) for choice in choices)


def unmet(
    requires: Mapping[str, Mapping[str, Any]], stated: Mapping[str, str]
) -> list[tuple[str, str]]:
    """The targets that fall outside the bounds, each with those bounds in words."""
    return [
        (target, in_words(bounds))
        for target, bounds in requires.items()
        if target in stated and not meets(stated[target], bounds)
    ]


def in_words(bounds: Mapping[str, Any]) -> str:
    """Bounds as people say them: ``1.29 to 1.33``, ``8.0U3 or later``, ``18 or 19``."""
    if "any_of" in bounds:
        return " or ".join(bounds["any_of"])
    if "min" in bounds and "max" in bounds:
        return f"{bounds['min']} to {bounds['max']}"
    if "min" in bounds:
        return f"{bounds['min']} or later"
    return f"{bounds['max']} or earlier"


def nearest(stated: str, known: Mapping[str, Any]) -> str | None:
    """The most precise known release that ``stated`` belongs to (``1.33.6`` to ``1.33``)."""
    plain = stated.removeprefix("v")
    fitting = (
        version
        for version in known
        if plain.startswith(version) and not plain[len(version) : len(version) + 1].isdigit()
    )
    return max(fitting, key=len, default=None)


def _same(one: tuple[int, ...], other: tuple[int, ...]) -> bool:
    shared = min(len(one), len(other))
    return one[:shared] == other[:shared]


def read_requirements(row: Row) -> dict[str, Mapping[str, Any]]:
    """The bounds that a row sets to targets, by target."""
    found: dict[str, Mapping[str, Any]] = {}
    for target, bounds in row.table("requires").items():
        if target not in TARGETS:
            row.refuse(f"requires.{target}", "is no target")
        read = {key: bounds.text(key) for key in ("min", "max") if bounds.has(key)}
        choices = {"any_of": bounds.texts("any_of")} if bounds.has("any_of") else {}
        bounds.done()
        found[target] = MappingProxyType({**read, **choices})
    return found


def _facts(row: Row) -> dict[str, Any]:
    if not row.has("facts"):
        return {}
    facts = row.child("facts")
    return {
        name: facts.flag(name) if name == "long_term" else facts.text_or_none(name)
        for name in facts.names()
    }


def _day(row: Row, field: str) -> str | None:
    day = row.text_or_none(field)
    if day is not None and not re.fullmatch(r"20[0-9]{2}-[01][0-9]-[0-3][0-9]", day):
        row.refuse(field, f"must be a day such as 2026-11-20, not {day!r}")
    return day
