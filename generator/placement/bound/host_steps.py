"""Cores and memory of a host in few whole numbers, so that a table over them stays small.

A VM takes its need rounded down to steps, which can only let more fit than the host does.

Source: S. P. Fekete and J. Schepers, New classes of fast lower bounds for bin packing problems,
Mathematical Programming 91 (2001).
"""

from __future__ import annotations

from collections.abc import Sequence
from math import gcd
from typing import NamedTuple

STEPS = 256
"""Steps of cores or of memory that a host is cut into at most; chosen for the time it takes."""


class Steps(NamedTuple):
    """What each kind takes of a host in steps, and how many it has."""

    needs: tuple[int, ...]
    total: int


def in_steps(needs: Sequence[int], total: int, *, binds: bool) -> Steps:
    """Needs against a total in few whole numbers, so that what fits still fits.

    Exact where a common measure is large enough. Else the total is cut into ``STEPS``, needs are
    rounded down, and needs that are no whole steps have one step less between them: rounding takes
    something off each, so they cannot fill the last one.
    """
    if not binds or not total:
        return Steps((0,) * len(needs), 0)
    measure = gcd(*needs)
    if measure and total // measure <= STEPS:
        return Steps(tuple(need // measure for need in needs), total // measure)
    last = STEPS - 1
    return Steps(
        tuple(
            STEPS * need // total if STEPS * need % total else last * need // total
            for need in needs
        ),
        last,
    )
