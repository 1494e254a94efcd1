"""Collectives: how many bytes each rank moves and how long that takes.

``busbw`` is the figure that nccl-tests prints: payload over time, times the factor of the
collective, so that it can be held against the rate of a link. Source of the factors: NVIDIA,
nccl-tests, doc/PERFORMANCE.md. A transfer from one place to another has no factor; for that see
``transfer``.
"""

from __future__ import annotations

from enum import StrEnum
from math import ceil, log2

from generator.record import Record, record
from generator.sizing.network.constants import (
    CALL_S,
    CHUNK_BYTES,
    IN_SWITCH_EFFICIENCY,
    UNHIDDEN_SHARE,
)
from generator.sizing.network.links import Link
from generator.sizing.nonsense import Nonsense, not_negative, positive


class Collective(StrEnum):
    """An operation in which all ranks of a group take part."""

    ALL_REDUCE = "all_reduce"
    ALL_GATHER = "all_gather"
    REDUCE_SCATTER = "reduce_scatter"
    ALL_TO_ALL = "all_to_all"
    BROADCAST = "broadcast"
    REDUCE = "reduce"
    SEND_RECEIVE = "sendrecv"


_TWO_WAY = (Collective.ALL_REDUCE,)
_ONE_WAY = (Collective.ALL_GATHER, Collective.REDUCE_SCATTER, Collective.ALL_TO_ALL)


_SPELT = {one.value.replace("_", ""): one for one in Collective}


def collective_named(name: str) -> Collective:
    """The collective of that name, written with underscores or hyphens; ``Nonsense`` for none."""
    try:
        plain = name.strip().lower().replace("-", "_")
        return _SPELT.get(plain.replace("_", "")) or Collective(plain)
    except ValueError:
        known = ", ".join(Collective)
        raise Nonsense("collective", f"{name!r} is none", f"name one of {known}") from None


def collective_factor(collective: Collective, ranks: int) -> float:
    """What each rank moves over its link, as a multiple of the payload; 0 for one rank alone.

    All-reduce ``2(n-1)/n``; all-gather, reduce-scatter and all-to-all ``(n-1)/n``, the payload
    being the whole and not one rank's share; broadcast, reduce and a single exchange 1.
    """
    positive("ranks", ranks)
    if collective in _TWO_WAY:
        return 2 * (ranks - 1) / ranks
    if collective in _ONE_WAY:
        return (ranks - 1) / ranks
    return 1.0 if ranks > 1 else 0.0


@record
class Phases(Record):
    """Bytes that one accelerator moves in a collective over hosts: inside its host, and outside."""

    inside_bytes: float
    between_bytes: float


def hierarchical_phases(
    payload_bytes: float, per_host: int, hosts: int, collective: Collective = Collective.ALL_REDUCE
) -> Phases:
    """Bytes per accelerator of a collective that reduces inside hosts first.

    Inside ``f(g) x P`` over the GPU links; between hosts ``f(k) x P/g``, because each of the ``g``
    accelerators carries its own shard over its own rail; ``f`` is the collective's factor. Source:
    S. Bekman, Machine Learning Engineering, Inter-node speed depends on intra-node speed.
    """
    not_negative("payload", payload_bytes)
    return Phases(
        inside_bytes=collective_factor(collective, per_host) * payload_bytes,
        between_bytes=collective_factor(collective, hosts) * payload_bytes / per_host,
    )


def ring_s(collective: Collective, payload_bytes: float, ranks: int, link: Link) -> float:
    """Seconds of a ring: hops x latency, filling the pipeline, and bytes over the rate.

    An all-reduce passes ``2(n-1)`` hops, the others ``n-1``.
    """
    if ranks == 1:
        return 0.0
    hops = (ranks - 1) * (2 if collective in _TWO_WAY else 1)
    chunk = min(CHUNK_BYTES.value, payload_bytes / ranks)
    moved = collective_factor(collective, ranks) * payload_bytes
    return hops * link.hop_s + (hops * chunk + moved) / link.rate_bytes_per_s


def tree_s(collective: Collective, payload_bytes: float, ranks: int, link: Link) -> float:
    """Seconds of a double binary tree: few hops, and the payload once per direction of the tree.

    An all-reduce goes up and down, ``2 ceil(log2 n)`` hops and twice the payload. Source: NVIDIA,
    Massively scale your deep learning training with NCCL 2.4.
    """
    if ranks == 1:
        return 0.0
    ways = 2 if collective in _TWO_WAY else 1
    hops = ways * ceil(log2(ranks))
    chunk = min(CHUNK_BYTES.value, payload_bytes / ranks)
    return hops * link.hop_s + (hops * chunk + ways * payload_bytes) / link.rate_bytes_per_s


def in_switch_s(payload_bytes: float, ranks: int, link: Link) -> float:
    """Seconds of an all-reduce that the switch adds up (NVLS): ``(n+1)/n`` payloads per rank.

    That is fewer bytes than ``busbw`` assumes, so that this figure can exceed the wire's.
    """
    hops = 2 * (ranks - 1)
    chunk = min(CHUNK_BYTES.value, payload_bytes / ranks)
    rate = link.bandwidth_bytes_per_s * IN_SWITCH_EFFICIENCY.value
    moved = (ranks + 1) / ranks * payload_bytes
    return hops * link.hop_s + (hops * chunk) / link.rate_bytes_per_s + moved / rate


def _one_level_s(collective: Collective, payload_bytes: float, ranks: int, link: Link) -> float:
    """The fastest algorithm over one kind of link; trees are built between hosts only."""
    best = ring_s(collective, payload_bytes, ranks, link)
    if link.between_hosts:
        return min(best, tree_s(collective, payload_bytes, ranks, link))
    if link.reduces and collective is Collective.ALL_REDUCE:
        return min(best, in_switch_s(payload_bytes, ranks, link))
    return best


def collective_s(collective: Collective, payload_bytes: float, ranks: int, link: Link) -> float:
    """Seconds of one collective among ``ranks`` that one kind of link joins; 0 for one alone."""
    not_negative("payload", payload_bytes)
    positive("ranks", ranks)
    if ranks == 1 or not payload_bytes:
        return 0.0
    return CALL_S.value + _one_level_s(collective, payload_bytes, ranks, link)


def hierarchical_s(
    payload_bytes: float,
    *,
    per_host: int,
    hosts: int,
    inside: Link | None,
    between: Link,
    collective: Collective = Collective.ALL_REDUCE,
) -> float:
    """Seconds of one collective over ``hosts`` of ``per_host`` accelerators with a rail each.

    The phase inside the hosts overlaps the one between them; a small share of the shorter one
    stays visible. ``between`` is one accelerator's rail, or its share of the host's NICs. Raises
    ``Nonsense`` where several accelerators per host have no link.
    """
    phases = hierarchical_phases(payload_bytes, per_host, hosts, collective)
    if not payload_bytes or per_host * hosts == 1:
        return 0.0
    if inside is None and per_host > 1:
        raise Nonsense(
            "gpus", "no link joins the accelerators of a host", "state the link inside the host"
        )
    first = 0.0
    if inside is not None and phases.inside_bytes:
        first = _one_level_s(collective, payload_bytes, per_host, inside)
    if hosts == 1:
        return CALL_S.value + first
    second = _one_level_s(collective, payload_bytes / per_host, hosts, between)
    return CALL_S.value + max(first, second) + UNHIDDEN_SHARE.value * min(first, second)


def bus_bandwidth_bytes_per_s(
    collective: Collective, payload_bytes: float, ranks: int, duration_s: float
) -> float:
    """``busbw`` of a collective that took ``duration_s``, in bytes per second."""
    moved = collective_factor(collective, ranks) * positive("payload", payload_bytes)
    return moved / positive("duration", duration_s)


def achieved_bus_bandwidth_bytes_per_s(
    collective: Collective, payload_bytes: float, ranks: int, link: Link
) -> float:
    """``busbw`` that ``ranks`` on one kind of link are expected to reach with this payload."""
    positive("payload", payload_bytes)
    duration = collective_s(collective, payload_bytes, _several(ranks), link)
    return bus_bandwidth_bytes_per_s(collective, payload_bytes, ranks, duration)


def achieved_hierarchical_bytes_per_s(
    payload_bytes: float, *, per_host: int, hosts: int, inside: Link | None, between: Link
) -> float:
    """``busbw`` of an all-reduce over hosts. It is no wire's speed: most bytes never leave one."""
    positive("payload", payload_bytes)
    ranks = _several(per_host * hosts)
    duration = hierarchical_s(
        payload_bytes, per_host=per_host, hosts=hosts, inside=inside, between=between
    )
    return bus_bandwidth_bytes_per_s(Collective.ALL_REDUCE, payload_bytes, ranks, duration)


def _several(ranks: int) -> int:
    if ranks < 2:  # noqa: PLR2004 - a group starts at two
        raise Nonsense("ranks", f"{ranks} is no group", "state two or more")
    return ranks
