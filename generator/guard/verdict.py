"""The verdict about a plan: what stops it, what was waived, what passes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from generator.blueprint.model.blueprint import Waiver
from generator.finding import Finding
from generator.guard.blast import Blast, Holdings, blast
from generator.guard.planned import Effect, PlannedChange
from generator.guard.rules import RULES
from generator.record import Record, record

PREFIX = "MLG-G"
"""How the ids of the guard's rules begin; waivers of other rules are none of its business."""


@record
class Stop(Record):
    """One reason to stop, the object that it is about, and how far the change reaches."""

    rule: str
    address: str
    kind: str
    name: str
    actions: tuple[str, ...]
    message: str
    why: str
    mend: str
    blast_radius: Blast


@record
class Waived(Record):
    """A stop that somebody took upon themselves, under a change and until a day."""

    stop: Stop
    change: str
    expires: str
    reason: str
    approved_by: str = ""


@record
class NotCounted(Record):
    """A waiver that lifts nothing, and why."""

    rule: str
    path: str = ""
    change: str = ""
    because: str


@record
class Passed(Record):
    """A change that nothing stops."""

    address: str
    kind: str
    name: str
    actions: tuple[str, ...]
    note: str = ""


@record
class Verdict(Record):
    """What the guard says about a plan on a day (``as_of``, ISO 8601)."""

    as_of: str
    stops: tuple[Stop, ...] = ()
    waived: tuple[Waived, ...] = ()
    passed: tuple[Passed, ...] = ()
    not_counted: tuple[NotCounted, ...] = ()


def judge(
    changes: Sequence[PlannedChange],
    *,
    as_of: str,
    waivers: Sequence[Waiver] = (),
    holdings: Holdings | None = None,
    change_id: str | None = None,
) -> Verdict:
    """Judges every change by every rule.

    A waiver counts for one rule at one address (its ``path``), up to and including its last day,
    and only where it names a change: ``change_id``, where that is given.
    """
    counting, idle = _counting(waivers, as_of, change_id)
    stops: list[Stop] = []
    waived: list[Waived] = []
    passed: list[Passed] = []
    used: set[tuple[str, str]] = set()
    for change in changes:
        found = [finding for rule in RULES for finding in rule.check(change)]
        if not found and change.effect is not Effect.NOTHING:
            passed.append(_passed(change))
        for finding in found:
            stop = _stop(finding, change, holdings)
            waiver = counting.get((stop.rule, stop.address))
            if waiver is None:
                stops.append(stop)
            else:
                used.add((stop.rule, stop.address))
                waived.append(_waived(stop, waiver))
    idle += (
        _idle(waiver, "nothing in this plan breaks the rule at this address")
        for key, waiver in counting.items()
        if key not in used
    )
    return Verdict(
        as_of=as_of,
        stops=tuple(stops),
        waived=tuple(waived),
        passed=tuple(passed),
        not_counted=tuple(idle),
    )


def _counting(
    waivers: Sequence[Waiver], as_of: str, change_id: str | None
) -> tuple[dict[tuple[str, str], Waiver], list[NotCounted]]:
    """The waivers that count, by rule and address, and the others with the reason."""
    counting: dict[tuple[str, str], Waiver] = {}
    idle: list[NotCounted] = []
    for waiver in waivers:
        if not waiver.rule.startswith(PREFIX):
            continue
        because = next(_defects(waiver, as_of, change_id), "")
        if because:
            idle.append(_idle(waiver, because))
        else:
            counting[waiver.rule, waiver.path or ""] = waiver
    return counting, idle


def _defects(waiver: Waiver, as_of: str, change_id: str | None) -> Iterator[str]:
    if not any(rule.id == waiver.rule for rule in RULES):
        yield "there is no such rule"
    if not waiver.path:
        yield "it names no address: path must be the resource address of the plan"
    if not waiver.change:
        yield "it names no change"
    if not waiver.expires:
        yield "it has no expiry"
    if waiver.expires < as_of:
        yield f"it ended on {waiver.expires}, before {as_of}"
    if change_id is not None and waiver.change != change_id:
        yield f"it belongs to {waiver.change}, and this is {change_id}"


def _idle(waiver: Waiver, because: str) -> NotCounted:
    return NotCounted(
        rule=waiver.rule, path=waiver.path or "", change=waiver.change or "", because=because
    )


def _stop(finding: Finding, change: PlannedChange, holdings: Holdings | None) -> Stop:
    return Stop(
        rule=finding.rule,
        address=change.address,
        kind=change.kind,
        name=change.name,
        actions=change.actions,
        message=finding.message,
        why=finding.why,
        mend=finding.mend,
        blast_radius=blast(change, holdings),
    )


def _waived(stop: Stop, waiver: Waiver) -> Waived:
    return Waived(
        stop=stop,
        change=waiver.change or "",
        expires=waiver.expires,
        reason=waiver.reason,
        approved_by=waiver.approved_by or "",
    )


def _passed(change: PlannedChange) -> Passed:
    forgotten = change.effect is Effect.FORGET
    return Passed(
        address=change.address,
        kind=change.kind,
        name=change.name,
        actions=change.actions,
        note="stays where it is; Terraform no longer manages it" if forgotten else "",
    )
