"""Which profile carries a need: a few sizes that halve the board, never the tightest fit."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator

from generator.catalog.accelerator import Accelerator
from generator.catalog.vgpu import VgpuProfile
from generator.placement.devices.catalogue import Need, listed_profiles, recommend
from generator.placement.devices.shapes import sharers
from generator.placement.terms import Terms
from generator.sizing.demand import Demand, GpuNeed, Sharing


def choose(
    need: GpuNeed, accelerator: Accelerator, terms: Terms, offered: Collection[str] = ()
) -> VgpuProfile | None:
    """The smallest profile of the accelerator that leaves ``need`` usable; None where none does.

    ``offered`` names the time-sliced profiles that an open need is drawn from (``is_open``), as far
    as one of them is enough; else those count that the blueprint lists, else those that halve the
    board. A stated profile is taken as it is, as long as the board has it. For latency
    (``compute_first``) the one with most compute of its own is taken among equal framebuffers: what
    shares a MIG instance in turns counts by its part, and has it alone rather than not.
    """
    if offered and is_open(need, terms):
        found = _smallest(need, accelerator, terms, offered)
        if found is not None:
            return found
    return _smallest(need, accelerator, terms)


def is_open(need: GpuNeed, terms: Terms) -> bool:
    """Whether a need may be drawn from any catalogue of time-sliced sizes.

    Neither it nor the blueprint names sizes, and it is not for latency: the smaller a vGPU, the
    more neighbours its GPU works for in turn.
    """
    return (
        need.sharing is Sharing.TIME_SLICED
        and need.gpus == 1
        and not (need.profile or need.passthrough or need.compute_first or terms.sizes_bytes)
    )


def _smallest(
    need: GpuNeed, accelerator: Accelerator, terms: Terms, offered: Collection[str] = ()
) -> VgpuProfile | None:
    fitting = [
        profile
        for profile in candidates(need, accelerator, terms, offered)
        if profile.usable_framebuffer_bytes >= need.memory_bytes
        and terms.allows(profile)
        and (not need.profile or profile.name == need.profile)
        and (not need.nvlink or profile.nvlink_p2p)
    ]
    sign = -1 if need.compute_first else 1

    def rank(profile: VgpuProfile) -> tuple[int, float, int, str]:
        share = sharers(profile, accelerator)
        own = (profile.compute_slices or 0) / share
        return profile.framebuffer_mib, sign * own, share, profile.name

    return min(fitting, key=rank, default=None)


def candidates(
    need: GpuNeed, accelerator: Accelerator, terms: Terms, offered: Collection[str] = ()
) -> Iterator[VgpuProfile]:
    """The profiles of the mode that the need allows."""
    named = offered or listed_profiles(accelerator, terms.sizes_bytes)
    for profile in accelerator.profiles:
        if need.sharing is Sharing.MIG:
            if profile.is_mig and not profile.name.endswith("me"):
                yield profile
        elif need.sharing is Sharing.NONE:
            if not profile.is_mig and profile.max_per_gpu == 1:
                yield profile
        elif not profile.is_mig and (need.profile or _is_offered(profile, named, terms)):
            yield profile


def _is_offered(profile: VgpuProfile, named: Collection[str], terms: Terms) -> bool:
    if named or terms.sizes_bytes:
        return profile.name in named
    return halves_the_board(profile)


def offered(accelerator: Accelerator, demands: Iterable[Demand], terms: Terms) -> tuple[str, ...]:
    """The time-sliced profiles that a board should offer to the open among some demands.

    None where nothing is open. Needs that the board cannot carry are left to others.
    """
    sliced = [profile for profile in accelerator.profiles if not profile.is_mig]
    most = max((profile.usable_framebuffer_bytes for profile in sliced), default=0)
    vms: dict[int, int] = {}
    for demand in demands:
        need = demand.gpu
        if need is not None and is_open(need, terms) and need.memory_bytes <= most:
            vms[need.memory_bytes] = vms.get(need.memory_bytes, 0) + demand.count
    needs = [Need(size, count) for size, count in sorted(vms.items())]
    found = recommend(accelerator, needs, mixed_size=terms.mixed_size)
    return found.chosen.names if found else ()


def halves_the_board(profile: VgpuProfile) -> bool:
    """Whether the profile belongs to the aligned catalogue: whole, half, quarter, eighth.

    Such sizes strand nothing in any order of arrival, also in mixed-size mode; on an 80 GB board
    they are 10, 20, 40 and 80. Source: NVIDIA's placement ids, enumerated.
    """
    return profile.max_per_gpu in (1, 2, 4, 8) and profile.max_per_gpu_mixed in (
        None,
        profile.max_per_gpu,
    )
