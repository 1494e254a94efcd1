"""Which profile carries a need: a few sizes that halve the board, never the tightest fit."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator

from generator.catalog.accelerator import Accelerator
from generator.catalog.vgpu import VgpuProfile
from generator.placement.catalogue import Need, listed_profiles, recommend
from generator.placement.terms import Terms
from generator.sizing.demand import Demand, GpuNeed, Sharing


def choose(
    need: GpuNeed, accelerator: Accelerator, terms: Terms, offered: Collection[str] = ()
) -> VgpuProfile | None:
    """The smallest profile of the accelerator that leaves ``need`` usable; None where none does.

    ``offered`` names the time-sliced profiles to choose from; without it those count that the
    blueprint lists, else those that halve the board. A stated profile is taken as it is, as long
    as the board has it. For latency (``compute_first``) the one with most compute is taken among
    equal framebuffers.
    """
    fitting = [
        profile
        for profile in candidates(need, accelerator, terms, offered)
        if profile.usable_framebuffer_bytes >= need.memory_bytes
        and terms.allows(profile)
        and (not need.profile or profile.name == need.profile)
        and (not need.nvlink or profile.nvlink_p2p)
    ]
    sign = -1 if need.compute_first else 1
    return min(
        fitting,
        key=lambda p: (p.framebuffer_mib, sign * (p.compute_slices or 0), p.name),
        default=None,
    )


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
    """The time-sliced profiles that a board should offer to some demands; none to keep the default.

    Needs that the board cannot carry are left to others. Where the blueprint lists sizes, or the
    board has no mixed-size mode (every size then has GPUs of its own, and nothing strands), there
    is nothing to recommend.
    """
    sliced = [profile for profile in accelerator.profiles if not profile.is_mig]
    placed = all(profile.placement_ids for profile in sliced)
    if terms.sizes_bytes or not terms.mixed_size or not placed:
        return ()
    most = max((profile.usable_framebuffer_bytes for profile in sliced), default=0)
    vms: dict[int, int] = {}
    for demand in demands:
        need = demand.gpu
        if need is None or need.profile or need.model not in ("", accelerator.id):
            continue
        if need.memory_bytes <= most:
            vms[need.memory_bytes] = vms.get(need.memory_bytes, 0) + demand.count * need.gpus
    found = recommend(accelerator, [Need(size, count) for size, count in sorted(vms.items())])
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
