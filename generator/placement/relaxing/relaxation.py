"""One change that makes a demand fit, what it costs, and that it was proved."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from enum import IntEnum

from generator.placement.constraint import Constraint
from generator.placement.relaxing.part import Trial
from generator.record import Record, record


class Cost(IntEnum):
    """What a relaxation costs, the cheapest first."""

    SETTING = 0
    TIME = 1
    LESS = 2
    GUARD = 3
    PURCHASE = 4


@record
class Relaxation(Record):
    """One change that makes a demand fit.

    ``path`` is the object to change in the blueprint, or in the inventory where ``in_inventory``.
    ``placed`` of ``wanted`` VMs run with it, and everything else as before. ``least`` says that
    the next smaller step of the same kind was tried and does not suffice.
    """

    lifts: Constraint
    cost: Cost
    path: str
    before: str
    after: str
    sentence: str
    placed: int
    wanted: int
    in_inventory: bool = False
    least: bool = False


def proved(trial: Trial, relaxation: Callable[[Trial], Relaxation]) -> Iterator[Relaxation]:
    """The relaxation of a trial that fits, else nothing."""
    if trial.fits:
        yield relaxation(trial)


def smallest(most: int, tried: Callable[[int], Trial]) -> tuple[int, Trial] | None:
    """The least number up to ``most`` that fits, with its trial; more is taken to help no less."""
    if not most:
        return None
    fits, high = tried(most), most
    if not fits.fits:
        return None
    low = 0
    while high - low > 1:
        middle = (low + high) // 2
        trial = tried(middle)
        if trial.fits:
            fits, high = trial, middle
        else:
            low = middle
    return high, fits
