"""How one field is judged."""

from __future__ import annotations

from generator.diff import equality as by
from generator.finding import Severity
from generator.record import Record, record

ERROR, WARNING, NOTICE = Severity.ERROR, Severity.WARNING, Severity.NOTICE


@record
class FieldRule(Record):
    """How a field is judged.

    ``consequence`` says what a difference leads to; ``{running}`` in it is how many VMs run of a
    class. ``churns`` marks what changes in lawful operation (F9): it is never asserted and not
    compared between snapshots. ``refers`` is the kind of the objects that entries name.
    ``stands`` marks what no condition under way explains: it is drift also in transition.
    """

    equality: by.Equality
    severity: Severity = WARNING
    consequence: str = ""
    churns: bool = False
    refers: str = ""
    stands: bool = False
