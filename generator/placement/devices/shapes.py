"""The words of geometry: modes of a GPU, what a vGPU profile takes of one, and where it sits."""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple, Protocol

from generator.catalog.accelerator import Accelerator
from generator.catalog.vgpu import VgpuProfile

NO_START = -1
"""The place of a vGPU in a mode that has none."""

EMPTY = 0
CLOSED = 1
NOWHERE = -1
"""The layouts of an empty GPU, of one that nothing may join, and the answer "cannot join"."""

PASSTHROUGH = "passthrough"
"""The shape of a whole GPU by DirectPath."""


class Mode(StrEnum):
    """The state of a GPU. Leaving one for another needs the GPU empty."""

    EMPTY = "empty"
    PASSTHROUGH = "passthrough"
    SAME_SIZE = "same-size"
    MIXED_SIZE = "mixed-size"
    MIG = "mig"
    MIG_TIME_SLICED = "mig-time-sliced"

    @property
    def is_mig(self) -> bool:
        """Whether the host must have MIG enabled on the GPU."""
        return self in (Mode.MIG, Mode.MIG_TIME_SLICED)


class Geometry(Protocol):
    """What packing asks of a device, whatever it is."""

    total_mib: int

    def join(self, layout: int, shape: int) -> int:
        """The layout after one more vGPU of a shape, ``NOWHERE`` where it cannot join."""

    def leave(self, layout: int, shape: int) -> int:
        """The layout after a planned vGPU of a shape has gone."""

    def room(self, layout: int, shape: int) -> int:
        """How many more vGPUs of a shape can join."""

    def free_mib(self, layout: int) -> int:
        """The framebuffer that no vGPU holds, in MiB, usable or not."""

    def setting(self, layout: int) -> Mode:
        """What must be set by hand on the host for the layout: MIG, mixed-size or neither."""


class Shape(NamedTuple):
    """What a vGPU profile takes of its board.

    ``alone`` is the count of a GPU that carries nothing else. ``starts`` and ``size`` are places in
    the units of the board: placement ids of mixed-size mode, or memory slices of a MIG instance, on
    which ``per_instance`` vGPUs may share their time. ``at_most`` bounds instances of the kind.
    """

    name: str
    is_mig: bool
    framebuffer_mib: int
    alone: int
    starts: tuple[int, ...]
    size: int
    compute_slices: int = 0
    per_instance: int = 1
    at_most: int = 0


class Fixed(NamedTuple):
    """A vGPU that runs already: its shape and place."""

    shape: int
    start: int


class Seat(NamedTuple):
    """A vGPU of a layout: its shape, its place, and whether it runs there already."""

    shape: int
    start: int
    runs: bool


def sharers(profile: VgpuProfile, accelerator: Accelerator) -> int:
    """How many vGPUs of a profile may take turns on one MIG instance; 1 where it has it alone."""
    if not profile.is_mig or accelerator.mig is None:
        return 1
    instance = accelerator.mig.profile(str(profile.mig_profile))
    return max(1, profile.max_per_gpu // instance.max_instances)


def shape_of(profile: VgpuProfile, accelerator: Accelerator) -> Shape:
    """What a profile of an accelerator takes of it."""
    if profile.is_mig:
        assert accelerator.mig is not None
        instance = accelerator.mig.profile(str(profile.mig_profile))
        return Shape(
            name=profile.name,
            is_mig=True,
            framebuffer_mib=profile.framebuffer_mib,
            alone=profile.max_per_gpu,
            starts=instance.starts,
            size=instance.size,
            compute_slices=instance.compute_slices,
            per_instance=sharers(profile, accelerator),
            at_most=instance.max_instances,
        )
    return Shape(
        name=profile.name,
        is_mig=False,
        framebuffer_mib=profile.framebuffer_mib,
        alone=profile.max_per_gpu,
        starts=profile.placement_ids,
        size=profile.size_gb,
    )
