"""Quantities: a number with its unit, as people write it and as the engine uses it.

Documents state suffixed scalars (``156GiB``, ``25Gbps``, ``80ms``, ``2500/s``, ``25%``, ``6.74B``).
Inside, each dimension has one base unit, named in ``Dimension``. The arithmetic is exact:
``1.5h`` is 5400 seconds, not 5399.999.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

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

UNITS: dict[Dimension, dict[str, tuple[int, int]]] = {
    Dimension.DATA: {name: (size, 1) for name, size in _DATA_UNITS.items()},
    Dimension.DATA_RATE: {
        **{f"{name}/s": (size, 1) for name, size in _DATA_UNITS.items()},
        "kbps": (10**3, 8),
        "Mbps": (10**6, 8),
        "Gbps": (10**9, 8),
        "Tbps": (10**12, 8),
    },
    Dimension.DURATION: {
        "us": (1, 10**6),
        "ms": (1, 10**3),
        "s": (1, 1),
        "m": (_MINUTE, 1),
        "min": (_MINUTE, 1),
        "h": (_HOUR, 1),
        "d": (_DAY, 1),
        "w": (7 * _DAY, 1),
        "mo": (_YEAR, 12),
        "y": (_YEAR, 1),
    },
    Dimension.FREQUENCY: {
        "/s": (1, 1),
        "/min": (1, _MINUTE),
        "/h": (1, _HOUR),
        "/d": (1, _DAY),
    },
    Dimension.SHARE: {"%": (1, 100)},
    Dimension.PARAMETERS: {
        "K": (10**3, 1),
        "M": (10**6, 1),
        "B": (10**9, 1),
        "T": (10**12, 1),
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
    whole, _, decimals = match[1].partition(".")
    size, per = units[match[2]]
    above: int = int(whole + decimals) * size
    below: int = 10 ** len(decimals) * per
    return above / below if above % below else above // below


def pattern(dimension: Dimension) -> str:
    """The regular expression that the schemas use for a scalar of ``dimension``."""
    units = "|".join(sorted(UNITS[dimension], key=lambda unit: (-len(unit), unit)))
    return rf"^[0-9]{{1,18}}(\.[0-9]{{1,9}})?[ ]?({units})$"


def gib(size_bytes: float) -> float:
    """Bytes as GiB, for people."""
    return size_bytes / GIB
