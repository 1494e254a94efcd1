"""Pools of equal servers under random arrivals: Erlang's B and C, and the pool that suffices.

Arrivals are Poisson and service times exponential. That fits notebooks and single-GPU trials. GPU
training is heavy-tailed and takes several GPUs at once: for it these formulas are too kind, and a
simulation is due. Times may be in any unit, as long as all of one call are in the same.

Sources: A. K. Erlang, Solution of some problems in the theory of probabilities of significance in
automatic telephone exchanges (1917); R. B. Cooper, Introduction to Queueing Theory (2nd ed. 1981),
sections 3.3 to 3.4, for the recursion that never overflows.
"""

from __future__ import annotations

from math import exp, isfinite

from generator.record import Record, record
from generator.sizing.nonsense import Nonsense, not_negative, positive
from generator.sizing.queueing.whole import rounded_up

LARGEST_POOL = 1_000_000
"""The largest pool that is computed; beyond it a load is a slip of units. Chosen, not published."""

NEGLIGIBLE = 1e-18
"""Terms of a series below this share of its sum no longer change a double."""


@record
class Pool(Record):
    """A pool that meets its target. ``servers`` are those at work at the same time.

    ``staffed`` adds what is away (shrinkage: maintenance, failed, held by others), so that
    ``servers`` of them are there on average. ``occupancy_ratio`` is the busy share of a server,
    ``waits_ratio`` the probability of waiting at all, ``served_within_ratio`` that of a wait no
    longer than asked for, and ``mean_wait_s`` the mean over all, those who do not wait included.
    """

    servers: int
    staffed: int
    occupancy_ratio: float
    waits_ratio: float
    served_within_ratio: float
    mean_wait_s: float


def offered_load(arrivals_per_s: float, service_s: float) -> float:
    """Offered load in Erlang, arrival rate x mean service time: servers busy if none ever waited.

    Raises ``Nonsense`` where a figure is not above zero.
    """
    return finite("arrivals_per_s", arrivals_per_s) * finite("service_s", service_s)


def blocking_probability(offered_erlangs: float, servers: int) -> float:
    """Erlang B: the share of arrivals that find all servers busy and go away.

    ``B(0) = 1; B(n) = A B(n-1) / (n + A B(n-1))``, exact to rounding for any size. Up to the load
    the reciprocal is summed instead, which ends after a few times the square root of the load.
    Raises ``Nonsense`` for a load that is not above zero and a pool that is no whole number.
    """
    load = finite("offered_erlangs", offered_erlangs)
    return _blocking(load, whole_pool("servers", servers, least=0))


def waiting_probability(offered_erlangs: float, servers: int) -> float:
    """Erlang C: the share of arrivals that wait, where everybody does who finds no server free.

    ``C = B / (1 - rho (1 - B))`` with ``rho = A / n``. Raises ``Nonsense`` also where the load is
    not below the servers: the queue would grow for ever.
    """
    load = finite("offered_erlangs", offered_erlangs)
    size = whole_pool("servers", servers)
    _steady(load, size)
    return _waiting(load, size, _blocking(load, size))


def mean_wait(offered_erlangs: float, servers: int, service_s: float) -> float:
    """Mean wait over all arrivals, ``C s / (n - A)``, in the unit of the service time.

    Raises ``Nonsense`` as ``waiting_probability`` does.
    """
    finite("service_s", service_s)
    waits = waiting_probability(offered_erlangs, servers)
    return waits * service_s / (servers - offered_erlangs)


def served_within(
    offered_erlangs: float, servers: int, *, service_s: float, wait_s: float
) -> float:
    """The service level: the share of arrivals that wait no longer than ``wait_s``.

    ``1 - C exp(-(n - A) t / s)``. Raises ``Nonsense`` as ``waiting_probability`` does, and for a
    negative wait.
    """
    finite("service_s", service_s)
    not_negative("wait_s", wait_s)
    waits = waiting_probability(offered_erlangs, servers)
    return 1.0 - waits * exp(-(servers - offered_erlangs) * wait_s / service_s)


def servers_for_blocking(
    offered_erlangs: float,
    max_blocking_ratio: float,
    *,
    max_occupancy_ratio: float = 1.0,
    shrinkage_ratio: float = 0.0,
) -> int:
    """The least servers that turn away no more than ``max_blocking_ratio`` of the arrivals.

    ``max_occupancy_ratio`` bounds the busy share of a server, ``A (1 - B) / n``;
    ``shrinkage_ratio`` is the share of servers that are away. Raises ``Nonsense`` for a load not
    above zero, a target that no pool or every pool meets, and shares out of range.
    """
    load = finite("offered_erlangs", offered_erlangs)
    _between("max_blocking_ratio", max_blocking_ratio)
    _occupancy(max_occupancy_ratio)
    _shrinkage(shrinkage_ratio)
    # No pool of n carries more than n, so B is never below 1 - n / A: the search starts there.
    servers = max(1, int(load * (1.0 - max_blocking_ratio)))
    blocked = _blocking(load, servers)
    while (
        blocked > max_blocking_ratio
        or load * (1.0 - blocked) > max_occupancy_ratio * servers * _TOLERANT
    ):
        servers = _next(servers)
        blocked = load * blocked / (servers + load * blocked)
    return staffed(servers, shrinkage_ratio)


def smallest_pool(
    offered_erlangs: float,
    *,
    service_s: float,
    wait_s: float,
    served_within_ratio: float,
    max_occupancy_ratio: float = 1.0,
    shrinkage_ratio: float = 0.0,
) -> Pool:
    """The least pool in which ``served_within_ratio`` of arrivals wait no longer than ``wait_s``.

    ``max_occupancy_ratio`` bounds the load per server, ``A / n``; ``shrinkage_ratio`` is the share
    of servers that are away. Raises ``Nonsense`` for a load or service time not above zero, a
    negative wait, a level of 100 % and above (no finite pool has it) and shares out of range.
    """
    load = finite("offered_erlangs", offered_erlangs)
    finite("service_s", service_s)
    not_negative("wait_s", wait_s)
    _between("served_within_ratio", served_within_ratio)
    _occupancy(max_occupancy_ratio)
    _shrinkage(shrinkage_ratio)
    servers = max(int(load) + 1, rounded_up(load / max_occupancy_ratio))
    whole_pool("offered_erlangs", servers)
    blocked = _blocking(load, servers)
    while True:
        waits = _waiting(load, servers, blocked)
        level = 1.0 - waits * exp(-(servers - load) * wait_s / service_s)
        if level >= served_within_ratio:
            break
        servers = _next(servers)
        blocked = load * blocked / (servers + load * blocked)
    return Pool(
        servers=servers,
        staffed=staffed(servers, shrinkage_ratio),
        occupancy_ratio=load / servers,
        waits_ratio=waits,
        served_within_ratio=level,
        mean_wait_s=waits * service_s / (servers - load),
    )


def staffed(servers: int, shrinkage_ratio: float) -> int:
    """Servers to have so that ``servers`` are there while a share of them is away.

    ``n / (1 - shrinkage)``, rounded up. Raises ``Nonsense`` for a share that leaves none.
    """
    _shrinkage(shrinkage_ratio)
    return rounded_up(servers / (1.0 - shrinkage_ratio))


_TOLERANT = 1.0 + 1e-12
"""Keeps a pool at exactly its highest occupancy from being refused by rounding."""


def finite(field: str, value: float) -> float:
    """``value`` where it is a finite figure above zero; raises ``Nonsense`` otherwise."""
    positive(field, value)
    if not isfinite(value):
        raise Nonsense(field, "it is infinite", "state a finite figure")
    return value


def _blocking(load: float, servers: int) -> float:
    near = min(servers, int(load))
    term = total = 1.0
    for left in range(near, 0, -1):
        term *= left / load
        total += term
        if term < NEGLIGIBLE * total:
            break
    blocked = 1.0 / total
    for server in range(near + 1, servers + 1):
        blocked = load * blocked / (server + load * blocked)
        if not blocked:
            break
    return blocked


def _waiting(load: float, servers: int, blocked: float) -> float:
    return blocked / (1.0 - load / servers * (1.0 - blocked))


def whole_pool(field: str, servers: float, *, least: int = 1) -> int:
    """``servers`` as a whole number that can be computed; raises ``Nonsense`` otherwise."""
    if not isfinite(servers) or servers != int(servers) or servers < least:
        raise Nonsense(field, f"a pool of {servers:g}", f"state a whole number from {least} on")
    if servers > LARGEST_POOL:
        raise Nonsense(field, f"a pool above {LARGEST_POOL:,}", "check the unit of the load")
    return int(servers)


def _next(servers: int) -> int:
    return whole_pool("offered_erlangs", servers + 1)


def _steady(load: float, servers: int) -> None:
    if load >= servers:
        raise Nonsense(
            "servers",
            f"{servers} cannot keep up with a load of {load:g} Erlang: the queue grows for ever",
            f"state at least {int(load) + 1}",
        )


def _between(field: str, value: float) -> None:
    if not 0.0 < value < 1.0:
        raise Nonsense(field, f"no pool is bounded by {value:g}", "state a share between 0 and 1")


def _occupancy(value: float) -> None:
    if not 0.0 < value <= 1.0:
        raise Nonsense("max_occupancy_ratio", f"{value:g} is no share of a server", "state 0 to 1")


def _shrinkage(value: float) -> None:
    if not 0.0 <= value < 1.0:
        raise Nonsense("shrinkage_ratio", f"{value:g} leaves no server", "state less than 100 %")
