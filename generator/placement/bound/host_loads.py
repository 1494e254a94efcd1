"""Every load of one GPU of a host that the host can feed, counted before they are listed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from generator.placement.devices.patterns import TooMany
from generator.placement.devices.shapes import NOWHERE, Geometry

MOST_LOADS = 50_000
"""Loads of one GPU by kinds of VM, beyond which hosts are not told apart; chosen for the time."""


class Taken(NamedTuple):
    """The layout of a GPU, and the steps of cores and of memory that its load takes of the host."""

    layout: int
    cores: int = 0
    memory: int = 0


class Tenant(NamedTuple):
    """A kind of VM: its shape, and the steps of cores and of memory that one takes."""

    shape: int
    cores: int
    memory: int


class Feed(NamedTuple):
    """The GPU and what there is of its host: steps of cores and of memory in all."""

    board: Geometry
    layout: int
    cores: int
    memory: int

    def more(self, at: Taken, tenant: Tenant) -> Taken | None:
        """What a load takes with one more VM; None where it is no load."""
        cores, memory = at.cores + tenant.cores, at.memory + tenant.memory
        if cores > self.cores or memory > self.memory:
            return None
        after = self.board.join(at.layout, tenant.shape)
        return None if after == NOWHERE else Taken(after, cores, memory)


def loads(feed: Feed, tenants: Sequence[Tenant]) -> Iterator[tuple[int, ...]]:
    """Every legal load but the empty one: how many VMs of each kind. Kinds are sorted by shape.

    Any part of a legal load is legal, so each is reached by adding kinds in their order.

    Raises:
        TooMany: where there are more than ``MOST_LOADS``, the empty one included.
    """
    _count(feed, tenants)
    waiting = [(Taken(feed.layout), 0, (0,) * len(tenants))]
    while waiting:
        at, first, counts = waiting.pop()
        if any(counts):
            yield counts
        for place in range(first, len(tenants)):
            after = feed.more(at, tenants[place])
            if after is not None:
                more = (*counts[:place], counts[place] + 1, *counts[place + 1 :])
                waiting.append((after, place, more))


def _count(feed: Feed, tenants: Sequence[Tenant]) -> None:
    """Counts the loads; those that take the same are counted together, and most do."""
    loads_of = Counter({Taken(feed.layout): 1})
    total = 1
    for tenant in tenants:
        last = loads_of.copy()
        while last:
            more: Counter[Taken] = Counter()
            for at, count in last.items():
                after = feed.more(at, tenant)
                if after is not None:
                    more[after] += count
            total += more.total()
            if total > MOST_LOADS:
                raise TooMany
            loads_of.update(more)
            last = more
