"""Which patterns to fill GPUs with: whole loads chosen together, not VM by VM.

A GPU is opened for the pattern that is worth most among what is left to place, and as often as that
lasts. Prices start from what the bound knows; what lands on badly filled GPUs becomes dearer, so
that the next pass finds it better company. The pass that opens the fewest GPUs counts.

Source: G. Belov and G. Scheithauer, Setup and open-stacks minimization in one-dimensional stock
cutting, INFORMS Journal on Computing 19 (2007), for the correction of values from pass to pass.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from generator.placement.bound.bins import SCALE, Column, GpuBin, Kind, Load

MOST_PASSES = 40
"""Passes before the best is taken; chosen: later ones seldom open a GPU less."""


class Filling(NamedTuple):
    """Loads that hold all VMs but ``left``, and the empty GPUs that they open."""

    loads: tuple[Load, ...]
    opened: int
    left: int


def filled(
    kinds: Mapping[Kind, int], bins: Sequence[GpuBin], prices: Sequence[int], enough: int
) -> Filling:
    """The loads that open the fewest GPUs, or the first that open no more than ``enough``.

    ``prices`` in millionths of a GPU by kind are where the search begins.
    """
    current = [max(1, price) for price in prices]
    best: Filling | None = None
    for _ in range(MOST_PASSES):
        found, current = _passed(kinds, bins, current)
        if best is None or (found.left, found.opened) < (best.left, best.opened):
            best = found
        if not best.left and best.opened <= enough:
            break
    assert best is not None
    return best


def _passed(
    kinds: Mapping[Kind, int], bins: Sequence[GpuBin], prices: Sequence[int]
) -> tuple[Filling, list[int]]:
    """One pass, and the prices that it suggests for the next."""
    left, free = list(kinds.values()), [each.count for each in bins]
    loads: list[Load] = []
    paid = [0] * len(left)
    for cost in (0, SCALE):
        order = [n for n, each in enumerate(bins) if each.cost == cost]
        while True:
            picked = _picked(bins, order, prices, left, free)
            if picked is None:
                break
            loads.append(picked)
            free[picked.which] -= picked.times * picked.column.bins
            worth = sum(count * prices[number] for number, count in picked.column.counts)
            for number, count in picked.column.counts:
                left[number] -= count * picked.times
                paid[number] += count * picked.times * prices[number] * SCALE // max(1, worth)
    opened = sum(load.times * load.column.opened for load in loads)
    after = [
        (2 * old + paid[n] * max(1, kind.gpus) // count) // 3
        for n, (old, (kind, count)) in enumerate(zip(prices, kinds.items(), strict=True))
    ]
    return Filling(tuple(loads), opened, sum(left)), after


def _picked(
    bins: Sequence[GpuBin],
    order: Sequence[int],
    prices: Sequence[int],
    left: Sequence[int],
    free: Sequence[int],
) -> Load | None:
    """The load that is worth most per GPU among what is left, as often as it lasts."""
    best: tuple[int, int, Column] | None = None
    for which in order:
        if free[which]:
            worth, column = bins[which].best_of(prices, left, free[which])
            if column.counts and (best is None or worth > best[0]):
                best = worth, which, column
    if best is None:
        return None
    _, which, column = best
    lasts = min(left[number] // count for number, count in column.counts)
    return Load(which, column, max(1, min(lasts, free[which] // column.bins)))
