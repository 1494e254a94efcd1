"""Packing VMs onto hosts: the best spot for each, found without looking at every host.

A VM changes one host. So every kind of VM keeps its own queue of ranked spots and looks again only
at hosts that have changed since it was last asked; of equal untouched hosts only the first is ever
ranked. What leaves this module is frozen.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from heapq import heapify, heappop, heappush
from typing import Any

from generator.placement.policy import Policy, Rank, Tightest
from generator.placement.room import Ask, Room, Spot, joined_groups
from generator.placement.shapes import Geometry
from generator.placement.stock import Host

MOST_QUEUES = 512
"""Kinds of VM whose queues are kept at once; more are built again when they are needed."""

_Ranked = tuple[tuple[Any, ...], int, int, Spot]


class _Queue:
    """The ranked spots of one ask, as of an entry of the log."""

    __slots__ = ("fresh", "heap", "seen")

    def __init__(self) -> None:
        self.heap: list[_Ranked] = []
        self.fresh: dict[object, int] = {}
        self.seen = 0


class _Family:
    """The touched hosts whose GPUs have room for a kind of vGPU, as of an entry of the log."""

    __slots__ = ("able", "seen")

    def __init__(self) -> None:
        self.able: dict[int, None] = {}
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
        self._log: list[int] = []
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
            _, order, version, spot = heap[0]
            room = self.rooms[order]
            if room.version == version and not room.down and self._may_share(room, ask):
                return spot
            heappop(heap)
        return None

    def take(self, ask: Ask, spot: Spot) -> None:
        """Puts one VM on a spot."""
        room = self.rooms[spot.order]
        if self._isolation == "cluster":
            tenants = self._clusters.setdefault(_cluster(room.host), {})
            tenants[ask.environment] = tenants.get(ask.environment, 0) + 1
        room.take(ask, spot)
        self._note(spot.order)

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

    def close(self, order: int) -> None:
        """Takes a host out of service for what is placed from now on."""
        self.rooms[order].down = True
        self._note(order)

    def reopen(self, order: int) -> None:
        """Brings a host back."""
        self.rooms[order].down = False
        self._note(order)

    def _note(self, order: int) -> None:
        self.rooms[order].version += 1
        self._log.append(order)
        if order not in self._touched:
            self._touched.add(order)
            alike = self._fresh[self._likeness[order]]
            if alike[-1] == order:
                alike.pop()
            else:
                alike.remove(order)

    def _fresh_queue(self, ask: Ask) -> _Queue:
        """The queue of an ask with every change since it was last used."""
        queue = self._queues.get(ask)
        changed: set[int]
        if queue is None:
            if len(self._queues) >= MOST_QUEUES:
                self._queues.clear()
            queue = self._queues[ask] = _Queue()
            queue.heap = [r for order in self._able(ask) for r in self._ranked(order, ask)]
            heapify(queue.heap)
            changed = set()
        else:
            changed = set(self._log[queue.seen :])
        queue.seen = len(self._log)
        for order in sorted(changed):
            for ranked in self._ranked(order, ask):
                heappush(queue.heap, ranked)
        for likeness, alike in self._fresh.items():
            if alike and queue.fresh.get(likeness) != alike[-1]:
                queue.fresh[likeness] = alike[-1]
                for ranked in self._ranked(alike[-1], ask):
                    heappush(queue.heap, ranked)
        return queue

    def _able(self, ask: Ask) -> Iterator[int]:
        """The touched hosts whose GPUs could take the ask."""
        key = (ask.model, ask.shape, ask.environment, ask.slots)
        family = self._families.setdefault(key, _Family())
        for order in sorted(set(self._log[family.seen :])):
            room = self.rooms[order]
            if not ask.model or any(
                model == ask.model and room.joined(index, ask) is not None
                for index, model in enumerate(room.models)
            ):
                family.able[order] = None
            else:
                family.able.pop(order, None)
        family.seen = len(self._log)
        return iter(sorted(family.able))

    def _ranked(self, order: int, ask: Ask) -> Iterator[_Ranked]:
        """The best spot of a host with its rank, or nothing."""
        room = self.rooms[order]
        if room.down or (ask.site and room.host.site != ask.site) or not room.has(ask):
            return
        if not self._may_share(room, ask):
            return
        best = min(self._spots(room, ask), default=None)
        if best is not None:
            rank, gpus = best
            node = room.node_for(ask, gpus)
            apart = room.present[ask.apart] if ask.apart else 0
            yield (apart, *rank), order, room.version, Spot(order, gpus, node)

    def _may_share(self, room: Room, ask: Ask) -> bool:
        if self._isolation == "host":
            return room.environment in ("", ask.environment)
        if self._isolation == "cluster":
            tenants = self._clusters.get(_cluster(room.host))
            return not tenants or ask.environment in tenants
        return True

    def _spots(self, room: Room, ask: Ask) -> Iterator[tuple[Rank, tuple[int, ...]]]:
        if not ask.model:
            yield self._policy.none(room, ask), ()
        elif ask.gpus > 1:
            yield from self._several(room, ask)
        else:
            yield from self._single(room, ask)

    def _single(self, room: Room, ask: Ask) -> Iterator[tuple[Rank, tuple[int, ...]]]:
        """GPUs for one vGPU; of equal ones the first."""
        seen: set[tuple[object, ...]] = set()
        for index, model in enumerate(room.models):
            if model != ask.model:
                continue
            layouts = room.layouts[index]
            like = (layouts, room.environments[index], not any(layouts) and room.intact(index))
            if like not in seen:
                seen.add(like)
                after = room.joined(index, ask)
                if after is not None:
                    yield self._policy.single(room, ask, index, after), (index,)

    def _several(self, room: Room, ask: Ask) -> Iterator[tuple[Rank, tuple[int, ...]]]:
        """The GPUs of one VM: whole and empty, of one NUMA node or astride, joined where asked."""
        empty = [
            index
            for index, model in enumerate(room.models)
            if model == ask.model and room.is_empty(index) and room.joined(index, ask) is not None
        ]
        if ask.nvlink:
            for group in room.groups:
                if len(group) == ask.gpus and set(group) <= set(empty):
                    yield self._policy.several(room, ask, group, astride=False), group
            return
        numa = [gpu.numa for gpu in room.host.gpus]
        for node in sorted({numa[index] for index in empty}):
            local = tuple(index for index in empty if numa[index] == node)[: ask.gpus]
            if len(local) == ask.gpus:
                yield self._policy.several(room, ask, local, astride=False), local
        if len(empty) >= ask.gpus:
            some = tuple(empty[: ask.gpus])
            yield self._policy.several(room, ask, some, astride=True), some


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
        tuple((gpu.model, gpu.numa) for gpu in host.gpus),
    )
