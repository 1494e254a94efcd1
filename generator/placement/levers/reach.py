"""Who can come to which GPUs: the classes of a plan and the hosts among which DRS may choose.

A VM of a class comes to any host of its pool, never to one outside: a node pool is pinned to a
vSphere Zone (``failureDomain``), and a Supervisor without zones has one cluster.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from generator.placement.devices.geometry import Board
from generator.placement.devices.shapes import CLOSED, EMPTY, Mode
from generator.placement.hosts.ask import Ask
from generator.placement.hosts.room import Room
from generator.placement.hosts.stock import Gpu, Host
from generator.placement.plan import Chosen
from generator.sizing.demand import Demand

MILLI = 1000

Pool = tuple[str, str, str]
"""Site, vCenter, and the zone or (where none is known) the cluster."""


class Kind(NamedTuple):
    """Equal VMs of one demand in one pool, with what vSphere reserves for each of them.

    ``model`` is "" without a GPU. ``most`` is how many the plan has there, ``slots``
    are the parts of the week in which they run. Reservations are thousandths of cores and bytes:
    only they can stop a power-on.
    """

    environment: str
    demand: str
    pool: Pool
    model: str
    shape: int
    gpus: int
    nvlink: bool
    most: int
    permanent: bool
    slots: tuple[int, ...]
    millicores: int
    memory_bytes: int


def likeness(kind: Kind) -> tuple[object, ...]:
    """All of a kind but its names: kinds alike in it have the same promise."""
    return kind[2:]


class Device(NamedTuple):
    """A GPU as its classes find it: the mode that it is set to and the layout that stays on it."""

    model: str
    mode: Mode
    layout: int


class Station(NamedTuple):
    """A host of a pool. ``groups`` are the NVLink groups of every size, by index of the GPU."""

    name: str
    pool: Pool
    millicores: int
    memory_bytes: int
    devices: tuple[Device, ...]
    groups: tuple[tuple[int, ...], ...]


def pool_of(host: Host) -> Pool:
    """The pool of a host."""
    return host.site, host.vcenter, host.zone or host.cluster


def guaranteed(demand: Demand) -> bool:
    """Whether the VM class reserves all CPU and memory: what production always runs."""
    return demand.permanent and demand.environment == "prod"


def kinds(
    choices: Iterable[tuple[Chosen, Ask, Sequence[Host]]],
) -> Iterator[Kind]:
    """The kinds of a plan; each choice comes with the host of each of its VMs."""
    for choice, ask, hosts in choices:
        demand = choice.demand
        firm = guaranteed(demand)
        counts: dict[Pool, int] = {}
        for host in hosts:
            pool = pool_of(host)
            counts[pool] = counts.get(pool, 0) + 1
        for pool, count in counts.items():
            yield Kind(
                environment=demand.environment,
                demand=demand.name,
                pool=pool,
                model=ask.model,
                shape=ask.shape,
                gpus=ask.gpus,
                nvlink=ask.nvlink,
                most=count,
                permanent=demand.permanent,
                slots=ask.slots,
                millicores=demand.vcpus * MILLI if firm else 0,
                memory_bytes=ask.memory_bytes if firm or ask.gpus else 0,
            )


def stations(
    rooms: Iterable[Room], boards: Mapping[str, Board], modes: Mapping[tuple[str, str], Mode]
) -> list[Station]:
    """The hosts with their GPUs; ``modes`` are those of the plan, by site and name of the GPU."""
    return [
        Station(
            name=room.host.name,
            pool=pool_of(room.host),
            millicores=room.host.free_cores * MILLI,
            memory_bytes=room.host.free_memory_bytes,
            devices=tuple(
                Device(gpu.model, _set_to(gpu, modes.get((room.host.site, gpu.name))), layout)
                for gpu, layout in zip(room.host.gpus, _what_stays(room, boards), strict=True)
            ),
            groups=room.groups,
        )
        for room in rooms
    ]


def _what_stays(room: Room, boards: Mapping[str, Board]) -> list[int]:
    """The layout of each GPU of a host with nothing of the plan on it."""
    host = room.host
    if any(gpu.tenants for gpu in host.gpus):
        return [layouts[0] for layouts in Room(host, room.order, 1, boards, room.groups).layouts]
    return [CLOSED if gpu.held_by or gpu.model not in boards else EMPTY for gpu in host.gpus]


_TODAY = {
    "mig": Mode.MIG,
    "mig-time-sliced": Mode.MIG_TIME_SLICED,
    "passthrough": Mode.PASSTHROUGH,
}


def _set_to(gpu: Gpu, planned: Mode | None) -> Mode:
    """The mode of a GPU under the plan; where it plans none, that of today stays."""
    if planned is not None:
        return planned
    return _TODAY.get(gpu.mode, Mode.MIXED_SIZE if gpu.mixed_size else Mode.SAME_SIZE)


def modes_of(rooms: Iterable[Room], boards: Mapping[str, Board]) -> dict[tuple[str, str], Mode]:
    """The mode that each GPU's contents need, by site and name; none for an empty GPU."""
    found: dict[tuple[str, str], Mode] = {}
    known: dict[tuple[str, tuple[int, ...]], Mode | None] = {}
    for room in rooms:
        for gpu, layouts in zip(room.host.gpus, room.layouts, strict=True):
            if any(layouts) and gpu.model in boards:
                at = gpu.model, layouts
                if at not in known:
                    needed = {boards[gpu.model].mode(n) for n in layouts} - {Mode.EMPTY}
                    known[at] = min(needed, default=None)
                mode = known[at]
                if mode is not None:
                    found[room.host.site, gpu.name] = mode
    return found
