"""GPUs while packing goes on: what is on them, and what may still join.

A GPU is in one mode until it is empty. Same-size: its first vGPU fixes the profile. MIG: an
instance takes consecutive memory slices from a legal start, and compute slices beside them.
Sources: NVIDIA AI Enterprise user guide 2.1.3, MIG user guide (placements).
"""

from __future__ import annotations

from dataclasses import dataclass, field

from generator.catalog.accelerator import Accelerator
from generator.catalog.mig import MigProfile
from generator.catalog.vgpu import VgpuProfile
from generator.placement.stock import Gpu
from generator.sizing.demand import Sharing

NO_START = -1


@dataclass(slots=True)
class Device:
    """A GPU and its present contents."""

    gpu: Gpu
    accelerator: Accelerator
    sharing: Sharing | None = None
    profile: str = ""
    environment: str = ""
    count: int = 0
    compute_slices: int = 0
    taken: set[int] = field(default_factory=set)

    @property
    def empty(self) -> bool:
        """Whether nothing of the plan is on it."""
        return self.count == 0

    @property
    def free(self) -> bool:
        """Whether nothing at all is on it, neither of the plan nor of others."""
        return self.empty and not self.gpu.held_by

    def start_for(self, profile: VgpuProfile, sharing: Sharing, environment: str) -> int | None:
        """Where a vGPU of ``profile`` could start; None where it cannot join.

        Anything but MIG has no start and answers ``NO_START``.
        """
        if self.gpu.held_by:
            return None
        if self.environment and self.environment != environment:
            return None
        if sharing is Sharing.MIG:
            return self._mig_start(profile)
        if self.sharing in (None, sharing) and self.profile in ("", profile.name):
            return NO_START if self.count < profile.max_per_gpu else None
        return None

    def take(self, profile: VgpuProfile, sharing: Sharing, environment: str, start: int) -> None:
        """Puts a vGPU on the device; ``environment`` is "" where environments may share it."""
        self.sharing, self.environment = sharing, environment
        self.count += 1
        if sharing is Sharing.MIG:
            instance = self._instance(profile)
            self.taken |= set(range(start, start + instance.size))
            self.compute_slices += instance.compute_slices
        else:
            self.profile = profile.name

    def _mig_start(self, profile: VgpuProfile) -> int | None:
        mig = self.accelerator.mig
        if mig is None or self.sharing not in (None, Sharing.MIG):
            return None
        instance = self._instance(profile)
        if self.compute_slices + instance.compute_slices > mig.compute_slices:
            return None
        # Hopper puts small instances high and so keeps slice 0 for the largest.
        return next(
            (
                start
                for start in sorted(instance.starts, reverse=True)
                if not self.taken & set(range(start, start + instance.size))
            ),
            None,
        )

    def _instance(self, profile: VgpuProfile) -> MigProfile:
        assert self.accelerator.mig is not None
        return self.accelerator.mig.profile(str(profile.mig_profile))
