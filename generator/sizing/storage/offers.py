"""What storage is offered and what is asked of it, as plain figures."""

from __future__ import annotations

from enum import StrEnum

from generator.record import Record, record

HORIZON_MONTHS = 12
"""Months of growth that a tier must have room for, unless stated. Assumed: one budget year."""


class Media(StrEnum):
    """What a tier's bytes lie on, slowest first."""

    HDD = "hdd"
    OBJECT = "object"
    SSD = "ssd"
    NVME = "nvme"
    MEMORY = "memory"

    @property
    def speed(self) -> int:
        """Its place among the media, 0 for the slowest."""
        return tuple(Media).index(self)


_COST = {Media.OBJECT: 1, Media.HDD: 2, Media.SSD: 3, Media.NVME: 4, Media.MEMORY: 5}
"""Order of cost per byte where tiers state none: an order, not a price. Assumed."""


class Pattern(StrEnum):
    """How data is accessed."""

    SEQUENTIAL = "sequential"
    RANDOM_REPEAT = "random-repeat"
    STREAM = "stream"
    KEY_VALUE = "kv"


@record
class OfferedTier(Record):
    """A tier as the site offers it; None where a figure is not stated.

    ``free_bytes`` is usable, after protection. ``cost_rank`` orders tiers by what a byte costs.
    """

    name: str
    media: Media
    throughput_bytes_per_s: float | None = None
    iops: float | None = None
    latency_s: float | None = None
    free_bytes: float | None = None
    rwx: bool | None = None
    cost_rank: int | None = None

    @property
    def cost(self) -> int:
        """Its cost rank: stated, else that of its medium."""
        return _COST[self.media] if self.cost_rank is None else self.cost_rank


@record
class StorageDemand(Record):
    """What a dataset or volume asks of storage; None where nothing is asked."""

    name: str
    size_bytes: float
    pattern: Pattern | None = None
    read_bytes_per_s: float | None = None
    iops: float | None = None
    latency_s: float | None = None
    rwx: bool = False
    growth_per_month_ratio: float = 0.0
    horizon_months: int = HORIZON_MONTHS

    @property
    def states_speed(self) -> bool:
        """Whether it states a rate, operations or a latency that a tier can be held to."""
        return (self.read_bytes_per_s, self.iops, self.latency_s) != (None, None, None)

    @property
    def size_at_horizon_bytes(self) -> float:
        """Its size after the months that the tier must have room for, never below today's."""
        grown = (1 + self.growth_per_month_ratio) ** self.horizon_months
        return self.size_bytes * max(1.0, grown)
