"""What to say about a value that should be a quantity and is none."""

from __future__ import annotations

import re
from typing import Any, NamedTuple

from generator.blueprint.near import shown
from generator.quantity import UNITS, Dimension


class _Words(NamedTuple):
    what: str
    usual: tuple[str, ...]


_WORDS: dict[Dimension, _Words] = {
    Dimension.DATA: _Words("an amount of data", ("GiB",)),
    Dimension.DATA_RATE: _Words("a data rate", ("Gbps", "GB/s")),
    Dimension.DURATION: _Words("a duration", ("m", "h")),
    Dimension.FREQUENCY: _Words("a frequency", ("/s",)),
    Dimension.SHARE: _Words("a share", ("%",)),
    Dimension.PARAMETERS: _Words("a parameter count", ("M", "B")),
}

_CUSTOMARY: dict[str, str] = {
    "k": "kB",
    "ki": "KiB",
    "m": "MB",
    "mi": "MiB",
    "g": "GB",
    "gi": "GiB",
    "t": "TB",
    "ti": "TiB",
    "sec": "s",
    "second": "s",
    "seconds": "s",
    "minute": "m",
    "minutes": "m",
    "hour": "h",
    "hours": "h",
    "day": "d",
    "days": "d",
    "week": "w",
    "weeks": "w",
    "month": "mo",
    "months": "mo",
    "year": "y",
    "years": "y",
    "percent": "%",
    "gbit": "Gbps",
    "gbit/s": "Gbps",
    "gb/s": "GB/s",
}
"""How people write units elsewhere, in lower case."""

_LIKE_A_QUANTITY = re.compile(r"([0-9]+(?:\.[0-9]+)?) *(\S{0,12})")


def message(value: Any, dimension: Dimension) -> str:
    """Says that ``value`` is no quantity of ``dimension``."""
    return f"{shown(value)} is no {_WORDS[dimension].what.split(' ', 1)[1]}"


def mend(value: Any, dimension: Dimension) -> str:
    """How to write it: the nearest spelling where there is one, and the units that fit."""
    fitting = f"units that fit: {', '.join(UNITS[dimension])}"
    guess = _guess(value, dimension)
    return f"write {guess}; {fitting}" if guess else f"write a number with its unit; {fitting}"


def _guess(value: Any, dimension: Dimension) -> str | None:
    """A spelling that the author may have meant."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    if dimension is Dimension.SHARE and isinstance(value, float) and 0 <= value <= 1:
        return f"{value * 100:g}%"
    match = _LIKE_A_QUANTITY.fullmatch(str(value)[:40])
    if match is None:
        return None
    number, unit = match.groups()
    if not unit:
        return " or ".join(f"{number}{usual}" for usual in _WORDS[dimension].usual)
    near = _unit(unit, dimension)
    return f"{number}{near}" if near else None


def _unit(written: str, dimension: Dimension) -> str | None:
    """The unit of ``dimension`` that ``written`` stands for."""
    units = UNITS[dimension]
    customary = _CUSTOMARY.get(written.lower())
    if customary in units:
        return customary
    return next((unit for unit in units if unit.lower() == written.lower()), None)
