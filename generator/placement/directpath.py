"""Whole GPUs by DirectPath I/O: the boards that have no vGPU type, and those that the work wishes.

The host hands the device itself to the VM. With dynamic DirectPath I/O the VM names vendor and
device ids, and DRS and HA look for a host with such a device free.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from generator.catalog.accelerator import Accelerator
from generator.catalog.vgpu import VgpuProfile
from generator.finding import Finding, Rule, Severity
from generator.placement.devices.shapes import PASSTHROUGH
from generator.placement.plan import Chosen
from generator.placement.terms import Terms
from generator.quantity import MIB
from generator.sizing.demand import Demand, GpuNeed

RELEASE_BOUND = "release-bound"


def whole_gpu(accelerator: Accelerator) -> VgpuProfile:
    """A whole GPU by DirectPath, in the figures of a profile: a guest sees all of its memory."""
    return VgpuProfile(
        name=PASSTHROUGH,
        nvidia_type="",
        kind=PASSTHROUGH,
        size_gb=accelerator.framebuffer_mib // 1024,
        framebuffer_mib=accelerator.framebuffer_mib,
        usable_framebuffer_mib=accelerator.passthrough_memory_bytes // MIB,
        max_per_gpu=1,
        max_per_gpu_mixed=None,
        placement_ids=(),
        mig_profile=None,
        compute_slices=None,
        memory_slices=None,
        nvlink_p2p=bool(accelerator.device_group_sizes),
        min_vsphere=None,
    )


def profile_named(accelerator: Accelerator, name: str) -> VgpuProfile:
    """What a plan's profile takes of a board; "" is the whole GPU by DirectPath."""
    return accelerator.profile(name) if name else whole_gpu(accelerator)


def by_directpath(need: GpuNeed, accelerator: Accelerator) -> bool:
    """Whether a need takes whole GPUs of a board by DirectPath.

    It does where the work wishes so, or names a board without vGPU types. Work that names no board
    does not come to such a one unasked: its software may be another vendor's.
    """
    return need.passthrough or (need.model == accelerator.id and not accelerator.vgpu)


def offer(need: GpuNeed, accelerator: Accelerator, terms: Terms) -> VgpuProfile | None:
    """The whole GPU of a board for a need; None where it is too small or cannot be passed through.

    A VM has at most so many devices as its virtual hardware takes (KB 309986). GPUs that shall be
    linked are of one device group, or all GPUs of a mesh: what is handed over whole stays linked.
    """
    whole = whole_gpu(accelerator)
    most = terms.devices_per_vm
    if accelerator.passthrough == "no" or not accelerator.pci_ids:
        return None  # a class names the device by its ids
    if most is not None and need.gpus > most:
        return None
    if need.nvlink and not _linked(need, accelerator):
        return None
    return whole if whole.usable_framebuffer_bytes >= need.memory_bytes else None


def _linked(need: GpuNeed, accelerator: Accelerator) -> bool:
    if accelerator.device_group_sizes:
        return need.gpus in accelerator.device_group_sizes
    return accelerator.nvlink.kind == "mesh" and need.gpus == accelerator.nvlink.max_gpus


class GivenUp(Rule):
    """Work runs on GPUs that are handed over whole, and loses what vSphere does with vGPUs."""

    id = "MLG-P008"
    title = "What DirectPath I/O gives up is known"
    severity = Severity.NOTICE
    reason = (
        "the device is the VM's own: no vMotion, no snapshot, no suspend; dynamic DirectPath I/O "
        "keeps HA restart and initial placement where a host has such a device free, plain "
        "DirectPath I/O ties the VM to its host"
    )
    source = "requirements 2.5; accelerators reference sections 5 and 7; Broadcom KB 309986"

    @classmethod
    def of(cls, demand: Demand, accelerator: Accelerator) -> Finding:
        """The finding for one demand; a warning where a board's support depends on the release."""
        bound = accelerator.passthrough == RELEASE_BOUND
        gpus = demand.gpu.gpus if demand.gpu else 1
        open_ = (
            "; NVSwitch systems do not support it up to NVIDIA AI Enterprise 8.0" if bound else ""
        )
        why = "" if accelerator.vgpu else ", which has no vGPU types"
        return cls.breach(
            f"{demand.name} in {demand.environment} takes {gpus} x {accelerator.product} by "
            f"DirectPath I/O{why}{open_}",
            path=f"workloads[{demand.name}].accelerator",
            mend="ask the vendor for the release that supports it, or take a full-size vGPU"
            if bound
            else "take a full-size vGPU where its VMs shall move"
            if accelerator.vgpu
            else "plan maintenance of its hosts with the work stopped",
            severity=Severity.WARNING if bound else None,
        )


def given_up(chosen: Iterable[Chosen], boards: Iterable[Accelerator]) -> Iterator[Finding]:
    """A finding for each demand on GPUs by DirectPath."""
    known = {board.id: board for board in boards}
    for choice in chosen:
        if choice.passthrough:
            yield GivenUp.of(choice.demand, known[choice.model])
