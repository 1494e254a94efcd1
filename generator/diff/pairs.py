"""Which desired, applied and live objects are one and the same, whatever they are called."""

from __future__ import annotations

from collections.abc import Container, Iterable
from typing import NamedTuple

from generator.diff.asserted.record import Asserted
from generator.diff.fields import rule_of
from generator.diff.index import Index, texts
from generator.vcenter.snapshot import Seen, Value

BELOW_A_PATH = ("folder", "vm", "permission")
"""Kinds whose keys are inventory paths: a renamed folder renames all that is in it."""

OF_A_HOST = ("gpu", "nic", "pci-device")
"""Kinds whose keys begin with the name of their host."""


class Pair(NamedTuple):
    """One object on up to three sides; ``expected`` is the key under which live should have it."""

    desired: Asserted | None
    applied: Asserted | None
    live: Seen | None
    expected: str

    @property
    def one(self) -> Asserted:
        """The side that speaks: what is wanted, else what was applied."""
        found = self.desired or self.applied
        assert found is not None
        return found

    @property
    def renamed(self) -> bool:
        """Whether live is found under a key that nothing explains."""
        return self.live is not None and self.one.called and self.live.key != self.expected


class Aliases:
    """The live keys of objects that vCenter calls otherwise than the plan does."""

    def __init__(self, index: Index) -> None:
        self._index = index
        self._keys: dict[tuple[str, str], str] = {}
        self._folders: dict[str, str] = {}

    def add(self, kind: str, key: str, live: str) -> None:
        """Notes that ``key`` is ``live`` there."""
        if key != live:
            self._keys[kind, key] = live
            if kind == "folder":
                self._folders[key] = live

    def of(self, kind: str, key: str) -> str:
        """The live key of an object."""
        found = self._keys.get((kind, key))
        if found is not None:
            return found
        if kind == "host":
            return self._index.full_name(key)
        if kind in OF_A_HOST:
            host, slash, rest = key.partition("/")
            return f"{self.of('host', host)}{slash}{rest}"
        if kind == "permission":
            return self._index.as_written(kind, self._below(key))
        if kind in BELOW_A_PATH and self._folders:
            return self._below(key)
        if kind == "tag":
            category, slash, rest = key.partition("/")
            return f"{self.of('tag-category', category)}{slash}{rest}"
        return key

    def entries(self, kind: str, value: Value) -> Value:
        """Entries of a set, or a text, by their live keys where they name objects of a kind."""
        if not kind:
            return value
        if isinstance(value, str) and value:
            return self.of(kind, value)
        if isinstance(value, tuple):
            return tuple(sorted(self.of(kind, entry) for entry in value))
        return value

    def _below(self, key: str) -> str:
        """The path with its nearest renamed folder as it is called now."""
        path, bar, rest = key.partition("|")
        steps = path.split("/")
        for count in range(len(steps) - (0 if bar else 1), 1, -1):
            above = "/".join(steps[:count])
            if above in self._folders:
                tail = "/".join(["", *steps[count:]]) if count < len(steps) else ""
                return f"{self._folders[above]}{tail}{bar}{rest}"
        return key


def pairs(
    desired: Iterable[Asserted], applied: Iterable[Asserted], index: Index
) -> tuple[list[Pair], Aliases]:
    """Every object of either side with its live one, containers before what is in them."""
    former = {one.identity: one for one in applied}
    stamps = {(one.kind, one.stamp): one for one in former.values() if one.stamp}
    aliases = Aliases(index)
    found: list[Pair] = []
    for one in sorted(desired, key=_depth):
        before = former.pop(one.identity, None) or stamps.get((one.kind, one.stamp))
        if before is not None:
            former.pop(before.identity, None)
        found.append(_paired(one, before, index, aliases))
    found += [_paired(None, one, index, aliases) for one in sorted(former.values(), key=_depth)]
    return found, aliases


def _depth(one: Asserted) -> tuple[int, int]:
    """Folders and categories first, from the root down, as other keys stand on them."""
    return (0 if one.kind in ("folder", "tag-category") else 1), one.key.count("/")


def _paired(
    desired: Asserted | None, applied: Asserted | None, index: Index, aliases: Aliases
) -> Pair:
    sides = [one for one in (desired, applied) if one is not None]
    one = sides[0]
    expected = aliases.of(one.kind, one.key)
    live = None
    if one.ident:
        live = index.by_ident(one.kind, one.ident)
    for side in sides:
        live = live or index.objects.get((one.kind, aliases.of(one.kind, side.key)))
    for side in sides:
        live = live or index.by_stamp(one.kind, side.stamp)
    if live is not None:
        for side in sides:
            aliases.add(one.kind, side.key, live.key)
    return Pair(desired, applied, live, expected)


def without_lost(kind: str, field: str, value: Value, lost: Container[tuple[str, str]]) -> Value:
    """A set without entries that name objects which are reported as missing themselves."""
    refers = rule_of(kind, field).refers
    if not refers or not isinstance(value, tuple):
        return value
    return tuple(entry for entry in texts(value) if (refers, entry) not in lost)
