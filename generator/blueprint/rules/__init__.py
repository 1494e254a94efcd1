"""What a blueprint must obey beyond its schema, one class per rule."""

from __future__ import annotations

from generator.blueprint import waivers
from generator.blueprint.rules import (
    data,
    environments,
    governance,
    images,
    names,
    parity,
    pipelines,
    places,
    protection,
    references,
    secrets,
    wishes,
)
from generator.blueprint.rules.subject import Judged, judged
from generator.finding import Check, Finding, Rule

CHECKS: tuple[type[Check[Judged]], ...] = (
    *names.RULES,
    *references.RULES,
    *places.RULES,
    *data.RULES,
    *governance.RULES,
    *pipelines.RULES,
    *protection.RULES,
    *images.RULES,
    *parity.RULES,
    *environments.RULES,
    *wishes.RULES,
    *secrets.RULES,
)
"""The rules that are judged over one blueprint."""

RULES: tuple[type[Rule], ...] = (*CHECKS, *waivers.RULES)
"""All rules of this room; those about waivers are judged last, over everybody's findings."""


def judge(subject: Judged) -> tuple[Finding, ...]:
    """Every finding about a blueprint, each once."""
    return judged(CHECKS, subject)
