"""Which rows of a comparison a change of one field of a desired state makes, either way round.

A vCenter that shows exactly what is asserted of a state stands for the world: the state with one
field changed is held against it, and the state against the world of the changed one.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import fields, replace
from typing import Any, NamedTuple

from generator.api.diffing import compared
from generator.catalog import Catalog
from generator.diff.asserted import Asserted, asserted
from generator.diff.differences import Difference
from generator.diff.examine import Sides
from generator.diff.fields import SOURCES, leaf_of
from generator.finding import CannotRun
from generator.platform.objects import DesiredState
from generator.record import Record
from generator.vcenter.kinds import KINDS
from generator.vcenter.snapshot import Seen, Snapshot, Value, VcenterSeen
from tests.platform.coverage.fields import Held, other_values, variants_of

CATALOG = Catalog.builtin()
REFUSED = ("vcenter", "instance_uuid")
"""What stands for a comparison that was refused, as another vCenter answered than is meant."""
INTERFACES = {"soap": "SOAP", "pbm": "PBM", "rest": "REST", "kubernetes": "kubectl"}
BY_REST = frozenset(("tags", "release"))
"""Leaves that REST shows of kinds that SOAP does."""
WORDS: Mapping[tuple[str, str], list[Any]] = {
    ("reference", "what"): ["datacenter", "compute_cluster", "tag_category"],
    ("supervisor-wish", "generation"): [1, 2],
}
"""Values of a field that takes only some words."""
THROUGHOUT = frozenset((
    ("desired-state", "platform"), ("desired-state", "release"), ("machine", "key"),
))  # fmt: skip
"""Texts that other records hold too: another value stands in all of them."""


class Told(NamedTuple):
    """A row: its kind and field (of a whole object what became of it), and all that it says.

    ``named``: a value of the field that was changed is among it.
    """

    kind: str
    field: str
    words: str
    named: bool = False


Sayings = Mapping[tuple[str, str, str], Asserted]

_LEAVES = {kind.name: kind.leaves for kind in KINDS}


class Observed:
    """A desired state, and the vCenter that shows it."""

    def __init__(self, base: DesiredState) -> None:
        self.base = base
        self._said = _said(base)
        self._shown = _world(base, self._said, {})

    def rows(self, each: Held, name: str) -> set[Told]:
        """The rows that other values of a field make, all of them together."""
        found: set[Told] = set()
        values = {text for value in _values(each, name) for text in _texts(value)}
        for other in self._others(each, name):
            said = _said(other)
            if said != self._said or [v.instance_uuid for v in other.vcenters] != [
                v.instance_uuid for v in self.base.vcenters
            ]:
                found |= _told(other, self._shown)
                found |= _told(self.base, _world(other, said, self._said))
        return {one._replace(named=any(text in one.words for text in values)) for one in found}

    def _others(self, each: Held, name: str) -> Iterator[DesiredState]:
        """The state with other values; one that makes another variant of it says nothing of it."""
        place = each.kind, name
        for value in _other_values(each, name):
            if place in THROUGHOUT:
                yield _with_text(self.base, getattr(each.one, name), value)
            else:
                other = replace(each.one, **{name: value})
                if variants_of(other) == variants_of(each.one):
                    yield each.swap(other)


def interface_of(kind: str, field: str) -> str:
    """By which interface a row's field is read, in the words of the contract."""
    leaf = leaf_of(kind, field)
    if leaf is not None and leaf.reach == "host":
        return "host"
    return "REST" if field in BY_REST else INTERFACES[SOURCES[kind]]


def _said(state: DesiredState) -> Sayings:
    return {one.identity: one for one in asserted(state, {}, CATALOG, "out")}


def _world(state: DesiredState, said: Sayings, former: Sayings) -> Snapshot:
    """What is asserted as what is there; other leaves are as in ``former``, or unset."""
    vcenters = []
    for vcenter in state.vcenters:
        objects = [
            _seen(one, former.get(one.identity))
            for one in said.values()
            if one.vcenter == vcenter.name
        ]
        if all(one.kind != "vcenter" for one in objects):
            objects.append(Seen(kind="vcenter", key="", ident="vcenter", fields={}))
        vcenters.append(
            VcenterSeen(
                name=vcenter.name, instance_uuid=vcenter.instance_uuid, version="8.0.3", build="1",
                role="diff-host", account="a", started="s", ended="e", objects=tuple(objects),
            )
        )  # fmt: skip
    return Snapshot(vcenters=tuple(vcenters))


def _seen(one: Asserted, former: Asserted | None) -> Seen:
    unset: dict[str, Value] = {
        leaf.name: () if leaf.form in ("set", "list") else None
        for leaf in _LEAVES[one.kind]
        if leaf.form != "map"
    }
    known = former.fields if former else {}
    shown = {**unset, **known, **one.fields}
    return Seen(kind=one.kind, key=one.key, ident=one.ident or one.key, fields=shown)


def _told(desired: DesiredState, shown: Snapshot) -> set[Told]:
    sides = Sides(desired, None, {}, CATALOG, "out")
    try:
        found = compared(sides, shown)
    except CannotRun as error:
        return {Told(*REFUSED, str(error))}
    return {Told(one.kind, one.field or one.what, _words(one)) for one in found.differences}


def _words(one: Difference) -> str:
    return f"{one.kind} {one.key} {one.field}: {one.desired}, {one.live}".casefold()


def _values(each: Held, name: str) -> Iterator[Any]:
    yield getattr(each.one, name)
    yield from _other_values(each, name)


def _other_values(each: Held, name: str) -> list[Any]:
    """Other values; of entries that are pairs also one with another second part."""
    found = WORDS.get((each.kind, name)) or other_values(each.one, name)
    match getattr(each.one, name):
        case ((first, int(number)), *rest):
            return [*found, ((first, number + 1000), *rest)]
    return found


def _texts(value: Any) -> Iterator[str]:
    """The words of a value."""
    if isinstance(value, tuple):
        for one in value:
            yield from _texts(one)
    elif value not in (None, ""):
        yield str(value).casefold()


def _with_text(it: Any, old: str, new: str) -> Any:
    """The record with one text for another, wherever it is a text or a part of one."""
    if type(it) is str:
        return it.replace(old, new)
    if isinstance(it, tuple):
        return tuple(_with_text(one, old, new) for one in it)
    if isinstance(it, Record):
        changed = {f.name: _with_text(getattr(it, f.name), old, new) for f in fields(it)}
        return replace(it, **changed)
    return it
