"""Quantities: a number with its unit, as people write it and as the engine uses it.

Documents state suffixed scalars (``156GiB``, ``25Gbps``, ``80ms``, ``2500/s``, ``25%``, ``6.74B``).
Inside, each dimension has one base unit, named in ``Dimension``. The arithmetic is exact:
``1.5h`` is 5400 seconds, not 5399.999.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

KIB, MIB, GIB, TIB = 1 << 10, 1 << 20, 1 << 30, 1 << 40

_MINUTE, _HOUR, _DAY = 60, 3600, 86_400
_YEAR = 31_557_600
"""A Julian year (365.25 days) in seconds; a month (``mo``) is a twelfth of it."""


class Dimension(StrEnum):
    """What a quantity measures; the value names the base unit."""

    DATA = "bytes"
    DATA_RATE = "bytes_per_s"
    DURATION = "s"
    FREQUENCY = "per_s"
    SHARE = "ratio"
    PARAMETERS = "parameters"


_DATA_UNITS: dict[str, int] = {
    "B": 1,
    "kB": 10**3,
    "KB": 10**3,
    "MB": 10**6,
    "GB": 10**9,
    "TB": 10**12,
    "PB": 10**15,
    "KiB": KIB,
    "MiB": MIB,
    "GiB": GIB,
    "TiB": TIB,
    "PiB": 1 << 50,
}

UNITS: dict[Dimension, dict[str, Fraction]] = {
    Dimension.DATA: {name: Fraction(size) for name, size in _DATA_UNITS.items()},
    Dimension.DATA_RATE: {
        **{f"{name}/s": Fraction(size) for name, size in _DATA_UNITS.items()},
        "kbps": Fraction(10**3, 8),
        "Mbps": Fraction(10**6, 8),
        "Gbps": Fraction(10**9, 8),
        "Tbps": Fraction(10**12, 8),
    },
    Dimension.DURATION: {
        "us": Fraction(1, 10**6),
        "ms": Fraction(1, 10**3),
        "s": Fraction(1),
        "m": Fraction(_MINUTE),
        "min": Fraction(_MINUTE),
        "h": Fraction(_HOUR),
        "d": Fraction(_DAY),
        "w": Fraction(7 * _DAY),
        "mo": Fraction(_YEAR, 12),
        "y": Fraction(_YEAR),
    },
    Dimension.FREQUENCY: {
        "/s": Fraction(1),
        "/min": Fraction(1, _MINUTE),
        "/h": Fraction(1, _HOUR),
        "/d": Fraction(1, _DAY),
    },
    Dimension.SHARE: {"%": Fraction(1, 100)},
    Dimension.PARAMETERS: {
        "K": Fraction(10**3),
        "M": Fraction(10**6),
        "B": Fraction(10**9),
        "T": Fraction(10**12),
    },
}

_SCALAR = re.compile(r"([0-9]{1,18}(?:\.[0-9]{1,9})?)[ ]?([A-Za-z/%]+)")


@dataclass(frozen=True, slots=True)
class Quantity:
    """``value`` in its dimension's base unit; ``source`` says who vouches for it.

    ``source`` is ``""`` for a plain scalar, else what the document says (``measured``, a document,
    a person).
    """

    value: int | float
    source: str = ""


def parse(text: str, dimension: Dimension) -> int | float:
    """Reads a suffixed scalar in ``dimension``; an int where the result is whole.

    Raises ``ValueError`` with a sentence that names the units that would fit.
    """
    units = UNITS[dimension]
    match = _SCALAR.fullmatch(text)
    if match is None or match[2] not in units:
        raise ValueError(
            f"{text!r} is no quantity in {dimension.value}: write a number with one of "
            f"{', '.join(units)}"
        )
    amount = Fraction(match[1]) * units[match[2]]
    return amount.numerator if amount.denominator == 1 else float(amount)


def pattern(dimension: Dimension) -> str:
    """The regular expression that the schemas use for a scalar of ``dimension``."""
    units = "|".join(sorted(UNITS[dimension], key=lambda unit: (-len(unit), unit)))
    return rf"^[0-9]{{1,18}}(\.[0-9]{{1,9}})?[ ]?({units})$"


def gib(size_bytes: float) -> float:
    """Bytes as GiB, for people."""
    return size_bytes / GIB
