"""What stops a plan, one class per rule."""

from __future__ import annotations

from generator.guard.rules import (
    fabric,
    losses,
    machines,
    permissions,
    storage,
    tenancy,
    unknown,
)
from generator.guard.rules.rule import Stopping

RULES: tuple[type[Stopping], ...] = (
    *losses.RULES,
    *permissions.RULES,
    *fabric.RULES,
    *tenancy.RULES,
    *storage.RULES,
    *machines.RULES,
    *unknown.RULES,
)

__all__ = ["RULES", "Stopping"]
