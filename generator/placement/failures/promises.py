"""What must still hold after a loss: how few VMs serve, what a stopped run loses, what HA promises.

Sources: requirements 3.4 (``ha.host_failures``, ``degraded_sessions``, ``failover.preempt``).
"""

from __future__ import annotations

from collections.abc import Mapping

from generator.blueprint.model.blueprint import Blueprint
from generator.blueprint.model.workloads import Serving, Workload
from generator.quantity import Quantity
from generator.record import Record, record
from generator.sizing.demand import Demand
from generator.supply.model import SiteInventory

RUNS = ("training", "retraining", "hpo", "feature-engineering", "data-prep", "validation")
"""Phases in which a stopped VM has work to repeat."""


@record
class Promise(Record):
    """What a demand promises. ``least`` VMs still serve; ``stated`` if the blueprint says so.

    ``repeats_s`` is how much work of a VM that stops is done again at most (None: all of it),
    ``repeats`` says it in words and is empty where nothing is lost.
    """

    least: int
    stated: bool = False
    why: str = "the minimum of the demand"
    repeats: str = ""
    repeats_s: float | None = None


@record
class ClusterHa(Record):
    """What a cluster's HA is told: hosts that may fail, and whether it is on. None is unknown."""

    host_failures: int | None = None
    enabled: bool | None = None


ClusterKey = tuple[str, str]
"""A site by the blueprint's name, and a cluster."""


def promised_by(sites: Mapping[str, SiteInventory]) -> dict[ClusterKey, ClusterHa]:
    """What HA of each cluster promises, by the facts of the sites."""
    return {
        (name, cluster.name): ClusterHa(
            host_failures=cluster.ha.host_failures if cluster.ha else None,
            enabled=cluster.ha.enabled if cluster.ha else None,
        )
        for name in sorted(sites)
        for cluster in sites[name].clusters
    }


def promise_of(demand: Demand, workload: Workload | None = None) -> Promise:
    """The promise of a demand; ``workload`` is what the blueprint says of it, if it is one's."""
    least, stated, why = demand.minimum, False, "the minimum of the demand"
    serving = workload.serving if workload else None
    if demand.phase == "control-plane":
        least = demand.count // 2 + 1
        why = f"{least} of {demand.count} are the majority that etcd needs"
    elif serving is not None and serving.degraded_sessions:
        each = sessions_per_replica(serving)
        least = min(demand.minimum, -(-serving.degraded_sessions // each))
        stated = True
        why = f"degraded_sessions {serving.degraded_sessions} at {each} a replica"
    repeats, repeats_s = _repeats(demand, workload)
    return Promise(least=least, stated=stated, why=why, repeats=repeats, repeats_s=repeats_s)


def promises_of(
    blueprint: Blueprint, demands: tuple[Demand, ...]
) -> dict[tuple[str, str], Promise]:
    """The promise of every demand, by environment and name."""
    workloads = {workload.name: workload for workload in blueprint.workloads}
    return {(d.environment, d.name): promise_of(d, workloads.get(d.name)) for d in demands}


def sessions_per_replica(serving: Serving) -> int:
    """What a replica is sized for: its share, and what must remain after the loss of one."""
    replicas = serving.replicas or 1
    share = -(-(serving.sessions or 0) // replicas)
    degraded = -(-(serving.degraded_sessions or 0) // max(1, replicas - 1))
    return max(share, degraded, 1)


def _repeats(demand: Demand, workload: Workload | None) -> tuple[str, float | None]:
    """What a VM of the demand loses when it stops, and at most how many seconds of work."""
    if demand.phase == "concept":
        return "what the session has not saved", None
    if demand.phase == "serving":
        return "the requests under way", 0.0
    if demand.phase not in RUNS:
        return "", 0.0
    checkpoint = workload.checkpoint if workload else None
    if checkpoint is not None:
        every_s = float(checkpoint.interval_s.value)
        return f"up to {_span(every_s)} of work since its last checkpoint", every_s
    trial_s = _value(workload.hpo.trial_time_s) if workload and workload.hpo else None
    if trial_s is not None:
        return f"the trial that runs, up to {_span(trial_s)}", trial_s
    return "all work since its start: no checkpoint is stated", None


def _span(seconds: float) -> str:
    hour, minute = 3600, 60
    return f"{seconds / hour:g} h" if seconds >= hour else f"{seconds / minute:g} min"


def _value(quantity: Quantity | None) -> float | None:
    return None if quantity is None else float(quantity.value)
