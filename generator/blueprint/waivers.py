"""Waivers: rules that a blueprint does not obey at one place until a day, with a reason."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from functools import lru_cache

from generator.blueprint.model.blueprint import Waiver
from generator.blueprint.near import did_you_mean
from generator.finding import Finding, Place, Rule, Severity
from generator.source.document import Document


class UnknownWaiver(Rule):
    """A waiver names a rule that does not exist."""

    id = "MLG-B097"
    title = "A waiver names a rule that exists"
    reason = "it would lift nothing, and whoever signed it believes that it does"
    source = "design section 3: a stable id for each rule"


class ExpiredWaiver(Rule):
    """A waiver is past its day."""

    id = "MLG-B098"
    title = "Waivers have not expired"
    reason = "the risk was accepted for a time, and that time is over"
    source = "field rules F2 and F37: accepted risks have a name and an expiry"


class UnusedWaiver(Rule):
    """A waiver lifts nothing."""

    id = "MLG-B099"
    title = "A waiver lifts a finding that is there"
    severity = Severity.WARNING
    reason = "a stale waiver will one day hide a breach that nobody accepted"
    source = "field rule F37"


RULES: tuple[type[Rule], ...] = (UnknownWaiver, ExpiredWaiver, UnusedWaiver)

JUDGED_ELSEWHERE = "MLG-G"
"""How the ids of rules begin that no document can break: those about Terraform plans."""


def apply_waivers(
    findings: Iterable[Finding],
    waivers: Sequence[Waiver],
    as_of: str,
    *,
    document: Document | None = None,
    known: Collection[str] | None = None,
) -> tuple[Finding, ...]:
    """The findings that no waiver lifts, and what is wrong with the waivers themselves.

    A waiver lifts the findings of its rule at its path and below it, all of them where it has no
    path, up to and including its last day. ``document`` gives places to findings about waivers;
    ``known`` holds the ids of all rules, without which none is called unknown. Pure.
    """
    by_rule: dict[str, list[tuple[int, Waiver]]] = {}
    for number, waiver in enumerate(waivers):
        if waiver.expires >= as_of:
            by_rule.setdefault(waiver.rule, []).append((number, waiver))
    used: set[int] = set()
    standing: list[Finding] = []
    for finding in findings:
        lifting = {n for n, w in by_rule.get(finding.rule, ()) if covers(w.path, finding.path)}
        used |= lifting
        if not lifting:
            standing.append(finding)
    for number, waiver in enumerate(waivers):
        if known is not None and waiver.rule not in known:
            standing.append(_unknown(number, waiver, known, document))
        elif waiver.expires < as_of:
            standing.append(_expired(number, waiver, as_of, document))
        elif number not in used and not waiver.rule.startswith(JUDGED_ELSEWHERE):
            standing.append(_unused(number, waiver, document))
    return tuple(standing)


def covers(pattern: str | None, path: str) -> bool:
    """Whether a waiver's path covers a finding's: the same object or one within it.

    ``*`` stands for any one step: ``workloads[*].model``. No path covers everything.
    """
    return pattern is None or _expression(pattern).match(path) is not None


@lru_cache(maxsize=256)
def _expression(pattern: str) -> re.Pattern[str]:
    steps = re.escape(pattern).replace(r"\[\*\]", r"\[[^\]]+\]").replace(r"\*", r"[^\[.]+")
    return re.compile(rf"{steps}(?=$|[.\[])")


def _unknown(
    number: int, waiver: Waiver, known: Collection[str], document: Document | None
) -> Finding:
    near = did_you_mean(waiver.rule, known)
    return UnknownWaiver.breach(
        f"there is no rule {waiver.rule}",
        mend=f"did you mean {near}?" if near else "see mlgen rules for all ids",
        places=_places(number, "rule", document),
        path=f"waivers[{number}]",
    )


def _expired(number: int, waiver: Waiver, as_of: str, document: Document | None) -> Finding:
    return ExpiredWaiver.breach(
        f"the waiver of {waiver.rule} ended on {waiver.expires}, before {as_of}",
        mend="mend what it lifted and remove it, or decide again with a new date",
        places=_places(number, "expires", document),
        path=f"waivers[{number}]",
    )


def _unused(number: int, waiver: Waiver, document: Document | None) -> Finding:
    at = f" at {waiver.path}" if waiver.path else ""
    return UnusedWaiver.breach(
        f"nothing breaks {waiver.rule}{at}",
        mend="remove the waiver, or correct its path",
        places=_places(number, "path" if waiver.path else "rule", document),
        path=f"waivers[{number}]",
    )


def _places(number: int, key: str, document: Document | None) -> tuple[Place, ...]:
    return (document.place(("waivers", number, key)),) if document else ()
