"""The VMs of a plan as they run: what each host and GPU has left while nothing may be moved.

Packing may still choose places; here every vGPU keeps the place that it has, and a GPU keeps its
mode, because leaving a mode needs the GPU empty and a hand (accelerators reference, sections 3
and 4). What a layout may hold is the geometry's answer.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from generator.placement.devices.geometry import Board
from generator.placement.devices.shapes import CLOSED, NO_START, Fixed, Mode
from generator.placement.failures.machine import Device, Machine
from generator.placement.hosts.ask import Ask
from generator.placement.packing.packing import Packing
from generator.placement.packing.replay import Replayed
from generator.placement.plan import Chosen

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
