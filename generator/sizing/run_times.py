"""When the VMs of a demand run in a week: scheduled steps, and notebooks in working hours.

What nobody schedules may run at any time and counts as always there. So does all of which the time
cannot be told: a window that is too short would give its place to two VMs at once.

Times are local ones. A schedule is read on the clock of the teams' working hours; clocks of several
zones are not compared, as nothing here knows zones and their summer times.

Sources: requirements S2-9 (what overlaps, not all) and S4-5 (permanent work never goes).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from math import ceil, floor

from generator.blueprint.model.blueprint import Blueprint
from generator.blueprint.model.organisation import Team, WorkingHours
from generator.blueprint.model.resource_management import Pipeline
from generator.blueprint.model.workloads import Workload
from generator.ledger import Entry
from generator.record import Record, record
from generator.sizing.demand import RunWindow
from generator.sizing.figures import Figures
from generator.sizing.nonsense import Nonsense
from generator.sizing.pipeline_times import bounded, jobs, stated_value, timed, windows_of
from generator.sizing.queueing.schedule import moment_of_week, schedule_in, starts_otherwise
from generator.sizing.queueing.windows import ALL_WEEK, DAY_S, WEEK_S, merged

WORKDAYS = 5
"""Monday to Friday, on which working hours are by the language."""

SOURCE = "requirements S2-9: overlapping windows, not all of them"
ALWAYS = "counts as always there"

Span = tuple[float, float]


@record
class RunTimes(Record):
    """The windows of a demand, none for always, and the ledger of how they came about."""

    windows: tuple[RunWindow, ...]
    entries: tuple[Entry, ...]


ANY_TIME = RunTimes(windows=(), entries=())


class Week:
    """The run times of a blueprint's workloads and notebooks, by environment."""

    def __init__(self, blueprint: Blueprint) -> None:
        self._environments = blueprint.environments
        self._jobs = jobs(blueprint)
        self._steps: dict[str, list[Pipeline]] = {}
        for pipeline in blueprint.resource_management.pipelines:
            for name in dict.fromkeys(step.workload for step in pipeline.steps if step.workload):
                self._steps.setdefault(name, []).append(pipeline)
        self._zones = sorted(set(_zones(blueprint.organisation.teams)))

    def of_workload(self, workload: Workload, environment: str, *, permanent: bool) -> RunTimes:
        """When the steps of scheduled pipelines run a workload in an environment.

        ``permanent`` is whether its VMs stay when nothing runs in them.
        """
        pipelines = self._steps.get(workload.name)
        if not pipelines:
            return ANY_TIME
        if permanent:
            service = workload.serving is not None and workload.persistence is None
            why = "a service answers at any time" if service else "it is permanent"
            return _always(workload.name, environment, why)
        spans: list[Span] = []
        rules: list[str] = []
        for pipeline in pipelines:
            found = self._of_pipeline(pipeline, workload.name, environment)
            if isinstance(found, str):
                return _always(workload.name, environment, found)
            spans += found
            rules.append(f"{pipeline.name} on {self._schedule(pipeline, environment)!r}")
        rule = f"{', '.join(rules)}: {_in_words(spans)}, {self._clock}"
        return _run_times(workload.name, environment, spans, rule)

    def of_notebooks(self, team: Team, subject: str, environment: str) -> RunTimes:
        """The hours of a team on its workdays, and the time until idle notebooks stop after them.

        Always where nothing stops them or nobody states the hours.
        """
        hours, stated = team.working_hours, team.notebooks
        if hours is None or stated is None:
            return ANY_TIME
        idle_s = stated_value(stated.idle_cull_s)
        if idle_s is None:
            return _always(subject, environment, "nothing stops an idle notebook")
        if len(self._zones) > 1:
            why = f"hours of {' and '.join(self._zones)} are not compared: state them in one zone"
            return _always(subject, environment, why)
        lasts = _day_s(hours) + idle_s
        spans = [(day * DAY_S + _clock_s(hours.from_), lasts) for day in range(WORKDAYS)]
        rule = (
            f"working hours, {hours.from_} to {hours.to} on Monday to Friday, and {idle_s:g} s "
            f"until idle notebooks stop; {self._clock}; no node of the pool stays outside them"
        )
        return _run_times(subject, environment, spans, rule)

    @property
    def _clock(self) -> str:
        zone = f", taken as that of {self._zones[0]}" if len(self._zones) == 1 else ""
        return f"local time{zone}"

    def _schedule(self, pipeline: Pipeline, environment: str) -> str:
        return schedule_in(pipeline, self._environments.get(environment))

    def _of_pipeline(self, pipeline: Pipeline, workload: str, environment: str) -> list[Span] | str:
        """The spans of a week in which a pipeline runs a workload, or why they are not known."""
        schedule = self._schedule(pipeline, environment)
        triggers = starts_otherwise(pipeline)
        if triggers:
            return f"{pipeline.name} may also be started by {' or '.join(triggers)}"
        if not schedule:
            return f"{pipeline.name} has no schedule in {environment}"
        try:
            one = timed(pipeline, self._jobs, schedule)
        except Nonsense as nonsense:
            return f"{pipeline.name} cannot be timed: {nonsense.reason}"
        own = {step.name for step in pipeline.steps if step.workload == workload}
        one = replace(one, steps=tuple(replace(s, amount=float(s.name in own)) for s in one.steps))
        steps, unknown = bounded(one)
        if unknown:
            return f"nobody knows when {unknown[0]} ends: state a duration, or a window"
        windows = list(windows_of(one, steps))
        if not windows:
            return f"the window of {pipeline.name} is over before it starts"
        return [(each.start_s, each.duration_s) for each in windows]


def _zones(teams: Sequence[Team]) -> Iterator[str]:
    """The zones of the hours in which notebooks run."""
    for team in teams:
        if team.access == "notebook" and team.notebooks and team.working_hours:
            yield team.working_hours.zone


def _clock_s(time_of_day: str) -> int:
    """Seconds since midnight of ``HH:MM``."""
    hours, minutes = time_of_day.split(":")
    return int(hours) * 3600 + int(minutes) * 60


def _day_s(hours: WorkingHours) -> int:
    """How long a day of work is; one that ends at or before its start ends on the next day."""
    return (_clock_s(hours.to) - _clock_s(hours.from_) - 1) % DAY_S + 1


def _always(subject: str, environment: str, why: str) -> RunTimes:
    return _noted((), subject, environment, f"{ALWAYS}: {why}")


def _run_times(subject: str, environment: str, spans: Sequence[Span], rule: str) -> RunTimes:
    windows = tuple(_windows(spans))
    return _noted(
        windows,
        subject,
        environment,
        rule if windows else f"{ALWAYS}: its runs leave no time between them",
    )


def _windows(spans: Sequence[Span]) -> Iterator[RunWindow]:
    """The windows of spans, in whole seconds that cover them; none where they cover the week."""
    covered = merged([(floor(at) % WEEK_S, ceil(at + lasts) - floor(at)) for at, lasts in spans])
    if covered == ALL_WEEK:
        return
    for start, lasts in covered:
        yield RunWindow(start_s=int(start), duration_s=int(lasts))


def _noted(windows: tuple[RunWindow, ...], subject: str, environment: str, rule: str) -> RunTimes:
    figures = Figures(subject)
    lasts = sum(window.duration_s for window in windows) or WEEK_S
    figures.note(
        f"hours a week in {environment}", round(lasts / 3600, 2), "h", rule=rule, source=SOURCE
    )
    return RunTimes(windows=windows, entries=tuple(figures.entries))


def _in_words(spans: Sequence[Span]) -> str:
    """How many runs there are, the first of them, and how long the longest takes."""
    first, longest = min(spans)[0], max(lasts for _, lasts in spans)
    runs = f"{len(spans)} runs, the first" if len(spans) > 1 else "a run"
    return f"{runs} on {moment_of_week(first)}, of at most {longest / 3600:.4g} h"
