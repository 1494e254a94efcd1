"""A judgement in words: whether something may be, why, and what would mend it."""

from __future__ import annotations

from generator.record import Record, record


@record
class Verdict(Record):
    """``reason`` says why it is allowed or refused, ``mend`` what to do (empty where allowed)."""

    allowed: bool
    reason: str
    mend: str = ""
    source: str = ""
