"""The estimate of a search over hyperparameters."""

from __future__ import annotations

from dataclasses import replace

from generator.blueprint.model.workloads import Hpo, Workload
from generator.catalog import Catalog
from generator.ledger import Basis
from generator.sizing.estimate.answer import Estimate, MemoryAnswer, TrainingAnswer
from generator.sizing.estimate.inputs import Subject
from generator.sizing.figures import Figures
from generator.sizing.nonsense import Nonsense
from generator.sizing.queueing import trials


def search(workload: Workload, about: Subject, catalog: Catalog, figures: Figures) -> Estimate:
    """Slots, waves and GPU-hours of the trials, and the memory of one."""
    hpo = workload.hpo
    assert hpo is not None
    if hpo.trial_time_s is None:
        raise Nonsense("hpo.trial_time", "is missing", "state how long one trial runs")
    found = trials.search(wish_of(hpo, about.gpus or 1))
    for name, value, unit, rule in (
        ("waves", found.waves, "", "deadline / trial, rounded down"),
        ("slots", found.slots, "", "trials / waves, rounded up, up to max_parallel"),
        ("trials_left", found.trials_left, "", "trials that do not end before the deadline"),
    ):
        if value is not None:
            figures.note(name, value, unit, rule=rule, source="requirements S2-10")
    figures.note(
        "gpu_hours",
        found.gpu_hours,
        "h",
        rule="trials x trial time x GPUs x (1 - what early stopping saves)",
        source=found.saving.source,
        basis=found.saving.basis,
        low=found.gpu_hours_low,
        high=found.gpu_hours_high,
        effect=f"{found.gpu_hours_low:.0f} to {found.gpu_hours_high:.0f} GPU-hours",
    )
    memory, run = _memory(workload, about, catalog, figures)
    feasible = not found.trials_left
    reasons = (
        ()
        if feasible
        else (
            f"{found.trials_left} trials do not end before the deadline",
            f"what would do: {found.slots_needed} slots, a longer deadline or early stopping",
        )
    )
    return Estimate(
        memory=memory,
        training=TrainingAnswer(
            hours=found.duration_s / 3600,
            gpu_hours=found.gpu_hours,
            slots=found.slots,
            step_s=run.step_s if run else None,
        ),
        gpu=about.accelerator.id if about.accelerator else "",
        gpus=memory.gpus,
        feasible=feasible,
        reasons=reasons,
    )


def wish_of(hpo: Hpo, gpus: float) -> trials.Trials:
    """The search as the workload states it."""
    assert hpo.trial_time_s is not None
    saving = hpo.early_stopping_saving_ratio
    return trials.Trials(
        trials=hpo.trials,
        trial_s=float(hpo.trial_time_s.value),
        deadline_s=float(hpo.deadline_s.value) if hpo.deadline_s else None,
        gpus=gpus,
        max_parallel=hpo.max_parallel,
        early_stopping=hpo.early_stopping or "none",
        saving_ratio=float(saving.value) if saving else None,
    )


def _memory(
    workload: Workload, about: Subject, catalog: Catalog, figures: Figures
) -> tuple[MemoryAnswer, TrainingAnswer | None]:
    """Memory of one trial: stated, or that of its training run."""
    hpo = workload.hpo
    assert hpo is not None
    if hpo.memory_bytes is not None:
        size = float(hpo.memory_bytes.value)
        figures.note(
            "total",
            size,
            "B",
            rule="as the blueprint states it",
            source="blueprint",
            basis=Basis.STATED,
        )
        return MemoryAnswer(weights_bytes=size), None
    if workload.train is None:
        raise Nonsense(
            "hpo.memory", "is missing", "state what one trial needs, or its train and model"
        )
    from generator.sizing.estimate.training import training

    one = training(replace(workload, hpo=None), about, catalog, figures)
    return one.memory, one.training
