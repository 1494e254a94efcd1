"""How few GPUs any legal plan must open: a proof beside every answer.

A plan opens a GPU where it puts the first VM on one that was empty. The bound is that of the worst
slot of the week. Left out of account, so that it is lower than need be and never higher: VMs
without a GPU, which links join the GPUs of a VM, distance between copies, and NUMA nodes.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from generator.ledger import Basis, Entry
from generator.placement.bound.bins import Kind, loosened
from generator.placement.bound.cases import Case, bins_of, cases, parted, without_too_many
from generator.placement.bound.columns import Master, Proof, available
from generator.placement.bound.prices import hosts_needed, simple
from generator.placement.devices.patterns import TooMany
from generator.placement.devices.shapes import Geometry
from generator.placement.hosts.ask import Ask, Spot
from generator.placement.hosts.room import Room
from generator.placement.hosts.stock import Host
from generator.record import Record, record

SOURCE = "Gilmore and Gomory, cutting stock"
CONFIGURATION_LP = "configuration LP"


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
