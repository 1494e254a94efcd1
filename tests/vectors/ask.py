"""Asks ``mlgen estimate`` as a user does: a document on standard input, JSON back."""

from __future__ import annotations

import json
from functools import cache
from typing import Any

from click.testing import CliRunner

from generator.cli import mlgen

FEASIBLE, INFEASIBLE = 0, 4


class NoAnswer(AssertionError):
    """The command refused the document; the message is what it printed."""


def estimate(document: dict[str, Any]) -> dict[str, Any]:
    """The JSON of ``mlgen estimate - --format json`` for a workload."""
    answer: dict[str, Any] = json.loads(_asked(json.dumps(document, sort_keys=True)))
    return answer


@cache
def _asked(document: str) -> str:
    result = CliRunner().invoke(
        mlgen, ["estimate", "-", "--format", "json"], input=document, standalone_mode=False
    )
    if result.exception is not None or result.return_value not in (FEASIBLE, INFEASIBLE):
        raise NoAnswer(f"{result.exception!r} {result.output} for {document}")
    return result.stdout


def verdict(document: dict[str, Any]) -> str:
    """``fits`` or ``does not fit``."""
    return "fits" if estimate(document)["feasible"] else "does not fit"
