"""Erlang A: a pool whose waiting people give up after a while of their own.

States below the pool are Erlang's; above it each waiting one leaves at rate ``1 / patience``, so a
queue settles whatever the load. Sources: C. Palm, Research on telephone traffic carried by full
availability groups (1957); O. Garnett, A. Mandelbaum and M. Reiman, Designing a call center with
impatient customers (2002), section 2 and appendix A.
"""

from __future__ import annotations

from math import exp, expm1, isfinite, lgamma, log

from generator.record import Record, record
from generator.sizing.nonsense import Nonsense, not_negative
from generator.sizing.queueing.erlang import (
    NEGLIGIBLE,
    blocking_probability,
    finite,
    whole_pool,
)

LARGEST_QUEUE = 1_000_000
"""The longest queue whose states are summed: beyond it the patience is a slip of units. Chosen."""

LEAST_EXPONENT = -700.0
"""Below this the exponential of a double is as good as zero."""


@record
class Impatient(Record):
    """What a pool does to people who give up.

    ``waits_ratio`` of them find no server free, ``abandons_ratio`` leave unserved,
    ``mean_wait_s`` is the mean time in the queue over all of them, served or not, and
    ``mean_queue`` how many wait on average. ``occupancy_ratio`` is the busy share of a server.
    """

    waits_ratio: float
    abandons_ratio: float
    mean_wait_s: float
    mean_queue: float
    occupancy_ratio: float


@record
class _Queue(Record):
    """Weights of 0, 1, 2 ... waiting from ``first`` on, relative to their largest.

    ``empty`` is the weight of nobody waiting with all servers busy, on the same scale.
    """

    first: int
    weights: tuple[float, ...]
    empty: float


def impatient_pool(
    offered_erlangs: float, servers: int, *, service_s: float, patience_s: float
) -> Impatient:
    """The steady state of a pool with mean service and mean patience in the same unit of time.

    Loads above the pool are allowed: what it cannot serve gives up. Raises ``Nonsense`` for
    figures that are not above zero and queues beyond ``LARGEST_QUEUE``.
    """
    finite("service_s", service_s)
    finite("patience_s", patience_s)
    blocked = blocking_probability(offered_erlangs, whole_pool("servers", servers))
    haste = service_s / patience_s
    queue = _queue(offered_erlangs, servers, haste)
    total = sum(queue.weights)
    all_states = queue.empty * (1.0 - blocked) + blocked * total
    waits = blocked * total / all_states
    waiting = sum((queue.first + i) * w for i, w in enumerate(queue.weights))
    mean_queue = blocked * waiting / all_states
    abandons = mean_queue * haste / offered_erlangs
    return Impatient(
        waits_ratio=waits,
        abandons_ratio=abandons,
        mean_wait_s=mean_queue * service_s / offered_erlangs,
        mean_queue=mean_queue,
        occupancy_ratio=offered_erlangs * (1.0 - abandons) / servers,
    )


def waits_longer(
    offered_erlangs: float,
    servers: int,
    *,
    service_s: float,
    patience_s: float,
    wait_s: float,
) -> float:
    """The share of arrivals that spend more than ``wait_s`` in the queue, served later or not.

    With ``j`` ahead the wait that would be offered is a sum of exponential times of rates
    ``n/s + i/p``, i = 0..j, and ``exp(-wait/p)`` has a beta distribution (n p/s, j + 1); who still
    waits must also have been patient for so long. Raises ``Nonsense`` as ``impatient_pool`` does.
    """
    not_negative("wait_s", wait_s)
    pool = impatient_pool(offered_erlangs, servers, service_s=service_s, patience_s=patience_s)
    if not wait_s or not pool.waits_ratio:
        return pool.waits_ratio
    haste = service_s / patience_s
    queue = _queue(offered_erlangs, servers, haste)
    lasts = _lasting(servers / haste, wait_s / patience_s, queue.first, len(queue.weights))
    total = sum(queue.weights)
    offered_longer = sum(w * p for w, p in zip(queue.weights, lasts, strict=True)) / total
    return pool.waits_ratio * offered_longer * exp(-wait_s / patience_s)


def settled_within(
    offered_erlangs: float,
    servers: int,
    *,
    service_s: float,
    patience_s: float,
    wait_s: float,
) -> float:
    """The share of arrivals that leave the queue within ``wait_s``, by being served or giving up.

    Raises ``Nonsense`` as ``impatient_pool`` does.
    """
    return 1.0 - waits_longer(
        offered_erlangs, servers, service_s=service_s, patience_s=patience_s, wait_s=wait_s
    )


def _queue(load: float, servers: int, haste: float) -> _Queue:
    """Sums both ways from the likeliest queue, so that nothing overflows."""
    likeliest = max(0.0, (load - servers) / haste)
    if not isfinite(likeliest) or likeliest > LARGEST_QUEUE:
        raise Nonsense(
            "patience_s",
            f"about {likeliest:.3g} would be waiting at a load of {load:g} on {servers}",
            "state more servers or less patience",
        )
    top = int(likeliest)
    above = [1.0]
    weight, waiting = 1.0, top
    while weight > NEGLIGIBLE and waiting < top + LARGEST_QUEUE:
        waiting += 1
        weight *= load / (servers + waiting * haste)
        above.append(weight)
    below: list[float] = []
    weight, waiting = 1.0, top
    while waiting and weight > NEGLIGIBLE:
        weight *= (servers + waiting * haste) / load
        waiting -= 1
        below.append(weight)
    # Where the sum stopped early, a queue that short is as good as impossible.
    empty = 0.0 if waiting else weight
    return _Queue(first=waiting, weights=(*reversed(below), *above), empty=empty)


def _lasting(shape: float, patiences: float, first: int, count: int) -> list[float]:
    """P(offered wait > ``patiences`` mean patiences) with first, first + 1 ... ahead.

    ``I_y(c, j + 1)`` with ``y = exp(-patiences)``: the sum of the first j + 1 probabilities of a
    negative binomial distribution, taken in logarithms because the first may be far below 1e-300.
    """
    fails = log(-expm1(-patiences))
    held = 0.0
    lasting: list[float] = []
    for ahead in range(first + count):
        exponent = (
            lgamma(shape + ahead)
            - lgamma(shape)
            - lgamma(ahead + 1)
            + ahead * fails
            - shape * patiences
        )
        if exponent > LEAST_EXPONENT:
            held += exp(exponent)
        if ahead >= first:
            lasting.append(min(1.0, held))
    return lasting
