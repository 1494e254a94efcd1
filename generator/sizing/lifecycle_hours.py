"""GPU-hours beside the first training: reserved for retraining, and taken by pruning.

Sources: requirements S1-5 and S1-8d; field rule F40.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from generator.blueprint.model.workloads import Retraining
from generator.catalog import Catalog
from generator.finding import Finding
from generator.ledger import Basis, Entry
from generator.record import Record, record
from generator.sizing.figures import Figures
from generator.sizing.lifecycle_case import CPU_KINDS, Case
from generator.sizing.lifecycle_rules import BudgetCoversCadence, at_workload
from generator.sizing.nonsense import Nonsense
from generator.sizing.queueing.retraining import (
    DAYS_PER_MONTH,
    RUNS_PER_MONTH,
    pruning_budget,
    retraining_reserve,
)

HOURS_PER_MONTH = DAYS_PER_MONTH * 24
TRAINS = ("training", "retraining")
SUBJECT = "retraining"
"""The ledger's subject of what concerns all retraining together."""


@record
class TrainingHours(Record):
    """GPU-hours of one training; None where unknown, then ``rule`` says what would tell them."""

    gpu_hours: float | None
    rule: str


@record
class Reserved(Record):
    """GPU-hours a month of one workload; None where nobody knows them."""

    name: str
    gpu_hours: float | None


class Trainings:
    """GPU-hours of one training of each model, computed when they are first asked for."""

    def __init__(self, all_cases: Sequence[Case], catalog: Catalog) -> None:
        self._catalog = catalog
        self._known: dict[str, TrainingHours] = {}
        self._makers: dict[str, list[Case]] = {}
        for case in all_cases:
            model = case.workload.model
            if case.workload.phase in TRAINS and case.workload.train and model and model.family:
                self._makers.setdefault(model.family, []).append(case)

    def of(self, case: Case) -> TrainingHours:
        """By the workload's own ``train``, else by the one training of the same family."""
        if case.name not in self._known:
            self._known[case.name] = self._of(case)
        return self._known[case.name]

    def _of(self, case: Case) -> TrainingHours:
        if case.workload.train is not None:
            return _hours(case, self._catalog)
        model = case.workload.model
        makers = self._makers.get((model.family if model else None) or "", [])
        if len(makers) != 1:
            return TrainingHours(gpu_hours=None, rule=at_workload(case.name, "train"))
        found = self.of(makers[0])
        if found.gpu_hours is None:
            return found
        return TrainingHours(gpu_hours=found.gpu_hours, rule=f"{found.rule}, of {makers[0].name}")


def _hours(case: Case, catalog: Catalog) -> TrainingHours:
    """Items x epochs at the stated rate; else the estimate on the GPU that is named."""
    train, data = case.workload.train, case.dataset
    assert train is not None
    rate = train.throughput_per_gpu_per_s
    if rate is not None and rate.value > 0:
        if data is None or not data.items or not train.epochs:
            missing = at_workload(case.name, "train.epochs") + " and the items of its dataset"
            return TrainingHours(gpu_hours=None, rule=missing)
        hours = data.items * train.epochs / float(rate.value) / 3600
        return TrainingHours(gpu_hours=hours, rule="items x epochs / throughput per GPU")
    wish = case.workload.accelerator
    if wish is None or wish.model is None:
        missing = at_workload(case.name, "accelerator.model") + " or train.throughput_per_gpu"
        return TrainingHours(gpu_hours=None, rule=missing)
    from generator.sizing.estimate import estimate

    try:
        answer = estimate(case.workload, catalog).training
    except Nonsense as nonsense:
        return TrainingHours(gpu_hours=None, rule=at_workload(case.name, nonsense.field))
    if answer is None or not answer.gpu_hours:
        return TrainingHours(gpu_hours=None, rule=at_workload(case.name, "train.epochs"))
    return TrainingHours(gpu_hours=answer.gpu_hours, rule=f"estimated on {wish.model}")


def retraining(
    case: Case, trainings: Trainings, reserved: list[Reserved], figures: Figures
) -> Iterator[Finding]:
    """GPU-hours a month that a model's retraining takes; they are added to ``reserved``.

    Raises ``Nonsense`` for a budget below zero.
    """
    stated = case.workload.retraining
    if stated is None or not RUNS_PER_MONTH.get(stated.cadence):
        return
    figures.note(
        "retrainings a month",
        round(RUNS_PER_MONTH[stated.cadence], 3),
        "",
        rule=f"cadence {stated.cadence}",
        source="blueprint",
        basis=Basis.STATED,
    )
    if case.row is not None and case.row.kind in CPU_KINDS:
        figures.note(
            "retraining reserve",
            "on CPUs",
            "",
            rule="classic models are trained on CPUs: no GPU-hours",
            source="F. Denneman, Fractional and Full GPUs (2023)",
            basis=Basis.PUBLISHED,
        )
        return
    once = trainings.of(case)
    yield from _reserve(case, stated, once, reserved, figures)


def _reserve(
    case: Case,
    stated: Retraining,
    once: TrainingHours,
    reserved: list[Reserved],
    figures: Figures,
) -> Iterator[Finding]:
    budget, name = stated.budget_gpu_hours, "retraining reserve"
    if once.gpu_hours is None:
        reserved.append(Reserved(name=case.name, gpu_hours=budget))
        _note_unchecked(budget, once, figures)
        return
    found = retraining_reserve(stated.cadence, once.gpu_hours, budget_gpu_hours=budget)
    held = found.gpu_hours_per_month if budget is None else budget
    reserved.append(Reserved(name=case.name, gpu_hours=held))
    figures.note(
        name,
        round(held, 2),
        "GPU-h/month",
        rule="runs a month x GPU-hours of a training"
        if budget is None
        else f"as stated; the cadence takes {found.gpu_hours_per_month:.4g}",
        source=once.rule if budget is None else "blueprint",
        basis=Basis.ANALYTIC if budget is None else Basis.STATED,
    )
    if budget is not None and found.short_gpu_hours:
        yield BudgetCoversCadence.of(case.name, found, budget)


def _note_unchecked(budget: float | None, once: TrainingHours, figures: Figures) -> None:
    if budget is None:
        figures.note(
            "retraining reserve",
            "unknown",
            "GPU-h/month",
            rule="runs a month x GPU-hours of a training",
            source=f"open: state retraining.budget_gpu_hours, or {once.rule}",
        )
        return
    figures.note(
        "retraining reserve",
        budget,
        "GPU-h/month",
        rule=f"as stated; whether it covers the cadence is open: state {once.rule}",
        source="blueprint",
        basis=Basis.STATED,
    )


def pruning(case: Case, trainings: Trainings, figures: Figures) -> None:
    """GPU-hours of pruning a model once; raises ``Nonsense`` for a share that cannot be."""
    model = case.workload.model
    wish = model.compression.prune if model and model.compression else None
    if wish is None:
        return
    once = trainings.of(case)
    if once.gpu_hours is None:
        figures.note(
            "pruning GPU-hours",
            "unknown",
            "GPU-h",
            rule="one to three times the GPU-hours of the training",
            source=f"open: state {once.rule}",
        )
        return
    passes = wish.iterations or 1
    found = pruning_budget(
        once.gpu_hours, percent_ratio=float(wish.percent_ratio.value), iterations=passes
    )
    figures.note(
        "pruning GPU-hours",
        round(found.gpu_hours, 2),
        "GPU-h",
        rule=f"up to three times the training ({once.rule}); {found.persistence}: the GPU idles "
        f"between {passes} passes"
        if passes > 1
        else f"up to three times the training ({once.rule}), {found.persistence}",
        source="F. Denneman, Training vs Inference: Network Compression (2022)",
        basis=Basis.PUBLISHED,
        low=round(found.gpu_hours_low, 2),
        high=round(found.gpu_hours, 2),
    )


def reserved_together(reserved: Sequence[Reserved]) -> list[Entry]:
    """What all retraining takes a month, in GPU-hours and in GPUs, and whose is not known."""
    if not reserved:
        return []
    figures = Figures(SUBJECT)
    known: Mapping[str, float] = {
        each.name: each.gpu_hours for each in reserved if each.gpu_hours is not None
    }
    unknown = [each.name for each in reserved if each.gpu_hours is None]
    if known:
        total = sum(known.values())
        source = "requirements S1-5: reserved in capacity, not taken from what is left over"
        figures.note(
            "reserve",
            round(total, 2),
            "GPU-h/month",
            rule=f"sum over {', '.join(sorted(known))}",
            source=source,
        )
        figures.note(
            "GPUs of the reserve",
            round(total / HOURS_PER_MONTH, 3),
            "",
            rule=f"reserve / {HOURS_PER_MONTH:.1f} h: what it takes of GPUs that are always busy",
            source=source,
        )
    if unknown:
        figures.note(
            "reserve not known",
            ", ".join(sorted(unknown)),
            "",
            rule="they are in no sum; their own figures say what to state",
            source="open: nobody states how long a training is",
        )
    return figures.entries
