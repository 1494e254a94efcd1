"""Transfers: volumes over links, and flows that meet in time.

A transfer takes bytes from one place to another once; what ranks exchange is in ``collectives``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from generator.record import Record, record
from generator.sizing.nonsense import Nonsense, not_negative, positive, ratio

BITS = 8


def transfer_s(volume_bytes: float, link_bytes_per_s: float, efficiency: float = 1.0) -> float:
    """Seconds that a volume takes over a link of which it gets the share ``efficiency``.

    At ``efficiency`` 1 the wire's bound; a well-tuned network reaches about 0.8 (S. Bekman,
    Machine Learning Engineering, network chapter).
    """
    not_negative("volume", volume_bytes)
    share = ratio("efficiency", efficiency)
    return volume_bytes / (positive("link.speed", link_bytes_per_s) * positive("efficiency", share))


def needed_bytes_per_s(volume_bytes: float, window_s: float) -> float:
    """Bytes per second that bring a volume over within a window."""
    return not_negative("volume", volume_bytes) / positive("window", window_s)


def bits_per_s(bytes_per_s: float) -> float:
    """A rate as network people write it."""
    return bytes_per_s * BITS


def egress_cost(volume_bytes: float, price_per_gb: float | None) -> float | None:
    """What it costs to take a volume out, at a price per 10^9 bytes; None while it is unknown."""
    not_negative("volume", volume_bytes)
    if price_per_gb is None:
        return None
    return volume_bytes / 10**9 * not_negative("egress.price_per_gb", price_per_gb)


@record
class Flow(Record):
    """A data flow over the links that it crosses, at a constant rate from ``start_s`` to ``end_s``.

    The times are seconds from any common origin, such as the start of a day. ``copies`` counts
    how often the volume is moved: each copy is CPU and network load of its own.
    """

    name: str
    links: tuple[str, ...]
    volume_bytes: float
    start_s: float
    end_s: float
    copies: int = 1

    @property
    def rate_bytes_per_s(self) -> float:
        """Bytes per second that the flow needs on each link within its window."""
        if self.end_s <= self.start_s:
            raise Nonsense(
                f"dataflows.{self.name}.window",
                f"it ends at {self.end_s:g} s and starts at {self.start_s:g} s",
                "state an end after the start; split a window that passes midnight",
            )
        volume = self.volume_bytes * positive(f"dataflows.{self.name}.copies", self.copies)
        return needed_bytes_per_s(volume, self.end_s - self.start_s)


@record
class Peak(Record):
    """The most that a link carries at once: when, how much, and whose it is."""

    link: str
    at_s: float
    rate_bytes_per_s: float
    flows: tuple[str, ...]

    def utilisation(self, link_bytes_per_s: float) -> float:
        """The peak as a share of the link's rate; above 1 the flows do not fit."""
        return self.rate_bytes_per_s / positive(f"links.{self.link}.speed", link_bytes_per_s)


def peaks(flows: Iterable[Flow]) -> Mapping[str, Peak]:
    """The peak of each link. Windows that only touch do not add up.

    A peak starts where some flow starts, so that looking at the starts is enough.
    """
    by_link: dict[str, list[tuple[Flow, float]]] = {}
    for flow in flows:
        rate = flow.rate_bytes_per_s
        for link in flow.links:
            by_link.setdefault(link, []).append((flow, rate))
    return {link: _peak(link, members) for link, members in by_link.items()}


def _peak(link: str, members: list[tuple[Flow, float]]) -> Peak:
    best: tuple[float, float, tuple[str, ...]] = (-1.0, 0.0, ())
    for start in sorted({flow.start_s for flow, _ in members}):
        running = [(flow, rate) for flow, rate in members if flow.start_s <= start < flow.end_s]
        rate = sum(rate for _, rate in running)
        if rate > best[0]:
            best = (rate, start, tuple(flow.name for flow, _ in running))
    return Peak(link=link, at_s=best[1], rate_bytes_per_s=best[0], flows=best[2])
