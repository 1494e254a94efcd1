"""A comparison as JSON, by ``schemas/diff.schema.json``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from generator.diff.differences import Comparison


def body(comparison: Comparison, status: int) -> dict[str, Any]:
    """All of it, with each difference also in words, and the exit status."""
    from generator.diff.verdict import rule_of
    from generator.diff.words import sentence
    from generator.report.machine import plain

    whole: dict[str, Any] = plain(comparison)
    for one, entry in zip(comparison.differences, whole["differences"], strict=True):
        entry["rule"] = rule_of(one).id
        entry["message"] = sentence(one)
    for slot, entry in zip(comparison.slots, whole["slots"], strict=True):
        entry |= {"capacity": slot.capacity, "bound": slot.bound, "short": slot.short}
    return {"status": status, "complete": comparison.complete, **whole}
