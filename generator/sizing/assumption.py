"""Assumptions: what nobody stated, its range, and what changes where it is wrong."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any, TypeVar

from generator.ledger import Basis
from generator.record import Record, record
from generator.sizing.figures import Figures

InputsT = TypeVar("InputsT", bound=Record)


@record
class Assumption(Record):
    """A default that stands in for what nobody stated.

    ``changes`` maps fields of the inputs to what they are at the low and at the high end.
    """

    name: str
    value: float | str
    unit: str
    rule: str
    source: str
    low: float | None
    high: float | None
    changes: tuple[tuple[str, Any, Any], ...]


def judge(
    assumptions: Sequence[Assumption],
    inputs: InputsT,
    measure: Callable[[InputsT], float],
    figures: Figures,
    *,
    what: str,
    show: Callable[[float], str],
) -> tuple[float, float]:
    """Runs the formulas again at both ends of each assumption and notes it with its effect.

    Returns how low and how high ``measure`` comes where every assumption is wrong in the same
    direction at once.
    """
    middle = measure(inputs)
    lowest = highest = middle
    down: dict[str, Any] = {}
    up: dict[str, Any] = {}
    for stated in assumptions:
        changes = [{field: value[end] for field, *value in stated.changes} for end in (0, 1)]
        ends = [measure(replace(inputs, **change)) for change in changes]
        if min(ends) < middle:
            down |= changes[ends.index(min(ends))]
        if max(ends) > middle:
            up |= changes[ends.index(max(ends))]
        lowest, highest = min(lowest, *ends), max(highest, *ends)
        figures.note(
            stated.name,
            stated.value,
            stated.unit,
            rule=stated.rule,
            source=stated.source,
            basis=Basis.ASSUMED,
            low=stated.low,
            high=stated.high,
            effect=_effect(stated, ends, middle, what=what, show=show),
        )
    together = [measure(replace(inputs, **all_wrong)) for all_wrong in (down, up) if all_wrong]
    return min(lowest, *together, middle), max(highest, *together, middle)


def _effect(
    stated: Assumption,
    ends: Sequence[float],
    middle: float,
    *,
    what: str,
    show: Callable[[float], str],
) -> str:
    """What the reruns came to: the range of a figure, or one result for each other word."""
    _, *words = stated.changes[0]
    if isinstance(stated.value, str) and all(isinstance(word, str) for word in words):
        others = (f"{show(end)} with {word}" for end, word in zip(ends, words, strict=True))
        return f"{what} {', '.join(others)}"
    return f"{what} from {show(min(*ends, middle))} to {show(max(*ends, middle))}"
