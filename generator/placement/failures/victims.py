"""Which VMs of one host would have to stop so that another can start there as things run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from generator.placement.failures.machine import Machine
from generator.placement.failures.preemption import Room, Tenant, Wanted, preempted
from generator.placement.failures.running import Kind, Running
from generator.placement.hosts.ask import Ask


class Cheapest(NamedTuple):
    """The victims on a host that let a VM start there."""

    cost: tuple[object, ...]
    order: int
    victims: tuple[int, ...]


def victims_on(running: Running, machine: Machine, kind: Kind) -> Cheapest | None:
    """The cheapest VMs of a host that would have to stop for one of a kind; None for too few.

    Those on the GPUs that it would take are tried before all that give way on the host.
    """
    giving = [n for n in machine.giving if running.vms[n].kind.priority > kind.priority]
    if not giving or not _fits_without(running, machine, kind.ask, giving):
        return None
    for targets in (_targets(running, machine, giving, kind.ask), {"host": giving}):
        victims = _cheapest_of(running, machine, kind, targets)
        if victims is not None:
            places = [running.vms[victim].kind.gives_way or 0 for victim in victims]
            memory = sum(running.vms[victim].kind.ask.memory_bytes for victim in victims)
            return Cheapest((sorted(places, reverse=True), memory), machine.order, victims)
    return None


def _cheapest_of(
    running: Running, machine: Machine, kind: Kind, targets: Mapping[str, Sequence[int]]
) -> tuple[int, ...] | None:
    """The cheapest victims among those of one target."""
    ask = kind.ask
    free = Room(
        millicores=min(machine.millicores[slot] for slot in ask.slots),
        memory_bytes=min(machine.memory_bytes[slot] for slot in ask.slots),
    )
    room = Room(millicores=ask.millicores, memory_bytes=ask.memory_bytes)
    tenants = [
        Tenant(
            name=f"{number:09}",
            host=target,
            priority=running.vms[number].kind.priority,
            millicores=running.vms[number].kind.ask.millicores,
            memory_bytes=running.vms[number].kind.ask.memory_bytes,
            gives_way=running.vms[number].kind.gives_way,
        )
        for target, numbers in targets.items()
        for number in numbers
    ]

    def enough(_: str, names: Sequence[str]) -> bool:
        return _fits_without(running, machine, ask, [int(name) for name in names])

    wanted = Wanted(priority=kind.priority, room=room)
    found = preempted(wanted, dict.fromkeys(targets, free), tenants, enough)
    return None if found is None else tuple(int(name) for name in found.victims)


def _targets(
    running: Running, machine: Machine, giving: Sequence[int], ask: Ask
) -> dict[str, list[int]]:
    """Who gives way on each GPU, or set of GPUs, that the VM could then take."""
    if not ask.model:
        return {}
    groups: list[tuple[int, ...]] = [
        (index,) for index, device in enumerate(machine.devices) if device.model == ask.model
    ]
    if ask.gpus > 1:
        groups = [group for group in machine.groups if len(group) == ask.gpus]
        groups = groups if ask.nvlink else []
    found: dict[str, list[int]] = {}
    for group in groups:
        here = [n for n in giving if set(group) & set(_gpus(running, n))]
        if here:
            found["-".join(f"{index:03}" for index in group)] = here
    return found


def _gpus(running: Running, number: int) -> tuple[int, ...]:
    stay = running.stays[number]
    return stay.gpus if stay else ()


def _fits_without(running: Running, machine: Machine, ask: Ask, gone: Sequence[int]) -> bool:
    """Whether a VM fits on a host once others are gone."""
    stays = [(number, running.take_off(number)) for number in gone]
    fits = running.fits(machine, ask) is not None
    for number, stay in stays:
        running.put(number, stay)
    return fits
