"""From a number and a unit as other programs write them to a quantity of the language."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal

from generator.blueprint import units
from generator.blueprint.near import shown
from generator.blueprint.observed.rules import NotMeasured, WrongUnit
from generator.finding import Finding, Place, Rule
from generator.quantity import UNITS, Dimension

LEAVE_OUT = "leave it out where it is unknown; unknown is not zero"

BASE_UNITS: Mapping[Dimension, str] = {
    Dimension.DATA: "B",
    Dimension.DURATION: "s",
    Dimension.FREQUENCY: "/s",
}
"""The units that Prometheus asks exporters for (Prometheus documentation, metric and label naming),
as the language writes them."""

UNIT_WORDS: Mapping[str, str] = {
    "bytes": "B",
    "kibibytes": "KiB",
    "mebibytes": "MiB",
    "gibibytes": "GiB",
    "kilobytes": "kB",
    "megabytes": "MB",
    "gigabytes": "GB",
    "seconds": "s",
    "milliseconds": "ms",
    "microseconds": "us",
    "minutes": "min",
    "hours": "h",
    "per_second": "/s",
    "per_minute": "/min",
    "1/s": "/s",
}
"""Units as metrics and log files spell them."""

_NUMBER = re.compile(r"\+?(?:[0-9]{1,40}\.?[0-9]{0,40}|\.[0-9]{1,40})(?:e[+-]?[0-9]{1,3})?")
_NOT_FINITE = re.compile(r"[+-]?(?:nan|inf|infinity)")
_COUNTED = re.compile(r"[a-z _-]{1,40}(/s|/min|/h|/d)")

_FINEST = Decimal("1e-9")
_LARGEST = Decimal(10) ** 18
"""The language writes up to 18 digits before the point and nine behind it."""


class Unusable(Exception):
    """A cell or sample that gives no figure; ``at`` makes the finding."""

    def __init__(self, rule: type[Rule], message: str, mend: str) -> None:
        super().__init__(message)
        self.rule, self.message, self.mend = rule, message, mend

    def at(self, place: Place, path: str) -> Finding:
        """The finding, with the place and the object path of the value."""
        return self.rule.breach(self.message, mend=self.mend, places=(place,), path=path)


def quantity_text(number: str, unit: str, dimension: Dimension) -> str:
    """``number`` and ``unit`` as a suffixed scalar (``6.02e10``, ``bytes`` -> ``60200000000B``).

    Raises:
        Unusable: for what is no finite number above zero, and for units of another dimension.
    """
    value = number_of(number)
    symbol = unit_of(unit, dimension)
    if symbol is None:
        raise Unusable(
            WrongUnit,
            units.message(f"{number}{unit}", dimension),
            units.mend(f"{number}{unit}", dimension),
        )
    if value >= _LARGEST:
        raise Unusable(NotMeasured, f"{shown(number)} is too large", "write it in a larger unit")
    rounded = value.quantize(_FINEST)
    if not rounded:
        raise Unusable(NotMeasured, f"{shown(number)} is too small", "write it in a smaller unit")
    plain = f"{rounded:f}"
    return f"{plain.rstrip('0').rstrip('.')}{symbol}"


def number_of(text: str) -> Decimal:
    """A finite number above zero, also in scientific notation.

    Raises:
        Unusable: for everything else.
    """
    written = text.strip().lower()
    if _NOT_FINITE.fullmatch(written):
        raise Unusable(NotMeasured, f"{shown(text)} is no finite number", LEAVE_OUT)
    if written.startswith("-") and _NUMBER.fullmatch(written[1:]):
        raise Unusable(NotMeasured, f"{shown(text)} is negative", "correct or remove it")
    if not _NUMBER.fullmatch(written):
        mend = f"write digits, as in 41.9 or 6.02e10; {LEAVE_OUT}"
        raise Unusable(NotMeasured, f"{shown(text)} is no number", mend)
    value = Decimal(written)
    if not value:
        raise Unusable(NotMeasured, "a figure of zero was not measured", LEAVE_OUT)
    return value


def unit_of(written: str, dimension: Dimension) -> str | None:
    """The language's unit for one of another program; None where ``dimension`` has none such.

    What is counted per time goes without saying: ``tokens/s`` is ``/s``.
    """
    plain = written.strip()
    if plain in UNITS[dimension]:
        return plain
    word = UNIT_WORDS.get(plain.lower())
    if word is None and (counted := _COUNTED.fullmatch(plain.lower())):
        word = counted[1]
    return word if word in UNITS[dimension] else None
