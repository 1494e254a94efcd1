"""Chooses how a workload consumes compute, and says of everything else why not.

Pure and deterministic: the same needs and offers give the same choice in whatever order the offers
come.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from generator.record import Record, record
from generator.sizing.choice.conditions import case_of, holds
from generator.sizing.choice.constraints import (
    CONSTRAINTS,
    Objections,
    gpus_wanted,
    lacks_units,
    objections,
)
from generator.sizing.choice.needs import Needs, checked
from generator.sizing.choice.offers import CPU_OFFER, FRACTIONS, SEVERAL, Kind, Offer
from generator.sizing.choice.table import ROWS, Row
from generator.sizing.choice.video import COMPUTE_SERIES, ENCODING_SERIES
from generator.sizing.queueing.whole import rounded_up

NONE_OFFERED = "offer"
"""The constraint that binds where nothing is offered at all."""


@record
class Rejection(Record):
    """An offer that was not taken: the constraint that decided, and the reason in words."""

    offer: str
    kind: Kind
    constraint: str
    reason: str


@record
class Choice(Record):
    """What a workload gets. ``kind`` and ``offer`` are None where nothing fits.

    ``gpus`` is what one VM gets and ``hosts`` how many VMs of it, on a host each, one job takes;
    ``gpus_in_all`` is what all concurrent slots take together, fractions packed with their like.
    ``row`` names the row of the table, ``series`` the letter of the vGPU type: where that is not C
    the offer's profile stands for the type of its size in that series. ``estimated`` says
    that the count of GPUs follows from the memory alone and sizing must be repeated with it.
    ``cpu_at_once`` is how many requests a CPU service works on at once, None where unknown.
    ``binding`` is the constraint that left nothing.
    """

    kind: Kind | None
    offer: Offer | None
    gpus: int
    hosts: int
    gpus_in_all: int
    row: str
    reason: str
    source: str
    series: str = COMPUTE_SERIES
    estimated: bool = False
    cpu_at_once: int | None = None
    binding: str = ""
    rejected: tuple[Rejection, ...] = ()


def choose(needs: Needs, offers: Iterable[Offer]) -> Choice:
    """The offer for a workload, with its reason and what spoke against every other.

    Raises ``Nonsense`` for needs that contradict themselves; needs that nothing meets give a choice
    without an offer that names the constraint which binds.
    """
    checked(needs)
    at_hand = sorted((CPU_OFFER, *offers), key=lambda offer: offer.label)
    case = case_of(needs, [offer for offer in at_hand if not lacks_units(needs, offer)])
    row = next(row for row in ROWS if all(holds(name, case) for name in row.when))
    judged = [(offer, objections(needs, offer)) for offer in at_hand]
    for kind in row.kinds:
        fitting = [offer for offer, against in judged if offer.kind is kind and not against]
        if fitting:
            taken = min(fitting, key=lambda offer: _rank(needs, offer))
            return _taken(needs, row, taken, judged)
    return _nothing(row, judged)


_Judged = Sequence[tuple[Offer, Objections]]
"""Every offer with what speaks against it."""


def _taken(needs: Needs, row: Row, offer: Offer, judged: _Judged) -> Choice:
    rejected = tuple(
        _rejection(row, offer, other, against) for other, against in judged if other is not offer
    )
    several = offer.kind in SEVERAL
    wanted = gpus_wanted(needs, offer) if several else 1
    hosts = _hosts(needs, offer)
    gpus = 0 if offer.kind is Kind.CPU else offer.gpus
    at_once = None
    if offer.kind is Kind.CPU and needs.rate_per_s is not None and needs.cpu_latency_s is not None:
        at_once = max(1, rounded_up(needs.rate_per_s * needs.cpu_latency_s))
    return Choice(
        kind=offer.kind,
        offer=offer,
        gpus=gpus,
        hosts=hosts,
        gpus_in_all=_in_all(needs, offer, gpus * hosts),
        row=row.name,
        reason=row.reason if offer.kind is row.kinds[0] else row.otherwise,
        source=row.source,
        series=ENCODING_SERIES if needs.encodes else COMPUTE_SERIES,
        estimated=several and needs.gpus < wanted and needs.gpus == 1,
        cpu_at_once=at_once,
        rejected=rejected,
    )


def _in_all(needs: Needs, offer: Offer, gpus: int) -> int:
    if offer.kind in FRACTIONS:
        return -(-needs.concurrent // offer.per_gpu)
    return gpus * needs.concurrent


def _nothing(row: Row, judged: _Judged) -> Choice:
    rejected = tuple(
        Rejection(offer=o.label, kind=o.kind, constraint=against[0][0], reason=against[0][1])
        if against
        else _not_wanted(row, o)
        for o, against in judged
    )
    wanted = [against for offer, against in judged if offer.kind in row.kinds and against]
    # What stands alone in the way of an offer is nearest to being mended, and binds.
    alone = [against[0] for against in wanted if len(against) == 1]
    first = alone or [against[0] for against in wanted]
    counts = Counter(constraint for constraint, _ in first)
    order = list(CONSTRAINTS)
    binding = min(
        counts,
        key=lambda name: (-counts[name], order.index(name) if name in order else -1),
        default=NONE_OFFERED,
    )
    why = next((reason for constraint, reason in first if constraint == binding), "")
    kinds = " or ".join(row.kinds)
    reason = f"no {kinds} fits: {why}" if why else f"no {kinds} is offered"
    return Choice(
        kind=None,
        offer=None,
        gpus=0,
        hosts=0,
        gpus_in_all=0,
        row=row.name,
        reason=reason,
        source=row.source,
        binding=binding,
        rejected=rejected,
    )


def _rejection(row: Row, taken: Offer, other: Offer, against: Objections) -> Rejection:
    if against:
        constraint, reason = against[0]
        return Rejection(offer=other.label, kind=other.kind, constraint=constraint, reason=reason)
    if other.kind not in row.kinds:
        return _not_wanted(row, other)
    if other.kind is not taken.kind:
        return Rejection(
            offer=other.label,
            kind=other.kind,
            constraint="preference",
            reason=f"{taken.kind} comes before {other.kind}: {row.reason}",
        )
    return Rejection(
        offer=other.label,
        kind=other.kind,
        constraint="rank",
        reason=f"{taken.label} fits as well and wastes less",
    )


def _not_wanted(row: Row, offer: Offer) -> Rejection:
    return Rejection(
        offer=offer.label,
        kind=offer.kind,
        constraint="kind",
        reason=f"{row.name} wants {' or '.join(row.kinds)}: {row.reason}",
    )


def _hosts(needs: Needs, offer: Offer) -> int:
    """Hosts that one job takes: one, unless it is spread."""
    return -(-gpus_wanted(needs, offer) // offer.gpus) if offer.kind is Kind.HOSTS else 1


def _rank(needs: Needs, offer: Offer) -> tuple[object, ...]:
    """Least first: few hosts, no stranded slots, little framebuffer, compute where it is urgent."""
    urgent = needs.latency_s is not None
    compute = offer.compute_slices or 0
    hosts = _hosts(needs, offer)
    size = offer.framebuffer_bytes * offer.gpus * hosts
    # Nobody knows how much it takes: the largest GPU shows it.
    first = -size if needs.memory_bytes is None else size
    return (
        hosts,
        not offer.aligned,
        first,
        -compute if urgent else compute,
        -offer.bandwidth_bytes_per_s if urgent else 0,
        -offer.per_gpu,
        offer.label,
    )
