"""What the bound counts: kinds of VM, and the bins, GPUs or hosts, that can carry them.

A bin says what it could carry at most at given prices. Any such answer makes any prices a proof, so
an answer that is too high costs tightness, never truth.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import product
from typing import NamedTuple, Protocol

from generator.placement.devices.patterns import Counts, patterns
from generator.placement.devices.shapes import CLOSED, EMPTY, Geometry
from generator.placement.hosts.ask import Ask
from generator.placement.hosts.room import Room

SCALE = 1_000_000
"""Prices are counted in millionths of a GPU, so that sums are exact."""


class Kind(NamedTuple):
    """VMs that take the same, wherever they come from. ``site`` is empty for any."""

    site: str
    environment: str
    model: str
    shape: int
    gpus: int
    millicores: int = 0
    memory_bytes: int = 0


class OnGpu(NamedTuple):
    """What a load of a host puts on one GPU: VMs by kind beside what stands there."""

    model: str
    layout: int
    counts: tuple[tuple[int, int], ...]


class Column(NamedTuple):
    """A legal load: VMs by the number of their kind, on so many bins; ``opened`` empty GPUs.

    ``inner`` are the GPUs of a load of a whole host, one after the other.
    """

    counts: tuple[tuple[int, int], ...]
    opened: int
    bins: int = 1
    inner: tuple[OnGpu, ...] = ()


NOTHING = Column((), 0)


class Load(NamedTuple):
    """A column, on how many of a bin's GPUs (``times`` its own ``bins``)."""

    which: int
    column: Column
    times: int


class Bin(Protocol):
    """Equal GPUs or equal hosts; ``count`` of them."""

    count: int

    def best(self, prices: Sequence[int]) -> tuple[int, Column]:
        """The most that one of them is worth, in millionths, and a load that is worth it.

        Worth is the prices of the VMs less ``SCALE`` for every empty GPU that they open: never less
        than 0, and never less than that of any legal load.
        """


class GpuClass(NamedTuple):
    """So many GPUs of a model on which the same stands."""

    model: str
    layout: int
    number: int


class Station(NamedTuple):
    """Equal hosts: their site, what is left of each, and their GPUs by class."""

    site: str
    millicores: int
    memory_bytes: int
    gpus: tuple[GpuClass, ...]


def kinds_of(asks: Iterable[tuple[Ask, int]]) -> dict[Kind, int]:
    """How many VMs of each kind need a GPU; links and distance between copies are left out."""
    found: Counter[Kind] = Counter()
    for ask, count in asks:
        if ask.gpus and count:
            kind = Kind(*(ask.site, ask.environment, ask.model, ask.shape, ask.gpus))
            found[kind._replace(millicores=ask.millicores, memory_bytes=ask.memory_bytes)] += count
    return {kind: found[kind] for kind in sorted(found)}


def stations_of(rooms: Iterable[Room]) -> dict[Station, int]:
    """Hosts as they stand before anything is placed, equal ones together."""
    found: Counter[Station] = Counter()
    for room in rooms:
        gpus = Counter(
            (model, layouts[0])
            for model, board, layouts in zip(room.models, room.boards, room.layouts, strict=True)
            if board is not None and layouts[0] != CLOSED
        )
        if gpus and not room.down:
            classes = tuple(GpuClass(*which, count) for which, count in sorted(gpus.items()))
            cores, memory = room.millicores[0], room.memory_bytes[0]
            found[Station(room.host.site, cores, memory, classes)] += 1
    return {station: found[station] for station in sorted(found)}


class GpuBin:
    """Equal GPUs of hosts whose cores and memory never bind, or are left out of account."""

    def __init__(
        self,
        site: str,
        gpu: GpuClass,
        kinds: Sequence[Kind],
        boards: Mapping[str, Geometry],
    ) -> None:
        self.site, self.gpu = site, gpu
        self.count = gpu.number
        self.cost = SCALE if gpu.layout == EMPTY else 0
        here = [
            (number, kind)
            for number, kind in enumerate(kinds)
            if kind.model == gpu.model and kind.site in ("", site)
        ]
        self.several = [(n, kind.gpus) for n, kind in here if kind.gpus > 1 and self.cost]
        self._tenants: list[tuple[dict[int, list[int]], tuple[Counts, ...]]] = []
        for environment in sorted({kind.environment for _, kind in here}):
            by_shape: dict[int, list[int]] = {}
            for number, kind in here:
                if kind.environment == environment and kind.gpus == 1:
                    by_shape.setdefault(kind.shape, []).append(number)
            filled = patterns(boards[gpu.model], gpu.layout, sorted(by_shape))
            self._tenants.append((by_shape, filled))

    def best(self, prices: Sequence[int]) -> tuple[int, Column]:
        """See ``Bin.best``."""
        found, column = 0, NOTHING
        opened = 1 if self.cost else 0
        for by_shape, filled in self._tenants:
            dearest = {
                shape: max(numbers, key=lambda n: (prices[n], -n))
                for shape, numbers in by_shape.items()
            }
            for pattern in filled:
                worth = sum(count * prices[dearest[s]] for s, count in pattern) - self.cost
                if worth > found:
                    found = worth
                    counts = tuple(sorted((dearest[s], count) for s, count in pattern))
                    column = Column(counts, opened)
        for number, gpus in self.several:
            worth = -(-prices[number] // gpus) - self.cost
            if worth > found:
                found, column = worth, Column(((number, 1),), gpus, gpus)
        return found, column

    def columns(self) -> Iterator[Column]:
        """Every load to which nothing can be added, with the VMs of each shape of one kind."""
        opened = 1 if self.cost else 0
        for by_shape, filled in self._tenants:
            for pattern in filled:
                for numbers in product(*(by_shape[shape] for shape, _ in pattern)):
                    counts = zip(numbers, (count for _, count in pattern), strict=True)
                    yield Column(tuple(sorted(counts)), opened)
        for number, gpus in self.several:
            yield Column(((number, 1),), gpus, gpus)

    def best_of(self, prices: Sequence[int], left: Sequence[int], free: int) -> tuple[int, Column]:
        """The load that is worth most per GPU among so many VMs of each kind and free GPUs."""
        found, column = 0, NOTHING
        opened = 1 if self.cost else 0
        for by_shape, filled in self._tenants:
            dearest = {
                shape: max(numbers, key=lambda n: (left[n] > 0, prices[n], -n))
                for shape, numbers in by_shape.items()
            }
            for pattern in filled:
                counts = [(dearest[s], min(count, left[dearest[s]])) for s, count in pattern]
                worth = sum(count * prices[number] for number, count in counts)
                if worth > found:
                    found = worth
                    column = Column(tuple(sorted(c for c in counts if c[1])), opened)
        for number, gpus in self.several:
            worth = prices[number] // gpus
            if worth > found and left[number] and free >= gpus:
                found, column = worth, Column(((number, 1),), gpus, gpus)
        return found, column

    def keep_fed(
        self, needs: Sequence[tuple[int, int]], millicores: int, memory_bytes: int
    ) -> None:
        """Leaves out loads that take more cores or memory than so much, at these needs by kind."""
        for place, (by_shape, filled) in enumerate(self._tenants):
            least = {
                shape: [min(needs[n][which] for n in numbers) for which in (0, 1)]
                for shape, numbers in by_shape.items()
            }
            kept = tuple(
                pattern
                for pattern in filled
                if sum(count * least[s][0] for s, count in pattern) <= millicores
                and sum(count * least[s][1] for s, count in pattern) <= memory_bytes
            )
            self._tenants[place] = by_shape, kept or filled

    def most(self, amounts: Sequence[int]) -> int:
        """The most of an amount that VMs on one such GPU can take together."""
        found = 0
        for by_shape, filled in self._tenants:
            largest = {s: max(amounts[n] for n in numbers) for s, numbers in by_shape.items()}
            for pattern in filled:
                found = max(found, sum(count * largest[s] for s, count in pattern))
        return max([found, *(-(-amounts[number] // gpus) for number, gpus in self.several)])


class Bins(NamedTuple):
    """Every bin, and the hosts among them whose cores or memory bind, which are none yet.

    ``tight`` has those with whether cores and whether memory bind.
    """

    loose: tuple[GpuBin, ...]
    tight: tuple[tuple[Station, int, bool, bool], ...]


def sorted_out(
    stations: Mapping[Station, int], kinds: Sequence[Kind], boards: Mapping[str, Geometry]
) -> Bins:
    """The GPUs of hosts that never run short of cores or memory, and the other hosts.

    Raises:
        TooMany: where a board has too many layouts.
    """
    known: dict[tuple[str, str, int], GpuBin] = {}
    loose: Counter[tuple[str, str, int]] = Counter()
    tight: list[tuple[Station, int, bool, bool]] = []
    cores, memory = [kind.millicores for kind in kinds], [kind.memory_bytes for kind in kinds]
    needs: dict[tuple[str, str, int], tuple[int, int]] = {}
    for station, count in stations.items():
        total_cores = total_memory = 0
        for gpu in station.gpus:
            key = (station.site, gpu.model, gpu.layout)
            if key not in known:
                known[key] = GpuBin(station.site, gpu._replace(number=0), kinds, boards)
                needs[key] = known[key].most(cores), known[key].most(memory)
            total_cores += gpu.number * needs[key][0]
            total_memory += gpu.number * needs[key][1]
        short = total_cores > station.millicores, total_memory > station.memory_bytes
        if any(short):
            tight.append((station, count, *short))
        else:
            for gpu in station.gpus:
                loose[station.site, gpu.model, gpu.layout] += count * gpu.number
    return Bins(tuple(_counted(known, loose)), tuple(tight))


def _counted(
    known: Mapping[tuple[str, str, int], GpuBin], counts: Mapping[tuple[str, str, int], int]
) -> Iterator[GpuBin]:
    for key, found in known.items():
        if counts.get(key):
            found.count = counts[key]
            yield found


def loosened(
    stations: Mapping[Station, int], kinds: Sequence[Kind], boards: Mapping[str, Geometry]
) -> tuple[GpuBin, ...]:
    """Every GPU on its own, as though no host ever ran short of cores or memory."""
    endless = {
        station._replace(millicores=1 << 60, memory_bytes=1 << 80): 0 for station in stations
    }
    for station, count in stations.items():
        endless[station._replace(millicores=1 << 60, memory_bytes=1 << 80)] += count
    return sorted_out(endless, kinds, boards).loose
