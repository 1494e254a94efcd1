"""What a GPU can be given out as: fractions, MIG instances, whole, linked, over several hosts.

An offer is one way to consume a GPU of the catalogue. What a profile leaves usable is not what its
name says, so every offer carries both figures.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from enum import StrEnum

from generator.catalog.accelerator import Accelerator
from generator.catalog.vgpu import VgpuProfile
from generator.quantity import MIB
from generator.record import Record, record
from generator.sizing.choice.video import encoders
from generator.sizing.demand import Sharing


class Kind(StrEnum):
    """How compute is consumed."""

    CPU = "cpu"
    TIME_SLICED = "time-sliced"
    MIG = "mig"
    MIG_TIME_SLICED = "mig-time-sliced"
    FULL = "full"
    PASSTHROUGH = "passthrough"
    NVLINK = "nvlink"
    PCIE = "pcie"
    HOSTS = "hosts"

    @property
    def is_fraction(self) -> bool:
        """A part of a GPU: the answer to many small jobs."""
        return self in FRACTIONS

    @property
    def is_several(self) -> bool:
        """More than one GPU: the answer to a job that is too big or too slow on one."""
        return self in SEVERAL

    @property
    def sharing(self) -> Sharing | None:
        """How a demand of this kind shares its GPU; None for the CPU."""
        if self is Kind.CPU:
            return None
        if self is Kind.MIG:
            return Sharing.MIG
        return Sharing.TIME_SLICED if self.is_fraction else Sharing.NONE


FRACTIONS = frozenset({Kind.TIME_SLICED, Kind.MIG, Kind.MIG_TIME_SLICED})
SEVERAL = frozenset({Kind.NVLINK, Kind.PCIE, Kind.HOSTS})
SINGLE = frozenset({*FRACTIONS, Kind.FULL, Kind.PASSTHROUGH})


@record
class Offer(Record):
    """One way to consume an accelerator. Sizes are per GPU, ``gpus`` is how many a VM gets.

    ``usable_bytes`` is what a process can allocate, ``framebuffer_bytes`` what the GPU gives up for
    it, ``board_bytes`` its whole framebuffer. ``per_gpu`` of them fit on one GPU; ``aligned`` says
    that a mixed catalogue loses none of these. ``link_bytes_per_s`` is NVLink one way per GPU,
    ``bandwidth_bytes_per_s`` the memory's. ``encoders`` None is unknown.
    """

    accelerator: str
    kind: Kind
    profile: str = ""
    gpus: int = 1
    usable_bytes: int = 0
    framebuffer_bytes: int = 0
    board_bytes: int = 0
    bandwidth_bytes_per_s: int = 0
    precisions: frozenset[str] = frozenset()
    compute_slices: int | None = None
    per_gpu: int = 1
    aligned: bool = True
    link_bytes_per_s: int | None = None
    encoders: int | None = None
    note: str = ""

    @property
    def label(self) -> str:
        """A short name for reports, another for every offer: accelerator, kind and profile."""
        parts = (self.accelerator, str(self.kind), self.profile)
        count = f" x {self.gpus}" if self.gpus > 1 else ""
        return "/".join(part for part in parts if part) + count


CPU_OFFER = Offer(accelerator="", kind=Kind.CPU, per_gpu=0)
"""The offer that is always there: no GPU at all."""


def offers_of(accelerator: Accelerator, *, gpus_per_host: int | None = None) -> tuple[Offer, ...]:
    """Every way to consume one GPU of the catalogue, fractions first.

    ``gpus_per_host`` is how many of it a host has, where that is known: only then are several
    without NVLink offered. Devices that vSphere can neither share nor pass through offer nothing.
    """
    offers: list[Offer] = []
    if accelerator.vgpu:
        offers += [_fraction(accelerator, profile) for profile in accelerator.profiles]
        whole = accelerator.whole_gpu_profile
        if whole is not None:
            offers += _whole(accelerator, whole, gpus_per_host)
    if accelerator.passthrough != "no":
        note = accelerator.vsphere_note or ""
        whole_gpu = _offer(accelerator, Kind.PASSTHROUGH, accelerator.passthrough_memory_bytes)
        offers.append(replace(whole_gpu, note=note))
    return tuple(offer for offer in offers if offer.per_gpu)


def all_offers(accelerators: Iterable[Accelerator]) -> tuple[Offer, ...]:
    """The offers of several GPUs, in the order given."""
    return tuple(offer for accelerator in accelerators for offer in offers_of(accelerator))


def _fraction(accelerator: Accelerator, profile: VgpuProfile) -> Offer:
    kind = Kind.TIME_SLICED
    if profile.is_mig:
        kind = Kind.MIG_TIME_SLICED if _shares_an_instance(accelerator, profile) else Kind.MIG
    # The whole GPU as one time-sliced profile is offered as what it is: a full GPU.
    whole = not profile.is_mig and profile.max_per_gpu == 1
    return replace(
        _offer(accelerator, kind, profile.usable_framebuffer_bytes),
        profile=profile.name,
        framebuffer_bytes=profile.framebuffer_bytes,
        per_gpu=0 if whole else profile.max_per_gpu,
        aligned=profile.is_mig or _aligned(accelerator, profile),
        compute_slices=profile.compute_slices,
    )


def _shares_an_instance(accelerator: Accelerator, profile: VgpuProfile) -> bool:
    """Whether several vGPUs of the profile run in one MIG instance (RTX PRO Blackwell)."""
    if accelerator.mig is None or profile.mig_profile is None:
        return False
    return profile.max_per_gpu > accelerator.mig.profile(profile.mig_profile).max_instances


def _aligned(accelerator: Accelerator, profile: VgpuProfile) -> bool:
    """Whether as many fit among other sizes as alone; by halves where nobody says so."""
    if profile.max_per_gpu_mixed is not None:
        return profile.max_per_gpu_mixed == profile.max_per_gpu
    share = accelerator.framebuffer_mib / profile.framebuffer_mib
    return share == int(share) and not int(share) & (int(share) - 1)


def _whole(accelerator: Accelerator, whole: VgpuProfile, gpus_per_host: int | None) -> list[Offer]:
    def of(kind: Kind, gpus: int = 1, link: int | None = None) -> Offer:
        return replace(
            _offer(accelerator, kind, whole.usable_framebuffer_bytes),
            profile=whole.name,
            framebuffer_bytes=whole.framebuffer_bytes,
            gpus=gpus,
            link_bytes_per_s=link,
        )

    link = accelerator.nvlink.per_direction_bytes_per_s
    groups = sorted(accelerator.device_group_sizes)
    offers = [of(Kind.FULL)]
    offers += [of(Kind.NVLINK, size, link) for size in groups]
    if gpus_per_host is not None:
        offers += [of(Kind.PCIE, count) for count in range(2, gpus_per_host + 1)]
    offers.append(of(Kind.HOSTS, groups[-1] if groups else 1, link if groups else None))
    return offers


def _offer(accelerator: Accelerator, kind: Kind, usable_bytes: int) -> Offer:
    board = accelerator.framebuffer_mib * MIB
    return Offer(
        accelerator=accelerator.id,
        kind=kind,
        usable_bytes=usable_bytes,
        framebuffer_bytes=board,
        board_bytes=board,
        bandwidth_bytes_per_s=accelerator.memory_bandwidth_bytes_per_s,
        precisions=accelerator.precisions,
        encoders=encoders(accelerator.id),
    )
