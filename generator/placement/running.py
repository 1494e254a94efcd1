"""The VMs of a plan as they run: what each host and GPU has left while nothing may be moved.

Packing may still choose places; here every vGPU keeps the place that it has, and a GPU keeps its
mode, because leaving a mode needs the GPU empty and a hand (accelerators reference, sections 3
and 4). What a layout may hold is the geometry's answer.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from generator.placement.geometry import Board
from generator.placement.local import Local
from generator.placement.packing import Packing
from generator.placement.plan import Chosen
from generator.placement.replay import Replayed
from generator.placement.room import Ask, Room
from generator.placement.shapes import CLOSED, NO_START, Fixed, Mode

MODE_OF_FACTS = {
    "mig": Mode.MIG,
    "mig-time-sliced": Mode.MIG_TIME_SLICED,
    "passthrough": Mode.PASSTHROUGH,
}
"""The mode of a GPU on which nothing runs; vSphere shares all others by time."""

PLACELESS = (Mode.SAME_SIZE, Mode.PASSTHROUGH)
"""Modes in which a vGPU has no place of its own."""


class Kind(NamedTuple):
    """What VMs have in common as far as a loss is concerned."""

    ask: Ask
    priority: int
    gives_way: int | None


class Stay(NamedTuple):
    """Where a VM runs: its host's order, its GPUs by index, and its place on one."""

    order: int
    gpus: tuple[int, ...] = ()
    start: int = NO_START


class Vm(NamedTuple):
    """A VM of the plan. ``size_mib`` is the framebuffer that it takes in all.

    ``key`` is the environment and the name of its demand; ``of_kind`` counts the kinds of the plan,
    ``number`` its VMs.
    """

    choice: Chosen
    key: tuple[str, str]
    copy: int
    kind: Kind
    of_kind: int
    number: int
    size_mib: int

    @property
    def rank(self) -> tuple[int, ...]:
        """Its turn when VMs start again: by priority, then large before small, kind by kind."""
        memory_bytes = self.kind.ask.memory_bytes
        return self.kind.priority, -self.size_mib, -memory_bytes, self.of_kind, self.number


class Device:
    """A GPU: its mode, and what stands on it in each slot of the week."""

    __slots__ = ("board", "closed", "fixed", "free_mib", "mode", "model", "numa", "tenants")

    def __init__(self, room: Room, index: int) -> None:
        gpu, board, layouts = room.host.gpus[index], room.boards[index], room.layouts[index]
        self.model, self.numa = gpu.model, gpu.numa
        self.board = board if isinstance(board, Board) else None
        self.closed = self.board is None or CLOSED in layouts
        self.tenants: Counter[str] = Counter()
        self.fixed: list[tuple[Fixed, ...]] = [()] * len(layouts)
        self.mode = MODE_OF_FACTS.get(gpu.mode, Mode.SAME_SIZE)
        if self.mode is Mode.SAME_SIZE and gpu.mixed_size:
            self.mode = Mode.MIXED_SIZE
        if self.board is not None and not self.closed:
            modes = sorted({self.board.mode(layout) for layout in layouts} - {Mode.EMPTY})
            self.mode = modes[0] if modes else self.mode
            self.fixed = [self._foreign(layout) for layout in layouts]
        self.free_mib = [self._free_mib(fixed) for fixed in self.fixed]

    def _foreign(self, layout: int) -> tuple[Fixed, ...]:
        """The vGPUs of others, which run already."""
        assert self.board is not None
        seats = self.board.seats(layout)
        return tuple(sorted(Fixed(seat.shape, seat.start) for seat in seats if seat.runs))

    def empty(self, slots: Sequence[int]) -> bool:
        """Whether nothing stands on it in these slots."""
        return not any(self.fixed[slot] for slot in slots)

    def _free_mib(self, standing: Sequence[Fixed]) -> int:
        if self.board is None or self.closed:
            return 0
        shapes = self.board.shapes
        return self.board.total_mib - sum(shapes[f.shape].framebuffer_mib for f in standing)

    def least_free_mib(self) -> int:
        """The framebuffer that is free in every slot."""
        return min(self.free_mib)

    def _size_mib(self, ask: Ask) -> int:
        assert self.board is not None
        return self.board.shapes[ask.shape].framebuffer_mib

    def has(self, ask: Ask) -> bool:
        """Whether there is framebuffer for one of its vGPUs, in whatever place."""
        if self.closed or self.model != ask.model:
            return False
        size = self._size_mib(ask)
        if len(self.free_mib) == 1:
            return self.free_mib[0] >= size
        return all(self.free_mib[slot] >= size for slot in ask.slots)

    def put(self, ask: Ask, start: int) -> None:
        """A vGPU comes to a place that ``Running.start`` found."""
        standing, size = Fixed(ask.shape, start), self._size_mib(ask)
        for slot in ask.slots:
            self.fixed[slot] = tuple(sorted((*self.fixed[slot], standing)))
            self.free_mib[slot] -= size
        self.tenants[ask.environment] += 1

    def take_off(self, ask: Ask, start: int) -> None:
        """It goes again."""
        size = self._size_mib(ask)
        for slot in ask.slots:
            left = list(self.fixed[slot])
            left.remove(Fixed(ask.shape, start))
            self.fixed[slot] = tuple(left)
            self.free_mib[slot] += size
        self.tenants[ask.environment] -= 1
        if not self.tenants[ask.environment]:
            del self.tenants[ask.environment]


class Machine:
    """A host: cores and memory in each slot, its GPUs, and who is on it."""

    __slots__ = (
        "cluster", "devices", "environments", "giving", "groups", "host", "local", "memory_bytes",
        "millicores", "order", "present",
    )  # fmt: skip

    def __init__(self, room: Room) -> None:
        self.host, self.order, self.groups = room.host, room.order, room.groups
        self.cluster = (room.host.site, room.host.vcenter, room.host.cluster)
        self.millicores = [room.host.free_cores * 1000] * len(room.millicores)
        self.memory_bytes = [room.host.free_memory_bytes] * len(room.millicores)
        self.devices = [Device(room, index) for index in range(len(room.models))]
        self.present: Counter[tuple[str, str]] = Counter()
        self.environments: Counter[str] = Counter()
        self.giving: dict[int, None] = {}
        self.local = Local(room.host, len(room.millicores))

    def has(self, ask: Ask) -> bool:
        """Whether cores, memory and what else it asks for suffice in every slot of the ask."""
        own = not (ask.nvme_bytes or ask.ports) or self.local.has(ask)
        return own and self.has_cores(ask) and self.has_memory(ask)

    def has_cores(self, ask: Ask) -> bool:
        """Whether its cores suffice."""
        if len(self.millicores) == 1:
            return self.millicores[0] >= ask.millicores
        return all(self.millicores[slot] >= ask.millicores for slot in ask.slots)

    def has_memory(self, ask: Ask) -> bool:
        """Whether its memory suffices."""
        if len(self.memory_bytes) == 1:
            return self.memory_bytes[0] >= ask.memory_bytes
        return all(self.memory_bytes[slot] >= ask.memory_bytes for slot in ask.slots)

    def count(self, ask: Ask, sign: int) -> None:
        """Cores, memory and neighbours of a VM that comes (1) or goes (-1)."""
        for slot in ask.slots:
            self.millicores[slot] -= sign * ask.millicores
            self.memory_bytes[slot] -= sign * ask.memory_bytes
        if ask.nvme_bytes or ask.ports:
            self.local.count(ask, sign)
        if ask.apart is not None:
            self.present[ask.apart] += sign
        if ask.environment:
            self.environments[ask.environment] += sign


class Running:
    """Every host with the VMs of a plan on it; ``turns`` are the VMs' places by their ranks."""

    def __init__(self, packing: Packing, vms: Sequence[Replayed], isolation: str) -> None:
        self.machines = [Machine(room) for room in packing.rooms]
        self.isolation = isolation
        self.clusters: dict[tuple[str, ...], Counter[str]] = {}
        self._starts: dict[tuple[object, ...], int | None] = {}
        self.vms: list[Vm] = []
        self.stays: list[Stay | None] = []
        kinds: dict[Kind, int] = {}
        for number, each in enumerate(vms):
            demand = each.choice.demand
            kind = Kind(each.ask, demand.priority, demand.gives_way)
            board = packing.boards.get(each.ask.model)
            size = 0
            if isinstance(board, Board):
                size = board.shapes[each.ask.shape].framebuffer_mib * len(each.spot.gpus)
            of_kind = kinds.setdefault(kind, len(kinds))
            key = demand.environment, demand.name
            self.vms.append(Vm(each.choice, key, each.vm.index, kind, of_kind, number, size))
            self.stays.append(None)
            self.put(number, Stay(each.spot.order, each.spot.gpus, each.vm.start))
        self.turns = [0] * len(self.vms)
        for turn, vm in enumerate(sorted(self.vms, key=lambda vm: vm.rank)):
            self.turns[vm.number] = turn
        giving = (vm.kind for vm in self.vms if vm.kind.gives_way is not None)
        self._last = max((kind.priority for kind in giving), default=-1)

    def put(self, number: int, stay: Stay) -> None:
        """A VM starts on a place that ``fits`` found."""
        machine, vm = self.machines[stay.order], self.vms[number]
        ask = vm.kind.ask
        machine.count(ask, 1)
        for gpu in stay.gpus:
            machine.devices[gpu].put(ask, stay.start)
        if vm.kind.gives_way is not None:
            machine.giving[number] = None
        if self.isolation == "cluster":
            self.clusters.setdefault(machine.cluster, Counter())[ask.environment] += 1
        self.stays[number] = stay

    def take_off(self, number: int) -> Stay:
        """A VM stops; where it was is returned."""
        stay = self.stays[number]
        assert stay is not None
        machine, vm = self.machines[stay.order], self.vms[number]
        ask = vm.kind.ask
        machine.count(ask, -1)
        for gpu in stay.gpus:
            machine.devices[gpu].take_off(ask, stay.start)
        machine.giving.pop(number, None)
        if self.isolation == "cluster":
            self.clusters[machine.cluster][ask.environment] -= 1
        self.stays[number] = None
        return stay

    def fits(self, machine: Machine, ask: Ask) -> Stay | None:
        """Where on a host a VM can start now; None for nowhere."""
        if not machine.has(ask) or not self.may_share(machine, ask):
            return None
        return self.devices_for(machine, ask)

    def devices_for(self, machine: Machine, ask: Ask) -> Stay | None:
        """The GPUs of a host on which a VM can start, whatever its cores and memory."""
        if not ask.model:
            return Stay(machine.order)
        if ask.gpus > 1:
            return next(self._several(machine, ask), None)
        found: Stay | None = None
        least_mib = 0
        for index, device in enumerate(machine.devices):
            if device.has(ask):
                free_mib = device.least_free_mib()
                if found is None or free_mib < least_mib:
                    start = self.start(device, ask)
                    if start is not None:
                        found, least_mib = Stay(machine.order, (index,), start), free_mib
        return found

    def may_preempt(self, kind: Kind) -> bool:
        """Whether anybody at all gives way to such a VM: less important ones alone do."""
        return kind.priority < self._last

    def may_share(self, machine: Machine, ask: Ask) -> bool:
        """Whether the boundary between environments lets a VM onto a host."""
        if self.isolation == "host":
            around = machine.environments
        elif self.isolation == "cluster":
            around = self.clusters.get(machine.cluster, Counter())
        else:
            return True
        return all(name == ask.environment for name, count in around.items() if count)

    def start(self, device: Device, ask: Ask, *, any_environment: bool = False) -> int | None:
        """The place of a vGPU on a GPU (-1 in modes without any); None where it cannot start."""
        if device.closed or device.board is None:
            return None
        if not any_environment and any(name and name != ask.environment for name in device.tenants):
            return None
        standing = tuple([device.fixed[slot] for slot in ask.slots])
        key = (device.model, device.mode, standing, ask.shape)
        if key not in self._starts:
            self._starts[key] = _start(device.board, device.mode, standing, ask.shape)
        return self._starts[key]

    def _several(self, machine: Machine, ask: Ask) -> Iterator[Stay]:
        """The GPUs of one VM: whole and empty, joined where asked, else rather of one node."""
        empty = [
            index
            for index, device in enumerate(machine.devices)
            if device.model == ask.model
            and device.empty(ask.slots)
            and self.start(device, ask) is not None
        ]
        if len(empty) < ask.gpus:
            return
        if ask.nvlink:
            for group in machine.groups:
                if len(group) == ask.gpus and set(group) <= set(empty):
                    yield Stay(machine.order, group)
            return
        near: dict[int, list[int]] = {}
        for index in empty:
            near.setdefault(machine.devices[index].numa, []).append(index)
        for node in sorted(near):
            if len(near[node]) >= ask.gpus:
                yield Stay(machine.order, tuple(near[node][: ask.gpus]))
        yield Stay(machine.order, tuple(empty[: ask.gpus]))


def _start(
    board: Board, mode: Mode, standing: tuple[tuple[Fixed, ...], ...], shape: int
) -> int | None:
    """The highest place that is free in every slot; high ones keep 0 for what starts only there."""
    places = (NO_START,) if mode in PLACELESS else reversed(board.shapes[shape].starts)
    for place in places:
        new, share = Fixed(shape, place), board.shapes[shape].per_instance
        if place != NO_START and any(fixed.count(new) >= share for fixed in standing):
            continue
        if all(board.occupied((*fixed, new), mode) != CLOSED for fixed in standing):
            return place
    return None
