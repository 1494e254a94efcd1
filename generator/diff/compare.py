"""The comparison of one vCenter: live, last applied release and desired state, field by field."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from generator.diff import equality as by
from generator.diff.aliases import KEYED
from generator.diff.asserted.record import Asserted
from generator.diff.differences import Difference, Standing, Unreadable
from generator.diff.fields import leaf_of, rule_of
from generator.diff.index import Absence, Index
from generator.diff.node_pools import one_sided
from generator.diff.pairs import Pair, pairs, without_lost
from generator.diff.rows import NAME, of_field, of_object, renamed, unseen
from generator.diff.threeway import Outcome, standing
from generator.diff.ways import Compared, Ways
from generator.record import altered
from generator.vcenter.snapshot import Seen, Value

BY_ATTRIBUTE = ("datacenter", "cluster", "switch", "network")
"""Kinds that carry their stamp in a custom attribute."""
_AS_READ: Mapping[by.Equality, by.Equality] = {
    by.vgpu_mode: by.reported_mode,
    by.configured_mode: by.configured_modes,
    by.address: by.address,
}
"""How two readings of a field compare where values have several spellings."""
_BY_FORM: Mapping[str, by.Equality] = {
    "set": by.unordered, "list": by.unordered, "number": by.number, "flag": by.flag,
}  # fmt: skip


def compare(
    desired: Sequence[Asserted],
    applied: Sequence[Asserted] | None,
    index: Index,
    *,
    whole: bool = False,
) -> Compared:
    """The differences of one vCenter; ``applied`` None compares two ways.

    ``whole`` holds values against values, as between two snapshots: then foreign entries and
    larger capacities are differences too.
    """
    found, aliases = pairs(desired, desired if applied is None else applied, index)
    ways = Ways(index, aliases, {}, {}, set(), {}, Compared([], [], {}, 0), _running(index), whole)
    absent = [pair for pair in found if pair.live is None]
    for pair in sorted(absent, key=lambda pair: len(pair.one.within)):
        _absent(ways, pair)
    for pair in found:
        if pair.live is not None:
            _present(ways, pair, pair.live)
    folded = [_with_along(ways, one) for one in ways.out.differences]
    fields = sum(max(1, len(pair.one.fields)) for pair in found)
    return ways.out._replace(differences=folded, fields=fields)


def _absent(ways: Ways, pair: Pair) -> None:
    """An object that the snapshot lacks: missing, gone with its container, or not to be seen."""
    one, at = pair.one, (pair.one.kind, pair.expected)
    above = next((_key(ways, c) for c in one.within if _key(ways, c) in ways.lost), None)
    if above is not None:
        root = ways.roots[at] = ways.roots.get(above, above)
        ways.lost[root] += 1
        ways.lost[at] = 0
        return
    absence = _verdict(ways, pair)
    if absence.verdict != "missing":
        ways.unseen[at] = absence
        ways.out.unreadable.append(unseen(one, pair.expected, absence))
        return
    ways.absent.add(at)
    if pair.desired is None:
        return  # no longer wanted, and gone
    if pair.applied is not None:
        ways.lost[at] = 0
        if one.kind == "vm":
            ways.lost["vm-name", one.key.rpartition("/")[2]] = 0
    state: Standing = "drift" if pair.applied is not None else "pending"
    ways.out.differences.append(of_object(ways, pair, "missing", state, None))


def _verdict(ways: Ways, pair: Pair) -> Absence:
    """As the index says, and hidden where a container is not to be seen either."""
    # What is known by its id alone may be any that was not read.
    own = pair.expected if pair.one.called else ""
    chain = [(pair.one.kind, own), *(_key(ways, one) for one in pair.one.within)]
    absence = ways.there.absence(chain)
    if absence.verdict != "missing" or absence.detail:
        return absence
    for container in pair.one.within:
        key = _key(ways, container)
        if key in ways.unseen:
            return ways.unseen[key]
        if key not in ways.there.objects:
            seen = ways.there.by_ident(*key)
            if seen is None and key not in ways.absent:
                detail = f"{key[0]} {key[1]}, which holds it, is not to be seen"
                return Absence("hidden", "hidden", detail)
            continue
        host = ways.there.objects[key]
        if container[0] == "host" and host.fields.get("connection") == "disconnected":
            return Absence("unreadable", "failed", f"host {key[1]} is not connected")
    return absence


def _key(ways: Ways, container: tuple[str, str]) -> tuple[str, str]:
    return container[0], ways.aliases.of(*container)


def _present(ways: Ways, pair: Pair, live: Seen) -> None:
    """An object that is there: its name, then its fields."""
    one = pair.one
    if _serves(one, live):
        return
    ways.out.ours[live.kind, live.key] = pair
    if pair.desired is None:
        if one.owner == "create":
            ways.out.differences.append(of_object(ways, pair, "superfluous", "pending", live))
        return
    if pair.renamed:
        ways.out.differences.append(renamed(ways, pair, live))
    found = list(_fields(ways, pair, live))
    if not found and pair.applied is None:
        found = [of_object(ways, pair, "changed", "already-there", live)]
    ways.out.differences.extend(found)


def _serves(one: Asserted, live: Seen) -> bool:
    """Whether it is others' and stands for what we state as well as one of ours would."""
    described = str(live.fields.get("description") or "")
    named = live.fields.get(NAME) == one.fields.get(NAME)
    return bool(one.mark) and not named and not described.startswith(one.mark)


def _fields(ways: Ways, pair: Pair, live: Seen) -> Iterator[Difference]:
    """The fields that either side states and that are not as they ought to be."""
    desired, applied = pair.desired, pair.applied
    assert desired is not None
    fields = (*desired.fields, *_dropped(desired, applied))
    whole = one_sided(fields, desired, live)
    for field in fields:
        if whole.get(field) == "" or _told_already(ways, pair, field):
            continue
        shown = ways.aliases.field(field, live)
        lacking = _unread(ways, live, shown)
        if lacking is not None:
            ways.out.unreadable.append(lacking)
            continue
        equal = _equality(ways, live.kind, field)
        wanted = _stated(ways, live.kind, field, desired)
        there = ways.there.named(rule_of(live.kind, field).refers, live.fields.get(shown))
        there = _less(ways, live.kind, field, there)
        outcome: Outcome
        if applied is None or (field not in applied.fields and field not in desired.facts):
            before = None
            outcome = "same" if equal(wanted, there) else _unapplied(pair)
        else:
            before = _stated(ways, live.kind, field, applied)
            outcome = standing(equal, wanted, before, there)
        if outcome != "same":
            name = whole.get(field, field)
            yield of_field(ways, pair, live, name, (wanted, before, there), outcome)


def _told_already(ways: Ways, pair: Pair, field: str) -> bool:
    """What follows from a row about a whole: a path from its rename, a stamp from its attribute."""
    kind, stated = pair.one.kind, pair.one.fields
    if field == "stamp":
        return ways.stampless and kind in BY_ATTRIBUTE
    if field.partition(".")[0] in KEYED and stated.get(field) is None:
        # The key of a map under its new name, which the former one is compared with.
        assert pair.live is not None
        return any(ways.aliases.field(one, pair.live) == field for one in stated if one != field)
    return kind == "vm" and pair.renamed and field in ("folder", NAME)


def _equality(ways: Ways, kind: str, field: str) -> by.Equality:
    if not ways.whole:
        return rule_of(kind, field).equality
    ruled, leaf = rule_of(kind, field).equality, leaf_of(kind, field)
    if ruled in _AS_READ:
        return _AS_READ[ruled]
    if ruled is by.exact and leaf and leaf.form == "list":
        return by.exact  # whose order means something
    return _BY_FORM.get(leaf.form if leaf else "", by.exact)


def _unapplied(pair: Pair) -> Standing:
    """What a field that no release stated yet is, where it is otherwise.

    An object of our name that nobody of us made is somebody's: a conflict. What is to be adopted,
    or was not stated before, is yet to come.
    """
    return "conflict" if pair.applied is None and pair.one.owner == "create" else "pending"


def _stated(ways: Ways, kind: str, field: str, side: Asserted) -> Value:
    """A side's value with the names that live objects have, less what is reported as gone."""
    refers = rule_of(kind, field).refers
    return _less(ways, kind, field, ways.aliases.entries(refers, side.fields.get(field)))


def _less(ways: Ways, kind: str, field: str, value: Value) -> Value:
    """A set without what is reported as gone or is out for a while, whoever still lists it."""
    left = without_lost(kind, field, value, ways.lost)
    return without_lost(kind, field, left, ways.there.out_of_reach)


def _unread(ways: Ways, live: Seen, field: str) -> Unreadable | None:
    lacking = None if field in live.fields else ways.there.field_absence(live.kind, live.key, field)
    if lacking is None:
        return None
    return Unreadable(
        vcenter=ways.there.seen.name,
        kind=live.kind,
        key=live.key,
        field=field,
        reason=lacking.reason,
        detail=lacking.detail,
        by_design=lacking.reason == "role",
        hidden=lacking.reason == "hidden",
    )


def _dropped(desired: Asserted, applied: Asserted | None) -> list[str]:
    """Keys of maps that the release had and the desired state no longer has, on what is ours."""
    if applied is None or desired.owner == "reference":
        return []
    return [name for name in applied.fields if "." in name and name not in desired.fields]


def _with_along(ways: Ways, one: Difference) -> Difference:
    count = ways.lost.get((one.kind, one.key), 0)
    return altered(one, along=count) if one.what == "missing" and count else one


def _running(index: Index) -> dict[str, int]:
    """VMs that are on, by the class that they run of."""
    counts: dict[str, int] = {}
    for one in index.running():
        name = one.fields.get("vm_class")
        if isinstance(name, str) and name:
            counts[name] = counts.get(name, 0) + 1
    return counts
