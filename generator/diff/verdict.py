"""What a comparison comes to: what is asked for, as findings, and the exit status."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from generator.diff import rules as of
from generator.diff.differences import (
    Adoption,
    Comparison,
    Difference,
    Ignored,
    Transition,
    Unasserted,
    Unmanaged,
    Unreadable,
)
from generator.diff.ignoring import matches
from generator.diff.words import sentence, shown
from generator.finding import Finding, Rule, Severity
from generator.record import altered

IN_SYNC, COULD_NOT_RUN, DRIFTED, INCOMPLETE = 0, 1, 2, 3
ON_GPUS = frozenset(("gpu", "host", "vm", "vm-class", "direct-path-profile"))
"""The kinds that slots are about."""
FAIL_ON = ("drift", "pending", "unmanaged", "capacity", "never")


def only(comparison: Comparison, wanted: Sequence[str]) -> Comparison:
    """The comparison less what is not asked for; ``wanted`` are ``KIND`` or ``KIND/KEY``."""
    if not wanted:
        return comparison

    kinds = {word.partition("/")[0] for word in wanted}

    def asked(
        one: Difference | Unmanaged | Unreadable | Adoption | Unasserted | Transition,
    ) -> bool:
        return any(
            kind == one.kind and (not key or matches(key, one.key))
            for kind, _, key in (word.partition("/") for word in wanted)
        )

    def kept(one: Ignored) -> bool:
        return asked(one.of)

    return altered(
        comparison,
        differences=tuple(filter(asked, comparison.differences)),
        unmanaged=tuple(filter(asked, comparison.unmanaged)),
        unreadable=tuple(filter(asked, comparison.unreadable)),
        adoptions=tuple(filter(asked, comparison.adoptions)),
        unasserted=tuple(filter(asked, comparison.unasserted)),
        ignored=tuple(filter(kept, comparison.ignored)),
        transitions=tuple(filter(asked, comparison.transitions)),
        findings=tuple(one for one in comparison.findings if _about(one, kinds)),
        slots=comparison.slots if kinds & ON_GPUS else (),
    )


def _about(one: Finding, kinds: Collection[str]) -> bool:
    """Whether a finding is about one of some kinds; ignore rules are about the blueprint."""
    if one.rule == of.SlotsShort.id:
        return bool(ON_GPUS & set(kinds))
    return one.rule != of.NoDatastore.id or "storage-policy" in kinds


def exit_status(comparison: Comparison, fail_on: Collection[str]) -> int:
    """1 where nothing could be read, 2 for what is to fail, 3 where something was not read.

    Drift and conflicts fail unless ``never`` is asked for, with them errors such as an ignore rule
    that has expired; what is out of the role's reach by design never counts (F8).
    """
    if comparison.failed and not comparison.readings:
        return COULD_NOT_RUN
    if _failing(comparison, fail_on):
        return DRIFTED
    return IN_SYNC if comparison.complete else INCOMPLETE


def _failing(comparison: Comparison, fail_on: Collection[str]) -> bool:
    if "never" in fail_on:
        return False
    found = {
        "drift": bool(comparison.standing("drift", "conflict"))
        or any(one.severity is Severity.ERROR for one in comparison.findings),
        "pending": bool(comparison.standing("pending")),
        "unmanaged": any(one.severity is Severity.WARNING for one in comparison.unmanaged),
        "capacity": any(one.short for one in comparison.slots),
    }
    return any(found[word] for word in {"drift", *fail_on})


def findings(comparison: Comparison) -> tuple[Finding, ...]:
    """Everything as findings, for the formats that know nothing else, gravest first."""
    found = [*comparison.findings, *_findings(comparison)]
    return tuple(sorted(found, key=lambda one: (one.severity.rank, one.path, one.message)))


def _by_whom(one: Difference | Unmanaged) -> str:
    """Who changed it last and when, where vCenter's events tell."""
    return f" (changed by {one.who.user} at {one.who.at}: {one.who.what})" if one.who else ""


def _findings(comparison: Comparison) -> Iterator[Finding]:
    for lost in comparison.failed:
        yield of.NotRead.breach(
            f"{lost.name} was not read: {lost.reason}",
            mend=lost.mend,
            path=lost.name,
            severity=Severity.ERROR,
        )
    for one in comparison.differences:
        if one.standing not in ("already-there", "in-transition"):
            rule = rule_of(one)
            severity = None if one.standing != "drift" else one.severity
            yield rule.breach(
                f"{sentence(one)}{_by_whom(one)}",
                mend=f"{one.mend.by}: {one.mend.command}",
                path=path_of(one),
                severity=severity,
            )
    for thing in comparison.unmanaged:
        slots = f" ({', '.join(thing.slots)})" if thing.slots else ""
        by = f", owner {thing.owner}" if thing.owner else ""
        yield of.Shadow.breach(
            f"{thing.kind} {thing.key}{by}: {thing.why}{slots}{_by_whom(thing)}",
            mend="ask its owner, then plan for it, state it in the site inventory, or remove it",
            path=path_of(thing),
            severity=thing.severity,
        )
    for lacking in comparison.unreadable:
        if not lacking.by_design:
            yield of.NotRead.breach(
                f"{shown_path(lacking)}: {lacking.reason}: {lacking.detail}",
                mend="give the account the role that mlgen roles prints, or see what failed",
                path=path_of(lacking),
            )


def rule_of(one: Difference) -> type[Rule]:
    """The rule that a difference breaks."""
    if one.standing == "conflict":
        return of.Conflicting
    if one.standing == "pending":
        return of.Pending
    if one.what == "missing":
        return of.Missing
    if one.what == "renamed":
        return of.Renamed
    if (one.kind, one.field, one.live) == ("storage-policy", "compatible_datastores", ()):
        return of.NoDatastore
    return of.Changed


def path_of(one: Difference | Unmanaged | Unreadable) -> str:
    """Where a thing is: vCenter, kind, key and field."""
    field = "" if isinstance(one, Unmanaged) else one.field
    parts = (one.vcenter, one.kind, one.key)
    return "/".join(part for part in parts if part) + (f"#{field}" if field else "")


def shown_path(one: Unreadable) -> str:
    """What was not read, as words; hidden things may also be missing (F9)."""
    what = f"{one.kind} {shown(one.key) if one.key else '(all)'}"
    field = f" {one.field}" if one.field else ""
    return f"{what}{field} is {'missing or hidden' if one.hidden else 'unreadable'}"
