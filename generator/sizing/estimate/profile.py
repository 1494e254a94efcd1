"""The vGPU profile that carries an estimate, and the verdict where none does."""

from __future__ import annotations

from dataclasses import replace

from generator.catalog.accelerator import Accelerator
from generator.catalog.vgpu import VgpuProfile
from generator.quantity import GIB
from generator.sizing.estimate.answer import Estimate
from generator.sizing.estimate.inputs import Subject
from generator.sizing.figures import Figures


def with_profile(answer: Estimate, about: Subject, figures: Figures) -> Estimate:
    """The answer with the smallest profile of its GPU that leaves enough usable framebuffer.

    Several GPUs of one VM are whole ones. A stated profile stays; where it is too small, or the
    whole GPU is, the answer is not feasible and says what would be.
    """
    gpu = about.accelerator
    if gpu is None or not answer.gpus:
        return answer
    needed = answer.memory.total_bytes
    if about.profile is not None:
        return _judged(answer, about.profile.name, about.profile.usable_framebuffer_bytes)
    if not answer.feasible:
        return answer
    if needed > gpu.passthrough_memory_bytes:
        return _judged(answer, gpu.product, gpu.passthrough_memory_bytes)
    chosen = _whole(gpu) if answer.gpus > 1 else _smallest(gpu, needed)
    if chosen is None:
        return answer
    figures.note(
        "profile",
        chosen.name,
        "",
        rule=f"smallest whose usable {chosen.usable_framebuffer_bytes / GIB:.2f} GiB hold it",
        source="catalogue, usable framebuffer of the profile",
    )
    return replace(answer, profile=chosen.name)


def _judged(answer: Estimate, name: str, usable_bytes: float) -> Estimate:
    needed = answer.memory.total_bytes
    if needed <= usable_bytes:
        return replace(answer, profile=name)
    why = f"{needed / GIB:.2f} GiB are needed, {name} leaves {usable_bytes / GIB:.2f} GiB usable"
    mend = "take more GPUs, a larger profile, a narrower precision, a smaller batch or recompute"
    return replace(answer, profile=name, feasible=False, reasons=(*answer.reasons, why, mend))


def _whole(gpu: Accelerator) -> VgpuProfile | None:
    whole = [p for p in gpu.profiles if not p.is_mig and p.max_per_gpu == 1]
    return max(whole, key=lambda p: p.framebuffer_mib, default=None)


def _smallest(gpu: Accelerator, needed_bytes: float) -> VgpuProfile | None:
    """The smallest that holds it; of two equal ones the time-sliced, which has all compute."""
    enough = [p for p in gpu.profiles if p.usable_framebuffer_bytes >= needed_bytes]
    return min(enough, key=lambda p: (p.framebuffer_mib, p.is_mig, p.name), default=None)
