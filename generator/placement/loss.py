"""What a loss leaves: who starts again where, who waits, what is done again, and what still serves.

There may be ten thousand of these in a table, so the parts are tuples.
"""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple

from generator.placement.constraint import Constraint
from generator.record import Record, record


class Scene(StrEnum):
    """What goes away."""

    HOST = "host"
    GPU = "gpu"
    SITE = "site"
    MAINTENANCE = "maintenance"


class By(StrEnum):
    """How a VM comes to its new place."""

    HA = "vSphere HA"
    HAND = "power-on by hand"
    VMOTION = "vMotion"
    COLD = "power off, and on again there"
    REMADE = "made again there"


class Restart(NamedTuple):
    """A VM that runs elsewhere; ``preempts`` are the VMs that have to be stopped first."""

    environment: str
    demand: str
    vm: str
    site: str
    host: str
    gpus: tuple[str, ...]
    start: int
    by: By
    preempts: tuple[str, ...] = ()


class Wait(NamedTuple):
    """A VM without a place, and what it lacks; ``gave_way`` if it was stopped for another."""

    environment: str
    demand: str
    vm: str
    because: Constraint
    gave_way: bool = False


class LostWork(NamedTuple):
    """What VMs of a demand do again or lose: in words, and in seconds (None: unknown)."""

    environment: str
    demand: str
    vms: int
    what: str
    seconds: float | None


class Level(NamedTuple):
    """How many VMs of a demand ran, and run once everything that can has started again.

    ``least`` of them still serve, by ``why``; ``stated`` if the blueprint says so itself.
    """

    environment: str
    demand: str
    before: int
    running: int
    least: int
    stated: bool
    why: str

    @property
    def holds(self) -> bool:
        """Whether enough of them run; a plan that had too few before breaks nothing."""
        return self.running >= min(self.least, self.before)

    @property
    def is_degraded(self) -> bool:
        """Whether it serves with fewer than before."""
        return self.holds and self.running < self.before


@record
class Loss(Record):
    """The loss of a host, a GPU or a site, or the maintenance of a host.

    ``what`` names it (``esx-01``, ``esx-01/gpu0``, several hosts joined by ``+``).
    """

    scene: Scene
    what: str
    site: str
    cluster: str
    restarts: tuple[Restart, ...] = ()
    waits: tuple[Wait, ...] = ()
    lost: tuple[LostWork, ...] = ()
    levels: tuple[Level, ...] = ()

    @property
    def holds(self) -> bool:
        """Whether every service that it touches still serves."""
        return all(level.holds for level in self.levels)

    @property
    def preempted(self) -> tuple[str, ...]:
        """The VMs that are stopped to make room, by name."""
        return tuple(vm for restart in self.restarts for vm in restart.preempts)
