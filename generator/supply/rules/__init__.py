"""What a blueprint must obey beside the facts of its sites and the catalogue."""

from __future__ import annotations

from generator.blueprint.rules.subject import judged
from generator.finding import Check, Finding
from generator.supply.rules import (
    addresses,
    air_gap,
    boards,
    enabling,
    inventory,
    making,
    naming,
    orders,
    ownership,
    secrets,
    sharing,
    storage,
    supervisors,
    versions,
    wishes,
)
from generator.supply.rules.subject import Supplied

RULES: tuple[type[Check[Supplied]], ...] = (
    *addresses.RULES,
    *inventory.RULES,
    *boards.RULES,
    *ownership.RULES,
    *making.RULES,
    *enabling.RULES,
    *orders.RULES,
    *storage.RULES,
    *naming.RULES,
    *wishes.RULES,
    *sharing.RULES,
    *versions.RULES,
    *supervisors.RULES,
    *secrets.RULES,
    *air_gap.RULES,
)
"""All rules of this room."""


def judge(subject: Supplied) -> tuple[Finding, ...]:
    """Every finding about a blueprint beside its sites, each once."""
    return judged(RULES, subject)
