"""Usable framebuffer: what a guest can allocate of a vGPU, a MIG instance or a whole GPU."""

from __future__ import annotations

from generator.catalog.accelerator import Accelerator
from generator.catalog.vgpu import VgpuProfile
from generator.ledger import Basis
from generator.quantity import MIB
from generator.sizing.machine.bill import Bill, Part
from generator.sizing.nonsense import Nonsense, positive

_GUIDE = "NVIDIA AI Enterprise vGPU guide, Maximum vGPU framebuffer"

DRIVER_SHARE = 16
"""The driver keeps a sixteenth of a vGPU's framebuffer; with ECC that costs capacity, another."""

FIXED_BYTES = 16 * MIB
SHARED_BYTES = 128 * MIB
"""What the driver keeps of each vGPU, and of each GPU divided by the vGPUs that it may carry."""


def usable_framebuffer(gpu: Accelerator, profile: VgpuProfile) -> Bill:
    """The least that a guest can use of a vGPU, in bytes: its framebuffer less what is kept of it.

    The total is the catalogue's own figure (``VgpuProfile.usable_framebuffer_bytes``); the parts
    say where the rest goes. A MIG-backed type is bounded by its instance too. The CUDA context of
    the processes comes on top and is theirs.
    """
    whole = profile.framebuffer_bytes
    bill = Bill(
        name=f"usable framebuffer of {profile.nvidia_type}",
        unit="bytes",
        parts=(
            Part(
                name="framebuffer",
                value=whole,
                rule="what the type takes of the GPU; its name rounds it",
                source="NVIDIA, vGPU types",
                basis=Basis.PUBLISHED,
            ),
        ),
    ).plus(
        _kept("driver", whole // DRIVER_SHARE, "framebuffer / 16"),
        _kept("driver, fixed", FIXED_BYTES, "16 MiB per vGPU"),
        _kept("shared", SHARED_BYTES // profile.max_per_gpu, "128 MiB / vGPUs per GPU"),
    )
    if not gpu.memory_type.startswith("HBM"):
        bill = bill.plus(_kept("ECC", whole // DRIVER_SHARE, "framebuffer / 16 beside HBM"))
    rest = profile.usable_framebuffer_bytes - int(bill.total)
    return bill.plus(
        Part(
            name="instance and rounding",
            value=rest,
            rule="the MIG instance behind it or the board's compression tables, in whole MiB",
            source="catalogue, a reading",
            basis=Basis.MEASURED if profile.is_mig else Basis.PUBLISHED,
        )
    )


def passthrough_framebuffer(gpu: Accelerator) -> Bill:
    """What a process can allocate of a GPU that the VM has to itself, in bytes."""
    nominal = gpu.framebuffer_mib * MIB
    return Bill(
        name=f"usable framebuffer of {gpu.short_name}",
        unit="bytes",
        parts=(
            Part(
                name="framebuffer",
                value=nominal,
                rule="the board's memory",
                source="NVIDIA, data sheets",
                basis=Basis.PUBLISHED,
            ),
        ),
    ).plus(
        Part(
            name="driver and ECC",
            value=gpu.passthrough_memory_bytes - nominal,
            rule="to the total that CUDA reports, or that the driver shows",
            source="catalogue, a reading",
            basis=Basis.MEASURED,
        )
    )


def stacked_bytes(profile: VgpuProfile, count: int) -> int:
    """Usable bytes of a VM with several vGPUs of one type; no single process sees them as one."""
    return profile.usable_framebuffer_bytes * int(positive("gpus", count))


def smallest_profile(gpu: Accelerator, needed_bytes: float, *, mig: bool) -> VgpuProfile:
    """The type with the least framebuffer whose usable part holds what is needed.

    Judged by what is usable, so that 15 GiB ask for a 20C of an H100 and not for its 16C. Of equal
    framebuffers the type with fewer compute slices, hence more per GPU, is preferred. Raises
    ``Nonsense`` where no type of the board is large enough.
    """
    positive("framebuffer", needed_bytes)
    kind = [profile for profile in gpu.profiles if profile.is_mig == mig]
    fitting = [p for p in kind if p.usable_framebuffer_bytes >= needed_bytes]
    if not fitting:
        most = max((p.usable_framebuffer_mib for p in kind), default=0)
        raise Nonsense(
            "framebuffer",
            f"{needed_bytes / MIB:.0f} MiB are more than the {most} MiB that a "
            f"{'MIG' if mig else 'time-sliced'} type of {gpu.short_name} leaves",
            "divide the model over several GPUs, or take a larger one",
        )
    return min(fitting, key=lambda p: (p.framebuffer_mib, p.compute_slices or 0, p.name))


def _kept(name: str, value: int, rule: str) -> Part:
    return Part(name=name, value=-value, rule=rule, source=_GUIDE, basis=Basis.PUBLISHED)
