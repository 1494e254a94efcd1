"""How many hosts of a pool reservations of memory and cores can close to a VM.

What vSphere does not reserve stops no power-on. What it does reserve may all come to the same few
hosts, so the count is bounded by what everybody together reserves, and by what the GPUs of one host
let in beside the VM in question.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from math import gcd
from typing import NamedTuple

from generator.placement.devices.geometry import Board
from generator.placement.devices.shapes import CLOSED
from generator.placement.levers.reach import Device, Kind, Station, likeness

Reserved = tuple[int, int]
"""Thousandths of cores and bytes of memory."""


class Sort(NamedTuple):
    """Kinds that arrive alike: one profile of one model, so many per VM, joined or not."""

    model: str
    shape: int
    gpus: int
    nvlink: bool


def sort_of(kind: Kind) -> Sort:
    """The sort of a kind; all kinds without a GPU are one."""
    return Sort(kind.model, kind.shape, kind.gpus, kind.nvlink)


class Load(NamedTuple):
    """VMs that may be there: how many of each sort, what they reserve in all and without a GPU.

    ``largest`` is the most that one VM of a sort reserves, ``smallest`` the least; what any set of
    them reserves is a multiple of ``unit``.
    """

    counts: Mapping[Sort, int]
    total: Reserved
    plain: Reserved
    largest: Mapping[Sort, Reserved]
    smallest: Mapping[Sort, Reserved]
    unit: Reserved


def load_of(kinds: Iterable[Kind]) -> Load:
    """The load of all VMs of some kinds."""
    counts: Counter[Sort] = Counter()
    largest: dict[Sort, Reserved] = {}
    smallest: dict[Sort, Reserved] = {}
    total = [0, 0]
    plain = [0, 0]
    unit = [0, 0]
    several: dict[object, list[Kind]] = {}
    for kind in kinds:
        several.setdefault(likeness(kind), []).append(kind)
    for alike in several.values():
        kind = alike[0]
        most = len(alike) * kind.most
        sort = sort_of(kind)
        one = kind.millicores, kind.memory_bytes
        if not kind.model and not any(one):
            continue  # what reserves nothing is in nobody's way
        counts[sort] += most
        high, low = largest.get(sort, one), smallest.get(sort, one)
        largest[sort] = max(high[0], one[0]), max(high[1], one[1])
        smallest[sort] = min(low[0], one[0]), min(low[1], one[1])
        for d in (0, 1):
            total[d] += most * one[d]
            unit[d] = gcd(unit[d], one[d])
            plain[d] += 0 if kind.model else most * one[d]
    return Load(
        counts,
        (total[0], total[1]),
        (plain[0], plain[1]),
        largest,
        smallest,
        (unit[0], unit[1]),
    )


def added(one: Load, more: Load) -> Load:
    """Both loads together."""
    sorts = sorted({*one.counts, *more.counts})
    none = 0, 0
    return Load(
        {s: one.counts.get(s, 0) + more.counts.get(s, 0) for s in sorts},
        (one.total[0] + more.total[0], one.total[1] + more.total[1]),
        (one.plain[0] + more.plain[0], one.plain[1] + more.plain[1]),
        {s: _by(max, one.largest.get(s, none), more.largest.get(s, none)) for s in sorts},
        {
            s: _by(min, one.smallest.get(s, more.smallest.get(s, none)), more.smallest.get(s, _ALL))
            for s in sorts
        },
        _by(gcd, one.unit, more.unit),
    )


_ALL = (1 << 60, 1 << 60)


def _by(pick: Callable[[int, int], int], one: Reserved, other: Reserved) -> Reserved:
    return pick(one[0], other[0]), pick(one[1], other[1])


class Crowding:
    """The hosts of a pool, equal ones counted together."""

    def __init__(
        self, stations: Sequence[tuple[Station, int]], boards: Mapping[str, Board]
    ) -> None:
        self._stations = stations
        self._boards = boards

    def closable(self, sort: Sort, mine: Load, load: Load) -> tuple[int, list[int]]:
        """How many hosts the load can close at most to one VM, and which are in question.

        ``mine`` has the reservations of the sort. A host that is too small when it is empty is
        closed whoever comes.
        """
        large, small = mine.largest[sort], mine.smallest[sort]
        others = max(0, load.total[0] - small[0]), max(0, load.total[1] - small[1])
        shaky: list[int] = []
        needs: tuple[list[tuple[int, int]], list[tuple[int, int]]] = ([], [])
        never = 0
        for n, (station, count) in enumerate(self._stations):
            left = station.millicores - large[0], station.memory_bytes - large[1]
            if min(left) < 0:
                never += count
                shaky.append(n)
                continue
            short = [
                d for d in (0, 1) if min(others[d], self._most(station, sort, load, d)) > left[d]
            ]
            if short:
                shaky.append(n)
            for d in short:
                unit = max(1, load.unit[d])
                needs[d].append((-(-(left[d] + 1) // unit) * unit, count))
        return never + sum(_affordable(needs[d], others[d]) for d in (0, 1)), shaky

    def _most(self, station: Station, sort: Sort, load: Load, d: int) -> int:
        """The most that others can reserve on a host whose GPUs are still open to the sort."""
        full = [self._most_on(device, load, d, 0) for device in station.devices]
        if not sort.model:
            return load.plain[d] + sum(full)
        mine = [n for n, device in enumerate(station.devices) if device.model == sort.model]
        if sort.gpus > 1:
            kept = sum(sorted(full[n] for n in mine)[: sort.gpus])
        else:
            kept = min(
                (
                    full[n] - self._most_on(station.devices[n], load, d, sort.shape + 1)
                    for n in mine
                ),
                default=0,
            )
        return load.plain[d] + sum(full) - kept

    def _most_on(self, device: Device, load: Load, d: int, beside: int) -> int:
        """The most that VMs on one GPU reserve: the densest sort on all of it.

        With ``beside`` (a shape's number and one), on what one vGPU of that shape leaves.
        """
        board = self._boards.get(device.model)
        if board is None or device.layout == CLOSED:
            return 0
        units, _ = _extent(board, device)
        if beside:
            units -= _size(board, device, beside - 1)
        return max(
            (
                -(-load.largest[sort][d] * units // (_size(board, device, sort.shape) * sort.gpus))
                * board.shapes[sort.shape].per_instance
                for sort in load.counts
                if sort.model == device.model
                and board.shapes[sort.shape].is_mig == device.mode.is_mig
            ),
            default=0,
        )


def _extent(board: Board, device: Device) -> tuple[int, str]:
    mig = board.accelerator.mig
    if device.mode.is_mig and mig is not None:
        return mig.placement_units, "slices"
    return board.total_mib, "MiB"


def _size(board: Board, device: Device, shape: int) -> int:
    one = board.shapes[shape]
    return one.size if device.mode.is_mig and one.is_mig else one.framebuffer_mib


def _affordable(needs: Iterable[tuple[int, int]], total: int) -> int:
    """How many hosts a total can close, the cheapest first."""
    closed = 0
    for need, count in sorted(needs):
        taken = min(count, total // need)
        closed += taken
        total -= taken * need
        if taken < count:
            break
    return closed
