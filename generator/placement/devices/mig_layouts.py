"""Every placed state of a GPU in MIG mode: which instances stand where.

Instances are never rearranged, and each may start at any of its legal positions, so states are sets
of placed instances, not counts. Source: NVIDIA, MIG user guide (placements).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache
from typing import NamedTuple

from generator.catalog.accelerator import Accelerator
from generator.catalog.mig import Mig, MigProfile


class MigLayout(NamedTuple):
    """One state: vGPU profiles with their starts, and what no instance holds.

    ``free_units`` counts placement units of memory, ``free_compute`` compute slices.
    """

    seats: tuple[tuple[str, int], ...]
    free_units: int
    free_compute: int

    @property
    def profiles(self) -> tuple[str, ...]:
        """What stands there, without places."""
        return tuple(sorted(name for name, _ in self.seats))


class MigLayouts(NamedTuple):
    """All states, the empty one included, and those that nothing can join."""

    all: tuple[MigLayout, ...]
    full: tuple[MigLayout, ...]


_Kinds = tuple[tuple[str, MigProfile], ...]


@cache
def mig_layouts(accelerator: Accelerator, names: tuple[str, ...]) -> MigLayouts:
    """Every placed state of the MIG profiles ``names``; KeyError for a profile of another board.

    Of profiles that share an instance of one kind in turns, the instance is what is placed.
    """
    assert accelerator.mig is not None
    by_kind: dict[str, str] = {}
    for name in sorted(names):
        by_kind.setdefault(str(accelerator.profile(name).mig_profile), name)
    kinds = tuple((name, accelerator.mig.profile(kind)) for kind, name in sorted(by_kind.items()))
    found = [
        (seats, _layout(accelerator.mig, seats, kinds))
        for seats in _chains(kinds, accelerator.mig.compute_slices)
    ]
    legal = [(seats, layout) for seats, layout in found if layout is not None]
    states = {frozenset(seats) for seats, _ in legal}
    places = [(n, start) for n, (_, kind) in enumerate(kinds) for start in kind.starts]
    full = tuple(
        layout
        for seats, layout in legal
        if not any(frozenset((*seats, place)) in states for place in places if place not in seats)
    )
    return MigLayouts(tuple(layout for _, layout in legal), full)


def _chains(
    kinds: _Kinds, compute: int, end: int = 0, seats: tuple[tuple[int, int], ...] = ()
) -> Iterator[tuple[tuple[int, int], ...]]:
    """Every set of instances that do not overlap and find compute slices, from left to right."""
    yield seats
    for n, (_, kind) in enumerate(kinds):
        if kind.compute_slices > compute:
            continue
        for start in kind.starts:
            if start >= end:
                left = compute - kind.compute_slices
                yield from _chains(kinds, left, start + kind.size, (*seats, (n, start)))


def _layout(mig: Mig, seats: Sequence[tuple[int, int]], kinds: _Kinds) -> MigLayout | None:
    """The state of a chain; None where it has too many instances, of a kind or in all."""
    if len(seats) > mig.max_instances:
        return None
    compute = sum(kinds[n][1].compute_slices for n, _ in seats)
    for n, (_, kind) in enumerate(kinds):
        if sum(1 for m, _ in seats if m == n) > kind.max_instances:
            return None
    return MigLayout(
        seats=tuple((kinds[n][0], start) for n, start in seats),
        free_units=mig.placement_units - sum(kinds[n][1].size for n, _ in seats),
        free_compute=mig.compute_slices - compute,
    )
