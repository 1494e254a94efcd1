"""Collects the ledger while a workload is sized."""

from __future__ import annotations

from math import ceil, floor

from generator.ledger import Basis, Entry
from generator.quantity import GIB, Quantity


class Figures:
    """The figures of one subject, in the order in which they came about."""

    def __init__(self, subject: str) -> None:
        self.subject = subject
        self.entries: list[Entry] = []

    def note(
        self,
        name: str,
        value: float | str,
        unit: str,
        *,
        rule: str,
        source: str,
        basis: Basis = Basis.ANALYTIC,
        low: float | None = None,
        high: float | None = None,
        effect: str = "",
    ) -> None:
        """Writes one figure down; sizes in bytes are noted as they are and printed in GiB."""
        if unit == "B":
            value = value if isinstance(value, str) else round(value)
            low = None if low is None else floor(low)
            high = None if high is None else ceil(high)
        self.entries.append(
            Entry(
                subject=self.subject,
                name=name,
                value=value,
                unit=unit,
                rule=rule,
                source=source,
                basis=basis,
                low=low,
                high=high,
                effect=effect,
            )
        )

    def stated(self, name: str, quantity: Quantity, unit: str) -> float:
        """Notes a quantity of the blueprint with who vouches for it, and returns its value."""
        basis = Basis.MEASURED if quantity.source == "measured" else Basis.STATED
        self.note(
            name,
            quantity.value,
            unit,
            rule="as the blueprint states it",
            source=quantity.source or "blueprint",
            basis=basis,
        )
        return quantity.value

    def gib(self, name: str, size_bytes: float, *, rule: str, source: str, basis: Basis) -> None:
        """Notes a size, in GiB with two decimals for people."""
        value = round(size_bytes / GIB, 2)
        self.note(name, value, "GiB", rule=rule, source=source, basis=basis)
