"""Compares the engine's answers with published figures."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any

import yaml

from tests.vectors.units import IN_BASE

HERE = Path(__file__).parent
AREAS = ("inference", "models", "network", "packing", "queueing", "storage", "training")
EXCLUDED = ("packing.gpu_trace", "trace.")
"""What benchmarks replay, and traces that describe a system rather than predict one."""
UNREAD = ("note", "derivation")

DOES_NOT_FIT = re.compile(r"oom|no room|does not fit|refuse", re.IGNORECASE)


@dataclass(frozen=True)
class Row:
    """One published figure."""

    id: str
    topic: str
    tier: str
    inputs: Mapping[str, Any]
    expected: Any
    unit: str
    tolerance: Any
    source: str


@dataclass(frozen=True)
class Scored:
    """A row with the engine's answer in the row's base unit; ``answer`` is an error where none."""

    row: Row
    answer: Any
    expected: Any
    inside: bool

    @property
    def error(self) -> float | None:
        """The signed relative error; None where the figure is no number."""
        if isinstance(self.answer, int | float) and isinstance(self.expected, int | float):
            return self.answer / self.expected - 1 if self.expected else None
        return None


@cache
def rows() -> tuple[Row, ...]:
    """Every row that can be a gate, in the order of the files."""
    found = []
    for path in sorted((HERE / "figures").glob("*.yaml")):
        for stated in yaml.load(path.read_text(encoding="utf-8"), yaml.CSafeLoader):
            inputs = {k: v for k, v in stated["inputs"].items() if k not in UNREAD}
            found.append(
                Row(
                    id=stated["id"],
                    topic=stated["topic"],
                    tier=stated["tier"],
                    inputs=inputs,
                    expected=stated["expected"],
                    unit=stated["unit"],
                    tolerance=stated["tolerance"],
                    source=stated["source"],
                )
            )
    return tuple(row for row in found if not row.topic.startswith(EXCLUDED))


@cache
def answers() -> Mapping[str, Callable[[Mapping[str, Any]], object]]:
    """For each topic the function that asks the engine."""
    found: dict[str, Callable[[Mapping[str, Any]], object]] = {}
    for area in AREAS:
        for topic, ask in import_module(f"tests.vectors.topics.{area}").ANSWERS.items():
            assert topic not in found, f"two areas answer {topic}"
            found[topic] = ask
    return found


_PER = re.compile(r"/(GPU|iteration|layer|sample|accelerator|token|param|usable)\b.*")


def factor(unit: str) -> float:
    """What one of a printed unit is in base units; 1 for a plain count in words."""
    plain = unit.partition(" (")[0]
    for name in (plain, _PER.sub("", plain), plain.partition(" ")[0]):
        if name in IN_BASE:
            return IN_BASE[name]
    return 1.0


@cache
def scored() -> tuple[Scored, ...]:
    """Every row with the engine's answer."""
    return tuple(map(score, rows()))


def score(row: Row) -> Scored:
    """Asks the engine and judges the answer; a topic that nobody answers is a miss."""
    ask = answers().get(row.topic)
    expected = row.expected
    if isinstance(expected, int | float) and not isinstance(expected, bool):
        expected = expected * factor(row.unit)
    if ask is None:
        return Scored(row, LookupError(f"nobody answers {row.topic}"), expected, inside=False)
    try:
        answer = ask({**row.inputs, "unit": row.unit})
    except Exception as error:  # noqa: BLE001 (an error is a miss like any other)
        return Scored(row, error, expected, inside=False)
    return Scored(row, answer, expected, inside=_inside(row, answer, expected))


def _inside(row: Row, answer: Any, expected: Any) -> bool:
    if isinstance(expected, str) and row.unit == "verdict":
        return (answer == "does not fit") == bool(DOES_NOT_FIT.search(expected))
    if row.tolerance == "exact" or not isinstance(expected, int | float):
        return bool(answer == expected)
    if isinstance(answer, Mapping):
        return bool(answer["low"] <= expected <= answer["high"])
    if not isinstance(answer, int | float):
        return False
    ((how, width),) = row.tolerance.items()
    if how == "rel":
        return abs(answer - expected) <= width * abs(expected) * (1 + 1e-12)
    if how == "abs":
        return abs(answer - expected) <= width * factor(row.unit) + 1e-9 * abs(expected)
    if how == "factor":
        return expected / width <= answer <= expected * width
    assert how == "min"
    return bool(answer >= expected)


def chosen(*topics: str, tiers: str = "ABC") -> Iterator[Scored]:
    """The scored rows whose topic begins with one of ``topics``."""
    for one in scored():
        if one.row.tier in tiers and one.row.topic.startswith(topics):
            yield one
