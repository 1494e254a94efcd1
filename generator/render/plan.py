"""``plan.json``: the desired state with its placements and its ledger; what ``diff`` reads."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from typing import Any

from generator.ledger import Entry
from generator.placement.plan import Plan
from generator.platform.objects import DesiredState
from generator.render.canonical import canonical_json
from generator.render.target import RenderedFile

SCHEMA = "https://mlgen.dev/schemas/v1alpha1/plan.schema.json"


def plan_file(state: DesiredState, plan: Plan, ledger: tuple[Entry, ...]) -> RenderedFile:
    """The plan of one platform."""
    content = {
        "schema": SCHEMA,
        "platform": state.platform,
        "release": state.release,
        "as_of": state.as_of,
        "vcenters": _plain(state.vcenters),
        "clusters": _plain(state.clusters),
        "placements": _plain(plan.placed),
        "shortfalls": _plain(plan.shortfalls),
        "ledger": _plain(ledger),
        "coverage": _plain(state.coverage),
        "open_questions": _plain(state.questions),
    }
    return RenderedFile("plan.json", canonical_json(content))


def _plain(value: Any) -> Any:
    """Dataclasses as JSON objects; an object of the desired state also names its kind."""
    if is_dataclass(value) and not isinstance(value, type):
        kind = {"kind": value.kind} if hasattr(type(value), "kind") else {}
        return kind | {field.name: _plain(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, Mapping):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return value
