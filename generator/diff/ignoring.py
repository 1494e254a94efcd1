"""Ignore rules of the blueprint: what they cover, until when, and those that are past it."""

from __future__ import annotations

from collections.abc import Container, Iterable, Sequence
from fnmatch import fnmatchcase
from functools import lru_cache
from typing import NamedTuple

from generator.blueprint.model.governance import DiffIgnore
from generator.diff.differences import Difference, Ignored, Unmanaged
from generator.diff.rules import ExpiredIgnore, UnusedIgnore
from generator.finding import Finding


class Kept(NamedTuple):
    """What stands after the ignore rules, what they cover, and what is wrong with them."""

    differences: tuple[Difference, ...]
    unmanaged: tuple[Unmanaged, ...]
    ignored: tuple[Ignored, ...]
    findings: tuple[Finding, ...]


def without_ignored(
    differences: Iterable[Difference],
    unmanaged: Iterable[Unmanaged],
    rules: Sequence[DiffIgnore],
    as_of: str,
    blind: Container[str] = (),
) -> Kept:
    """Takes out what a rule covers up to and including its last day (ISO 8601).

    ``blind`` are the kinds of which not all was read: what a rule of one covers may be unseen.
    """
    used: set[int] = set()
    ignored: list[Ignored] = []

    def covered(one: Difference | Unmanaged) -> bool:
        field = one.field if isinstance(one, Difference) else ""
        for number, rule in enumerate(rules):
            if rule.expires >= as_of and covers(rule, one.kind, one.key, field):
                used.add(number)
                ignored.append(Ignored(of=one, reason=rule.reason, expires=rule.expires))
                return True
        return False

    standing = tuple(one for one in differences if not covered(one))
    left = tuple(one for one in unmanaged if not covered(one))
    findings = [
        (_expired if rule.expires < as_of else _unused)(number, rule, as_of)
        for number, rule in enumerate(rules)
        if number not in used and (rule.expires < as_of or rule.kind not in blind)
    ]
    return Kept(standing, left, tuple(ignored), tuple(findings))


def covers(rule: DiffIgnore, kind: str, key: str, field: str) -> bool:
    """Whether a rule is about a field of an object; a rule of a field covers no whole object."""
    return (
        rule.kind == kind
        and (rule.key is None or matches(rule.key, key))
        and (rule.field is None or matches(rule.field, field))
    )


def matches(pattern: str, text: str) -> bool:
    """Whether a name is as a pattern says: ``*`` stands for any text, all else for itself."""
    return fnmatchcase(text, _literal(pattern))


@lru_cache(maxsize=256)
def _literal(pattern: str) -> str:
    return "".join(f"[{letter}]" if letter in "?[" else letter for letter in pattern)


def _expired(number: int, rule: DiffIgnore, as_of: str) -> Finding:
    return ExpiredIgnore.breach(
        f"the ignore rule for {_name(rule)} ended on {rule.expires}, before {as_of}",
        mend="mend what it covered and remove it, or decide again with a new date",
        path=f"governance.diff_ignore[{number}]",
    )


def _unused(number: int, rule: DiffIgnore, as_of: str) -> Finding:  # noqa: ARG001 - one shape
    return UnusedIgnore.breach(
        f"nothing differs at {_name(rule)}",
        mend="remove the ignore rule, or correct its kind, key and field",
        path=f"governance.diff_ignore[{number}]",
    )


def _name(rule: DiffIgnore) -> str:
    return "/".join((rule.kind, rule.key or "*", rule.field or "*"))
