"""Which VMs give way so that a more important one can start.

A VM gives way where its priority is among those that the blueprint gives up, where it is not
permanent (requirements S4-5) and where it is less important than the one that wants to start. All
victims are on one host, because the VM starts on one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from heapq import heappop, heappush

from generator.record import Record, record

MOST_TRIED = 5_000
"""Sets of victims that are tried on a host before the first that suffices is taken; chosen."""


@record
class Tenant(Record):
    """A VM that runs. ``priority`` 0 is the most important; ``gives_way`` as in ``Demand``.

    ``millicores`` are what it takes of its host's cores, in thousandths.
    """

    name: str
    host: str
    priority: int
    millicores: int
    memory_bytes: int
    gives_way: int | None = None


@record
class Room(Record):
    """What is free on a host, or what a VM needs of one: thousandths of cores, bytes."""

    millicores: int
    memory_bytes: int


@record
class Wanted(Record):
    """A VM that wants to start: its priority, and what it needs of a host beside devices."""

    priority: int
    room: Room


@record
class Preempted(Record):
    """The host on which a VM can start, and those that are stopped for it, by name.

    ``cheapest`` is False where there were too many sets to try them all on that host or another.
    """

    host: str
    victims: tuple[str, ...]
    cheapest: bool = True


DeviceRoom = Callable[[str, Sequence[str]], bool]
"""Whether the devices of a host have room for the VM once these VMs are gone. The more are gone,
the more room there is."""

Cost = tuple[tuple[int, ...], int, tuple[str, ...]]
"""Victims by their place, those that are given up last in front; their memory; their names."""


def preempted(
    wanted: Wanted, free: Mapping[str, Room], tenants: Iterable[Tenant], device_room: DeviceRoom
) -> Preempted | None:
    """The cheapest victims on one host that let a VM start; None where no host has enough.

    Cheapest are those of which the fewest stand last among the priorities that are given up, then
    the fewest that stand before these, and so on; then those with the least memory. ``free`` is
    what each host has free now; a host where nothing need be stopped is the answer then.
    """
    on_host: dict[str, list[Tenant]] = {host: [] for host in sorted(free)}
    for tenant in sorted(tenants, key=lambda tenant: tenant.name):
        if tenant.host in on_host and _gives_way(tenant, wanted):
            on_host[tenant.host].append(tenant)
    places = 1 + max((t.gives_way or 0 for each in on_host.values() for t in each), default=0)
    found: list[tuple[Cost, str]] = []
    exact = True
    for host, candidates in on_host.items():
        enough = _Enough(wanted, free[host], host, device_room)
        cost, tried_all = _cheapest(candidates, places, enough)
        exact &= tried_all
        if cost is not None:
            found.append((cost, host))
    if not found:
        return None
    (_, _, names), host = min(found)
    return Preempted(host=host, victims=names, cheapest=exact)


def _gives_way(tenant: Tenant, wanted: Wanted) -> bool:
    return tenant.gives_way is not None and tenant.priority > wanted.priority


class _Enough:
    """Whether victims on a host free what is wanted."""

    def __init__(self, wanted: Wanted, free: Room, host: str, device_room: DeviceRoom) -> None:
        self._millicores = wanted.room.millicores - free.millicores
        self._memory_bytes = wanted.room.memory_bytes - free.memory_bytes
        self._host, self._device_room = host, device_room

    def __call__(self, victims: Sequence[Tenant]) -> bool:
        return (
            sum(victim.millicores for victim in victims) >= self._millicores
            and sum(victim.memory_bytes for victim in victims) >= self._memory_bytes
            and self._device_room(self._host, [victim.name for victim in victims])
        )


def _cheapest(
    candidates: Sequence[Tenant], places: int, enough: _Enough
) -> tuple[Cost | None, bool]:
    """The cost of the cheapest victims, None where all are too few; and whether it is proven.

    Sets are tried by their cost, so the first that suffices is the cheapest.
    """
    if not enough(candidates):
        return None, True
    waiting: list[tuple[Cost, tuple[int, ...]]] = [(_cost((), places), ())]
    for _ in range(MOST_TRIED):
        cost, chosen = heappop(waiting)
        victims = [candidates[place] for place in chosen]
        if enough(victims):
            return cost, True
        for place in range(chosen[-1] + 1 if chosen else 0, len(candidates)):
            more = _cost((*victims, candidates[place]), places)
            heappush(waiting, (more, (*chosen, place)))
    return _cost(tuple(_spared(candidates, enough)), places), False


def _spared(candidates: Sequence[Tenant], enough: _Enough) -> Iterator[Tenant]:
    """Victims of which none can be spared: the dearest are spared first."""
    left = sorted(candidates, key=lambda t: (-(t.gives_way or 0), -t.memory_bytes, t.name))
    for tenant in tuple(left):
        without = [other for other in left if other is not tenant]
        if enough(without):
            left = without
    yield from sorted(left, key=lambda tenant: tenant.name)


def _cost(victims: Sequence[Tenant], places: int) -> Cost:
    by_place = [0] * places
    for victim in victims:
        by_place[-1 - (victim.gives_way or 0)] += 1
    memory_bytes = sum(victim.memory_bytes for victim in victims)
    return tuple(by_place), memory_bytes, tuple(victim.name for victim in victims)
