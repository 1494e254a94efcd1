"""What every rule of the guard is: a check of one planned change."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from generator.finding import Check, Finding
from generator.guard.planned import Effect, PlannedChange

LABELS = frozenset({"tags", "custom_attributes"})
"""Attributes of an object that no other object depends on."""

WAIVE = "or waive it under a change, with an expiry"


class Stopping(Check[PlannedChange]):
    """A rule about updates in place of some kinds of object.

    ``kinds`` are the provider's resource types; a rule about other effects says so itself.
    """

    kinds: ClassVar[frozenset[str]] = frozenset()
    effects: ClassVar[frozenset[Effect]] = frozenset({Effect.UPDATE})

    @classmethod
    def check(cls, subject: PlannedChange) -> Iterator[Finding]:
        """Judges a change of one of the kinds that has one of the effects."""
        if subject.effect in cls.effects and (not cls.kinds or subject.kind in cls.kinds):
            yield from cls.judge(subject)

    @classmethod
    def judge(cls, change: PlannedChange) -> Iterator[Finding]:
        """Yields what stops the change; every rule has its own."""
        raise TypeError(f"{cls.__name__} says nothing about {change.address}")

    @classmethod
    def stop(cls, change: PlannedChange, message: str, *, mend: str) -> Finding:
        """A finding at the change's address."""
        return cls.breach(message, mend=f"{mend}, {WAIVE}", path=change.address)
