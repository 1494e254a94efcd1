"""Finds room for what went short by moving something else: one VM, or all that one GPU carries.

A move is made only where all that moves finds another place, so a repair never places less.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from generator.placement.devices.shapes import EMPTY
from generator.placement.hosts.ask import Ask, Spot
from generator.placement.packing.attempt import Attempt, Filled

MOST_TRIALS = 400
"""Sets of VMs that are tried as movers for one attempt; chosen, for the time that they take."""

Vm = tuple[int, int]
"""A placed VM: its demand's place among the filled, and its place among the spots of that."""


def repair(attempt: Attempt) -> None:
    """Places what is missing where others can move aside, the most important demand first."""
    trials = [MOST_TRIALS]
    hopeless: set[Ask] = set()
    short = [at for at, found in enumerate(attempt.filled) if found.missing]
    for at in sorted(short, key=lambda n: attempt.filled[n].choice.demand.priority):
        while attempt.filled[at].missing and trials[0] and attempt.filled[at].ask not in hopeless:
            if _make_room(attempt, at, trials):
                hopeless.clear()
            else:
                hopeless.add(attempt.filled[at].ask)


def _make_room(attempt: Attempt, at: int, trials: list[int]) -> bool:
    """Whether one more VM of a demand found a spot."""
    wanted = attempt.filled[at]
    if not _is_enough_left(attempt, wanted.ask):
        return False
    candidates = within(trials, movers(attempt, wanted.ask))
    return any(_moved(attempt, some, at) for some in candidates)


def within(trials: list[int], candidates: Iterable[tuple[Vm, ...]]) -> Iterator[tuple[Vm, ...]]:
    """As many of the candidates as trials are left; each takes one. All are found beforehand."""
    for some in list(candidates):
        if not trials[0]:
            return
        trials[0] -= 1
        yield some


def _is_enough_left(attempt: Attempt, ask: Ask) -> bool:
    """Whether what is left of all GPUs of the model is as much as one VM of the ask takes.

    Whoever moves aside takes as much elsewhere, so without it nobody can make room.
    """
    left, taken = 0, 1
    for room in attempt.packing.rooms:
        if ask.site not in ("", room.host.site):
            continue
        for index, board in enumerate(room.boards):
            if board is None or room.models[index] != ask.model:
                continue
            size = board.total_mib - board.free_mib(board.join(EMPTY, ask.shape))
            taken = size * ask.gpus
            left += min(board.free_mib(room.layouts[index][slot]) for slot in ask.slots)
    return not ask.model or left >= taken


def _moved(attempt: Attempt, movers: tuple[Vm, ...], at: int) -> bool:
    packing, wanted = attempt.packing, attempt.filled[at]
    before = [(vm, attempt.filled[vm[0]].ask, attempt.filled[vm[0]].spots[vm[1]]) for vm in movers]
    for _, ask, spot in before:
        packing.release(ask, spot)
    target = packing.best(wanted.ask)
    new: list[tuple[Ask, Spot]] = []
    if target is not None:
        packing.take(wanted.ask, target)
        new.append((wanted.ask, target))
        for vm, ask, _ in before:
            other = packing.best(ask)
            if other is None or _comes_too_close(attempt, vm, other, at):
                break
            packing.take(ask, other)
            new.append((ask, other))
    if target is None or len(new) <= len(before):
        for ask, spot in reversed(new):
            packing.release(ask, spot)
        for _, ask, spot in before:
            packing.take(ask, spot)
        return False
    for (vm, _, _), (_, spot) in zip(before, new[1:], strict=True):
        set_spot(attempt, vm, spot)
    free = [n for n in range(wanted.choice.demand.count) if n not in wanted.numbers]
    now = attempt.filled[at]
    attempt.filled[at] = now._replace(
        spots=(*now.spots, new[0][1]), numbers=(*now.numbers, free[0])
    )
    return True


def _comes_too_close(attempt: Attempt, vm: Vm, spot: Spot, at: int) -> bool:
    """Whether a copy would join another of its demand for the sake of something less important."""
    mover, wanted = attempt.filled[vm[0]], attempt.filled[at]
    if mover.ask.apart is None or mover.demand.priority >= wanted.demand.priority:
        return False
    return attempt.packing.rooms[spot.order].present[mover.ask.apart] > 0


def set_spot(attempt: Attempt, vm: Vm, spot: Spot) -> None:
    """Notes that a VM is on another spot."""
    found = attempt.filled[vm[0]]
    spots = list(found.spots)
    spots[vm[1]] = spot
    attempt.filled[vm[0]] = found._replace(spots=tuple(spots))


def movers(attempt: Attempt, ask: Ask) -> Iterator[tuple[Vm, ...]]:
    """What could move aside for an ask: single VMs, the smallest first, then all of one GPU."""
    by_gpu: dict[tuple[int, int], list[Vm]] = {}
    singles: list[tuple[int, int, Vm]] = []
    rooms = attempt.packing.rooms
    for at, found in enumerate(attempt.filled):
        if found.ask.model != ask.model or (ask.site and found.ask.site not in ("", ask.site)):
            continue
        for n, spot in enumerate(found.spots):
            if _stays(found, n) or (ask.site and rooms[spot.order].host.site != ask.site):
                continue
            singles.append((found.ask.memory_bytes, spot.order, (at, n)))
            if len(spot.gpus) == 1:
                by_gpu.setdefault((spot.order, spot.gpus[0]), []).append((at, n))
    yield from ((vm,) for _, _, vm in sorted(singles))
    several = sorted((len(vms), place) for place, vms in by_gpu.items() if len(vms) > 1)
    yield from (tuple(by_gpu[place]) for _, place in several)


def _stays(found: Filled, n: int) -> bool:
    return found.numbers[n] in found.held
