"""What a host carries whose cores or memory bind: the load that is worth most at given prices.

A table over cores and memory grows GPU by GPU, all in whole numbers, so that its answer is exact.
Cores and memory are counted in the steps of ``host_steps``, which can only let more fit than the
host does.

Source: P. C. Gilmore and R. E. Gomory, The theory and computation of knapsack functions,
Operations Research 14 (1966).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from generator.placement.bound.bins import NOTHING, SCALE, Column, GpuClass, Kind, OnGpu, Station
from generator.placement.bound.host_loads import Feed, Tenant, loads
from generator.placement.bound.host_steps import in_steps
from generator.placement.devices.shapes import EMPTY, Geometry

if TYPE_CHECKING:
    import numpy as np


class _Fill(NamedTuple):
    """Loads of one GPU: VMs by kind (a row each), steps of cores and of memory."""

    counts: np.ndarray[Any, Any]
    cores: np.ndarray[Any, Any]
    memory: np.ndarray[Any, Any]


class _Part(NamedTuple):
    """Equal GPUs of a host, their loads, and what opening one costs."""

    gpu: GpuClass
    cost: int
    fill: _Fill
    several: tuple[tuple[int, int], ...]


class _Step(NamedTuple):
    """The table after one more GPU, the part it is of, and the step before that part's first."""

    table: np.ndarray[Any, Any]
    part: int
    start: int


class HostBin:
    """Equal hosts. ``binds`` says whether cores and whether memory can run short.

    Raises:
        TooMany: where a GPU has too many loads.
    """

    def __init__(
        self,
        station: Station,
        count: int,
        kinds: Sequence[Kind],
        boards: Mapping[str, Geometry],
        *,
        binds: tuple[bool, bool],
        one_environment: bool,
    ) -> None:
        self.count = count
        self.station = station
        models = {gpu.model for gpu in station.gpus}
        self._numbers = [
            number
            for number, kind in enumerate(kinds)
            if kind.model in models
            and kind.site in ("", station.site)
            and kind.millicores <= station.millicores
            and kind.memory_bytes <= station.memory_bytes
        ]
        self._kinds = [kinds[number] for number in self._numbers]
        self._gpus = {number: kinds[number].gpus for number in self._numbers}
        needs = [kind.millicores for kind in self._kinds]
        self._cores = in_steps(needs, station.millicores, binds=binds[0])
        bytes_ = [kind.memory_bytes for kind in self._kinds]
        self._memory = in_steps(bytes_, station.memory_bytes, binds=binds[1])
        environments = sorted({kind.environment for kind in self._kinds})
        groups = [[e] for e in environments] if one_environment else [environments]
        self._parts = [
            [
                self._part(gpu, boards, group)
                for gpu in sorted(station.gpus, key=lambda g: (g.layout == EMPTY, g))
            ]
            for group in groups
        ]

    def best(self, prices: Sequence[int]) -> tuple[int, Column]:
        """See ``Bin.best``."""
        import numpy as np

        mine = np.array([prices[number] for number in self._numbers], dtype=np.int64)
        found, column = 0, NOTHING
        for parts in self._parts:
            worth, load = self._filled(parts, mine)
            if worth > found:
                found, column = worth, load
        return found, column

    def _part(
        self,
        gpu: GpuClass,
        boards: Mapping[str, Geometry],
        environments: Sequence[str],
    ) -> _Part:
        import numpy as np

        nothing = np.zeros((0, len(self._kinds)), dtype=np.int64)
        rows = [self._rows(gpu, boards[gpu.model], each) for each in environments]
        counts = np.concatenate([nothing, *rows])
        fill = _Fill(
            counts,
            counts @ np.array(self._cores.needs, dtype=np.int64),
            counts @ np.array(self._memory.needs, dtype=np.int64),
        )
        several = tuple(
            (n, kind.gpus)
            for n, kind in enumerate(self._kinds)
            if kind.model == gpu.model and kind.gpus > 1 and kind.environment in environments
        )
        cost = SCALE if gpu.layout == EMPTY else 0
        return _Part(gpu, cost, fill, several if cost else ())

    def _rows(self, gpu: GpuClass, board: Geometry, environment: str) -> np.ndarray[Any, Any]:
        """The loads of one environment: a row each, with VMs by kind."""
        import numpy as np

        which = gpu.model, environment, 1
        mine = [n for n, k in enumerate(self._kinds) if (k.model, k.environment, k.gpus) == which]
        mine.sort(key=lambda n: self._kinds[n].shape)
        cores, memory = self._cores, self._memory
        tenants = [Tenant(self._kinds[n].shape, cores.needs[n], memory.needs[n]) for n in mine]
        found = list(loads(Feed(board, gpu.layout, cores.total, memory.total), tenants))
        rows = np.zeros((len(found), len(self._kinds)), dtype=np.int64)
        rows[:, mine] = np.array(found, dtype=np.int64).reshape(len(found), len(mine))
        return rows

    def _filled(self, parts: Sequence[_Part], prices: np.ndarray[Any, Any]) -> tuple[int, Column]:
        """The load of a host that is worth most, GPU by GPU."""
        import numpy as np

        table = np.zeros((self._cores.total + 1, self._memory.total + 1), dtype=np.int64)
        steps = [_Step(table, -1, 0)]
        fronts = [self._front(part, prices) for part in parts]
        for index, part in enumerate(parts):
            start = len(steps) - 1
            for place in range(part.gpu.number):
                table = steps[-1].table.copy()
                for _, cores, memory, worth in fronts[index]:
                    _raise(table, steps[-1].table, cores, memory, worth)
                for number, gpus in part.several:
                    worth = int(prices[number]) - gpus * part.cost
                    if worth > 0 and place + 1 >= gpus:
                        before = steps[start + place + 1 - gpus].table
                        needs = self._cores.needs[number], self._memory.needs[number]
                        _raise(table, before, *needs, worth)
                steps.append(_Step(table, index, start))
        return int(steps[-1].table[-1, -1]), self._column(steps, parts, fronts, prices)

    def _front(self, part: _Part, prices: np.ndarray[Any, Any]) -> list[tuple[int, int, int, int]]:
        """The loads of a GPU that are worth more than any that takes as little.

        Each is its row, its steps of cores and of memory, and its worth.
        """
        import numpy as np

        worths = part.fill.counts @ prices - part.cost
        best = np.zeros((self._cores.total + 1, self._memory.total + 1), dtype=np.int64)
        rows = np.full(best.shape, -1, dtype=np.int64)
        order = np.argsort(worths, kind="stable")
        order = order[worths[order] > 0]
        cores, memory = part.fill.cores[order], part.fill.memory[order]
        best[cores, memory] = worths[order]
        rows[cores, memory] = order
        most = np.maximum.accumulate(np.maximum.accumulate(best, axis=0), axis=1)
        lesser = np.zeros_like(best)
        lesser[1:, :] = most[:-1, :]
        lesser[:, 1:] = np.maximum(lesser[:, 1:], most[:, :-1])
        return [
            (int(rows[c, m]), int(c), int(m), int(best[c, m]))
            for c, m in np.argwhere(best > lesser)
        ]

    def _column(
        self,
        steps: Sequence[_Step],
        parts: Sequence[_Part],
        fronts: Sequence[Sequence[tuple[int, int, int, int]]],
        prices: np.ndarray[Any, Any],
    ) -> Column:
        """The way back through the tables, from the full host to the empty one."""
        cores, memory = self._cores.total, self._memory.total
        inner: list[OnGpu] = []
        at = len(steps) - 1
        while at:
            part, value = parts[steps[at].part], steps[at].table[cores, memory]
            before = steps[at - 1].table
            if before[cores, memory] == value:
                at -= 1
                continue
            row = next(
                (
                    row
                    for row, c, m, worth in fronts[steps[at].part]
                    if c <= cores and m <= memory and before[cores - c, memory - m] + worth == value
                ),
                None,
            )
            if row is None:
                number, gpus = self._whole(steps, at, part, (cores, memory), prices)
                load = [(number, 1)]
            else:
                gpus = 1
                load = [(n, int(count)) for n, count in enumerate(part.fill.counts[row]) if count]
            cores -= sum(self._cores.needs[n] * count for n, count in load)
            memory -= sum(self._memory.needs[n] * count for n, count in load)
            at -= gpus
            named = tuple((self._numbers[n], count) for n, count in load)
            inner.append(OnGpu(part.gpu.model, part.gpu.layout, named))
        return self._together(inner)

    def _together(self, inner: Sequence[OnGpu]) -> Column:
        counts: Counter[int] = Counter()
        opened = 0
        for load in inner:
            for number, count in load.counts:
                counts[number] += count
                if load.layout == EMPTY:
                    opened += max(0, self._gpus[number] - 1)
            opened += load.layout == EMPTY
        return Column(tuple(sorted(counts.items())), opened, 1, tuple(inner))

    def _whole(
        self,
        steps: Sequence[_Step],
        at: int,
        part: _Part,
        left: tuple[int, int],
        prices: np.ndarray[Any, Any],
    ) -> tuple[int, int]:
        """The VM with several GPUs by which a cell of a table came about."""
        for number, gpus in part.several:
            cores = left[0] - self._cores.needs[number]
            memory = left[1] - self._memory.needs[number]
            if cores >= 0 and memory >= 0 and at - gpus >= steps[at].start:
                worth = int(prices[number]) - gpus * part.cost
                if steps[at - gpus].table[cores, memory] + worth == steps[at].table[left]:
                    return number, gpus
        raise AssertionError("every cell came about in some way")


def _raise(
    table: np.ndarray[Any, Any],
    before: np.ndarray[Any, Any],
    cores: int,
    memory: int,
    worth: int,
) -> None:
    """The table with what one more load makes of the one before it."""
    import numpy as np

    if cores < table.shape[0] and memory < table.shape[1]:
        part = table[cores:, memory:]
        rows, columns = part.shape
        np.maximum(part, before[:rows, :columns] + worth, out=part)
