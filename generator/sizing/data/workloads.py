"""What workloads store: checkpoints to go on from, results, and captured requests."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from generator.blueprint.model.blueprint import Blueprint
from generator.blueprint.model.workloads import Checkpoint, Hpo, Workload
from generator.finding import Finding
from generator.ledger import Basis
from generator.quantity import GIB
from generator.sizing import rules
from generator.sizing.assumption import judge
from generator.sizing.data.artefacts import Artefact, assumed_optimizer
from generator.sizing.data.captures import capture
from generator.sizing.data.course import Addition, Course
from generator.sizing.data.runs import MONTH_S, UNSCHEDULED_RUNS, UNSCHEDULED_RUNS_RANGE, Runs
from generator.sizing.data.stored import StoredKind, Wanted
from generator.sizing.figures import Figures
from generator.sizing.nonsense import Nonsense
from generator.sizing.storage.checkpoints import retained_bytes

KEPT_CHECKPOINTS = 3
"""Checkpoints that are kept where a workload does not say: the language's own default."""


def workload_volumes(
    blueprint: Blueprint, artefacts: Mapping[str, Artefact | str], runs: Mapping[str, Runs]
) -> Iterator[Wanted | Finding]:
    """The volumes of every workload that stores something."""
    tiers = {tier.name for tier in blueprint.storage_compute.storage.tiers}
    for workload in blueprint.workloads:
        try:
            if workload.checkpoint is not None:
                yield _checkpoints(workload, workload.checkpoint, artefacts[workload.name])
            if workload.artefacts is not None and workload.artefacts.store in tiers:
                yield _results(workload, artefacts[workload.name], runs[workload.name])
            retraining = workload.retraining
            if retraining is not None and retraining.capture_production_data_ratio is not None:
                yield capture(workload, retraining)
        except Nonsense as nonsense:
            yield rules.CannotBe.of(nonsense, path=f"workloads[{workload.name}]")


def _checkpoints(workload: Workload, wish: Checkpoint, made: Artefact | str) -> Wanted:
    name = f"{workload.name}-checkpoints"
    figures = Figures(name)
    searches = _trials_at_once(workload.hpo) if workload.hpo else 1
    base = Wanted(
        name=name,
        kind=StoredKind.CHECKPOINTS,
        path=f"workloads[{workload.name}].checkpoint.store",
        course=None,
        tier=wish.store,
    )
    if isinstance(made, str) or searches is None:
        missing = made if isinstance(made, str) else f"workloads[{workload.name}].hpo.trial_time"
        return replace(base, missing=missing)
    keep = KEPT_CHECKPOINTS if wish.keep is None else wish.keep
    size = made.state_bytes
    total = retained_bytes(size, keep_last=keep) * searches
    _note_checkpoints(made, figures, keep=keep, searches=searches)
    figures.gib(
        "logical volume",
        total,
        rule=f"checkpoint x ({keep} kept + 1 that is written)"
        + (f" x {searches} trials at once" if searches > 1 else ""),
        source="blueprint" if wish.keep is not None else "default of the language",
        basis=Basis.ANALYTIC,
    )
    write = None
    if wish.interval_s.value > 0:
        write = size * searches / wish.interval_s.value
        figures.note(
            "write rate",
            round(write),
            "B/s",
            rule="checkpoint / interval: the least, written behind the run; a short stall asks "
            "for more",
            source="arithmetic",
        )
    return replace(
        base,
        course=Course(start_bytes=total),
        ledger=tuple(figures.entries),
        write_bytes_per_s=write,
    )


def _note_checkpoints(made: Artefact, figures: Figures, *, keep: int, searches: int) -> None:
    if made.tensors:
        figures.note(
            "adapter parameters",
            round(made.trained),
            "",
            rule="rank x (in + out) per adapted matrix and layer",
            source="Hu et al., LoRA, section 4.1",
        )
    figures.gib(
        "checkpoint",
        made.state_bytes,
        rule=made.state_rule,
        source="Rajbhandari et al., ZeRO, section 3.1",
        basis=Basis.ANALYTIC,
    )
    judge(
        assumed_optimizer(made),
        made,
        lambda other: retained_bytes(other.state_bytes, keep_last=keep) * searches,
        figures,
        what="checkpoints",
        show=lambda size: f"{size / GIB:.2f} GiB",
    )


def _trials_at_once(search: Hpo) -> int | None:
    """Trials that each keep checkpoints of their own; None where their number is unknown."""
    from generator.sizing.queueing.trials import Trials
    from generator.sizing.queueing.trials import search as sized

    if search.trial_time_s is None:
        return search.max_parallel
    deadline = search.deadline_s.value if search.deadline_s else None
    wish = Trials(
        trials=search.trials,
        trial_s=search.trial_time_s.value,
        deadline_s=deadline,
        max_parallel=search.max_parallel,
    )
    return sized(wish).slots


def _results(workload: Workload, made: Artefact | str, started: Runs) -> Wanted:
    """Results that go to a tier and to no component: runs x artefact x retention."""
    assert workload.artefacts is not None
    stated = workload.artefacts
    name = f"{workload.name}-results"
    figures = Figures(name)
    base = Wanted(
        name=name,
        kind=StoredKind.RESULTS,
        path=f"workloads[{workload.name}].artefacts.store",
        course=None,
        tier=stated.store,
    )
    if isinstance(made, str):
        return replace(base, missing=made)
    each = made.model_bytes * (workload.hpo.trials if workload.hpo else 1)
    kept = stated.retention_s.value / MONTH_S if stated.retention_s else None
    figures.gib(
        "results of a run",
        each,
        rule=f"{workload.hpo.trials} trials x model" if workload.hpo else "the model that it made",
        source="requirements S2-20",
        basis=Basis.ANALYTIC,
    )
    per_month = UNSCHEDULED_RUNS if started.per_month is None else started.per_month
    if started.per_month is None:
        low, high = UNSCHEDULED_RUNS_RANGE
        figures.note(
            "runs a month",
            UNSCHEDULED_RUNS,
            "",
            rule=started.rule,
            source="default",
            basis=Basis.ASSUMED,
            low=low,
            high=high,
            effect=f"results a month from {low * each / GIB:.2f} to {high * each / GIB:.2f} GiB",
        )
    else:
        figures.note("runs a month", round(per_month, 2), "", rule=started.rule, source="blueprint")
    course = Course(additions=(Addition(bytes_per_month=each * per_month, kept_months=kept),))
    figures.gib(
        "logical volume",
        course.at(0),
        rule="results of a run x runs of this month; "
        + ("kept for good" if kept is None else f"kept {kept:.3g} months"),
        source="requirements S2-20",
        basis=Basis.ANALYTIC,
    )
    return replace(base, course=course, ledger=tuple(figures.entries))
