"""The answer of placement: who runs where, what makes it so, and what does not fit."""

from __future__ import annotations

from enum import StrEnum

from generator.finding import Finding
from generator.ledger import Entry
from generator.record import Record, record
from generator.sizing.demand import Demand


class Grade(StrEnum):
    """How far vSphere holds a placement to the plan (F4), strongest first."""

    ENFORCED = "enforced"
    BY_POWER_ON_ORDER = "by-power-on-order"
    HOPE = "hope"


@record
class Chosen(Record):
    """A demand with its device: the GPU model and one profile per vGPU (none without a GPU).

    ``device_group`` is the NVLink group by vSphere's name. ``demand`` has its final vCPUs and
    memory.
    """

    demand: Demand
    model: str
    profile: str
    device_group: str


@record
class Placed(Record):
    """One VM of a demand on its host. ``gpus`` names the devices, ``start`` its first MIG slice.

    ``start`` is -1 for everything that is not a MIG instance. ``lever`` is what makes the
    placement true on this version of vSphere.
    """

    demand: str
    environment: str
    index: int
    host: str
    cluster: str
    profile: str
    gpus: tuple[str, ...]
    start: int
    lever: str
    grade: Grade


@record
class Shortfall(Record):
    """A demand of which fewer run than wanted.

    ``fatal`` where even the minimum finds no room; otherwise the rest waits or bursts.
    ``because`` names what is missing.
    """

    demand: str
    environment: str
    wanted: int
    placed: int
    minimum: int
    fatal: bool
    because: str

    @property
    def sentence(self) -> str:
        """The shortfall in words."""
        return (
            f"{self.demand} in {self.environment}: {self.placed} of {self.wanted} fit, "
            f"{self.wanted - self.placed} would wait: {self.because}"
        )


@record
class Plan(Record):
    """Where everything goes. ``chosen`` has an entry per demand, ``placed`` one per VM."""

    chosen: tuple[Chosen, ...]
    placed: tuple[Placed, ...]
    shortfalls: tuple[Shortfall, ...]
    ledger: tuple[Entry, ...]
    findings: tuple[Finding, ...]

    @property
    def fits(self) -> bool:
        """Whether every demand has at least its minimum."""
        return not any(shortfall.fatal for shortfall in self.shortfalls)
