"""How far several assumptions together can pull a figure."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import product
from typing import TypeVar

from generator.record import Record
from generator.sizing.assumption import Assumption

InputsT = TypeVar("InputsT", bound=Record)


def extremes(
    assumptions: Sequence[Assumption], inputs: InputsT, measure: Callable[[InputsT], float]
) -> tuple[float, float]:
    """The least and the most of ``measure`` with each assumption as it is, low or high.

    Volumes are products, so that the sum of single effects would be too wide, and below nothing.
    """
    found = [
        measure(replace(inputs, **dict(pair for change in chosen for pair in change)))
        for chosen in product(*(_ends(assumption) for assumption in assumptions))
    ]
    return min(found), max(found)


def _ends(assumption: Assumption) -> tuple[tuple[tuple[str, object], ...], ...]:
    """The assumption as it is, at its low end and at its high end, as fields to replace."""
    low = tuple((field, value) for field, value, _ in assumption.changes)
    high = tuple((field, value) for field, _, value in assumption.changes)
    return (), low, high
