"""What a workload needs of an accelerator, in figures, before any device is known."""

from __future__ import annotations

from typing import get_args

from generator.blueprint.model.words import AcceleratorKind, Phase, Sharing
from generator.record import Record, record
from generator.sizing.nonsense import Nonsense, not_negative, positive

PHASES: tuple[str, ...] = get_args(Phase)
CPU_PHASES = ("data-prep", "feature-engineering", "concept", "validation", "monitoring")
"""Phases that need no GPU unless they ask for one. Source: requirements 2.2."""
DISTRIBUTED_PHASES = ("training", "retraining")
"""Phases whose work may be spread over hosts; a service is replicated instead."""

LOADS = ("steady", "bursty")
BOUNDARIES = ("none", "mig", "gpu", "host", "cluster")
"""What a workload shares with nobody, each containing the ones before it."""
POLICIES: tuple[str, ...] = ("", *get_args(Sharing))
"""How an environment shares its GPUs; empty where it says nothing."""
WISHES: tuple[str, ...] = ("", *get_args(AcceleratorKind))
"""``accelerator.kind`` of the blueprint: a wish that overrides the table; empty for none."""


@record
class Needs(Record):
    """A workload's demand on compute. ``memory_bytes`` is per GPU where ``gpus`` is above 1.

    ``memory_bytes`` None means that nobody knows the footprint, and ``wants_gpu`` that a GPU is
    wanted nevertheless. ``load`` is ``steady`` or ``bursty``; empty takes the phase's habit.
    ``latency_s`` is the service level, ``cpu_latency_s`` what a CPU is known to reach (None:
    unknown), ``rate_per_s`` the requests. ``isolation`` is one of ``BOUNDARIES``, ``policy`` of
    ``POLICIES``, ``wish`` of ``WISHES`` with its ``wish_reason``. ``classic`` marks models of trees
    and tables. ``link_bytes_per_s`` is what GPUs must exchange one way. ``concurrent`` equal
    slots run at once. ``movable`` asks for live migration.
    """

    name: str
    phase: str
    production: bool = False
    memory_bytes: int | None = None
    wants_gpu: bool = False
    gpus: int = 1
    precision: str = ""
    load: str = ""
    latency_s: float | None = None
    batch: int | None = None
    cpu_latency_s: float | None = None
    rate_per_s: float | None = None
    concurrent: int = 1
    isolation: str = "none"
    policy: str = ""
    encodes: bool = False
    classic: bool = False
    link_bytes_per_s: float | None = None
    origin: str = "built"
    movable: bool = False
    wish: str = ""
    wish_reason: str = ""

    @property
    def steady(self) -> bool:
        """Whether the load is even; services are, all else comes in bursts, unless stated."""
        return (self.load or ("steady" if self.phase == "serving" else "bursty")) == "steady"


def checked(needs: Needs) -> Needs:
    """The needs where they make sense; raises ``Nonsense`` at the first that does not."""
    where = f"workloads.{needs.name}"
    for field, value, known in (
        ("phase", needs.phase, PHASES),
        ("load", needs.load, ("", *LOADS)),
        ("accelerator.isolation", needs.isolation, BOUNDARIES),
        ("sharing", needs.policy, POLICIES),
        ("accelerator.kind", needs.wish, WISHES),
    ):
        if value not in known:
            listed = ", ".join(word for word in known if word)
            raise Nonsense(f"{where}.{field}", f"{value!r} is not known", f"state one of {listed}")
    for field, figure in (
        ("memory", needs.memory_bytes),
        ("serving.p95", needs.latency_s),
        ("serving.cpu_latency", needs.cpu_latency_s),
        ("serving.batch", needs.batch),
        ("accelerator.gpus", needs.gpus),
        ("concurrent", needs.concurrent),
        ("accelerator.link", needs.link_bytes_per_s),
    ):
        if figure is not None:
            positive(f"{where}.{field}", figure)
    if needs.rate_per_s is not None:
        not_negative(f"{where}.serving.rate", needs.rate_per_s)
    _contradictions(needs, where)
    return needs


def _contradictions(needs: Needs, where: str) -> None:
    if needs.wish == "passthrough" and not needs.wish_reason:
        raise Nonsense(
            f"{where}.accelerator.kind",
            "passthrough fixes the VM to its host and gives up snapshots and migration",
            "state accelerator.reason, or leave kind out",
        )
    if needs.wish == "passthrough" and needs.movable:
        raise Nonsense(
            f"{where}.accelerator.kind",
            "a VM with a passed-through device cannot be migrated live",
            "leave kind out: a full-size vGPU moves",
        )
    if needs.wish in ("fraction", "cpu") and needs.gpus > 1:
        raise Nonsense(
            f"{where}.accelerator.gpus",
            f"{needs.gpus} GPUs and {needs.wish} exclude each other",
            "leave one of them out: NVLink and MIG never go together",
        )
    if needs.wish == "cpu" and needs.encodes:
        raise Nonsense(
            f"{where}.accelerator.kind",
            "encoding on a GPU and no GPU exclude each other",
            "leave one of them out",
        )
    if needs.link_bytes_per_s is not None and needs.gpus == 1:
        raise Nonsense(
            f"{where}.accelerator.topology",
            "one GPU has nobody to exchange with",
            "state accelerator.gpus, or no topology",
        )
