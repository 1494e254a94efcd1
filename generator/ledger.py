"""The ledger: every figure of a plan with its rule, its source and how far it can be trusted."""

from __future__ import annotations

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
    whether it was stated, measured, published, computed or assumed.
    """

    subject: str
    name: str
    value: int | float | str
    unit: str
    rule: str
    source: str
    basis: Basis
