"""Packing VMs onto hosts: the best spot for each, found without looking at every host.

A VM changes one host. So every kind of VM keeps its own queue of ranked spots and looks again only
at hosts with GPUs of its model that have changed since it was last asked; of equal untouched hosts
only the first is ever ranked. What leaves this module is frozen.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from heapq import heapify, heappop, heappush

from generator.placement.devices.shapes import Geometry, Mode
from generator.placement.hosts.ask import Ask, Spot
from generator.placement.hosts.links import joined_groups
from generator.placement.hosts.room import Room
from generator.placement.hosts.stock import Host
from generator.placement.packing.policy import Policy, Rank, Tightest
from generator.placement.packing.spots import spots

MOST_QUEUES = 512
"""Kinds of VM whose queues are kept at once; more are built again when they are needed."""

_Best = tuple[Rank, tuple[int, ...]]
_Ranked = tuple[Rank, int, int, tuple[int, ...]]


class _Queue:
    """The ranked spots of one ask, as of an entry of the log of its GPU model."""

    __slots__ = ("fresh", "heap", "seen")

    def __init__(self) -> None:
        self.heap: list[_Ranked] = []
        self.fresh: dict[object, int] = {}
        self.seen = 0


class _Family:
    """The best GPUs of each touched host that has room for a kind of vGPU, as of the log."""

    __slots__ = ("best", "seen")

    def __init__(self) -> None:
        self.best: dict[int, _Best] = {}
        self.seen = 0


class Packing:
    """The hosts of a plan while it is made.

    ``boards`` are the geometries by GPU model, ``isolation`` the boundary between environments
    (``none``, ``gpu``, ``host`` or ``cluster``), ``slots`` the parts of the week, and ``policy``
    what the best place is (``Tightest`` unless said).
    """

    def __init__(
        self,
        hosts: Sequence[Host],
        boards: Mapping[str, Geometry],
        isolation: str = "gpu",
        slots: int = 1,
        policy: Policy | None = None,
    ) -> None:
        known: dict[object, tuple[tuple[int, ...], ...]] = {}
        self.boards = boards
        self.slots = slots
        self.rooms = [
            Room(host, order, slots, boards, joined_groups(host, known))
            for order, host in enumerate(hosts)
        ]
        self._isolation = isolation
        self._policy = policy or Tightest()
        self._clusters: dict[tuple[str, ...], dict[str, int]] = {}
        self._marks = [("", *dict.fromkeys(room.models)) for room in self.rooms]
        self._logs: dict[str, list[int]] = {"": []}
        self._queues: dict[Ask, _Queue] = {}
        self._families: dict[tuple[object, ...], _Family] = {}
        self._touched: set[int] = set()
        self._likeness = [_likeness(room) for room in self.rooms]
        self._fresh: dict[object, list[int]] = {}
        for room in reversed(self.rooms):
            self._fresh.setdefault(self._likeness[room.order], []).append(room.order)

    def best(self, ask: Ask) -> Spot | None:
        """The best spot for one VM of the ask, or None where no host can take it."""
        heap = self._fresh_queue(ask).heap
        while heap:
            _, order, version, gpus = heap[0]
            room = self.rooms[order]
            if room.version == version and not room.down and self._may_share(room, ask):
                return Spot(order, gpus, room.node_for(ask, gpus))
            heappop(heap)
        return None

    def take(self, ask: Ask, spot: Spot) -> None:
        """Puts one VM on a spot."""
        self.rooms[spot.order].take(ask, spot)
        self._arrived(ask, spot.order)

    def hold(self, ask: Ask, spot: Spot, start: int, mode: Mode) -> bool:
        """Puts one VM where an earlier plan had it; False where that is no place any more."""
        room = self.rooms[spot.order]
        if not self._may_share(room, ask) or not room.hold(ask, spot, start, mode):
            return False
        self._arrived(ask, spot.order)
        return True

    def _arrived(self, ask: Ask, order: int) -> None:
        if self._isolation == "cluster":
            tenants = self._clusters.setdefault(_cluster(self.rooms[order].host), {})
            tenants[ask.environment] = tenants.get(ask.environment, 0) + 1
        self._note(order)

    def release(self, ask: Ask, spot: Spot) -> None:
        """Takes one VM off a spot."""
        room = self.rooms[spot.order]
        if self._isolation == "cluster":
            tenants = self._clusters[_cluster(room.host)]
            tenants[ask.environment] -= 1
            if not tenants[ask.environment]:
                del tenants[ask.environment]
            self._queues.clear()  # hosts that nothing touched may be shared again
        room.release(ask, spot)
        self._note(spot.order)

    def put(self, ask: Ask, count: int) -> Iterator[Spot]:
        """Places up to ``count`` VMs, each on its best spot, and stops at the first without one."""
        for _ in range(count):
            spot = self.best(ask)
            if spot is None:
                return
            self.take(ask, spot)
            yield spot

    def seat(self, ask: Ask, spots: Sequence[Spot]) -> tuple[Spot, ...] | None:
        """Puts VMs on spots that somebody else found; None where one of them is none."""
        seated = []
        for spot in spots:
            room = self.rooms[spot.order]
            if not room.has(ask) or not self._may_share(room, ask):
                return None
            if any(room.joined(gpu, ask) is None for gpu in spot.gpus):
                return None
            seated.append(Spot(spot.order, spot.gpus, room.node_for(ask, spot.gpus)))
            self.take(ask, seated[-1])
        return tuple(seated)

    def close(self, order: int) -> None:
        """Takes a host out of service for what is placed from now on."""
        self.rooms[order].down = True
        self._note(order)

    def _note(self, order: int) -> None:
        self.rooms[order].version += 1
        for model in self._marks[order]:
            self._logs.setdefault(model, []).append(order)
        if order not in self._touched:
            self._touched.add(order)
            alike = self._fresh[self._likeness[order]]
            if alike[-1] == order:
                alike.pop()
            else:
                alike.remove(order)

    def _fresh_queue(self, ask: Ask) -> _Queue:
        """The queue of an ask with every change since it was last used."""
        family, log = self._family(ask), self._logs.get(ask.model, ())
        queue = self._queues.get(ask)
        if queue is None:
            if len(self._queues) >= MOST_QUEUES:
                self._queues.clear()
            queue = self._queues[ask] = _Queue()
            rooms, cores, memory = self.rooms, ask.millicores, ask.memory_bytes
            slot = ask.slots[0]
            roomy = [
                order
                for order in family.best
                if rooms[order].millicores[slot] >= cores
                and rooms[order].memory_bytes[slot] >= memory
            ]
            ranked = (self._ranked(order, ask, family) for order in roomy)
            queue.heap = [entry for entry in ranked if entry is not None]
            heapify(queue.heap)
        else:
            for order in set(log[queue.seen :]):
                self._offer(queue, self._ranked(order, ask, family))
        queue.seen = len(log)
        for likeness, alike in self._fresh.items():
            if alike and queue.fresh.get(likeness) != alike[-1]:
                queue.fresh[likeness] = alike[-1]
                self._offer(queue, self._ranked(alike[-1], ask, family))
        return queue

    def _offer(self, queue: _Queue, ranked: _Ranked | None) -> None:
        if ranked is not None:
            heappush(queue.heap, ranked)

    def _family(self, ask: Ask) -> _Family:
        """What the touched hosts' GPUs have for asks of one profile, whatever else they weigh."""
        key = (ask.model, ask.shape, ask.gpus, ask.nvlink, ask.environment, ask.slots)
        family = self._families.get(key)
        if family is None:
            family = self._families[key] = _Family()
        log = self._logs.get(ask.model, ())
        for order in set(log[family.seen :]):
            best = self._on_gpus(self.rooms[order], ask)
            if best is None:
                family.best.pop(order, None)
            else:
                family.best[order] = best
        family.seen = len(log)
        return family

    def _ranked(self, order: int, ask: Ask, family: _Family) -> _Ranked | None:
        """The best spot of a host with its rank, or None."""
        room = self.rooms[order]
        if ask.model and ask.model not in room.models:
            return None
        if not room.has(ask) or room.down or (ask.site and room.host.site != ask.site):
            return None
        best = family.best.get(order)
        if best is None:
            if order in self._touched:
                return None
            best = self._on_gpus(room, ask)
        elif not self._policy.by_gpus_alone:
            best = self._on_gpus(room, ask)
        if best is None or not self._may_share(room, ask):
            return None
        apart = room.present[ask.apart] if ask.apart else 0
        return (apart, *best[0]), order, room.version, best[1]

    def _on_gpus(self, room: Room, ask: Ask) -> _Best | None:
        """The best GPUs of a host, whatever its cores and memory."""
        return min(spots(self._policy, room, ask), default=None)

    def _may_share(self, room: Room, ask: Ask) -> bool:
        if self._isolation == "host":
            return room.environment in ("", ask.environment)
        if self._isolation == "cluster":
            tenants = self._clusters.get(_cluster(room.host))
            return not tenants or ask.environment in tenants
        return True


def _cluster(host: Host) -> tuple[str, ...]:
    return host.site, host.vcenter, host.cluster


def _likeness(room: Room) -> object:
    """What equal untouched hosts have in common; a host with anything on it is like no other."""
    host = room.host
    if any(any(layouts) for layouts in room.layouts) or any(g.tenants for g in host.gpus):
        return room.order
    return (
        *(host.site, host.vcenter, host.cluster, host.free_cores, host.free_memory_bytes),
        *(host.numa_nodes, host.numa_cores, host.numa_memory_bytes, room.groups),
        *(host.nvme_bytes, host.ports),
        tuple((gpu.model, gpu.numa) for gpu in host.gpus),
    )
