"""Differences as rows: what is missing, changed or renamed, what follows, and what mends it."""

from __future__ import annotations

from generator.diff import equality as by
from generator.diff.asserted.ground import person
from generator.diff.asserted.record import Asserted, Mend
from generator.diff.differences import Difference, Standing, Unreadable, What
from generator.diff.fields import LOST, rule_of
from generator.diff.index import Absence
from generator.diff.pairs import Pair
from generator.diff.remedy import mend_of
from generator.diff.ways import Ways
from generator.finding import Severity
from generator.vcenter.snapshot import Seen, Value

NAME = "name"
"""The field of a difference that is a rename."""


def of_field(
    ways: Ways,
    pair: Pair,
    live: Seen,
    field: str,
    values: tuple[Value, Value, Value],
    outcome: Standing,
) -> Difference:
    """The row of one field; ``values`` are desired, applied and live."""
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


def renamed(ways: Ways, pair: Pair, live: Seen) -> Difference:
    """The one row of an object that is there under another name (F12)."""
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


def of_object(
    ways: Ways, pair: Pair, what: What, outcome: Standing, live: Seen | None
) -> Difference:
    """The row of a whole object: missing, superfluous, or there before it was made."""
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
    ways: Ways,
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
    stands = bool(field) and rule_of(one.kind, field).stands
    transition = "" if stands else ways.there.transitions.get(at, "")
    if (one.kind, field) == ("datastore", "capacity_bytes"):
        transition = transition or _disks_out(ways, one, live)
    ahead = outcome in ("pending", "already-there")
    if ahead and what != "superfluous":
        consequence = ""  # what is not applied yet does no harm
    if outcome == "conflict":
        severity = Severity.ERROR
    return Difference(
        vcenter=one.vcenter,
        kind=one.kind,
        key=at[1],
        field=field,
        what=what,
        standing="in-transition" if transition and outcome == "drift" else outcome,
        severity=Severity.NOTICE if ahead else severity,
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


def _disks_out(ways: Ways, one: Asserted, live: Seen | None) -> str:
    """Which host is out whose disks a vSAN datastore does not count for that time (F9)."""
    if live is None or live.fields.get("type") != "vsan":
        return ""
    hosts = by.texts(ways.aliases.entries("host", one.fields.get("hosts")))
    out = [host for host in hosts if ("host", host) in ways.there.out_of_reach]
    return f"{', '.join(out)} out: its disks do not count" if out else ""


def unseen(one: Asserted, key: str, absence: Absence) -> Unreadable:
    """An object that may be there, and why nobody can tell."""
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
