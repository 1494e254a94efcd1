"""The lifecycle of models: where they come from, what they run in, how they stay current.

Every statement goes to the ledger; what nobody states stays open there. Sources: field rules F39 to
F41; requirements S1-1, S1-5, S1-8d, S2-9, S2-10, S3-2 and S4-12.
"""

from __future__ import annotations

from collections.abc import Iterator

from generator.blueprint.model.blueprint import Blueprint
from generator.catalog import Catalog
from generator.finding import Finding
from generator.ledger import Entry
from generator.sizing.estimate.search import wish_of
from generator.sizing.figures import Figures
from generator.sizing.lifecycle_case import Case, GpuSupply, cases
from generator.sizing.lifecycle_hours import (
    Reserved,
    Trainings,
    pruning,
    reserved_together,
    retraining,
)
from generator.sizing.lifecycle_models import compression, model_runtime, origin
from generator.sizing.lifecycle_pipelines import pipelines
from generator.sizing.lifecycle_rules import SearchInTime, at_workload
from generator.sizing.nonsense import Nonsense
from generator.sizing.queueing.trials import search
from generator.sizing.rules import CannotBe


def lifecycle(
    blueprint: Blueprint, catalog: Catalog, supply: GpuSupply | None = None
) -> tuple[list[Entry], list[Finding]]:
    """What a blueprint's models need beside running. Pure; never raises for its content.

    ``supply`` has the GPUs at the sites of each environment (``gpu_supply`` reads it from
    inventories); without it models are judged by the GPUs that the blueprint names.
    """
    ledger: list[Entry] = []
    findings: list[Finding] = []
    every = tuple(cases(blueprint, catalog, supply or {}))
    trainings, reserved = Trainings(every, catalog), list[Reserved]()
    for case in every:
        figures = Figures(case.name)
        findings += _of_workload(case, catalog, trainings, reserved, figures)
        ledger += figures.entries
    timed, late = pipelines(blueprint)
    return [*ledger, *reserved_together(reserved), *timed], [*findings, *late]


def _of_workload(
    case: Case,
    catalog: Catalog,
    trainings: Trainings,
    reserved: list[Reserved],
    figures: Figures,
) -> Iterator[Finding]:
    """Every part on its own: a figure that cannot be in one of them does not hide the others."""
    yield from _sound(case, origin(case, catalog, figures))
    yield from _sound(case, model_runtime(case, figures))
    yield from _sound(case, compression(case, figures))
    yield from _sound(case, _pruned(case, trainings, figures))
    yield from _sound(case, retraining(case, trainings, reserved, figures))
    yield from _search_in_time(case)


def _sound(case: Case, parts: Iterator[Finding]) -> Iterator[Finding]:
    """The findings of a part, and the figure that ended it where one cannot be."""
    try:
        yield from parts
    except Nonsense as nonsense:
        field = nonsense.field.removeprefix("workloads.")
        mended = Nonsense(field, nonsense.reason, nonsense.mend)
        yield CannotBe.of(mended, path=at_workload(case.name))


def _pruned(case: Case, trainings: Trainings, figures: Figures) -> Iterator[Finding]:
    pruning(case, trainings, figures)
    yield from ()


def _search_in_time(case: Case) -> Iterator[Finding]:
    """A limit of trials at once that the deadline does not forgive."""
    hpo = case.workload.hpo
    if hpo is None or hpo.trial_time_s is None or hpo.deadline_s is None:
        return
    try:
        found = search(wish_of(hpo, 1))
    except Nonsense:
        # Its own sizing reports it.
        return
    if found.trials_left:
        yield SearchInTime.of(case.name, found)
