"""The comparison of one vCenter: live, last applied release and desired state, field by field."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from generator.diff import equality as by
from generator.diff.asserted.ground import person
from generator.diff.asserted.record import Asserted, Mend
from generator.diff.differences import Difference, Standing, Unreadable, What
from generator.diff.fields import LOST, leaf_of, rule_of
from generator.diff.index import Absence, Index
from generator.diff.pairs import Aliases, Pair, pairs, without_lost
from generator.diff.remedy import mend_of
from generator.diff.threeway import Outcome, standing
from generator.finding import Severity
from generator.record import altered
from generator.vcenter.snapshot import Seen, Value

NAME = "name"
"""The field of a difference that is a rename."""


class Compared(NamedTuple):
    """What comparing one vCenter gave.

    ``ours`` are the live objects that somebody states, by kind and key; ``fields`` counts what was
    held against what.
    """

    differences: list[Difference]
    unreadable: list[Unreadable]
    ours: dict[tuple[str, str], Pair]
    fields: int


class _Ways(NamedTuple):
    """One vCenter with all that judging a pair needs.

    ``lost`` are objects that are gone, with how much went along; ``roots`` say with which of them.
    ``absent`` are all that are not there for certain, ``unseen`` those that may only be hidden.
    """

    there: Index
    aliases: Aliases
    lost: dict[tuple[str, str], int]
    roots: dict[tuple[str, str], tuple[str, str]]
    absent: set[tuple[str, str]]
    unseen: dict[tuple[str, str], Absence]
    out: Compared
    running: dict[str, int]
    whole: bool


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
    ways = _Ways(index, aliases, {}, {}, set(), {}, Compared([], [], {}, 0), _running(index), whole)
    absent = [pair for pair in found if pair.live is None]
    for pair in sorted(absent, key=lambda pair: len(pair.one.within)):
        _absent(ways, pair)
    for pair in found:
        if pair.live is not None:
            _present(ways, pair, pair.live)
    folded = [_with_along(ways, one) for one in ways.out.differences]
    fields = sum(max(1, len(pair.one.fields)) for pair in found)
    return ways.out._replace(differences=folded, fields=fields)


def _absent(ways: _Ways, pair: Pair) -> None:
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
        ways.out.unreadable.append(_unseen(one, pair.expected, absence))
        return
    ways.absent.add(at)
    if pair.desired is None:
        return  # no longer wanted, and gone
    if pair.applied is not None:
        ways.lost[at] = 0
        if one.kind == "vm":
            ways.lost["vm-name", one.key.rpartition("/")[2]] = 0
    state: Standing = "drift" if pair.applied is not None else "pending"
    ways.out.differences.append(_whole(ways, pair, "missing", state, None))


def _verdict(ways: _Ways, pair: Pair) -> Absence:
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


def _key(ways: _Ways, container: tuple[str, str]) -> tuple[str, str]:
    return container[0], ways.aliases.of(*container)


def _present(ways: _Ways, pair: Pair, live: Seen) -> None:
    """An object that is there: its name, then its fields."""
    one = pair.one
    if _serves(one, live):
        return
    ways.out.ours[live.kind, live.key] = pair
    if pair.desired is None:
        if one.owner == "create":
            ways.out.differences.append(_whole(ways, pair, "superfluous", "pending", live))
        return
    if pair.renamed:
        ways.out.differences.append(_renamed(ways, pair, live))
    found = list(_fields(ways, pair, live))
    if not found and pair.applied is None:
        found = [_whole(ways, pair, "changed", "already-there", live)]
    ways.out.differences.extend(found)


def _serves(one: Asserted, live: Seen) -> bool:
    """Whether it is others' and stands for what we state as well as one of ours would."""
    described = str(live.fields.get("description") or "")
    named = live.fields.get(NAME) == one.fields.get(NAME)
    return bool(one.mark) and not named and not described.startswith(one.mark)


def _fields(ways: _Ways, pair: Pair, live: Seen) -> Iterator[Difference]:
    """The fields that either side states and that are not as they ought to be."""
    desired, applied = pair.desired, pair.applied
    assert desired is not None
    for field in (*desired.fields, *_dropped(desired, applied)):
        lacking = _unread(ways, live, field)
        if lacking is not None:
            ways.out.unreadable.append(lacking)
            continue
        equal = _equality(ways, live.kind, field)
        wanted = _stated(ways, live.kind, field, desired)
        there = ways.there.named(rule_of(live.kind, field).refers, live.fields.get(field))
        outcome: Outcome
        if applied is None or (field not in applied.fields and field not in desired.facts):
            before = None
            outcome = "same" if equal(wanted, there) else _unapplied(pair)
        else:
            before = _stated(ways, live.kind, field, applied)
            outcome = standing(equal, wanted, before, there)
        if outcome != "same":
            yield _of_field(ways, pair, live, field, (wanted, before, there), outcome)


def _equality(ways: _Ways, kind: str, field: str) -> by.Equality:
    if not ways.whole:
        return rule_of(kind, field).equality
    leaf = leaf_of(kind, field)
    return by.unordered if leaf and leaf.form in ("set", "list") else by.exact


def _unapplied(pair: Pair) -> Standing:
    """What a field that no release stated yet is, where it is otherwise.

    An object of our name that nobody of us made is somebody's: a conflict. What is to be adopted,
    or was not stated before, is yet to come.
    """
    return "conflict" if pair.applied is None and pair.one.owner == "create" else "pending"


def _stated(ways: _Ways, kind: str, field: str, side: Asserted) -> Value:
    """A side's value with the names that live objects have, less what is reported as gone."""
    refers = rule_of(kind, field).refers
    value = ways.aliases.entries(refers, side.fields.get(field))
    there = without_lost(kind, field, value, ways.lost)
    return without_lost(kind, field, there, ways.there.out_of_reach)


def _unread(ways: _Ways, live: Seen, field: str) -> Unreadable | None:
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


def _of_field(
    ways: _Ways,
    pair: Pair,
    live: Seen,
    field: str,
    values: tuple[Value, Value, Value],
    outcome: Standing,
) -> Difference:
    one = pair.one
    rule = rule_of(live.kind, field)
    running = ways.running.get(live.key, 0)
    nodes = f"{running} running" if running else "the plan; none runs of it yet"
    consequence = rule.consequence.replace("{running}", nodes)
    mend = mend_of(one, field, _mend(one, field), outcome, values[0])
    return _made(
        ways, one, live, field=field, what="changed", outcome=outcome, severity=rule.severity,
        values=values, consequence=consequence, mend=mend,
        basis="site" if field in one.facts else "plan",
    )  # fmt: skip


def _mend(one: Asserted, field: str) -> Mend:
    return (
        one.mends.get(field)
        or one.mends.get("")
        or person(f"ask the owner of the {one.kind} {one.key}")
    )


def _renamed(ways: _Ways, pair: Pair, live: Seen) -> Difference:
    one = pair.one
    former = pair.applied.key if pair.applied else one.key
    outcome: Standing = "drift"
    if former != one.key:
        outcome = "pending" if live.key == former else "conflict"
    return _made(
        ways, one, live, field=NAME, what="renamed", outcome=outcome, severity=Severity.WARNING,
        values=(pair.expected, former if former != one.key else pair.expected, live.key),
        consequence="what looks it up by name finds nothing", mend=_mend(one, ""),
    )  # fmt: skip


def _whole(ways: _Ways, pair: Pair, what: What, outcome: Standing, live: Seen | None) -> Difference:
    one = pair.one
    if what == "missing":
        values: tuple[Value, Value, Value] = (one.key, one.key if pair.applied else None, None)
        severity, words = LOST.get(one.kind, (Severity.ERROR, "what stands on it does not work"))
        consequence = words if outcome == "drift" else ""
    elif what == "superfluous":
        values = (None, one.key, one.key)
        consequence, severity = "nothing of this platform uses it any more", Severity.NOTICE
    else:
        values = (one.key, None, one.key)
        consequence, severity = "", Severity.NOTICE
    mend = mend_of(
        one, "superfluous" if what == "superfluous" else "", _mend(one, ""), outcome, None
    )
    return _made(
        ways, one, live, field="", what=what, outcome=outcome, severity=severity, values=values,
        consequence=consequence, mend=mend, key=pair.expected,
    )  # fmt: skip


def _made(  # noqa: PLR0913 - one for each column of a difference
    ways: _Ways,
    one: Asserted,
    live: Seen | None,
    *,
    field: str,
    what: What,
    outcome: Standing,
    severity: Severity,
    values: tuple[Value, Value, Value],
    consequence: str,
    mend: Mend,
    basis: str = "",
    key: str = "",
) -> Difference:
    at = one.kind, live.key if live else key
    transition = ways.there.transitions.get(at, "")
    ahead = outcome in ("pending", "already-there")
    if ahead and what != "superfluous":
        consequence = ""  # what is not applied yet does no harm
    return Difference(
        vcenter=one.vcenter,
        kind=one.kind,
        key=at[1],
        field=field,
        what=what,
        standing="in-transition" if transition and outcome == "drift" else outcome,
        severity=Severity.NOTICE
        if ahead
        else severity
        if outcome != "conflict"
        else Severity.ERROR,
        desired=values[0],
        applied=values[1],
        live=values[2],
        basis="site" if (basis or ("site" if one.known else "plan")) == "site" else "plan",
        owner=one.owner,
        consequence=consequence,
        mend=mend,
        ident=live.ident if live else "",
        who=ways.there.events.get(at),
        transition=transition,
    )


def _unseen(one: Asserted, key: str, absence: Absence) -> Unreadable:
    return Unreadable(
        vcenter=one.vcenter,
        kind=one.kind,
        key=key,
        field="",
        reason=absence.reason,
        detail=absence.detail,
        by_design=absence.verdict == "by-design",
        hidden=absence.verdict == "hidden",
    )


def _with_along(ways: _Ways, one: Difference) -> Difference:
    count = ways.lost.get((one.kind, one.key), 0)
    return altered(one, along=count) if one.what == "missing" and count else one


def _running(index: Index) -> dict[str, int]:
    """VMs that are on, by the class that they run of."""
    counts: dict[str, int] = {}
    for one in index.seen.objects:
        if one.kind == "vm" and one.fields.get("power") != "poweredOff":
            name = one.fields.get("vm_class")
            if isinstance(name, str) and name:
                counts[name] = counts.get(name, 0) + 1
    return counts
