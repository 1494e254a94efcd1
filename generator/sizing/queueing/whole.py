"""Whole numbers from quotients, without the error that binary fractions bring.

``100 x 0.07`` is 7.000000000000001 in floating point, and a plain ``ceil`` would buy an eighth GPU
for it.
"""

from __future__ import annotations

from math import ceil, floor

SLACK_RATIO = 1e-9
"""How near to a whole number counts as whole; far above rounding error, far below any real need."""


def rounded_up(value: float) -> int:
    """The least whole number not below ``value``, which counts as whole within ``SLACK_RATIO``."""
    return ceil(value - SLACK_RATIO * max(1.0, abs(value)))


def rounded_down(value: float) -> int:
    """The greatest whole number not above ``value``, with the same slack."""
    return floor(value + SLACK_RATIO * max(1.0, abs(value)))
