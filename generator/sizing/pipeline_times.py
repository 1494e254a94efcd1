"""How long the steps of a pipeline take, and when in a week they run.

Sources: requirements S2-9 (overlapping windows) and S4-12 (schedule, critical path).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import pairwise
from math import ceil

from generator.blueprint.model.blueprint import Blueprint
from generator.blueprint.model.resource_management import Pipeline
from generator.blueprint.model.resource_management import Step as StatedStep
from generator.blueprint.model.storage_compute import Dataset
from generator.blueprint.model.workloads import Workload
from generator.quantity import Quantity
from generator.record import Record, record
from generator.sizing.estimate.search import wish_of
from generator.sizing.nonsense import Nonsense
from generator.sizing.queueing.pipelines import CriticalPath, Step, critical_path, run_windows
from generator.sizing.queueing.schedule import weekly_starts
from generator.sizing.queueing.trials import search
from generator.sizing.queueing.windows import WEEK_S, Window, fit

ON_GPU = ("training", "retraining", "hpo")
"""Phases whose workers have a GPU where the step does not say."""

MOST_STARTS = 24 * 7
"""Starts a week beyond which a pipeline counts as always running; chosen, one an hour."""


@record
class Job(Record):
    """What a step runs, with the data that it works through."""

    workload: Workload
    dataset: Dataset | None = None


@record
class Timed(Record):
    """A pipeline with its steps by kind of worker, and its starts in a week (none: by trigger).

    ``exact`` says that it starts at each of them every week; else it may.
    """

    pipeline: Pipeline
    steps: tuple[Step, ...]
    kinds: Mapping[str, str]
    path: CriticalPath
    starts_s: tuple[int, ...]
    exact: bool


def jobs(blueprint: Blueprint) -> Mapping[str, Job]:
    """Every workload of a blueprint by its name."""
    datasets = {dataset.name: dataset for dataset in blueprint.storage_compute.datasets}
    return {
        w.name: Job(workload=w, dataset=datasets.get(w.data or "")) for w in blueprint.workloads
    }


def timed(pipeline: Pipeline, by_name: Mapping[str, Job], schedule: str) -> Timed:
    """The times of a pipeline on a cron schedule; an empty one for what a trigger starts.

    Raises ``Nonsense`` for a schedule that cannot be read, and as ``critical_path`` does.
    """
    steps = tuple(_step(step, by_name.get(step.workload or "")) for step in pipeline.steps)
    path = critical_path(steps)
    found = weekly_starts(schedule) if schedule else None
    return Timed(
        pipeline=pipeline,
        steps=steps,
        kinds={
            step.name: step.needs or _kind(by_name.get(step.workload or ""))
            for step in pipeline.steps
        },
        path=path,
        starts_s=found.starts_s if found else (),
        exact=found is None or found.exact,
    )


def _step(step: StatedStep, job: Job | None) -> Step:
    return Step(
        name=step.name,
        duration_s=stated_value(step.duration_s) or (_duration(job) if job else None),
        after=step.after,
        amount=float(_workers(step, job)),
    )


def _workers(step: StatedStep, job: Job | None) -> int:
    """Workers at once: as stated, the slots of a search, else one; a gate alone takes none."""
    if step.workers is not None:
        return step.workers
    hpo = job.workload.hpo if job else None
    if hpo is not None and hpo.trial_time_s is not None:
        try:
            return search(wish_of(hpo, 1)).slots
        except Nonsense:
            return 1
    return 0 if step.gate is not None and step.workload is None and step.needs is None else 1


def _kind(job: Job | None) -> str:
    return "gpu" if job is not None and job.workload.phase in ON_GPU else "cpu"


def _duration(job: Job) -> float | None:
    """How long a step runs by what its workload states; a window is what is planned with."""
    workload = job.workload
    if workload.hpo is not None and workload.hpo.trial_time_s is not None:
        try:
            return search(wish_of(workload.hpo, 1)).duration_s
        except Nonsense:
            return None
    if workload.spark is not None:
        return stated_value(workload.spark.window_s)
    if workload.serving is not None:
        return stated_value(workload.serving.window_s)
    return _training_s(job)


def _training_s(job: Job) -> float | None:
    """Items x epochs over the stated rate of as many GPUs as the deadline asks for."""
    train = job.workload.train
    items = job.dataset.items if job.dataset else None
    if train is None or not items or not train.epochs:
        return None
    rate, deadline = stated_value(train.throughput_per_gpu_per_s), stated_value(train.deadline_s)
    if rate is None or deadline is None:
        return None
    work = items * train.epochs
    return work / (rate * ceil(work / deadline / rate))


def shortest_gap(starts_s: Sequence[int]) -> float:
    """The shortest time between two starts, around the end of the week."""
    again = (*starts_s, starts_s[0] + WEEK_S)
    return float(min(later - start for start, later in pairwise(again)))


def bounded(one: Timed) -> tuple[tuple[Step, ...], list[str]]:
    """The steps, without the workers of those that end nobody knows when; and these by name."""
    if stated_value(one.pipeline.window_s) is not None:
        return one.steps, []
    waiting = set(one.path.unknown)
    grown = True
    while grown:
        more = {s.name for s in one.steps if waiting & set(s.after)} - waiting
        waiting |= more
        grown = bool(more)
    unknown = [f"{one.pipeline.name}/{s.name}" for s in one.steps if s.name in waiting and s.amount]
    steps = tuple(replace(s, amount=0.0) if s.name in waiting else s for s in one.steps)
    return steps, unknown


def windows_of(one: Timed, steps: Sequence[Step]) -> Iterator[Window]:
    """The windows of all runs of a week; one that starts too often counts as always there.

    ``steps`` are those of ``bounded``. There is none where the pipeline's own window is over before
    a step of unknown duration starts.
    """
    window = stated_value(one.pipeline.window_s)
    try:
        run = run_windows(one.pipeline.name, steps, start_s=0.0, window_s=window)
    except Nonsense:
        # The rule about runs and their windows judges it.
        return
    if len(one.starts_s) > MOST_STARTS:
        period = shortest_gap(one.starts_s)
        for each in run:
            at_once = fit(each.duration_s, period_s=period).runs_at_once
            yield replace(each, start_s=0.0, duration_s=WEEK_S, amount=each.amount * at_once)
        return
    for start in one.starts_s:
        for each in run:
            yield replace(each, start_s=each.start_s + start)


def stated_value(quantity: Quantity | None) -> float | None:
    """A quantity above zero; zero is what other rules refuse."""
    return float(quantity.value) if quantity is not None and quantity.value > 0 else None
