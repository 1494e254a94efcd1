"""Which profile carries a need: a few sizes that halve the board, never the tightest fit."""

from __future__ import annotations

from collections.abc import Iterator

from generator.catalog.accelerator import Accelerator
from generator.catalog.vgpu import VgpuProfile
from generator.placement.terms import Terms
from generator.sizing.demand import GpuNeed, Sharing


def choose(need: GpuNeed, accelerator: Accelerator, terms: Terms) -> VgpuProfile | None:
    """The smallest profile of the accelerator that leaves ``need`` usable; None where none does.

    A stated profile is taken as it is, as long as the board has it. For latency
    (``compute_first``) the one with most compute is taken among equal framebuffers.
    """
    fitting = [
        profile
        for profile in candidates(need, accelerator)
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


def candidates(need: GpuNeed, accelerator: Accelerator) -> Iterator[VgpuProfile]:
    """The profiles of the mode that the need allows."""
    for profile in accelerator.profiles:
        if need.sharing is Sharing.MIG:
            if profile.is_mig and not profile.name.endswith("me"):
                yield profile
        elif need.sharing is Sharing.NONE:
            if not profile.is_mig and profile.max_per_gpu == 1:
                yield profile
        elif not profile.is_mig and (need.profile or halves_the_board(profile)):
            yield profile


def halves_the_board(profile: VgpuProfile) -> bool:
    """Whether the profile belongs to the aligned catalogue: whole, half, quarter, eighth.

    Such sizes strand nothing in any order of arrival, also in mixed-size mode; on an 80 GB board
    they are 10, 20, 40 and 80. Source: NVIDIA's placement ids, enumerated.
    """
    return profile.max_per_gpu in (1, 2, 4, 8) and profile.max_per_gpu_mixed in (
        None,
        profile.max_per_gpu,
    )
