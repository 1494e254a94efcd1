"""A bill: an amount as the sum of its parts, each with its rule and source."""

from __future__ import annotations

from collections.abc import Iterator

from generator.ledger import Basis, Entry
from generator.record import Record, record


@record
class Part(Record):
    """One term of a sum. What is taken away is negative; ``basis`` says how far to trust it.

    ``low`` and ``high`` are the range of an assumed term, None where it is exact.
    """

    name: str
    value: int | float
    rule: str
    source: str
    basis: Basis = Basis.ANALYTIC
    low: float | None = None
    high: float | None = None


@record
class Bill(Record):
    """An amount in ``unit`` that is the sum of its ``parts`` and nothing else."""

    name: str
    unit: str
    parts: tuple[Part, ...]

    @property
    def total(self) -> int | float:
        """The sum of the parts."""
        return sum(part.value for part in self.parts)

    def value(self, name: str) -> int | float:
        """What the parts of that name come to; 0 where there is none."""
        return sum(part.value for part in self.parts if part.name == name)

    def plus(self, *parts: Part) -> Bill:
        """The bill with more parts at its end; those that are zero are left out."""
        kept = tuple(part for part in parts if part.value)
        return Bill(name=self.name, unit=self.unit, parts=(*self.parts, *kept))

    def rounded_up(self, step: int, rule: str) -> Bill:
        """The bill with a last part that lifts its total to the next multiple of ``step``."""
        missing = -(-self.total // step) * step - self.total
        return self.plus(Part(name="rounding", value=int(missing), rule=rule, source="arithmetic"))

    def entries(self, subject: str) -> Iterator[Entry]:
        """Each part as an entry of the ledger, and the total last."""
        for part in self.parts:
            yield Entry(
                subject=subject,
                name=f"{self.name}: {part.name}",
                value=part.value,
                unit=self.unit,
                rule=part.rule,
                source=part.source,
                basis=part.basis,
                low=part.low,
                high=part.high,
            )
        yield Entry(
            subject=subject,
            name=self.name,
            value=self.total,
            unit=self.unit,
            rule=" + ".join(part.name for part in self.parts) or "nothing is needed",
            source="sum of its parts",
            basis=Basis.ANALYTIC,
        )
