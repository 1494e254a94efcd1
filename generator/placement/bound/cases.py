"""What a bound is about: the VMs that run at once, and the loads that GPUs and hosts may carry."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from generator.placement.bound.bins import (
    GpuBin,
    Kind,
    Station,
    kinds_of,
    loosened,
    sorted_out,
    stations_of,
)
from generator.placement.bound.host_bins import HostBin
from generator.placement.devices.patterns import TooMany
from generator.placement.devices.shapes import EMPTY, NOWHERE, Geometry
from generator.placement.hosts.ask import Ask
from generator.placement.hosts.room import Room
from generator.placement.hosts.stock import Host

MOST_STATIONS = 6
"""Kinds of hosts that are told apart where cores or memory bind; of more, those with equal GPUs
count as large as the largest, and then the GPUs count alone. Chosen for the time it takes."""


class Case(NamedTuple):
    """What is bounded: VMs by kind, hosts by kind, boards, and the boundary of environments."""

    kinds: Mapping[Kind, int]
    stations: Mapping[Station, int]
    boards: Mapping[str, Geometry]
    isolation: str


def cases(
    hosts: Sequence[Host],
    boards: Mapping[str, Geometry],
    asks: Sequence[tuple[Ask, int]],
    isolation: str,
) -> Iterator[Case]:
    """One case for each set of VMs that run at once; equal ones once."""
    stations = stations_of(Room(host, n, 1, boards, ()) for n, host in enumerate(hosts))
    seen: list[dict[Kind, int]] = []
    for slot in sorted({slot for ask, _ in asks for slot in ask.slots}):
        kinds = kinds_of((ask, count) for ask, count in asks if slot in ask.slots)
        if kinds and kinds not in seen:
            seen.append(kinds)
            yield Case(kinds, stations, boards, isolation)


def bins_of(case: Case) -> tuple[dict[Kind, int], list[GpuBin | HostBin]]:
    """The kinds and bins of a case; kinds are one where neither cores nor memory bind.

    Raises:
        TooMany: where a board has too many layouts.
    """
    kinds = tuple(case.kinds)
    loose, tight = sorted_out(case.stations, kinds, case.boards)
    if not tight:
        plain = _merged(case.kinds)
        return plain, list(loosened(case.stations, tuple(plain), case.boards))
    stations: dict[tuple[Station, bool, bool], int] = {}
    for station, count, cores, memory in tight:
        stations[station, cores, memory] = stations.get((station, cores, memory), 0) + count
    if len(stations) > MOST_STATIONS:
        stations = _largest_alike(stations)
    if len(stations) > MOST_STATIONS:
        raise TooMany
    one = case.isolation in ("host", "cluster")
    bins: list[GpuBin | HostBin] = list(loose)
    for (station, cores, memory), count in stations.items():
        binds = cores, memory
        bins.append(HostBin(station, count, kinds, case.boards, binds=binds, one_environment=one))
    return dict(case.kinds), bins


def _largest_alike(
    stations: Mapping[tuple[Station, bool, bool], int],
) -> dict[tuple[Station, bool, bool], int]:
    """Hosts with equal GPUs as though each had the most cores and memory of them."""
    groups: dict[tuple[object, ...], list[tuple[tuple[Station, bool, bool], int]]] = {}
    for each, count in stations.items():
        groups.setdefault((each[0].site, each[0].gpus), []).append((each, count))
    found: dict[tuple[Station, bool, bool], int] = {}
    for group in groups.values():
        widest = group[0][0][0]._replace(
            millicores=max(each[0].millicores for each, _ in group),
            memory_bytes=max(each[0].memory_bytes for each, _ in group),
        )
        binds = any(each[1] for each, _ in group), any(each[2] for each, _ in group)
        found[(widest, *binds)] = sum(count for _, count in group)
    return found


def _merged(kinds: Mapping[Kind, int]) -> dict[Kind, int]:
    found: Counter[Kind] = Counter()
    for kind, count in kinds.items():
        found[kind._replace(millicores=0, memory_bytes=0)] += count
    return {kind: found[kind] for kind in sorted(found)}


def parted(case: Case) -> Iterator[Case]:
    """The case by VMs that may share a GPU: another environment, model or mode never does."""
    parts: list[list[Kind]] = []
    for kind in case.kinds:
        board = case.boards[kind.model]
        mine = [part for part in parts if any(_may_share(kind, other, board) for other in part)]
        parts = [part for part in parts if part not in mine]
        parts.append([kind, *(other for part in mine for other in part)])
    for part in parts:
        yield case._replace(kinds={kind: case.kinds[kind] for kind in sorted(part)})


def _may_share(one: Kind, other: Kind, board: Geometry) -> bool:
    if one[1:5] == other[1:5]:
        return True
    if one[1:3] != other[1:3] or max(one.gpus, other.gpus) > 1:
        return False
    return board.join(board.join(EMPTY, one.shape), other.shape) != NOWHERE


def without_too_many(case: Case) -> dict[Kind, int]:
    """The kinds by shape alone, without those whose shapes make too many layouts of a board.

    Of these the ones with least framebuffer in all are left out, as few as need be.
    """
    left = _merged(case.kinds)
    while left:
        try:
            loosened(case.stations, tuple(left), case.boards)
        except TooMany:
            least = min(left, key=lambda kind: (left[kind] * _size(kind, case.boards), kind))
            left = {kind: n for kind, n in left.items() if not _alike(kind, least)}
        else:
            break
    return left


def _alike(one: Kind, other: Kind) -> bool:
    return (one.model, one.shape, one.gpus) == (other.model, other.shape, other.gpus)


def _size(kind: Kind, boards: Mapping[str, Geometry]) -> int:
    board = boards[kind.model]
    return board.total_mib - board.free_mib(board.join(EMPTY, kind.shape))
