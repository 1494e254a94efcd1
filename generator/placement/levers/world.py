"""Hosts as they behave: DRS chooses the host, the host's manager the GPU and the place on it.

What vSphere leaves open is chosen by whoever calls: ``Pick`` answers with a number below the one it
is given. Sources: F. Denneman, vSphere and GPUs (assignment policies, MIG fills one GPU before the
next, first 3g at slice 4 on Hopper); NVIDIA AI Enterprise vGPU guide (placement ids).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from enum import StrEnum
from typing import NamedTuple

from generator.placement.devices.blocking import FIRST_HALF_HIGH
from generator.placement.devices.shapes import CLOSED, EMPTY, NO_START, Fixed, Mode
from generator.placement.levers.grading import Situation
from generator.placement.levers.reach import Kind, Pool

Pick = Callable[[int], int]
"""A choice among so many: a number from 0 to one less."""


class Habit(StrEnum):
    """How choices are made where vSphere has one: spread, fill one before the next, or anyhow.

    ``SPITE`` takes, of all legal choices, the one that leaves the others least room.
    """

    SPREAD = "spread"
    CONSOLIDATE = "consolidate"
    ANY = "any"
    SPITE = "spite"


class Place(NamedTuple):
    """Where a VM runs: the host by number, its GPUs by index, and the place on them."""

    host: int
    gpus: tuple[int, ...] = ()
    start: int = NO_START


class _Open(NamedTuple):
    """What one host has open, found when first asked.

    ``starts`` are by GPU and shape; by model and shape are ``gpus``, which can take one vGPU, and
    ``worst``, the most harm that it can do and where.
    """

    starts: list[dict[int, tuple[int, ...]]]
    gpus: dict[tuple[str, int], tuple[tuple[int, ...], ...]]
    worst: dict[tuple[str, int], tuple[int, tuple[Place, ...]]]

    def forget(self, gpu: int) -> None:
        """What was known before something started or stopped on a GPU."""
        self.starts[gpu].clear()
        self.gpus.clear()
        self.worst.clear()


class World:
    """The hosts of a situation with what runs on them; at first only what is not the plan's."""

    def __init__(self, situation: Situation, habit: Habit, pick: Pick) -> None:
        self._situation = situation
        self._boards = situation.boards
        self._habit = habit
        self._pick = pick
        self._hosts = situation.stations
        self._of_pool: dict[Pool, list[int]] = {}
        for n, station in enumerate(self._hosts):
            self._of_pool.setdefault(station.pool, []).append(n)
        self._free = [[s.millicores, s.memory_bytes] for s in self._hosts]
        self._vms = [0] * len(self._hosts)
        self.running: list[list[list[Fixed]]] = [
            [self._stays(device.model, device.layout) for device in station.devices]
            for station in self._hosts
        ]
        self._open: list[_Open] = [_Open([{} for _ in gpus], {}, {}) for gpus in self.running]
        self._harms: dict[tuple[object, ...], int] = {}

    def _stays(self, model: str, layout: int) -> list[Fixed]:
        if layout in (EMPTY, CLOSED):
            return []
        return [Fixed(seat.shape, seat.start) for seat in self._boards[model].seats(layout)]

    def start(self, kind: Kind) -> Place | None:
        """Powers one VM on and says where; None where it finds no place."""
        able = [n for n in self._of_pool.get(kind.pool, ()) if self._may_host(n, kind)]
        found = [(n, gpus) for n in able if (gpus := self._gpus(n, kind))]
        if kind.model:
            able = [n for n, _ in found]
        if not able:
            return None
        if self._habit is Habit.SPITE and kind.gpus == 1:
            place = self._cruellest(kind, found)
        else:
            host = self._drs(able)
            place = self._on(host, kind, dict(found).get(host, ()))
        self.put(kind, place)
        return place

    def put(self, kind: Kind, place: Place) -> None:
        """Has a VM run at a place."""
        self._count(kind, place, 1)
        for gpu in place.gpus:
            self.running[place.host][gpu].append(self._fixed(kind, place, gpu))
            self._open[place.host].forget(gpu)

    def stop(self, kind: Kind, place: Place) -> None:
        """Powers a VM off."""
        self._count(kind, place, -1)
        for gpu in place.gpus:
            self.running[place.host][gpu].remove(self._fixed(kind, place, gpu))
            self._open[place.host].forget(gpu)

    def _fixed(self, kind: Kind, place: Place, gpu: int) -> Fixed:
        """A whole GPU among several starts at 0 where its mode has places."""
        mixed = self._hosts[place.host].devices[gpu].mode is Mode.MIXED_SIZE
        return Fixed(kind.shape, 0 if mixed and kind.gpus > 1 else place.start)

    def is_legal(self) -> bool:
        """Whether every GPU is in a state that its mode has."""
        return all(
            not running or self._boards[device.model].occupied(running, device.mode) != CLOSED
            for station, gpus in zip(self._hosts, self.running, strict=True)
            for device, running in zip(station.devices, gpus, strict=True)
        )

    def _count(self, kind: Kind, place: Place, sign: int) -> None:
        self._free[place.host][0] -= sign * kind.millicores
        self._free[place.host][1] -= sign * kind.memory_bytes
        self._vms[place.host] += sign

    def _may_host(self, n: int, kind: Kind) -> bool:
        cores, memory = self._free[n]
        # A VM that reserves nothing comes in also where nothing is left.
        fits = cores >= kind.millicores and memory >= kind.memory_bytes
        return fits or not (kind.millicores or kind.memory_bytes)

    # -- DRS ------------------------------------------------------------------------------------

    def _drs(self, able: Sequence[int]) -> int:
        if self._habit is Habit.SPREAD:
            least = min(self._vms[n] for n in able)
            able = [n for n in able if self._vms[n] == least]
        elif self._habit is Habit.CONSOLIDATE:
            most = max(self._vms[n] for n in able)
            able = [n for n in able if self._vms[n] == most]
        return able[self._pick(len(able))]

    # -- the host's manager ---------------------------------------------------------------------

    def _gpus(self, n: int, kind: Kind) -> tuple[tuple[int, ...], ...]:
        """The GPUs of a host that can take the VM, each choice as the indices that it takes."""
        if not kind.model:
            return ()
        station = self._hosts[n]
        if kind.gpus == 1:
            known = self._open[n].gpus
            if (kind.model, kind.shape) not in known:
                indices = range(len(station.devices))
                able = tuple((gpu,) for gpu in indices if self._starts(n, gpu, kind))
                known[kind.model, kind.shape] = able
            return known[kind.model, kind.shape]
        empty = [gpu for gpu in range(len(station.devices)) if self._is_whole(n, gpu, kind)]
        if kind.nvlink:
            groups = (g for g in station.groups if len(g) == kind.gpus)
            return tuple(g for g in groups if set(g) <= set(empty))
        return tuple(self._some(empty, kind.gpus))

    def _some(self, empty: Sequence[int], count: int) -> Iterator[tuple[int, ...]]:
        """One choice of so many empty GPUs, any."""
        rest = list(empty)
        if len(rest) >= count:
            yield tuple(sorted(rest.pop(self._pick(len(rest))) for _ in range(count)))

    def _is_whole(self, n: int, gpu: int, kind: Kind) -> bool:
        device = self._hosts[n].devices[gpu]
        empty = device.layout == EMPTY and not self.running[n][gpu]
        board = self._boards.get(device.model)
        if device.model != kind.model or not empty or board is None:
            return False
        return bool(board.legal_starts((), device.mode, kind.shape))

    def _starts(self, n: int, gpu: int, kind: Kind) -> tuple[int, ...]:
        """The places on a GPU that its manager may choose for the VM."""
        device = self._hosts[n].devices[gpu]
        if device.model != kind.model or device.layout == CLOSED:
            return ()
        known = self._open[n].starts[gpu]
        if kind.shape not in known:
            known[kind.shape] = self._chosen_starts(n, gpu, kind)
        return known[kind.shape]

    def _chosen_starts(self, n: int, gpu: int, kind: Kind) -> tuple[int, ...]:
        device = self._hosts[n].devices[gpu]
        board, running = self._boards[kind.model], self.running[n][gpu]
        legal = board.legal_starts(running, device.mode, kind.shape)
        shape = board.shapes[kind.shape]
        hopper = board.accelerator.architecture == FIRST_HALF_HIGH
        if hopper and shape.is_mig and shape.starts == (0, shape.size) and shape.size in legal:
            return (shape.size,)
        return legal

    def _on(self, n: int, kind: Kind, choices: Sequence[tuple[int, ...]]) -> Place:
        if not kind.model:
            return Place(n)
        if kind.gpus > 1:
            return Place(n, choices[self._pick(len(choices))])
        gpu = self._manager(n, [gpus[0] for gpus in choices])
        starts = self._starts(n, gpu, kind)
        return Place(n, (gpu,), starts[self._pick(len(starts))])

    def _manager(self, n: int, able: Sequence[int]) -> int:
        """The GPU by the assignment policy: heeded in same-size mode; MIG fills one at a time."""
        if self._habit is Habit.ANY:
            return able[self._pick(len(able))]
        count = {gpu: len(self.running[n][gpu]) for gpu in able}
        modes = {gpu: self._hosts[n].devices[gpu].mode for gpu in able}
        if modes[able[0]].is_mig:
            return max(able, key=lambda gpu: (count[gpu], -gpu))
        heeding = [gpu for gpu in able if modes[gpu] is Mode.SAME_SIZE]
        free = [gpu for gpu in able if modes[gpu] is not Mode.SAME_SIZE]
        if heeding:
            sign = 1 if self._habit is Habit.SPREAD else -1
            free.append(min(heeding, key=lambda gpu: (sign * count[gpu], gpu)))
        return free[self._pick(len(free))]

    # -- an adversary ---------------------------------------------------------------------------

    def _cruellest(
        self, kind: Kind, found: Sequence[tuple[int, Sequence[tuple[int, ...]]]]
    ) -> Place:
        """The place that takes most places from the pool's kinds; among equals any."""
        worst = [self._worst_on(n, kind, choices) for n, choices in found]
        most = max(harm for harm, _ in worst)
        places = [place for harm, places in worst if harm == most for place in places]
        return places[self._pick(len(places))]

    def _worst_on(
        self, n: int, kind: Kind, choices: Sequence[tuple[int, ...]]
    ) -> tuple[int, tuple[Place, ...]]:
        """The most harm that the VM can do on one host, and the places where it does it."""
        known = self._open[n].worst
        if (kind.model, kind.shape) not in known:
            harm = {
                Place(n, (gpu,), start): self._harm(n, gpu, kind, start)
                for (gpu,) in choices
                for start in self._starts(n, gpu, kind)
            }
            most = max(harm.values())
            places = tuple(place for place, done in harm.items() if done == most)
            known[kind.model, kind.shape] = most, places
        return known[kind.model, kind.shape]

    def _harm(self, n: int, gpu: int, kind: Kind, start: int) -> int:
        running = self.running[n][gpu]
        key = self._hosts[n].devices[gpu], tuple(running), kind.shape, start
        if key not in self._harms:
            self._harms[key] = self._harm_of(n, gpu, kind, start)
        return self._harms[key]

    def _harm_of(self, n: int, gpu: int, kind: Kind, start: int) -> int:
        running = self.running[n][gpu]
        before = self._left(n, gpu, kind)
        running.append(Fixed(kind.shape, start))
        after = self._left(n, gpu, kind)
        running.pop()
        return before - after

    def _left(self, n: int, gpu: int, newcomer: Kind) -> int:
        """The framebuffer, in MiB, of all places on a GPU that other kinds of vGPU find open."""
        device = self._hosts[n].devices[gpu]
        board, running = self._boards[device.model], self.running[n][gpu]
        shapes = sorted(
            {k.shape for k in self._situation.kinds if k.model == device.model} - {newcomer.shape}
        )
        return sum(
            len(board.legal_starts(running, device.mode, shape))
            * board.shapes[shape].framebuffer_mib
            * (1 if device.mode is not Mode.SAME_SIZE else board.shapes[shape].alone)
            for shape in shapes
        )
