"""Packs a plan's VMs anew by whole loads of GPUs, where that opens fewer of them.

Loads say which kinds of VM share a GPU. Here they meet hosts: each GPU gets VMs of these kinds that
its host can still feed, by ``Packing.take``, so that legality is the same code as ever. What the
loads leave over goes where packing finds best.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

from generator.placement.bound.bins import GpuBin, Kind, Load, OnGpu, Station
from generator.placement.bound.host_bins import HostBin
from generator.placement.devices.shapes import EMPTY
from generator.placement.hosts.ask import Ask, Spot
from generator.placement.hosts.room import Room
from generator.placement.packing.packing import Packing

Asked = Sequence[tuple[Ask, int]]
"""Kinds of VM with their counts, in the order in which a plan fills them."""

Fed = list[tuple[int, tuple[int, int]]] | None
"""What VMs of a load take, by kind; None where they cannot be had or fed."""


class Waiting:
    """The VMs of one kind that have no place yet, by what they take of a host, largest first."""

    def __init__(self, members: Sequence[tuple[int, Ask, int]]) -> None:
        self._by_need: dict[tuple[int, int], list[int]] = {}
        for number, ask, count in reversed(members):
            need = ask.memory_bytes, ask.millicores
            self._by_need.setdefault(need, []).extend([number] * count)
        self.needs = sorted(self._by_need, reverse=True)
        self._least: tuple[int, int] | None = None

    def count(self, need: tuple[int, int]) -> int:
        """How many wait that take so much memory and so many thousandths of cores."""
        return len(self._by_need[need])

    @property
    def least(self) -> tuple[int, int]:
        """The least memory and the fewest cores that any of those that still wait takes."""
        if not self._least:
            waits = [need for need in self.needs if self._by_need[need]] or [(0, 0)]
            self._least = min(n[0] for n in waits), min(n[1] for n in waits)
        return self._least

    def pop(self, need: tuple[int, int]) -> int:
        """The number of the ask of one of them, which no longer waits."""
        found = self._by_need[need].pop()
        if not self._by_need[need]:
            self._least = None
        return found


class Repacking:
    """Fills a fresh packing. ``plain`` are kinds of which cores and memory are left out."""

    def __init__(
        self,
        packing: Packing,
        asked: Asked,
        kinds: Sequence[Kind],
        isolation: str,
        *,
        fullest: bool = False,
    ) -> None:
        self.packing = packing
        self._fullest = fullest
        self._one_environment = isolation == "host"
        self._asked = asked
        self._kinds = kinds
        self.spots: list[list[Spot]] = [[] for _ in asked]
        members: dict[Kind, list[tuple[int, Ask, int]]] = {kind: [] for kind in kinds}
        for number, (ask, count) in enumerate(asked):
            plain = Kind(ask.site, ask.environment, ask.model, ask.shape, ask.gpus)
            full = plain._replace(millicores=ask.millicores, memory_bytes=ask.memory_bytes)
            for kind in (plain, full):
                if kind in members:
                    members[kind].append((number, ask, count))
        self._waiting = [Waiting(members[kind]) for kind in kinds]

    def whole(self) -> None:
        """VMs with several GPUs take theirs first: nothing else may break what joins them."""
        for number, (ask, count) in enumerate(self._asked):
            if ask.gpus > 1:
                missing = count - len(self.spots[number])
                self.spots[number].extend(self.packing.put(ask, missing))

    def gpus(self, site: str, model: str, layout: int, loads: Sequence[Load]) -> None:
        """Loads of single GPUs, host by host."""
        left = [load.times for load in loads]
        for room in self.packing.rooms:
            if room.host.site != site or room.down:
                continue
            for gpu in _as_ever(room, model, layout):
                waiting = (n for n, load in enumerate(loads) if left[n])
                place = self._next(room, gpu, loads, waiting)
                if place is None:
                    break  # nor would the next GPU of the host get any
                left[place] -= 1

    def _next(
        self, room: Room, gpu: int, loads: Sequence[Load], waiting: Iterator[int]
    ) -> int | None:
        """Puts one of the waiting loads on a GPU, and says which."""
        fed = ((n, self._fed(room, loads[n].column.counts, 1)) for n in waiting)
        for place, needs in sorted(fed, key=_fullest_first) if self._fullest else fed:
            if self._loaded(room, gpu, loads[place].column.counts, needs):
                return place
        return None

    def hosts(self, station: Station, loads: Sequence[Load]) -> None:
        """Loads of whole hosts."""
        left = [load.column.inner for load in loads for _ in range(load.times)]
        for room in self.packing.rooms:
            if left and not room.vms and _is(room, station):
                for part in left.pop():
                    self._on_gpu(room, part)

    def rest(self) -> None:
        """Everything that has no place yet, in the order of the plan."""
        for number, (ask, count) in enumerate(self._asked):
            missing = count - len(self.spots[number])
            self.spots[number].extend(self.packing.put(ask, missing))

    def _on_gpu(self, room: Room, part: OnGpu) -> None:
        kind = part.counts[0][0]
        if self._kinds[kind].gpus > 1:
            self._several(room, kind)
            return
        for gpu in _as_ever(room, part.model, part.layout):
            self._loaded(room, gpu, part.counts, self._fed(room, part.counts, 1))
            return

    def _loaded(self, room: Room, gpu: int, counts: Sequence[tuple[int, int]], large: Fed) -> bool:
        """Puts a load on a GPU if the host can feed VMs of its kinds, large ones or small."""
        environment = self._kinds[counts[0][0]].environment
        if self._one_environment and room.environment not in ("", environment):
            return False
        needs = large or self._fed(room, counts, -1)
        if needs is None:
            return False
        for kind, need in needs:
            number = self._waiting[kind].pop(need)
            ask = self._asked[number][0]
            spot = Spot(room.order, (gpu,), room.node_for(ask, (gpu,)))
            self._take(number, spot)
        return True

    def _several(self, room: Room, kind: int) -> None:
        """Puts a VM with several GPUs on the first of a host that are free together."""
        needs = self._fed(room, ((kind, 1),), 1)
        if needs is None:
            return
        number = self._waiting[kind].pop(needs[0][1])
        ask = self._asked[number][0]
        free = [gpu for gpu in _as_ever(room, ask.model, EMPTY) if room.joined(gpu, ask)]
        groups = [g for g in room.groups if len(g) == ask.gpus and set(g) <= set(free)]
        gpus = groups[0] if groups else tuple(free[: ask.gpus])
        if len(gpus) == ask.gpus and (groups or not ask.nvlink):
            self._take(number, Spot(room.order, gpus, room.node_for(ask, gpus)))

    def _take(self, number: int, spot: Spot) -> None:
        self.packing.take(self._asked[number][0], spot)
        self.spots[number].append(spot)

    def _fed(self, room: Room, counts: Sequence[tuple[int, int]], order: int) -> Fed:
        """What VMs of a load take, by kind, if all of them wait and the host has enough.

        In order 1 as many large ones as leave enough for small ones in the other places.
        """
        memory, cores = room.memory_bytes[0], room.millicores[0]
        for kind, count in counts:
            least = self._waiting[kind].least
            memory, cores = memory - count * least[0], cores - count * least[1]
        if memory < 0 or cores < 0:
            return None
        found: list[tuple[int, tuple[int, int]]] = []
        for kind, count in counts:
            missing, waiting = count, self._waiting[kind]
            least_memory, least_cores = waiting.least
            for need in waiting.needs[::order]:
                more_memory, more_cores = need[0] - least_memory, need[1] - least_cores
                fits = min(missing, waiting.count(need))
                if fits and more_memory > 0:
                    fits = min(fits, memory // more_memory)
                if fits and more_cores > 0:
                    fits = min(fits, cores // more_cores)
                if fits:
                    found.extend([(kind, need)] * fits)
                    memory, cores = memory - fits * more_memory, cores - fits * more_cores
                    missing -= fits
                    if not missing:
                        break
            if missing:
                return None
        return found


def repacked(
    make: Callable[[], Packing],
    asked: Asked,
    kinds: Mapping[Kind, int],
    bins: Sequence[GpuBin | HostBin],
    loads: Sequence[Load],
    isolation: str,
    *,
    fullest: bool = False,
) -> Repacking:
    """All VMs in a fresh packing by loads of bins; some may find no place.

    Of loads of GPUs a host gets the first that it can feed, or the one that takes its memory
    ``fullest``.
    """
    packing = Repacking(make(), asked, tuple(kinds), isolation, fullest=fullest)
    mine: list[list[Load]] = [[] for _ in bins]
    for load in loads:
        if load.column.bins == 1:
            mine[load.which].append(load)
    for each, its in zip(bins, mine, strict=True):
        if isinstance(each, HostBin):
            packing.hosts(each.station, its)
    packing.whole()
    for each, its in zip(bins, mine, strict=True):
        if isinstance(each, GpuBin):
            packing.gpus(each.site, each.gpu.model, each.gpu.layout, its)
    packing.rest()
    return packing


def _fullest_first(load: tuple[int, Fed]) -> tuple[int, int]:
    """The order of loads by the memory that their VMs take; 0 where a host cannot feed them."""
    return -sum(need[0] for _, need in load[1] or ()), load[0]


def _as_ever(room: Room, model: str, layout: int) -> Iterator[int]:
    """The GPUs of a model on which only that stands which stood there before the plan."""
    for gpu, known in enumerate(room.models):
        if known == model and room.layouts[gpu][0] == layout and not room.environments[gpu]:
            yield gpu


def _is(room: Room, station: Station) -> bool:
    return (room.host.site, room.millicores[0], room.memory_bytes[0]) == station[:3]
