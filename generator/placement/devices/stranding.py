"""What any order of arrival can strand on a board: the worst full state, over all of them.

The host's GPU manager picks the place of each vGPU, so a catalogue is judged by every placed state
that arrivals could lead to, each at any legal place, not by the plan's own choice. A state is full
when no size of the catalogue has a legal place left; what is free in it is stranded.

Sources: NVIDIA AI Enterprise vGPU user guide (placement ids of mixed-size mode), MIG user guide
(placements).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fractions import Fraction
from functools import cache
from typing import NamedTuple

from generator.catalog.accelerator import Accelerator
from generator.catalog.vgpu import VgpuProfile
from generator.placement.devices.mig_layouts import mig_layouts
from generator.placement.devices.shapes import NO_START

Seat = tuple[str, int]
"""A profile by name and its place (``NO_START`` in same-size mode)."""

_Place = tuple[int, int, str]
"""Start, end and profile of one legal place."""


class Stranded(NamedTuple):
    """The worst full state of a board: what nothing can use any more, and how it came about.

    ``gb`` is in the units of the sizes in profile names, ``compute_slices`` counts the MIG slices
    that stay idle with it. ``witness`` is the state. ``states`` counts every placed state that was
    judged, the empty one included, ``full`` those that nothing can join.
    """

    gb: int | float
    compute_slices: int
    witness: tuple[Seat, ...]
    states: int
    full: int

    @property
    def words(self) -> str:
        """The worst state in words: ``8 x nvidia_h100-8c``."""
        counts: dict[str, int] = {}
        for name, _ in self.witness:
            counts[name] = counts.get(name, 0) + 1
        return ", ".join(f"{number} x {name}" for name, number in counts.items()) or "empty"


def board_gb(accelerator: Accelerator) -> int:
    """The size in the name of the board's largest profile; 0 for a board without vGPU."""
    return max((profile.size_gb for profile in accelerator.profiles), default=0)


def worst_stranded(
    accelerator: Accelerator, names: Iterable[str], *, mixed_size: bool = True
) -> Stranded:
    """The worst full state over all orders of arrival and all legal places.

    Where ``names`` has time-sliced and MIG profiles, a GPU is in either mode: the worse one counts.
    Without mixed-size mode (or ids of it) a GPU carries one size. KeyError for another board's
    profile, ValueError for no profile at all.
    """
    chosen = tuple(accelerator.profile(name) for name in sorted(set(names)))
    found = []
    sliced = tuple(p for p in chosen if not p.is_mig)
    if sliced and mixed_size and all(p.placement_ids for p in sliced):
        found.append(_worst_chain(board_gb(accelerator), _places(sliced)))
    elif sliced:
        found.append(_worst_same_size(board_gb(accelerator), sliced))
    if any(p.is_mig for p in chosen):
        found.append(_worst_mig(accelerator, tuple(p.name for p in chosen if p.is_mig)))
    if not found:
        raise ValueError("an empty catalogue strands all of the board")
    return max(found, key=lambda worst: (worst.gb, worst.compute_slices))


def _places(profiles: Sequence[VgpuProfile]) -> tuple[_Place, ...]:
    """Every legal place of the profiles, by start and the larger first."""
    found = [(s, s + p.size_gb, p.name) for p in profiles for s in p.placement_ids]
    return tuple(sorted(found, key=lambda place: (place[0], -place[1], place[2])))


@cache
def _worst_chain(total: int, places: tuple[_Place, ...]) -> Stranded:
    """All states of places on a line, judged from left to right.

    A full state is a chain of places between which no legal place fits as a whole. What can follow
    depends on where the last one ended, so states are counted and compared per end, none is left
    out, and none is looked at twice.
    """
    after: dict[int, tuple[int, int, int, tuple[Seat, ...]]] = {}
    ends = sorted({0, *(end for _, end, _ in places)}, reverse=True)
    for end in ends:
        here = [place for place in places if place[0] >= end]
        states = 1 + sum(after[place[1]][1] for place in here)
        first = min((place[1] for place in here), default=None)
        if first is None:
            after[end] = (total - end, states, 1, ())
            continue
        following = [place for place in here if place[0] < first]
        gb, at = max(
            ((p[0] - end + after[p[1]][0], -n) for n, p in enumerate(following)),
        )
        start, next_end, name = following[-at]
        after[end] = (
            gb,
            states,
            sum(after[place[1]][2] for place in following),
            ((name, start), *after[next_end][3]),
        )
    gb, states, full, witness = after[0]
    return Stranded(gb, 0, witness, states, full)


def _worst_same_size(total: int, profiles: Sequence[VgpuProfile]) -> Stranded:
    """The first size locks the GPU: what is left when it is full of that size."""
    worst = max(profiles, key=lambda p: (total - p.max_per_gpu * p.size_gb, p.name))
    return Stranded(
        gb=max(0, total - worst.max_per_gpu * worst.size_gb),
        compute_slices=0,
        witness=((worst.name, NO_START),) * worst.max_per_gpu,
        states=1 + sum(p.max_per_gpu for p in profiles),
        full=len(profiles),
    )


@cache
def _worst_mig(accelerator: Accelerator, names: tuple[str, ...]) -> Stranded:
    assert accelerator.mig is not None
    layouts = mig_layouts(accelerator, names)
    worst = max(layouts.full, key=lambda layout: (layout.free_units, layout.free_compute))
    units = accelerator.mig.placement_units
    return Stranded(
        gb=_plain(Fraction(worst.free_units * board_gb(accelerator), units)),
        compute_slices=worst.free_compute,
        witness=worst.seats,
        states=len(layouts.all),
        full=len(layouts.full),
    )


def _plain(figure: Fraction) -> int | float:
    return int(figure) if figure.denominator == 1 else float(figure)
