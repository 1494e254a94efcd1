"""Which few vGPU sizes a board should offer: those that leave least stranded, proved per board.

Source of the idea: F. Denneman, Mixed-size vGPU mode in practice (2026): few sizes that halve a
board. Here the worst case of every catalogue is computed, and the needs decide.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fractions import Fraction
from itertools import combinations
from typing import NamedTuple

from generator.catalog.accelerator import Accelerator
from generator.catalog.vgpu import VgpuProfile
from generator.placement.devices.stranding import Stranded, board_gb, worst_stranded


class Need(NamedTuple):
    """Usable framebuffer that ``vms`` VMs want, each."""

    memory_bytes: int
    vms: int = 1


class Offer(NamedTuple):
    """A catalogue with its figures.

    ``density`` is the sum over its sizes of how many a GPU carries, ``gpus`` the worst-case number
    of GPUs for the needs it was judged by.
    """

    names: tuple[str, ...]
    sizes_gb: tuple[int, ...]
    worst: Stranded
    density: int
    gpus: Fraction

    @property
    def title(self) -> str:
        """``{10,20,40,80}``."""
        return "{" + ",".join(map(str, self.sizes_gb)) + "}"


class Recommendation(NamedTuple):
    """The catalogue to offer and those that ask for no more framebuffer, with their worst cases."""

    chosen: Offer
    rejected: tuple[Offer, ...]


def recommend(
    accelerator: Accelerator,
    needs: Iterable[Need],
    *,
    mixed_size: bool = True,
    most: int | None = None,
) -> Recommendation | None:
    """The sizes that serve all needs with the fewest GPUs in the worst order of arrival.

    With mixed sizes the worst case counts ``framebuffer asked / (1 - stranded share)``: a size that
    fits tighter must earn what it strands, and among equals the one that strands less is taken.
    Without them each size has GPUs of its own, and among equals the tightest is taken. Then fewer
    sizes, then larger ones. ``most`` bounds the number of sizes. None where no time-sliced profile
    carries the largest need, or nothing is needed.
    """
    profiles = _time_sliced(accelerator)
    wanted = _by_profile(profiles, needs)
    if not wanted or wanted[-1][0] == len(profiles):
        return None
    able = mixed_size and all(p.placement_ids for p in profiles)
    total = board_gb(accelerator)
    judged: list[tuple[tuple[object, ...], Offer]] = []
    best: Fraction | None = None
    for least, asked, members in _serving(profiles, wanted, most, total, mixed=able):
        if best is not None and least > best:
            break
        offer = _judged(accelerator, members, wanted, profiles, mixed_size=able)
        # In mixed size a tighter fit for as many GPUs strands more; alone it is only tighter.
        fit = (offer.worst.gb, 0) if able else (asked, offer.worst.gb)
        key = (offer.gpus, *fit, len(members), tuple(-s for s in offer.sizes_gb))
        judged.append((key, offer))
        best = offer.gpus if best is None else min(best, offer.gpus)
    judged.sort(key=lambda pair: pair[0])
    return Recommendation(judged[0][1], tuple(offer for _, offer in judged[1:]))


def listed_profiles(accelerator: Accelerator, sizes_bytes: Iterable[int]) -> tuple[str, ...]:
    """The board's time-sliced profiles of the listed sizes, which may be in GB or in GiB."""
    wanted = {round(size / unit) for size in sizes_bytes for unit in (1 << 30, 10**9)}
    return tuple(p.name for p in _time_sliced(accelerator) if p.size_gb in wanted)


def offer_of(accelerator: Accelerator, names: Sequence[str], *, mixed_size: bool = True) -> Offer:
    """The figures of a given catalogue, without needs to judge it by."""
    chosen = sorted((accelerator.profile(n) for n in set(names)), key=lambda p: (p.size_gb, p.name))
    worst = worst_stranded(accelerator, names, mixed_size=mixed_size)
    return _offer(accelerator, chosen, worst, Fraction(0))


def _offer(
    accelerator: Accelerator, members: Sequence[VgpuProfile], worst: Stranded, gpus: Fraction
) -> Offer:
    total = board_gb(accelerator)
    return Offer(
        names=tuple(p.name for p in members),
        sizes_gb=tuple(sorted({p.size_gb for p in members})),
        worst=worst,
        density=sum(total // p.size_gb for p in members),
        gpus=gpus,
    )


def _time_sliced(accelerator: Accelerator) -> tuple[VgpuProfile, ...]:
    """The profiles by size; two of one size count as one (the first by name)."""
    by_size: dict[int, VgpuProfile] = {}
    for profile in sorted(accelerator.profiles, key=lambda p: (p.framebuffer_mib, p.name)):
        if not profile.is_mig:
            by_size.setdefault(profile.size_gb, profile)
    return tuple(by_size.values())


def _by_profile(profiles: Sequence[VgpuProfile], needs: Iterable[Need]) -> list[tuple[int, int]]:
    """How many VMs have each profile as their smallest; ``len(profiles)`` where none is enough."""
    counts: dict[int, int] = {}
    for need in needs:
        fitting = (
            n for n, p in enumerate(profiles) if p.usable_framebuffer_bytes >= need.memory_bytes
        )
        at = next(fitting, len(profiles))
        counts[at] = counts.get(at, 0) + need.vms
    return sorted(counts.items())


_Serving = tuple[Fraction, int, tuple[int, ...]]


def _serving(
    profiles: Sequence[VgpuProfile],
    wanted: Sequence[tuple[int, int]],
    most: int | None,
    total: int,
    *,
    mixed: bool,
) -> list[_Serving]:
    """Every catalogue of which each size serves a need, with the least GPUs it could do with."""
    top, bottom = wanted[-1][0], wanted[0][0]
    found = []
    for size in range(1, min(most or len(profiles), len(wanted)) + 1):
        for members in combinations(range(bottom, len(profiles)), size):
            taken = _taken(wanted, members)
            if members[-1] >= top and len(taken) == size:
                least = _gpus(profiles, taken, total, 0, mixed=mixed)
                asked = sum(profiles[m].size_gb * count for m, count in taken.items())
                found.append((least, asked, members))
    return sorted(found)


def _taken(wanted: Sequence[tuple[int, int]], members: Sequence[int]) -> dict[int, int]:
    """How many VMs each member serves: all of the smallest that is enough for them."""
    taken: dict[int, int] = {}
    for at, count in wanted:
        serving = next((m for m in members if m >= at), None)
        if serving is not None:
            taken[serving] = taken.get(serving, 0) + count
    return taken


def _gpus(
    profiles: Sequence[VgpuProfile],
    taken: dict[int, int],
    total: int,
    stranded: int,
    *,
    mixed: bool,
) -> Fraction:
    if mixed:
        asked = sum(profiles[m].size_gb * count for m, count in taken.items())
        return Fraction(asked, total - stranded)
    return Fraction(sum(-(-count // profiles[m].max_per_gpu) for m, count in taken.items()))


def _judged(
    accelerator: Accelerator,
    members: Sequence[int],
    wanted: Sequence[tuple[int, int]],
    profiles: Sequence[VgpuProfile],
    *,
    mixed_size: bool,
) -> Offer:
    chosen = [profiles[m] for m in members]
    worst = worst_stranded(accelerator, [p.name for p in chosen], mixed_size=mixed_size)
    total = board_gb(accelerator)
    taken = _taken(wanted, members)
    gpus = _gpus(profiles, taken, total, int(worst.gb), mixed=mixed_size)
    return _offer(accelerator, chosen, worst, gpus)
