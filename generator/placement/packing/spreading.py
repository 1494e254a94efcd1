"""Keeps copies of a service on different hosts, where somebody else can make room for that.

Large demands are placed before small ones, so that the last copies may find only hosts that have
one. A copy moves only where all that moves finds a place and no other copies come closer.
"""

from __future__ import annotations

from collections.abc import Iterator

from generator.placement.hosts.ask import Ask, Spot
from generator.placement.packing.attempt import Attempt
from generator.placement.packing.repair import Vm, movers, set_spot, within

MOST_MOVERS = 200
"""Sets of VMs that are tried as movers for one attempt; chosen, for the time that they take."""

MOST_SPREAD_VMS = 2000
"""VMs up to which copies are spread by moving others; chosen likewise."""


def spread(attempt: Attempt) -> None:
    """Moves copies off hosts that have several of them, the most important demand first."""
    if sum(len(found.spots) for found in attempt.filled) > MOST_SPREAD_VMS:
        return
    trials = [MOST_MOVERS]
    filled = attempt.filled
    close = [at for at, found in enumerate(filled) if _crowded(attempt, at)]
    for at in sorted(close, key=lambda n: (filled[n].choice.demand.priority, n)):
        for number in list(_crowded(attempt, at)):
            if not _spread(attempt, (at, number), trials):
                break


def _crowded(attempt: Attempt, at: int) -> list[int]:
    """The copies of a demand beyond the first of each host, the last placed first."""
    found = attempt.filled[at]
    if found.ask.apart is None:
        return []
    seen: set[int] = set()
    crowded = []
    for number, spot in enumerate(found.spots):
        if spot.order in seen:
            crowded.append(number)
        seen.add(spot.order)
    return crowded[::-1]


def _spread(attempt: Attempt, copy: Vm, trials: list[int]) -> bool:
    """Whether a copy found a host without another."""
    ask = attempt.filled[copy[0]].ask
    if _moved(attempt, copy, ()):
        return True
    candidates = within(trials, _others(attempt, ask))
    return any(_moved(attempt, copy, others) for others in candidates)


def _others(attempt: Attempt, ask: Ask) -> Iterator[tuple[Vm, ...]]:
    """Who could make room on a host without a copy."""
    rooms = attempt.packing.rooms
    for some in movers(attempt, ask):
        orders = {attempt.filled[at].spots[number].order for at, number in some}
        if not any(rooms[order].present[ask.apart] for order in orders if ask.apart):
            yield some


def _moved(attempt: Attempt, copy: Vm, others: tuple[Vm, ...]) -> bool:
    """Moves a copy to a host without one, and then others to where they fit; all or nothing."""
    packing = attempt.packing
    vms = [copy, *others]
    before = [(attempt.filled[at].ask, attempt.filled[at].spots[number]) for at, number in vms]
    for ask, spot in before:
        packing.release(ask, spot)
    new: list[tuple[Ask, Spot]] = []
    for ask, was in before:
        best = packing.best(ask)
        if best is None or not _apart(attempt, ask, best, was, first=not new):
            break
        packing.take(ask, best)
        new.append((ask, best))
    if len(new) == len(before):
        for vm, (_, spot) in zip(vms, new, strict=True):
            set_spot(attempt, vm, spot)
        return True
    for ask, spot in reversed(new):
        packing.release(ask, spot)
    for ask, spot in before:
        packing.take(ask, spot)
    return False


def _apart(attempt: Attempt, ask: Ask, spot: Spot, was: Spot, *, first: bool) -> bool:
    """Whether a VM joins no copy of its own; one that makes room may stay beside those it had."""
    if ask.apart is None:
        return True
    present = attempt.packing.rooms[spot.order].present[ask.apart]
    return not present or (not first and spot.order == was.order)
