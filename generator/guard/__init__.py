"""Stops a Terraform plan that takes away what others use: deletes, replacements, rights, clusters.

Pure: a plan's tree, waivers and mlgen's own plans in, a verdict out.
"""

from __future__ import annotations

from generator.guard.holdings import read_holdings
from generator.guard.planned import PlannedChange, read_planned
from generator.guard.rules import RULES
from generator.guard.verdict import Stop, Verdict, judge

__all__ = [
    "RULES",
    "PlannedChange",
    "Stop",
    "Verdict",
    "judge",
    "read_holdings",
    "read_planned",
]
