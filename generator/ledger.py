"""The ledger: every figure of a plan with its rule, its source and how far it can be trusted."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from enum import StrEnum

from generator.record import Record, record


class Basis(StrEnum):
    """Where a figure comes from, most trustworthy first."""

    STATED = "stated"
    MEASURED = "measured"
    PUBLISHED = "published"
    ANALYTIC = "analytic"
    ASSUMED = "assumed"


@record
class Entry(Record):
    """One figure: ``subject`` is what it belongs to, ``name`` what it is, ``unit`` its unit.

    ``rule`` says in words or a formula how it came about, ``source`` who says so, and ``basis``
    whether it was stated, measured, published, computed or assumed. ``low`` and ``high`` bound the
    figure where it is not exact: for an assumption they are its range, for a total what the
    assumptions behind it, run at their ends, make of it. ``effect`` says in words what such a run
    changes.
    """

    subject: str
    name: str
    value: int | float | str
    unit: str
    rule: str
    source: str
    basis: Basis
    low: float | None = None
    high: float | None = None
    effect: str = ""


def assumed_once(entries: Iterable[Entry]) -> Iterator[Entry]:
    """The entries with each assumption counted where it first stands.

    Whoever answers it there answers it everywhere: further entries of the same name and source
    follow from it and say so.
    """
    first: dict[tuple[str, str], str] = {}
    for entry in entries:
        key = (entry.name, entry.source)
        assumed = entry.basis is Basis.ASSUMED
        subject = first.setdefault(key, entry.subject) if assumed else entry.subject
        if subject != entry.subject:
            rule = f"{entry.rule}, as assumed for {subject}"
            entry = replace(entry, rule=rule, basis=Basis.ANALYTIC)  # noqa: PLW2901
        yield entry
