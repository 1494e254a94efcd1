"""When pipelines run: critical paths, windows that overlap in a week, and workers at the peak.

Sources: requirements S2-9 (sum over overlapping windows, not over all) and S4-12.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import pairwise
from math import ceil

from generator.blueprint.model.blueprint import Blueprint
from generator.blueprint.model.resource_management import Pipeline
from generator.blueprint.model.resource_management import Step as StatedStep
from generator.finding import Finding
from generator.ledger import Entry
from generator.quantity import Quantity
from generator.record import Record, record
from generator.sizing.estimate.search import wish_of
from generator.sizing.figures import Figures
from generator.sizing.lifecycle_case import Case
from generator.sizing.lifecycle_rules import PipelineInWindow, RunEndsBeforeNext
from generator.sizing.nonsense import Nonsense
from generator.sizing.queueing.pipelines import CriticalPath, Step, critical_path, run_windows
from generator.sizing.queueing.schedule import DAYS, weekly_starts
from generator.sizing.queueing.trials import search
from generator.sizing.queueing.windows import DAY_S, WEEK_S, Window, fit, peak
from generator.sizing.rules import CannotBe

SUBJECT = "pipelines"
"""The ledger's subject of what concerns all pipelines together."""

WORKERS = ("cpu", "gpu")
"""Kinds of workers, as steps call them."""

ON_GPU = ("training", "retraining", "hpo")
"""Phases whose workers have a GPU where the step does not say."""

MOST_STARTS = 24 * 7
"""Starts a week beyond which a pipeline counts as always running; chosen, one an hour."""

HOUR_S = 3600
_CYCLE_RULE = "pipelines.steps"
"""Fields of ``Nonsense`` about steps, which rules of the blueprint report themselves."""


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


def pipelines(blueprint: Blueprint, all_cases: Sequence[Case]) -> tuple[list[Entry], list[Finding]]:
    """Critical path of each pipeline, workers at the peak of the week, and what runs late."""
    by_name = {case.name: case for case in all_cases}
    ledger: list[Entry] = []
    findings: list[Finding] = []
    timed: list[Timed] = []
    for pipeline in blueprint.resource_management.pipelines:
        try:
            one = _timed(pipeline, by_name)
        except Nonsense as nonsense:
            if not nonsense.field.startswith(_CYCLE_RULE):
                findings.append(_cannot_be(nonsense, pipeline.name))
            continue
        timed.append(one)
        ledger += _path_figures(one)
        findings += _late(one)
    return [*ledger, *_peaks(timed)], findings


def _cannot_be(nonsense: Nonsense, pipeline: str) -> Finding:
    at = f"resource_management.pipelines[{pipeline}]"
    field = nonsense.field.removeprefix("pipelines.")
    return CannotBe.of(Nonsense(field, nonsense.reason, nonsense.mend), path=at)


def _timed(pipeline: Pipeline, by_name: Mapping[str, Case]) -> Timed:
    steps = tuple(_step(step, by_name.get(step.workload or "")) for step in pipeline.steps)
    path = critical_path(steps)
    found = weekly_starts(pipeline.schedule) if pipeline.schedule else None
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


def _step(step: StatedStep, case: Case | None) -> Step:
    return Step(
        name=step.name,
        duration_s=_value(step.duration_s) or (_duration(case) if case else None),
        after=step.after,
        amount=float(_workers(step, case)),
    )


def _workers(step: StatedStep, case: Case | None) -> int:
    """Workers at once: as stated, the slots of a search, else one; a gate alone takes none."""
    if step.workers is not None:
        return step.workers
    hpo = case.workload.hpo if case else None
    if hpo is not None and hpo.trial_time_s is not None:
        try:
            return search(wish_of(hpo, 1)).slots
        except Nonsense:
            return 1
    return 0 if step.gate is not None and step.workload is None and step.needs is None else 1


def _kind(case: Case | None) -> str:
    return "gpu" if case is not None and case.workload.phase in ON_GPU else "cpu"


def _duration(case: Case) -> float | None:
    """How long a step runs by what its workload states; a window is what is planned with."""
    workload = case.workload
    if workload.hpo is not None and workload.hpo.trial_time_s is not None:
        try:
            return search(wish_of(workload.hpo, 1)).duration_s
        except Nonsense:
            return None
    if workload.spark is not None:
        return _value(workload.spark.window_s)
    if workload.serving is not None:
        return _value(workload.serving.window_s)
    return _training_s(case)


def _training_s(case: Case) -> float | None:
    """Items x epochs over the stated rate of as many GPUs as the deadline asks for."""
    train = case.workload.train
    items = case.dataset.items if case.dataset else None
    if train is None or not items or not train.epochs:
        return None
    rate, deadline = _value(train.throughput_per_gpu_per_s), _value(train.deadline_s)
    if rate is None or deadline is None:
        return None
    work = items * train.epochs
    return work / (rate * ceil(work / deadline / rate))


def _path_figures(one: Timed) -> list[Entry]:
    figures = Figures(f"pipeline-{one.pipeline.name}")
    path, words = one.path, " -> ".join(one.path.path)
    if path.at_least_s:
        figures.note(
            "critical path",
            path.at_least_s,
            "s",
            rule=f"longest chain of steps: {words}"
            + (f"; at least, {_listed(path.unknown)} are not known" if path.unknown else ""),
            source="requirements S4-12",
        )
    if path.unknown:
        figures.note(
            "steps of unknown duration",
            _listed(path.unknown),
            "",
            rule="state their duration; until then the critical path is a lower bound",
            source="open: nobody states them and no workload gives them",
        )
    return figures.entries


def _listed(names: Sequence[str]) -> str:
    return ", ".join(names)


def _late(one: Timed) -> Iterator[Finding]:
    """Whether a run ends within its window, and before the next one starts."""
    length, pipeline = one.path.at_least_s, one.pipeline
    if not length:
        return
    words, window = " -> ".join(one.path.path), _value(pipeline.window_s)
    period = _gap(one.starts_s) if one.starts_s and one.exact else WEEK_S
    found = fit(length, period_s=period, window_s=window)
    if window and found.late_s:
        yield PipelineInWindow.of(pipeline.name, words, length / HOUR_S, window / HOUR_S)
    if one.starts_s and one.exact and found.runs_at_once > 1:
        yield RunEndsBeforeNext.of(
            pipeline.name, length / HOUR_S, period / HOUR_S, found.runs_at_once
        )


def _gap(starts_s: Sequence[int]) -> float:
    """The shortest time between two starts, around the end of the week."""
    again = (*starts_s, starts_s[0] + WEEK_S)
    return float(min(later - start for start, later in pairwise(again)))


def _peaks(timed: Sequence[Timed]) -> list[Entry]:
    """The most workers of each kind at once in a week, and the steps that are not counted."""
    figures = Figures(SUBJECT)
    windows: dict[str, list[Window]] = {kind: [] for kind in WORKERS}
    left_out: list[str] = []
    for one in timed:
        if not one.starts_s:
            continue
        steps, unknown = _bounded(one)
        left_out += unknown
        for window in _windows(one, steps):
            windows[one.kinds[window.name.partition("/")[2]]].append(window)
    notes = _reservations(timed)
    for kind in WORKERS:
        if not windows[kind]:
            continue
        found = peak(windows[kind])
        total = sum({w.name: w.amount for w in windows[kind]}.values())
        figures.note(
            f"{kind.upper()} workers at once",
            round(found.amount, 2),
            "",
            rule=f"peak of the week, {_moment(found.at_s)}: {', '.join(found.names)}; "
            f"{total:g} if all met" + notes,
            source="requirements S2-9: overlapping windows, not all of them",
        )
    if left_out:
        figures.note(
            "steps not in the peak",
            ", ".join(left_out),
            "",
            rule="state their duration, or the window of their pipeline",
            source="open: nobody knows when they end",
        )
    return figures.entries


def _reservations(timed: Sequence[Timed]) -> str:
    """What the peak takes for granted, in words; empty where it takes nothing."""
    running = [one for one in timed if one.starts_s]
    may = [one.pipeline.name for one in running if not one.exact]
    windowed = [one for one in running if one.path.unknown and _value(one.pipeline.window_s)]
    long = [f"{one.pipeline.name}/{name}" for one in windowed for name in one.path.unknown]
    return "".join(
        (
            f"; at most: {_listed(long)} count until their window ends" if long else "",
            f"; {_listed(may)} may start on any day" if may else "",
        )
    )


def _bounded(one: Timed) -> tuple[tuple[Step, ...], list[str]]:
    """The steps, without the workers of those that end nobody knows when; and these by name."""
    if _value(one.pipeline.window_s) is not None:
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


def _windows(one: Timed, steps: Sequence[Step]) -> Iterator[Window]:
    """The windows of all runs of a week; one that starts too often counts as always there."""
    window = _value(one.pipeline.window_s)
    try:
        run = run_windows(one.pipeline.name, steps, start_s=0.0, window_s=window)
    except Nonsense:
        # Its window is over before a step of unknown duration starts, which is judged already.
        return
    if len(one.starts_s) > MOST_STARTS:
        period = _gap(one.starts_s)
        for each in run:
            at_once = fit(each.duration_s, period_s=period).runs_at_once
            yield replace(each, start_s=0.0, duration_s=WEEK_S, amount=each.amount * at_once)
        return
    for start in one.starts_s:
        for each in run:
            yield replace(each, start_s=each.start_s + start)


def _moment(at_s: float) -> str:
    """A moment of the week, as people say it; Monday is its first day."""
    day, rest = divmod(int(at_s), DAY_S)
    return f"{DAYS[(day + 1) % 7].title()} {rest // 3600:02d}:{rest % 3600 // 60:02d}"


def _value(quantity: Quantity | None) -> float | None:
    """A quantity above zero; zero is what other rules refuse."""
    return float(quantity.value) if quantity is not None and quantity.value > 0 else None
