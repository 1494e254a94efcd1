"""vGPU profiles: what a virtual machine can be given of a GPU, and what is left to use."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from generator.catalog.mig import Mig
from generator.catalog.row import Row
from generator.quantity import MIB

KINDS = ("time-sliced", "mig")


class VgpuProfile(NamedTuple):
    """One vGPU type of a board. ``size_gb`` is the figure in its name, never its memory.

    ``max_per_gpu`` counts a GPU that carries this type alone, ``max_per_gpu_mixed`` one in
    mixed-size mode (None where that mode is not documented). A vGPU in mixed-size mode takes
    ``size_gb`` units from one of ``placement_ids`` on.
    """

    name: str
    nvidia_type: str
    kind: str
    size_gb: int
    framebuffer_mib: int
    usable_framebuffer_mib: int
    max_per_gpu: int
    max_per_gpu_mixed: int | None
    placement_ids: tuple[int, ...]
    mig_profile: str | None
    compute_slices: int | None
    memory_slices: int | None
    nvlink_p2p: bool
    min_vsphere: str | None

    @property
    def is_mig(self) -> bool:
        """Whether a MIG instance stands behind it."""
        return self.kind == "mig"

    @property
    def code(self) -> str:
        """The type without its board, as in ``40c`` or ``3-40c``; fit for names."""
        return self.nvidia_type.partition("-")[2].lower()

    @property
    def framebuffer_bytes(self) -> int:
        """The framebuffer that the type takes from the GPU, in bytes."""
        return self.framebuffer_mib * MIB

    @property
    def usable_framebuffer_bytes(self) -> int:
        """The least of it that a guest can use, in bytes; the CUDA context comes on top."""
        return self.usable_framebuffer_mib * MIB


def reserved_framebuffer_mib(
    framebuffer_mib: int, max_per_gpu: int, *, ecc: bool, compression_mib: int = 0
) -> int:
    """The most that the driver keeps of a vGPU's framebuffer, in MiB, rounded up.

    ``profile/16 + 16 + ecc + 128/max_per_gpu + compression``, where ``ecc`` is another
    ``profile/16`` on memory whose ECC costs capacity (source NVAIE6-VGPU).
    """
    sixteenths = framebuffer_mib * (2 if ecc else 1) + 16 * (16 + compression_mib)
    scaled = sixteenths * max_per_gpu + 128 * 16
    return -(-scaled // (16 * max_per_gpu))


def read_profile(
    row: Row, *, ecc: bool, placement: Mapping[int, tuple[int, ...]], mig: Mig | None
) -> VgpuProfile:
    """A profile from its row; ``placement`` holds the board's mixed-size ids by size."""
    kind = row.one_of("kind", KINDS)
    instance = None
    if kind == "mig":
        if mig is None:
            row.refuse("kind", "is mig, but the board has no MIG")
        wanted = row.text("mig_profile")
        instance = next((p for p in mig.profiles if p.name == wanted), None)
        if instance is None:
            row.refuse("mig_profile", f"names no MIG profile of the board: {wanted!r}")
    framebuffer, count = row.whole("framebuffer_mib", 1), row.whole("max_per_gpu", 1)
    compression = row.whole_or_none("compression_mib") or 0
    usable = framebuffer - reserved_framebuffer_mib(
        framebuffer, count, ecc=ecc, compression_mib=compression
    )
    if instance is not None and instance.memory_mib is not None:
        usable = min(usable, instance.memory_mib)
    mixed = row.whole_or_none("max_per_gpu_mixed")
    size = row.whole("size_gb", 1)
    profile = VgpuProfile(
        name=row.text("name"),
        nvidia_type=row.text("nvidia_type"),
        kind=kind,
        size_gb=size,
        framebuffer_mib=framebuffer,
        usable_framebuffer_mib=row.whole_or_none("usable_framebuffer_mib") or max(usable, 0),
        max_per_gpu=count,
        max_per_gpu_mixed=mixed,
        placement_ids=placement.get(size, ()) if mixed else (),
        mig_profile=instance.name if instance else None,
        compute_slices=instance.compute_slices if instance else None,
        memory_slices=instance.memory_slices if instance else None,
        nvlink_p2p=row.flag("nvlink_p2p"),
        min_vsphere=row.text_or_none("min_vsphere"),
    )
    row.done()
    return profile
