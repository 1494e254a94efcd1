"""The way from today's occupancy to a plan: legal steps in their order (F5).

What is ours and stands where the plan has the same profile stays. What is in the way is moved where
vSphere can (a vGPU to a free place of the same profile), else powered off. Modes change on empty
GPUs only. Foreign VMs are never touched: where one is in the way, the step is a request to its
owner. Then everything is powered on, the large before the small; what has windows starts with them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from enum import StrEnum
from typing import Any

from generator.placement.devices.geometry import Board
from generator.placement.devices.shapes import Mode
from generator.placement.hosts.stock import Host
from generator.placement.plan import Plan
from generator.placement.steps.mode_changes import Change, alike, mode_changes
from generator.placement.steps.occupancy import (
    Gpus,
    Seat,
    Vm,
    fits,
    footprint,
    our_vms,
    planned_vms,
    power_on_turn,
    today,
)
from generator.record import Record, record


class Action(StrEnum):
    """What a step does."""

    KEEP = "keep"
    ASK_OWNER = "ask-owner"
    MIGRATE = "migrate"
    POWER_OFF = "power-off"
    ENTER_MAINTENANCE = "enter-maintenance"
    CHANGE_MODE = "change-mode"
    EXIT_MAINTENANCE = "exit-maintenance"
    TELL_OWNER = "tell-owner"
    POWER_ON = "power-on"


@record
class Step(Record):
    """One step. ``seats`` is what of GPUs the VM holds before a stop or move, or after a start.

    ``to`` are the seats after a move. ``mode`` is what the GPU changes to, ``was`` what the facts
    say it is ("" where they do not). ``needs_empty_gpu``, ``needs_maintenance`` and
    ``needs_reboot`` are what the host must allow, ``hosts_at_once`` how many may be out together.
    ``returns`` says that a foreign VM may come back, ``becomes`` which VM of the plan one of ours
    is from then on. ``waits_for`` are the numbers of requests that must be granted before.
    """

    number: int
    action: Action
    site: str
    host: str
    gpu: str = ""
    vm: str = ""
    seats: tuple[Seat, ...] = ()
    to: tuple[Seat, ...] = ()
    mode: str = ""
    was: str = ""
    owner: str = ""
    returns: bool = False
    becomes: str = ""
    needs_empty_gpu: bool = False
    needs_maintenance: bool = False
    needs_reboot: bool = False
    hosts_at_once: int = 1
    waits_for: tuple[int, ...] = ()


def steps(
    plan: Plan,
    hosts: Sequence[Host],
    boards: Mapping[str, Board],
    *,
    owners: Mapping[str, str] | None = None,
    hosts_at_once: int = 1,
) -> tuple[Step, ...]:
    """The steps from what the hosts run today to a plan for them.

    ``owners`` names whom to ask about a foreign VM or a holder; its own name where it is unknown.
    ``hosts_at_once`` is what the cluster's HA reserve lets out of service together.
    """
    return tuple(_Way(plan, hosts, boards, owners or {}, hosts_at_once).steps())


class _Way:
    """The steps while they are found; ``gpus`` is the state that they have led to."""

    def __init__(
        self,
        plan: Plan,
        hosts: Sequence[Host],
        boards: Mapping[str, Board],
        owners: Mapping[str, str],
        hosts_at_once: int,
    ) -> None:
        self._boards = boards
        self._owners = owners
        self._at_once = hosts_at_once
        self._gpus: Gpus = today(hosts, boards)
        self._needed = {(g.site, g.name): g.mode for g in plan.gpus if g.mode is not Mode.EMPTY}
        self._planned = sorted(planned_vms(plan, self._needed), key=power_on_turn(plan, boards))
        self._changes = list(mode_changes(hosts, self._gpus, self._needed, boards))
        self._wanted: dict[tuple[str, str], list[Seat]] = {}
        for vm in self._planned:
            for seat in vm.seats:
                self._wanted.setdefault((vm.site, seat.gpu), []).append(seat)
        self._rebooted = {(c.site, c.host) for c in self._changes if c.reboots}
        self._number = 0

    def steps(self) -> Iterator[Step]:
        """All steps, each legal after those before it."""
        ours = our_vms(self._gpus)
        kept = dict(self._kept(ours))
        for vm, wanted in kept.items():
            yield self._about(Action.KEEP, vm, becomes=wanted.name)
        taken = {wanted.name for wanted in kept.values()}
        open_ = [vm for vm in self._planned if vm.name not in taken]
        asked = list[tuple[int, Vm]]()
        leaving = list(self._in_the_way())
        back = [vm for vm in leaving if self._returns(vm)]
        for vm in leaving:
            self._remove(vm)
            owner = self._owners.get(vm.name, vm.name)
            step = self._about(Action.ASK_OWNER, vm, owner=owner, returns=vm in back)
            asked.append((step.number, vm))
            yield step
        for vm in ours:
            if vm not in kept:
                target = self._target(vm, open_)
                if target is not None:
                    open_.remove(target)
                    yield self._move(vm, target)
                else:
                    yield self._about(Action.POWER_OFF, vm)
                    self._remove(vm)
        yield from self._switch(asked)
        for vm in back:
            self._add(vm)
            yield self._about(Action.TELL_OWNER, vm, owner=self._owners.get(vm.name, vm.name))
        for vm in open_:
            self._add(vm)
            yield self._about(Action.POWER_ON, vm, waits_for=_waits(vm, asked))

    # -- what is in the way ---------------------------------------------------------------------

    def _kept(self, ours: Sequence[Vm]) -> Iterator[tuple[Vm, Vm]]:
        """Our VMs that stay, each with the planned VM whose place it has."""
        changing = {(c.site, c.gpu) for c in self._changes}
        rest: dict[object, list[Vm]] = {}
        for vm in reversed(self._planned):
            rest.setdefault(footprint(vm), []).append(vm)
        for vm in ours:
            still = (vm.site, vm.host) not in self._rebooted
            if still and not any((vm.site, seat.gpu) in changing for seat in vm.seats):
                same = rest.get(footprint(vm))
                if same:
                    yield vm, same.pop()

    def _in_the_way(self) -> Iterator[Vm]:
        """Foreign VMs and holders that the plan cannot go round."""
        found: dict[tuple[str, str, str], list[Seat]] = {}
        for at, state in sorted(self._gpus.items()):
            if (at[0], state.host) in self._rebooted or not self._leaves_alone(at):
                for name, seat in state.foreign():
                    found.setdefault((at[0], state.host, name), []).append(seat)
        for (site, host, name), seats in found.items():
            yield Vm(site=site, host=host, name=name, seats=tuple(seats))

    def _leaves_alone(self, at: tuple[str, str]) -> bool:
        """Whether the plan wants nothing of a GPU that what is foreign on it forbids."""
        state, needed = self._gpus[at], self._needed.get(at)
        foreign = [seat for _, seat in state.foreign()]
        if not foreign or needed is None:
            return True
        if not alike(state.mode, needed):
            return False
        wanted = self._wanted.get(at, [])
        board = self._boards.get(state.model)
        return not wanted or fits(board, [*foreign, *wanted], needed)

    def _returns(self, vm: Vm) -> bool:
        """Whether a foreign VM may come back to its places once its host has been rebooted."""
        return all(self._leaves_alone((vm.site, seat.gpu)) for seat in vm.seats)

    def _target(self, vm: Vm, wanted: Sequence[Vm]) -> Vm | None:
        """The planned VM whose free place on another host a running one may move to.

        A vGPU moves between GPUs of one type; a VM with DirectPath or several GPUs does not.
        """
        if len(vm.seats) != 1 or (vm.site, vm.host) in self._rebooted:
            return None
        for other in wanted:
            if len(other.seats) != 1 or other.seats[0].profile != vm.seats[0].profile:
                continue
            seat = other.seats[0]
            state = self._gpus[other.site, seat.gpu]
            ready = (other.site, other.host) not in self._rebooted and not state.held_by
            if (
                (other.site, other.host) != (vm.site, vm.host)
                and other.site == vm.site
                and vm.can_move
                and ready
                and state.mode is not None
                and alike(state.mode, self._needed.get((other.site, seat.gpu)))
                and fits(self._boards.get(state.model), [*state.seats(), seat], state.mode)
            ):
                return other
        return None

    # -- the steps ------------------------------------------------------------------------------

    def _switch(self, asked: Sequence[tuple[int, Vm]]) -> Iterator[Step]:
        """The mode changes, host by host, those of a rebooted host within one maintenance."""
        hosts = dict.fromkeys((c.site, c.host) for c in self._changes)
        for site, host in hosts:
            waits = tuple(n for n, vm in asked if (vm.site, vm.host) == (site, host))
            reboots = (site, host) in self._rebooted
            if reboots:
                yield self._made(
                    Action.ENTER_MAINTENANCE, site, host, needs_maintenance=True, waits_for=waits
                )
            for change in self._changes:
                if (change.site, change.host) == (site, host):
                    yield self._change(change, waits)
            if reboots:
                yield self._made(
                    Action.EXIT_MAINTENANCE, site, host, needs_maintenance=True, waits_for=waits
                )

    def _change(self, change: Change, waits: tuple[int, ...]) -> Step:
        self._gpus[change.site, change.gpu].mode = change.mode
        return self._made(
            Action.CHANGE_MODE,
            change.site,
            change.host,
            gpu=change.gpu,
            mode=change.mode.value,
            was=change.was,
            needs_empty_gpu=True,
            needs_maintenance=change.reboots,
            needs_reboot=change.reboots,
            waits_for=waits,
        )

    def _about(self, action: Action, vm: Vm, **more: Any) -> Step:
        return self._made(action, vm.site, vm.host, **({"vm": vm.name, "seats": vm.seats} | more))

    def _made(self, action: Action, site: str, host: str, **more: Any) -> Step:
        self._number += 1
        return Step(
            number=self._number,
            action=action,
            site=site,
            host=host,
            hosts_at_once=self._at_once,
            **more,
        )

    def _move(self, vm: Vm, target: Vm) -> Step:
        self._remove(vm)
        self._add(target)
        return self._about(Action.MIGRATE, vm, to=target.seats, becomes=target.name)

    def _remove(self, vm: Vm) -> None:
        for seat in vm.seats:
            self._gpus[vm.site, seat.gpu].take_off(vm.name)

    def _add(self, vm: Vm) -> None:
        for seat in vm.seats:
            self._gpus[vm.site, seat.gpu].put_on(vm, seat)


def _waits(vm: Vm, asked: Sequence[tuple[int, Vm]]) -> tuple[int, ...]:
    """The requests about VMs on the GPUs of a VM."""
    gpus = {seat.gpu for seat in vm.seats}
    return tuple(
        n for n, other in asked if other.site == vm.site and gpus & {s.gpu for s in other.seats}
    )
