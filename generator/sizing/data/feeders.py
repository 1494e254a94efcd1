"""Who fills the registries: runs that leave a model, trials that leave a checkpoint, services."""

from __future__ import annotations

from collections.abc import Mapping

from generator.blueprint.model.blueprint import Blueprint
from generator.blueprint.model.ml_platform import Component
from generator.blueprint.model.workloads import Workload
from generator.record import Record, record
from generator.sizing.data.artefacts import Artefact
from generator.sizing.data.runs import MONTH_S, UNSCHEDULED_RUNS, Runs

_MAKES_MODELS = ("training", "retraining", "hpo", "serving")


@record
class Feeder(Record):
    """A workload whose models a registry keeps.

    It starts ``runs_per_month`` times (None: nothing starts it by itself), each time with
    ``trials`` that leave one artefact. Bytes are None where its model has no known size;
    ``missing`` says what to state. ``serves`` says that its model is in production, so that a
    version is kept to go back to. ``store`` is where its results go if it says so, ``kept_months``
    how long they stay there.
    """

    name: str
    runs_per_month: float | None
    trials: int
    searches: bool
    serves: bool
    model_bytes: float | None
    state_bytes: float | None
    missing: str = ""
    store: str | None = None
    kept_months: float | None = None

    def artefacts_per_month(self, unscheduled: float = UNSCHEDULED_RUNS) -> float:
        """Artefacts a month, where what nothing starts runs ``unscheduled`` times."""
        if self.serves and self.runs_per_month is None:
            return 0.0
        starts = unscheduled if self.runs_per_month is None else self.runs_per_month
        return starts * self.trials


def feeders(
    blueprint: Blueprint, made: Mapping[str, Artefact | str], runs: Mapping[str, Runs]
) -> tuple[Feeder, ...]:
    """Every workload that makes models or serves one."""
    return tuple(
        _feeder(workload, made[workload.name], runs[workload.name])
        for workload in blueprint.workloads
        if workload.model is not None and workload.phase in _MAKES_MODELS
    )


def fed_by(
    component: Component, blueprint: Blueprint, fed: tuple[Feeder, ...]
) -> tuple[Feeder, ...]:
    """The workloads whose models a registry keeps.

    Results go where a workload says. Else trials go to the experiment tracking, where there is
    one, and everything else to the model store; one of both takes all where it is alone.
    """
    parts: dict[str, str] = {}
    for other in blueprint.ml_platform.components:
        parts.setdefault(other.implements, other.name)
    models = parts.get("model-store") or parts.get("experiment-tracking")
    trials = parts.get("experiment-tracking") or models
    return tuple(
        feeder
        for feeder in fed
        if (feeder.store or (trials if feeder.searches else models)) == component.name
    )


def _feeder(workload: Workload, made: Artefact | str, started: Runs) -> Feeder:
    results = workload.artefacts
    return Feeder(
        name=workload.name,
        runs_per_month=started.per_month,
        trials=workload.hpo.trials if workload.hpo else 1,
        searches=workload.hpo is not None,
        serves=workload.serving is not None,
        model_bytes=None if isinstance(made, str) else made.model_bytes,
        state_bytes=None if isinstance(made, str) else made.state_bytes,
        missing=made if isinstance(made, str) else "",
        store=results.store if results else None,
        kept_months=results.retention_s.value / MONTH_S
        if results and results.retention_s
        else None,
    )
