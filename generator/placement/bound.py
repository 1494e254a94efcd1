"""How few GPUs any legal plan must open: a proof beside every answer.

A plan opens a GPU where it puts the first VM on one that was empty. The bound is that of the worst
slot of the week. Left out of account, so that it is lower than need be and never higher: VMs
without a GPU, which links join the GPUs of a VM, distance between copies, and NUMA nodes.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from generator.ledger import Basis, Entry
from generator.placement.bins import (
    GpuBin,
    Kind,
    Station,
    kinds_of,
    loosened,
    sorted_out,
    stations_of,
)
from generator.placement.columns import Master, Proof, available
from generator.placement.host_bins import HostBin
from generator.placement.patterns import TooMany
from generator.placement.prices import hosts_needed, simple
from generator.placement.room import Ask, Room, Spot
from generator.placement.shapes import EMPTY, NOWHERE, Geometry
from generator.placement.stock import Host
from generator.record import Record, record

SOURCE = "Gilmore and Gomory, cutting stock"
CONFIGURATION_LP = "configuration LP"

MOST_STATIONS = 6
"""Kinds of hosts that are told apart where cores or memory bind; of more, those with equal GPUs
count as large as the largest, and then the GPUs count alone. Chosen for the time it takes."""


@record
class Price(Record):
    """What one VM of a kind counts for in the proof, in millionths of a GPU."""

    environment: str
    model: str
    shape: int
    gpus: int
    vms: int
    millionths: int


@record
class Part(Record):
    """The proof for VMs that share GPUs with one another and with no others.

    The sum of each price times its VMs, less ``surplus_millionths``, what the best loads of all
    bins are worth beyond the GPUs that they open, is the bound of the part before rounding up.
    """

    gpus: int
    prices: tuple[Price, ...]
    surplus_millionths: int


@record
class Bound(Record):
    """A plan opens ``used`` GPUs; none that places the same VMs opens fewer than ``gpus``.

    ``gap_ratio`` is what the plan opens beyond the bound, over the bound. ``by`` names the kind of
    proof, and ``gpus`` is the sum of its parts; there are none where hosts are counted.
    ``reserved`` is the least that the plan must open or keep free so that any ``spare`` hosts may
    fail.
    """

    gpus: int
    used: int
    gap_ratio: float
    by: str
    proof: tuple[Part, ...] = ()
    spare: int = 0
    reserved: int = 0

    @property
    def entry(self) -> Entry:
        """The bound as a figure of the ledger."""
        return Entry(
            subject="placement",
            name="GPUs opened at least",
            value=self.gpus,
            unit="",
            rule=f"{self.by}: no legal load of a GPU or host is worth more than it opens; "
            f"the plan opens {self.used}",
            source=SOURCE,
            basis=Basis.ANALYTIC,
        )


class Case(NamedTuple):
    """What is bounded: VMs by kind, hosts by kind, boards, and the boundary of environments."""

    kinds: Mapping[Kind, int]
    stations: Mapping[Station, int]
    boards: Mapping[str, Geometry]
    isolation: str


def bound(
    hosts: Sequence[Host],
    boards: Mapping[str, Geometry],
    placed: Sequence[tuple[Ask, Sequence[Spot]]],
    *,
    isolation: str = "gpu",
    spare: int = 0,
    solver: bool | None = None,
) -> Bound:
    """The bound for the VMs that a plan places on hosts; ``spare`` of these may fail at once.

    ``solver`` says whether HiGHS is asked (None: if it is installed). With it the bound is the
    configuration LP, without it what framebuffer, numbers per GPU, cores and memory prove.
    """
    used = opened(hosts, boards, placed)
    asks = [(ask, len(spots)) for ask, spots in placed if spots]
    with_solver = available() if solver is None else solver
    best = Bound(gpus=0, used=used, gap_ratio=0.0, by="nothing placed")
    for how in (_quick, _by_columns) if with_solver else (_quick,):
        for case in cases(hosts, boards, asks, isolation):
            if best.gpus < used:
                best = max([best, *how(case, used)], key=lambda each: each.gpus)
    return _with_gap(best, spare, sum(1 for host in hosts if host.gpus))


def opened(
    hosts: Sequence[Host],
    boards: Mapping[str, Geometry],
    placed: Iterable[tuple[Ask, Sequence[Spot]]],
) -> int:
    """The GPUs that a plan opens: it uses them, and they were empty."""
    places = {(spot.order, gpu) for _, spots in placed for spot in spots for gpu in spot.gpus}
    rooms = {n: Room(hosts[n], n, 1, boards, ()) for n in sorted({order for order, _ in places})}
    return sum(rooms[order].is_empty(gpu) for order, gpu in places)


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


def _quick(case: Case, used: int) -> Iterator[Bound]:
    """The bounds that need no solver."""
    for name, gpus in hosts_needed(case.kinds, case.stations):
        yield Bound(gpus=gpus, used=used, gap_ratio=0.0, by=name)
    names, parts = list[str](), list[Part]()
    for each in parted(case):
        kinds = without_too_many(each)
        bins = loosened(case.stations, tuple(kinds), case.boards)
        name, proof = simple(kinds, bins, case.boards)
        names.append(name)
        parts.append(_part(kinds, proof))
    yield _of_parts(parts, used, ", ".join(dict.fromkeys(names)))


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


def _by_columns(case: Case, used: int) -> Iterator[Bound]:
    """The configuration LP, part by part and of all parts where they meet on hosts."""
    whole = _solved(case, used)
    parts = list(parted(case))
    if len(parts) > 1:
        yield _of_parts([_solved(part, used) for part in parts], used, CONFIGURATION_LP)
    yield _of_parts([whole], used, CONFIGURATION_LP)


def _solved(case: Case, used: int) -> Part:
    """The configuration LP; of GPUs alone where there are too many loads of hosts."""
    try:
        kinds, bins = bins_of(case)
    except TooMany:
        kinds = without_too_many(case)
        bins = list(loosened(case.stations, tuple(kinds), case.boards))
    return _part(kinds, Master(kinds, bins).solve(used))


def _of_parts(parts: Sequence[Part], used: int, by: str) -> Bound:
    gpus = sum(part.gpus for part in parts)
    return Bound(gpus=gpus, used=used, gap_ratio=0.0, by=by, proof=tuple(parts))


def _part(kinds: Mapping[Kind, int], proof: Proof) -> Part:
    prices = tuple(
        Price(
            environment=kind.environment,
            model=kind.model,
            shape=kind.shape,
            gpus=kind.gpus,
            vms=count,
            millionths=price,
        )
        for (kind, count), price in zip(kinds.items(), proof.prices, strict=True)
    )
    worth = sum(price.vms * price.millionths for price in prices)
    surplus = worth - proof.millionths
    return Part(gpus=proof.gpus, prices=prices, surplus_millionths=surplus)


def _with_gap(best: Bound, spare: int, hosts: int) -> Bound:
    """The bound with its gap, and what must be there so that any ``spare`` hosts may fail.

    Of R GPUs on H hosts the fullest k have k R / H or more, and what is left must be enough.
    """
    reserved = best.gpus
    while spare and hosts > spare and reserved - -(-spare * reserved // hosts) < best.gpus:
        reserved += 1
    gap = (best.used - best.gpus) / best.gpus if best.gpus else 0.0
    return Bound(
        gpus=best.gpus,
        used=best.used,
        gap_ratio=gap,
        by=best.by,
        proof=best.proof,
        spare=spare,
        reserved=reserved,
    )
