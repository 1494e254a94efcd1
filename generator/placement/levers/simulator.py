"""Orders of arrival against the promise: who still starts when everybody comes and goes.

The simulator shares no argument with ``worst_order``: it only lets VMs arrive, and counts. A replay
has two ways: ``in_order`` powers the permanent VMs on first, in the plan's order, and never stops
them; otherwise all VMs come in any order and any may stop and start again.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from generator.placement.levers.grading import Held, Key, Situation, key_of_kind
from generator.placement.levers.reach import Kind
from generator.placement.levers.world import Habit, Pick, Place, World
from generator.placement.levers.worst_order import power_on_order
from generator.placement.plan import Grade

Vm = tuple[int, int]
"""A VM: its kind by number, and its own number."""

EVENTS_PER_VM = 3
"""Starts and stops of one replay before all that is off is started; chosen."""


class Broken(NamedTuple):
    """A promise that an order of arrival broke: fewer VMs of the kind run than it assures."""

    environment: str
    demand: str
    running: int
    assured: int
    grade: Grade


class Replay(NamedTuple):
    """What one order of arrival came to: power-ons tried and refused, and promises broken."""

    tried: int
    refused: int
    broken: tuple[Broken, ...]
    legal: bool


def replay(
    situation: Situation,
    held: Mapping[Key, Held],
    seats: Mapping[Key, Sequence[Place]],
    pick: Pick,
    *,
    habit: Habit = Habit.ANY,
    in_order: bool = True,
) -> Replay:
    """Plays one order of arrival, as ``pick`` chooses it, in one slot of the week.

    ``seats`` are the plan's places of kinds whose capacity vSphere reserves: nobody else gets them.
    """
    run = _Run(situation, held, pick, habit, in_order=in_order)
    run.reserve(seats)
    run.first()
    run.events()
    run.rest()
    return Replay(run.tried, run.refused, tuple(run.broken), run.world.is_legal())


class _Run:
    """One replay."""

    def __init__(
        self,
        situation: Situation,
        held: Mapping[Key, Held],
        pick: Pick,
        habit: Habit,
        *,
        in_order: bool,
    ) -> None:
        self.world = World(situation, habit, pick)
        self.tried = self.refused = 0
        self.broken: list[Broken] = []
        self._situation = situation
        self._held = held
        self._pick = pick
        self._in_order = in_order
        slots = sorted({slot for kind in situation.kinds for slot in kind.slots})
        slot = slots[pick(len(slots))] if slots else 0
        self._kinds = [kind for kind in situation.kinds if slot in kind.slots]
        self._on: dict[Vm, Place] = {}
        self._kept: set[Vm] = set()
        self._off = [(n, vm) for n, kind in enumerate(self._kinds) for vm in range(kind.most)]

    def reserve(self, seats: Mapping[Key, Sequence[Place]]) -> None:
        """Gives the plan's places to the kinds for which vSphere keeps them."""
        for n, kind in enumerate(self._kinds):
            if self._held[key_of_kind(kind)].reserved:
                for vm, place in enumerate(seats[key_of_kind(kind)]):
                    self.world.put(kind, place)
                    self._keep((n, vm), place)

    def first(self) -> None:
        """The permanent VMs in the plan's order, where the promise says so."""
        if not self._in_order:
            return
        order = {
            n: power_on_order(kind, self._situation.boards)
            for n, kind in enumerate(self._kinds)
            if kind.permanent
        }
        for vm in sorted((vm for vm in self._off if vm[0] in order), key=lambda v: order[v[0]]):
            place = self._start(vm)
            if place is not None:
                self._keep(vm, place)

    def events(self) -> None:
        """Starts and stops in any order."""
        total = EVENTS_PER_VM * (len(self._off) + len(self._on) - len(self._kept))
        stoppable: list[Vm] = []
        for _ in range(total):
            at = self._pick(max(1, len(self._off) + len(stoppable)))
            if at < len(self._off):
                vm = self._off[at]
                if self._start(vm) is not None:
                    del self._off[at]
                    stoppable.append(vm)
            elif stoppable:
                vm = stoppable.pop(at - len(self._off))
                self.world.stop(self._kinds[vm[0]], self._on.pop(vm))
                self._off.append(vm)

    def rest(self) -> None:
        """All that is off is started, in any order."""
        while self._off:
            self._start(self._off.pop(self._pick(len(self._off))))

    def _start(self, vm: Vm) -> Place | None:
        kind = self._kinds[vm[0]]
        self.tried += 1
        place = self.world.start(kind)
        if place is None:
            self.refused += 1
            self.broken.extend(self._breach(vm[0], kind))
            return None
        self._on[vm] = place
        return place

    def _keep(self, vm: Vm, place: Place) -> None:
        self._off.remove(vm)
        self._on[vm] = place
        self._kept.add(vm)

    def _breach(self, n: int, kind: Kind) -> Iterator[Broken]:
        """The promise that a refused power-on breaks, if it does."""
        held = self._held[key_of_kind(kind)]
        if held.grade is Grade.BY_POWER_ON_ORDER and not (self._in_order and kind.model):
            return  # out of its turn; and without a GPU, DRS makes room by moving others
        running = sum(vm[0] == n for vm in self._on)
        if running < held.assured:
            yield Broken(kind.environment, kind.demand, running, held.assured, held.grade)
