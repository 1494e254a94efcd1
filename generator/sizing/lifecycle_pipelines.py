"""When pipelines run: critical paths, windows that overlap in a week, and workers at the peak.

Sources: requirements S2-9 (sum over overlapping windows, not over all) and S4-12.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from generator.blueprint.model.blueprint import Blueprint
from generator.finding import Finding
from generator.ledger import Entry
from generator.sizing.figures import Figures
from generator.sizing.lifecycle_rules import PipelineInWindow, RunEndsBeforeNext
from generator.sizing.nonsense import Nonsense
from generator.sizing.pipeline_times import (
    Timed,
    bounded,
    jobs,
    shortest_gap,
    stated_value,
    timed,
    windows_of,
)
from generator.sizing.queueing.schedule import moment_of_week
from generator.sizing.queueing.windows import WEEK_S, Window, fit, peak
from generator.sizing.rules import CannotBe

SUBJECT = "pipelines"
"""The ledger's subject of what concerns all pipelines together."""

WORKERS = ("cpu", "gpu")
"""Kinds of workers, as steps call them."""

HOUR_S = 3600
_CYCLE_RULE = "pipelines.steps"
"""Fields of ``Nonsense`` about steps, which rules of the blueprint report themselves."""


def pipelines(blueprint: Blueprint) -> tuple[list[Entry], list[Finding]]:
    """Critical path of each pipeline, workers at the peak of the week, and what runs late."""
    by_name = jobs(blueprint)
    ledger: list[Entry] = []
    findings: list[Finding] = []
    found: list[Timed] = []
    for pipeline in blueprint.resource_management.pipelines:
        try:
            one = timed(pipeline, by_name, pipeline.schedule or "")
        except Nonsense as nonsense:
            if not nonsense.field.startswith(_CYCLE_RULE):
                findings.append(_cannot_be(nonsense, pipeline.name))
            continue
        found.append(one)
        ledger += _path_figures(one)
        findings += _late(one)
    return [*ledger, *_peaks(found)], findings


def _cannot_be(nonsense: Nonsense, pipeline: str) -> Finding:
    at = f"resource_management.pipelines[{pipeline}]"
    field = nonsense.field.removeprefix("pipelines.")
    return CannotBe.of(Nonsense(field, nonsense.reason, nonsense.mend), path=at)


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
    words, window = " -> ".join(one.path.path), stated_value(pipeline.window_s)
    period = shortest_gap(one.starts_s) if one.starts_s and one.exact else WEEK_S
    found = fit(length, period_s=period, window_s=window)
    if window and found.late_s:
        yield PipelineInWindow.of(pipeline.name, words, length / HOUR_S, window / HOUR_S)
    if one.starts_s and one.exact and found.runs_at_once > 1:
        yield RunEndsBeforeNext.of(
            pipeline.name, length / HOUR_S, period / HOUR_S, found.runs_at_once
        )


def _peaks(every: Sequence[Timed]) -> list[Entry]:
    """The most workers of each kind at once in a week, and the steps that are not counted."""
    figures = Figures(SUBJECT)
    windows: dict[str, list[Window]] = {kind: [] for kind in WORKERS}
    left_out: list[str] = []
    for one in every:
        if not one.starts_s:
            continue
        steps, unknown = bounded(one)
        left_out += unknown
        for window in windows_of(one, steps):
            windows[one.kinds[window.name.partition("/")[2]]].append(window)
    notes = _reservations(every)
    for kind in WORKERS:
        if not windows[kind]:
            continue
        found = peak(windows[kind])
        total = sum({w.name: w.amount for w in windows[kind]}.values())
        figures.note(
            f"{kind.upper()} workers at once",
            round(found.amount, 2),
            "",
            rule=f"peak of the week, {moment_of_week(found.at_s)}: {', '.join(found.names)}; "
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


def _reservations(every: Sequence[Timed]) -> str:
    """What the peak takes for granted, in words; empty where it takes nothing."""
    running = [one for one in every if one.starts_s]
    may = [one.pipeline.name for one in running if not one.exact]
    windowed = [one for one in running if one.path.unknown and stated_value(one.pipeline.window_s)]
    long = [f"{one.pipeline.name}/{name}" for one in windowed for name in one.path.unknown]
    return "".join(
        (
            f"; at most: {_listed(long)} count until their window ends" if long else "",
            f"; {_listed(may)} may start on any day" if may else "",
        )
    )
