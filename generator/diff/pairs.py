"""Which desired, applied and live objects are one and the same, whatever they are called."""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping
from typing import NamedTuple

from generator.diff.aliases import Aliases
from generator.diff.asserted.record import Asserted
from generator.diff.fields import rule_of
from generator.diff.index import Index
from generator.vcenter.snapshot import Seen, Value, texts

RANKS = {"datacenter": 0, "tag-category": 0, "cluster": 1, "host": 1, "folder": 2,
         "resource-pool": 3, "vm": 4}  # fmt: skip
"""What holds others comes before what is in it, as the names of these are in the others' keys."""


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
    """Containers first, from the root down, as other keys stand on theirs."""
    return RANKS.get(one.kind, len(RANKS)), one.key.count("/")


def _paired(
    desired: Asserted | None, applied: Asserted | None, index: Index, aliases: Aliases
) -> Pair:
    sides = [one for one in (desired, applied) if one is not None]
    one = sides[0]
    expected = _expected(one, index, aliases)
    live = None
    if one.ident:
        live = index.by_ident(one.kind, one.ident)
    live = live or index.objects.get((one.kind, expected))
    for side in sides:
        live = live or index.objects.get((one.kind, aliases.of(one.kind, side.key)))
    for side in sides:
        live = live or index.by_stamp(one.kind, side.stamp)
    if live is not None:
        for side in sides:
            if one.kind == "datacenter":
                aliases.place(_place(side.key, side.fields), _place(live.key, live.fields))
            if one.kind != "datacenter" or live.key != expected:
                aliases.add(one.kind, side.key, live.key)
    return Pair(desired, applied, live, expected)


def _expected(one: Asserted, index: Index, aliases: Aliases) -> str:
    """The live key of an object; a datacenter that shares its name has its folder behind it."""
    key = aliases.of(one.kind, one.key)
    twin = f"{key}@{one.fields.get('folder')}"
    known = one.kind != "datacenter" or (one.kind, key) in index.objects
    return key if known or (one.kind, twin) not in index.objects else twin


def _place(key: str, fields: Mapping[str, Value]) -> str:
    """A datacenter's inventory path: those of all that lies in it begin so."""
    folder = fields.get("folder")
    return f"{folder}/{key.removesuffix(f'@{folder}')}" if folder else key


def without_lost(kind: str, field: str, value: Value, lost: Container[tuple[str, str]]) -> Value:
    """A set without entries that name objects which are reported as missing themselves."""
    refers = rule_of(kind, field).refers
    if not refers or not isinstance(value, tuple):
        return value
    return tuple(entry for entry in texts(value) if (refers, entry) not in lost)
