"""How much something holds, month by month."""

from __future__ import annotations

from math import inf

from generator.record import Record, record


@record
class Addition(Record):
    """``bytes_per_month`` that stay ``kept_months``; None is for good."""

    bytes_per_month: float
    kept_months: float | None = None

    def at(self, month: int) -> float:
        """Bytes in ``month``; that of today counts as written, so that it has room."""
        kept = inf if self.kept_months is None else self.kept_months
        return self.bytes_per_month * min(month + 1, kept)


@record
class Course(Record):
    """``start_bytes`` today, compounding by ``growth_ratio`` a month, and what is added."""

    start_bytes: float = 0.0
    growth_ratio: float = 0.0
    additions: tuple[Addition, ...] = ()

    def at(self, month: int) -> float:
        """Bytes in ``month``; 0 is today."""
        grown: float = self.start_bytes * (1 + self.growth_ratio) ** month
        return grown + sum(addition.at(month) for addition in self.additions)

    def by_month(self, months: int) -> tuple[float, ...]:
        """Bytes today and in each of the next ``months`` months."""
        if self.additions:
            return tuple(self.at(month) for month in range(months + 1))
        if not self.growth_ratio:
            return (self.start_bytes,) * (months + 1)
        grown = 1 + self.growth_ratio
        return tuple(self.start_bytes * grown**month for month in range(months + 1))

    @property
    def full_bytes(self) -> float | None:
        """Bytes once the oldest additions expire, before growth; None where some never do."""
        full = self.start_bytes
        for addition in self.additions:
            if addition.kept_months is None:
                return None
            full += addition.bytes_per_month * addition.kept_months
        return full
