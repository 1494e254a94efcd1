"""Plans in Terraform's JSON form, made for one test."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from generator.guard import PlannedChange, judge, read_planned

AS_OF = "2026-11-20"


def row(
    kind: str,
    before: Mapping[str, Any] | None,
    after: Mapping[str, Any] | None,
    *,
    actions: Sequence[str] = ("update",),
    **more: Any,
) -> dict[str, Any]:
    """One resource change at the address ``<kind>.x``."""
    return {
        "address": f"{kind}.x",
        "mode": "managed",
        "type": kind,
        "change": {"actions": list(actions), "before": before, "after": after, **more},
    }


def plan(*changes: Mapping[str, Any]) -> dict[str, Any]:
    """A plan of some changes."""
    return {"format_version": "1.2", "planned_values": {}, "resource_changes": list(changes)}


def update(kind: str, before: Mapping[str, Any], **changed: Any) -> PlannedChange:
    """An update in place; ``changed`` are the attributes that differ after it."""
    (change,) = read_planned(plan(row(kind, before, {**before, **changed})))
    return change


def rules(change: PlannedChange) -> set[str]:
    """The ids of the rules that stop a change."""
    return {stop.rule for stop in judge([change], as_of=AS_OF).stops}
