"""What must outlive the machine it runs on: state in prod, and the work of ephemeral runs."""

from __future__ import annotations

from collections.abc import Iterator

from generator.blueprint.model.blueprint import Blueprint
from generator.blueprint.model.ml_platform import Component
from generator.blueprint.model.storage_compute import Tier
from generator.blueprint.rules.subject import Judged
from generator.blueprint.standing import PROD
from generator.finding import Check, Finding, Path

STATEFUL = frozenset(
    (
        "model-store",
        "feature-store",
        "vector-database",
        "monitoring",
        "data-versioning",
        "experiment-tracking",
        "notebooks",
        "lineage-store",
        "object-store",
        "database",
        "labelling",
        "registry",
    )
)
"""Parts of the platform that hold what exists nowhere else, whichever product does them."""

_RESULTS = frozenset(("model-store", "registry", "experiment-tracking", "object-store"))
_TRAINS = ("training", "retraining")


class StateProtected(Check[Judged]):
    """A component with state runs in prod and nothing says how the state survives."""

    id = "MLG-B060"
    title = "A component with state says in prod how it survives loss"
    reason = "its backup is somebody's work; nobody does what nobody was told"
    source = "field rule F23"

    @classmethod
    def check(cls, subject: Judged) -> Iterator[Finding]:
        """Judges every component of prod; ``method: none`` is an answer."""
        blueprint = subject.blueprint
        for index, component in enumerate(blueprint.ml_platform.components):
            if (
                component.protection is None
                and _holds_state(component)
                and _runs_in_prod(component, blueprint)
            ):
                yield cls.breach(
                    f"{component.name} ({component.implements}) holds state in prod and has no "
                    "protection",
                    **subject.at(("ml_platform", "components", index)),
                    mend="state protection with rpo, rto and a method, or method: none if it may "
                    "be lost",
                )


class RunsSaveTheirState(Check[Judged]):
    """A training run that may be stopped at any time saves its state nowhere."""

    id = "MLG-B061"
    title = "Ephemeral training has a checkpoint"
    reason = "it may be preempted, and would start from zero"
    source = "requirements S2-15: loss is at most one interval (a search loses one trial)"

    @classmethod
    def check(cls, subject: Judged) -> Iterator[Finding]:
        """Judges training and retraining; ephemeral is the default there."""
        for index, workload in enumerate(subject.blueprint.workloads):
            ephemeral = workload.persistence != "permanent"
            if workload.phase in _TRAINS and ephemeral and workload.checkpoint is None:
                yield cls.breach(
                    f"{workload.name} is ephemeral and has no checkpoint",
                    **subject.at(("workloads", index)),
                    mend="state checkpoint with interval and store, as in "
                    "{interval: 30m, store: <tier>}, or persistence: permanent",
                )


class ResultsHaveAStore(Check[Judged]):
    """The results of an ephemeral run have nowhere to go."""

    id = "MLG-B062"
    title = "Results of ephemeral training have a store"
    reason = "its nodes are deleted when it ends, and what lies on them with them"
    source = "requirements S2-15"

    @classmethod
    def check(cls, subject: Judged) -> Iterator[Finding]:
        """Judges training and searches; a model store of the platform will do for all."""
        blueprint = subject.blueprint
        if any(c.implements in _RESULTS for c in blueprint.ml_platform.components):
            return
        for index, workload in enumerate(blueprint.workloads):
            ephemeral = workload.persistence != "permanent"
            if workload.phase in (*_TRAINS, "hpo") and ephemeral and workload.artefacts is None:
                yield cls.breach(
                    f"{workload.name} is ephemeral, and its results have no store",
                    **subject.at(("workloads", index)),
                    mend="name a tier in artefacts.store, or add a component that implements "
                    "model-store",
                )


class StoresOutlive(Check[Judged]):
    """A checkpoint or a result lies on storage that goes when the node goes."""

    id = "MLG-B063"
    title = "Checkpoints and results lie on storage that outlives the node"
    reason = "what is saved for the day when a node fails must not fail with it"
    source = "requirements S2-15: a durable store"

    @classmethod
    def check(cls, subject: Judged) -> Iterator[Finding]:
        """Judges the stores of all workloads."""
        tiers = {
            tier.name: (index, tier)
            for index, tier in enumerate(subject.blueprint.storage_compute.storage.tiers)
        }
        for path, store in _stores(subject.blueprint):
            if store not in tiers:
                continue
            index, tier = tiers[store]
            weakness = _weakness(tier)
            if weakness:
                yield cls.breach(
                    f"{path[-2]} go to {store}, which {weakness}",
                    **subject.at(path, ("storage_compute", "storage", "tiers", index)),
                    mend="name a tier with redundancy that is not on the node",
                )


RULES: tuple[type[Check[Judged]], ...] = (
    StateProtected,
    RunsSaveTheirState,
    ResultsHaveAStore,
    StoresOutlive,
)


def _holds_state(component: Component) -> bool:
    """Whether losing it loses something; what others manage or may vanish does not count."""
    if component.manage == "reference" or component.persistence == "ephemeral":
        return False
    return component.implements in STATEFUL or component.storage_bytes is not None


def _runs_in_prod(component: Component, blueprint: Blueprint) -> bool:
    environment = blueprint.environments.get(PROD)
    if environment is None:
        return False
    return not component.runs_on or bool(set(component.runs_on) & set(environment.runs_on))


def _stores(blueprint: Blueprint) -> Iterator[tuple[Path, str]]:
    for index, workload in enumerate(blueprint.workloads):
        if workload.checkpoint is not None:
            yield ("workloads", index, "checkpoint", "store"), workload.checkpoint.store
        if workload.artefacts is not None:
            yield ("workloads", index, "artefacts", "store"), workload.artefacts.store


def _weakness(tier: Tier) -> str:
    if tier.media == "memory":
        return "is memory"
    if tier.locality == "node" or tier.backing == "vmfs-local":
        return "is on the node"
    return "has no redundancy" if tier.policy == "none" else ""
