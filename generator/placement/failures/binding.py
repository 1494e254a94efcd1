"""What stops a VM on hosts as they run: each host's lack, and of all lacks the least.

A host that lacks one thing names it; the VM's constraint is the one that is lifted most easily.
"""

from __future__ import annotations

from collections.abc import Sequence

from generator.placement.constraint import Constraint
from generator.placement.devices.shapes import Mode
from generator.placement.failures.machine import Device, Machine
from generator.placement.failures.running import PLACELESS, Running
from generator.placement.hosts.ask import Ask

EASIEST_FIRST = (
    Constraint.CORES,
    Constraint.MEMORY,
    Constraint.ISOLATION,
    Constraint.SLICES,
    Constraint.PLACEMENT,
    Constraint.NVLINK,
    Constraint.MODE,
    Constraint.HELD,
    Constraint.FRAMEBUFFER,
    Constraint.WHOLE,
    Constraint.CORES_AND_MEMORY,
    Constraint.SEVERAL,
    Constraint.PROFILE,
    Constraint.SITE,
    Constraint.CLUSTER,
)
"""Lacks of a host in the order in which they are named where hosts lack different things."""


def ease(constraint: Constraint) -> int:
    """How easily a lack is lifted: the least is named where hosts lack different things."""
    return EASIEST_FIRST.index(constraint)


def gpus_lack(running: Running, machine: Machine, ask: Ask) -> Constraint | None:
    """What the GPUs of a host lack for a VM, whatever else the host lacks; None for nothing."""
    if ask.model and sum(device.model == ask.model for device in machine.devices) < ask.gpus:
        return Constraint.PROFILE
    if running.devices_for(machine, ask) is not None:
        return None
    return _of_devices(running, machine, ask)


def lack(running: Running, machine: Machine, ask: Ask, of_gpus: Constraint | None) -> Constraint:
    """The one thing that a host lacks for a VM that does not fit on it, or ``SEVERAL``.

    ``of_gpus`` is what its GPUs lack.
    """
    if ask.site not in ("", machine.host.site):
        return Constraint.SITE
    if of_gpus is Constraint.PROFILE:
        return of_gpus
    missing: list[Constraint] = [] if of_gpus is None else [of_gpus]
    if not machine.has_cores(ask):
        missing.append(Constraint.CORES)
    if not machine.has_memory(ask):
        missing.append(Constraint.MEMORY)
    if not running.may_share(machine, ask):
        missing.append(Constraint.ISOLATION)
    if missing == [Constraint.CORES, Constraint.MEMORY]:
        return Constraint.CORES_AND_MEMORY
    return missing[0] if len(missing) == 1 else Constraint.SEVERAL


def _of_devices(running: Running, machine: Machine, ask: Ask) -> Constraint:
    """What the GPUs of a host lack on which the VM cannot start."""
    devices = [d for d in machine.devices if d.model == ask.model]
    if ask.gpus > 1:
        whole = _whole(running, devices, ask)
        return Constraint.NVLINK if ask.nvlink and whole >= ask.gpus else Constraint.WHOLE
    if any(running.start(d, ask, any_environment=True) is not None for d in devices):
        return Constraint.ISOLATION
    large = [d for d in devices if d.has(ask)]
    if not large:
        held = any(d.closed for d in devices)
        return Constraint.HELD if held else Constraint.FRAMEBUFFER
    of_mode = [d for d in large if _could(d, ask)]
    if not of_mode:
        return Constraint.MODE
    is_mig = any(d.mode.is_mig for d in of_mode)
    return Constraint.SLICES if is_mig else Constraint.PLACEMENT


def _could(device: Device, ask: Ask) -> bool:
    """Whether the GPU's mode could ever carry the profile beside what stands on it."""
    assert device.board is not None
    shapes = device.board.shapes
    if device.mode in PLACELESS and any(device.fixed):
        sizes = {shapes[f.shape].framebuffer_mib for each in device.fixed for f in each}
        return sizes == {shapes[ask.shape].framebuffer_mib}
    is_mig = shapes[ask.shape].is_mig
    return device.mode is not Mode.PASSTHROUGH and device.mode.is_mig == is_mig


def _whole(running: Running, devices: Sequence[Device], ask: Ask) -> int:
    """How many GPUs are empty and in the mode of the VM."""
    return sum(
        device.empty(ask.slots) and running.start(device, ask) is not None for device in devices
    )
