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
    """Notes the assumptions with their effects (``weigh``), and bounds what they do together.

    Returns how low and how high ``measure`` comes where they are wrong together.
    """
    middle, changed = weigh(assumptions, inputs, measure, figures, what=what, show=show)
    low = [(-end, change) for end, change in changed if end < middle]
    high = [(end, change) for end, change in reversed(changed) if end > middle]
    return (
        -_furthest(low, inputs, lambda one: -measure(one), -middle),
        _furthest(high, inputs, measure, middle),
    )


Changed = tuple[float, dict[str, Any]]
"""What a rerun came to, and what was changed for it."""


def weigh(
    assumptions: Sequence[Assumption],
    inputs: InputsT,
    measure: Callable[[InputsT], float],
    figures: Figures,
    *,
    what: str,
    show: Callable[[float], str],
) -> tuple[float, list[Changed]]:
    """Runs the formulas again at both ends of each assumption and notes it with its effect.

    Returns ``measure`` as it is and every rerun, the lowest first.
    """
    middle = measure(inputs)
    changed: list[Changed] = []
    for stated in assumptions:
        changes = [{field: value[end] for field, *value in stated.changes} for end in (0, 1)]
        ends = [measure(replace(inputs, **change)) for change in changes]
        changed += zip(ends, changes, strict=True)
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
    changed.sort(key=lambda one: one[0])
    return middle, changed


def _furthest(
    changes: Sequence[Changed],
    inputs: InputsT,
    measure: Callable[[InputsT], float],
    start: float,
) -> float:
    """How far the changes raise ``measure`` together: each is kept where it raises it further.

    The largest comes first. Assumptions interact, so that single effects must not be added.
    """
    reached = start
    for number, (alone, change) in enumerate(changes):
        other = replace(inputs, **change)
        value = measure(other) if number else alone
        if value > reached:
            inputs, reached = other, value
    return reached


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
