"""The part of a demand that would leave for rented capacity, in figures and in words."""

from __future__ import annotations

from generator.quantity import GIB
from generator.record import Record, record

MINUTE_S = 60


@record
class Check(Record):
    """One condition of a burst with its figures; None is unknown until ``figures`` is answered."""

    name: str
    passes: bool | None
    figures: str


@record
class Idle(Record):
    """GPUs that a permanent run leaves idle for hours, and what the search could do there."""

    demand: str
    gpus: tuple[str, ...]
    hours: float
    slots: int
    trials: int

    @property
    def sentence(self) -> str:
        """The option in words."""
        return (
            f"use {', '.join(self.gpus)} while {self.demand} is stopped: {self.hours:g} h x "
            f"{self.slots} slots = {self.trials} more trials, no cost"
        )


@record
class Overflow(Record):
    """The part of a demand that would leave for rented capacity (None: unknown).

    ``slot_hours`` is its work, on ``slots`` slots at once there; ``cost`` and ``egress_cost`` are
    in ``currency``. ``transfer_s`` is what its data takes over the line, ``volume_bytes`` its size.
    """

    environment: str
    demand: str
    target: str
    slots: int | None
    slot_hours: float | None
    cost: float | None
    egress_cost: float | None
    currency: str
    volume_bytes: float | None
    transfer_s: float | None
    checks: tuple[Check, ...]
    instead: tuple[Idle, ...]

    @property
    def allowed(self) -> bool | None:
        """Whether it may leave: False where a check fails, None where one is unknown."""
        verdicts = [check.passes for check in self.checks]
        return False if False in verdicts else None if None in verdicts else True

    @property
    def sentence(self) -> str:
        """The overflow in words: work, money, and the time that its data takes."""
        work = "unknown hours" if self.slot_hours is None else f"{self.slot_hours:g} slot-hours"
        money = "unknown" if self.cost is None else f"{self.currency} {self.cost:.2f}"
        if not self.volume_bytes:
            return f"{work} ~ {money}"
        line = "unknown" if self.transfer_s is None else f"{self.transfer_s / MINUTE_S:.0f} min"
        return f"{work} ~ {money} plus {line} to move {self.volume_bytes / GIB:.0f} GiB"
