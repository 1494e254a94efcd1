"""One loss played through: which VMs start again where, which wait, and who is stopped for them.

VMs start again by priority, large before small, on the first host that can take them, copies of a
service apart as far as that goes. The order of hosts is fixed and a choice never depends on a host
that is not chosen; so the answer without any loss is the answer of every equal loss whose hosts are
not in it. That is what makes a thousand equal hosts cost what one does.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from heapq import heapify, heappop, heappush
from typing import NamedTuple

from generator.placement.constraint import Constraint
from generator.placement.failures.haven import Haven
from generator.placement.failures.running import Kind, Running, Stay
from generator.placement.failures.victims import Cheapest, victims_on
from generator.placement.hosts.ask import Ask

MOST_HOSTS = 8
"""Hosts among which the cheapest victims are looked for; chosen, for the time that it takes."""


class Moved(NamedTuple):
    """A VM that starts again: ``vm`` counts into the plan, ``victims`` are stopped for it."""

    vm: int
    stay: Stay
    victims: tuple[int, ...] = ()


class Waiting(NamedTuple):
    """A VM that finds no place, and what it lacks."""

    vm: int
    because: Constraint


class Outcome(NamedTuple):
    """What becomes of the VMs of a loss, and of those that give way."""

    moved: tuple[Moved, ...]
    waiting: tuple[Waiting, ...]

    @property
    def victims(self) -> tuple[int, ...]:
        """The VMs that are stopped to make room, in the order in which they are."""
        return tuple(victim for moved in self.moved for victim in moved.victims)


class Outage:
    """A loss while it is played through; ``settle`` leaves everything as it was.

    ``down`` are the hosts that nothing starts on. ``home`` is a host that still runs, but that is
    asked last: the one with a broken GPU, which has to be emptied to replace it.
    """

    def __init__(self, running: Running, haven: Haven, down: frozenset[int]) -> None:
        self._running, self._haven, self._down = running, haven, down
        self._changed: set[int] = set()
        self._journal: list[tuple[int, Stay | None]] = []

    def play(
        self, lost: Sequence[int], *, preempt: bool = True, home: int | None = None
    ) -> Outcome:
        """What becomes of these VMs, which have stopped."""
        vms, turns = self._running.vms, self._running.turns
        queue = [(turns[number], number) for number in lost]
        heapify(queue)
        had = {ask: self._has_place(ask) for ask in {vms[n].kind.ask: None for n in lost}}
        moved: list[Moved] = []
        waiting: list[Waiting] = []
        while queue:
            _, number = heappop(queue)
            kind = vms[number].kind
            stay = self._find(kind.ask, home)
            victims: tuple[int, ...] = ()
            if stay is None and preempt and self._running.may_preempt(kind):
                stay, victims = self._make_room(kind, home)
            if stay is None:
                taken = had.get(kind.ask, False)
                waiting.append(Waiting(number, Constraint.TURN if taken else Constraint.SEVERAL))
                continue
            self._put(number, stay)
            moved.append(Moved(number, stay, victims))
            for victim in victims:
                heappush(queue, (turns[victim], victim))
        return Outcome(tuple(moved), tuple(waiting))

    def settle(self, outcome: Outcome) -> Outcome:
        """Puts every VM back where it was, and names what those lack that would wait."""
        for number, before in reversed(self._journal):
            if self._running.stays[number] is not None:
                self._running.take_off(number)
            if before is not None:
                self._running.put(number, before)
        return Outcome(outcome.moved, tuple([self._named(each) for each in outcome.waiting]))

    def _named(self, waiting: Waiting) -> Waiting:
        if waiting.because is Constraint.TURN:
            return waiting
        ask = self._running.vms[waiting.vm].kind.ask
        return Waiting(waiting.vm, self._haven.short_of(ask, self._down))

    def _has_place(self, ask: Ask) -> bool:
        """Whether the VM would have a place if it were the first to start again."""
        return next(self._stays(ask), None) is not None

    def stop(self, number: int) -> None:
        """A VM stops."""
        stay = self._running.take_off(number)
        self._journal.append((number, stay))
        self._changed.add(stay.order)

    def _put(self, number: int, stay: Stay) -> None:
        self._journal.append((number, None))
        self._running.put(number, stay)
        self._changed.add(stay.order)

    def _find(self, ask: Ask, home: int | None) -> Stay | None:
        """The first host that takes the VM, one without a copy of it if there is any."""
        machines, crowded = self._running.machines, None
        for stay in self._stays(ask):
            if ask.apart is None or not machines[stay.order].present[ask.apart]:
                return stay
            crowded = crowded or stay
        if crowded is None and home is not None and ask.site in ("", machines[home].host.site):
            return self._running.fits(machines[home], ask)
        return crowded

    def _stays(self, ask: Ask) -> Iterator[Stay]:
        machines, fits = self._running.machines, self._running.fits
        for order, stay in self._haven.starts(ask).walk(self._changed):
            if order not in self._down:
                now = stay if stay is not None else fits(machines[order], ask)
                if now is not None:
                    yield now

    def _make_room(self, kind: Kind, home: int | None) -> tuple[Stay | None, tuple[int, ...]]:
        """Stops the cheapest victims on one host; None where nowhere enough give way."""
        found = min(self._enough(kind, home), default=None)
        if found is None:
            return None, ()
        for victim in found.victims:
            self.stop(victim)
        stay = self._running.fits(self._running.machines[found.order], kind.ask)
        assert stay is not None, "the victims were enough"
        return stay, found.victims

    def _enough(self, kind: Kind, home: int | None) -> Iterator[Cheapest]:
        machines, left = self._running.machines, MOST_HOSTS
        for order, known in self._haven.victims(kind).walk(self._changed):
            if order in self._down and order != home:
                continue
            found = known or victims_on(self._running, machines[order], kind)
            if found is not None:
                yield found
                left -= 1
            if not left:
                return
