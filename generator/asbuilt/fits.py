"""What more fits on a cluster, now and after the loss of a host.

vSphere HA starts VMs again in their own cluster and counts no GPU (vSphere reference 6.3 and 6.4),
so the restart is played through on what the other hosts have left, host by host: large VMs before
small ones, on the host whose GPUs have least free. Memory is what is not reserved, since a VM with
a GPU has all of its memory reserved (Broadcom KB 309986).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from generator.asbuilt.model import Fit, GpuSeen, Wait
from generator.placement.devices.geometry import Board
from generator.placement.devices.shapes import CLOSED
from generator.placement.failures.machine import Device, Machine
from generator.placement.failures.running import Running, Stay
from generator.placement.hosts.ask import Ask
from generator.placement.hosts.stock import Gpu, Host
from generator.placement.packing.packing import Packing
from generator.record import altered
from generator.supply.model import RunningVm

NO_HA = "HA of the cluster is off"
_ALONE = "the cluster has no other host with this GPU"
FIXED = "it has one device of its host by DirectPath I/O, and starts on no other"
NO_PROFILE = "the catalogue does not know its profile"
_NO_MEMORY = "no other host has the memory to reserve"
_NO_PLACE = "no GPU of another host has a place for it in the mode that it is in"


class Standing(NamedTuple):
    """A cluster's hosts that carry VMs, what their GPUs are, and the VMs that hold GPUs there."""

    hosts: Sequence[Host]
    gpus: Mapping[str, GpuSeen]
    vms: Sequence[RunningVm]
    ha: bool | None


class _Piece(NamedTuple):
    """A vGPU that has to start again."""

    ask: Ask
    size_mib: int


class Losses:
    """A cluster whose hosts are lost one after the other; each loss leaves all as it was."""

    def __init__(self, standing: Standing, boards: Mapping[str, Board]) -> None:
        self._standing, self._boards = standing, boards
        hosts = [altered(host, gpus=tuple(self._given(host))) for host in standing.hosts]
        self._running = Running(Packing(hosts, boards, "none"), (), "none")
        self._orders = {host.name: order for order, host in enumerate(standing.hosts)}
        self._undo: list[tuple[Machine, int, Ask, int]] = []

    def _given(self, host: Host) -> Iterator[Gpu]:
        """The GPUs with their vGPUs at the worst places; what starts nothing is held."""
        for gpu in host.gpus:
            seen = self._standing.gpus[gpu.name]
            if not seen.more:
                yield altered(gpu, held_by=gpu.held_by or "nobody")
                continue
            starts = seen.starts or (None,) * len(gpu.tenants)
            seated = zip(gpu.tenants, starts, strict=True)
            yield altered(gpu, tenants=tuple(altered(one, start=start) for one, start in seated))

    def worst(self) -> tuple[dict[tuple[str, str], int], tuple[Wait, ...]]:
        """By model and profile the fewest further vGPUs after a loss, and all VMs that wait."""
        fewest: dict[tuple[str, str], int] = {}
        waits: list[Wait] = []
        with_gpus = [host for host in self._standing.hosts if host.gpus]
        for host in with_gpus:
            waiting, left = self._lost(host)
            waits += waiting
            for key, count in left.items():
                fewest[key] = min(fewest.get(key, count), count)
        return fewest, tuple(waits)

    def _lost(self, host: Host) -> tuple[list[Wait], Counter[tuple[str, str]]]:
        """Who waits after the loss of a host, and what more would fit elsewhere then."""
        vms = [vm for vm in self._standing.vms if vm.host == host.name]
        pieces = {vm.name: self._pieces(vm, host) for vm in vms}
        sizes = {name: sum(each.size_mib for each in some or ()) for name, some in pieces.items()}
        turns = sorted(vms, key=lambda vm: (-sizes[vm.name], vm.name))
        waits = []
        for vm in turns:
            why = self._restarted(vm, pieces[vm.name], self._orders[host.name])
            if why:
                waits.append(Wait(vm=vm.name, host=host.name, why=why))
        left = self._left(self._orders[host.name])
        self._back_to(0)
        return waits, left

    def _pieces(self, vm: RunningVm, host: Host) -> list[_Piece] | None:
        """The vGPUs of a VM; None where one is of a profile that no board of the host has."""
        found: list[_Piece] = []
        for vgpu in vm.vgpus:
            models = [gpu.model for gpu in host.gpus if vgpu.pci in (None, gpu.pci)]
            able = [model for model in models if self._boards[model].find(vgpu.profile)]
            if not able:
                return None
            board = self._boards[able[0]]
            shape = board.shape(vgpu.profile)
            ask = Ask(
                site="",
                environment="",
                model=able[0],
                shape=shape,
                gpus=1,
                nvlink=False,
                millicores=0,
                # The memory of the VM counts once, with its first vGPU.
                memory_bytes=int(vm.memory_bytes.value) if vm.memory_bytes and not found else 0,
            )
            found.append(_Piece(ask, board.shapes[shape].framebuffer_mib))
        return found

    def _restarted(self, vm: RunningVm, pieces: list[_Piece] | None, lost: int) -> str:
        """Starts a VM again where it fits; why it waits where it does not."""
        if self._standing.ha is False:
            return NO_HA
        if vm.passthrough:
            return FIXED
        if not pieces:
            return NO_PROFILE
        machines = [machine for machine in self._running.machines if machine.order != lost]
        models = {piece.ask.model for piece in pieces}
        able = [m for m in machines if models <= {device.model for device in m.devices}]
        if not able:
            return _ALONE
        roomy = [m for m in able if all(m.has_memory(piece.ask) for piece in pieces)]
        if not roomy:
            return _NO_MEMORY
        roomy.sort(key=lambda m: (sum(d.least_free_mib() for d in m.devices), m.order))
        return "" if any(self._started(machine, pieces) for machine in roomy) else _NO_PLACE

    def _started(self, machine: Machine, pieces: Iterable[_Piece]) -> bool:
        """Puts all vGPUs of a VM on a host, or none."""
        before = len(self._undo)
        for piece in pieces:
            stay: Stay | None = self._running.fits(machine, piece.ask)
            if stay is None:
                self._back_to(before)
                return False
            machine.devices[stay.gpus[0]].put(piece.ask, stay.start)
            machine.count(piece.ask, 1)
            self._undo.append((machine, stay.gpus[0], piece.ask, stay.start))
        return True

    def _back_to(self, steps: int) -> None:
        """Takes off what was put since there were so many steps."""
        while len(self._undo) > steps:
            machine, gpu, ask, start = self._undo.pop()
            machine.devices[gpu].take_off(ask, start)
            machine.count(ask, -1)

    def _left(self, lost: int) -> Counter[tuple[str, str]]:
        """What more would fit on the hosts that are left, by model and profile."""
        found: Counter[tuple[str, str]] = Counter()
        touched = {(machine.order, gpu) for machine, gpu, _, _ in self._undo}
        for machine in self._running.machines:
            for index, device in enumerate(machine.devices):
                seen = self._standing.gpus[machine.host.gpus[index].name]
                for more in seen.more:
                    key = seen.model, more.profile
                    found[key] += 0
                    if machine.order != lost:
                        changed = (machine.order, index) in touched
                        found[key] += _room(device, more.profile) if changed else more.least
        return found


def _room(device: Device, profile: str) -> int:
    """How many more of a profile a GPU takes as it stands after a restart."""
    board = device.board
    if board is None or device.closed:
        return 0
    layout = board.occupied(device.fixed[0], device.mode)
    return 0 if layout == CLOSED else board.room(layout, board.shape(profile))


def fits(
    standing: Standing, boards: Mapping[str, Board], kept: Mapping[str, int]
) -> tuple[tuple[Fit, ...], tuple[Wait, ...]]:
    """What more of each profile a cluster carries, and which VMs wait after a loss.

    ``kept`` are the vGPUs that are reserved for VM classes, by profile.
    """
    fewest, waits = Losses(standing, boards).worst()
    least: Counter[tuple[str, str]] = Counter()
    most: Counter[tuple[str, str]] = Counter()
    running: Counter[tuple[str, str]] = Counter()
    keys: dict[tuple[str, str], None] = {}
    for host in standing.hosts:
        for gpu in host.gpus:
            seen = standing.gpus[gpu.name]
            running.update((seen.model, one.profile) for one in seen.tenants if one.profile)
            for more in seen.more:
                key = seen.model, more.profile
                keys[key] = None
                least[key] += more.least
                most[key] += more.most
    found = tuple(
        Fit(
            model=model,
            profile=profile,
            running=running[model, profile],
            least=least[model, profile],
            most=most[model, profile],
            after_loss=fewest.get((model, profile), 0),
            reserved=kept.get(profile, 0),
        )
        for model, profile in sorted(keys, key=lambda key: (key[0], boards[key[0]].shape(key[1])))
    )
    return found, waits
