"""What stops a VM on hosts as they run: each lack is lifted alone, and the one that helps is named.

Where no single one helps, several bind at once.
"""

from __future__ import annotations

from collections.abc import Sequence

from generator.placement.constraint import Constraint
from generator.placement.geometry import Mode
from generator.placement.room import Ask
from generator.placement.running import PLACELESS, Device, Machine, Running


def binding(running: Running, machines: Sequence[Machine], ask: Ask) -> Constraint:
    """The constraint without which one of the hosts would take the VM now."""
    at_site = [m for m in machines if ask.site in ("", m.host.site)]
    if not machines:
        return Constraint.CLUSTER
    if not at_site:
        return Constraint.SITE
    if ask.model and not any(_count(m, ask.model) >= ask.gpus for m in at_site):
        return Constraint.PROFILE
    devices = {m.order: running.devices_for(m, ask) is not None for m in at_site}
    share = {m.order: running.may_share(m, ask) for m in at_site}
    cores = {m.order: m.has_cores(ask) for m in at_site}
    memory = {m.order: m.has_memory(ask) for m in at_site}
    lifted = (
        (Constraint.CORES, (devices, share, memory)),
        (Constraint.MEMORY, (devices, share, cores)),
        (Constraint.ISOLATION, (devices, cores, memory)),
    )
    for constraint, rest in lifted:
        if any(all(each[m.order] for each in rest) for m in at_site):
            return constraint
    able = [m for m in at_site if share[m.order] and cores[m.order] and memory[m.order]]
    if able and ask.model:
        return _of_devices(running, able, ask)
    if not ask.model:
        return Constraint.CORES_AND_MEMORY
    return Constraint.SEVERAL


def _of_devices(running: Running, able: Sequence[Machine], ask: Ask) -> Constraint:
    """What the GPUs of hosts lack that have cores and memory for the VM."""
    if ask.gpus > 1:
        whole = any(_whole(running, m, ask) >= ask.gpus for m in able)
        return Constraint.NVLINK if ask.nvlink and whole else Constraint.WHOLE
    devices = [d for m in able for d in m.devices if d.model == ask.model and d.board is not None]
    size = next((d.board.shapes[ask.shape].framebuffer_mib for d in devices if d.board), 0)
    if any(running.start(d, ask, any_environment=True) is not None for d in devices):
        return Constraint.ISOLATION
    if not any(d.least_free_mib() >= size for d in devices):
        held = [d for d in devices if d.closed]
        return Constraint.HELD if held else Constraint.FRAMEBUFFER
    of_mode = [d for d in devices if d.least_free_mib() >= size and _could(d, ask)]
    if not of_mode:
        return Constraint.MODE
    is_mig = any(d.mode.is_mig for d in of_mode)
    return Constraint.SLICES if is_mig else Constraint.PLACEMENT


def _could(device: Device, ask: Ask) -> bool:
    """Whether the GPU's mode could ever carry the profile beside what stands on it."""
    assert device.board is not None
    if device.mode in PLACELESS and not device.empty(range(len(device.fixed))):
        sizes = {
            device.board.shapes[f.shape].framebuffer_mib for each in device.fixed for f in each
        }
        return sizes == {device.board.shapes[ask.shape].framebuffer_mib}
    is_mig = device.board.shapes[ask.shape].is_mig
    return device.mode is not Mode.PASSTHROUGH and device.mode.is_mig == is_mig


def _count(machine: Machine, model: str) -> int:
    return sum(device.model == model for device in machine.devices)


def _whole(running: Running, machine: Machine, ask: Ask) -> int:
    """The GPUs of a host that are empty and in the mode of the VM."""
    return sum(
        device.model == ask.model
        and device.empty(ask.slots)
        and running.start(device, ask) is not None
        for device in machine.devices
    )
