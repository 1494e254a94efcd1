"""When flows run in a week: with the pipelines that start them, else at any time."""

from __future__ import annotations

from collections.abc import Mapping

from generator.blueprint.model.blueprint import Blueprint
from generator.blueprint.model.resource_management import Pipeline
from generator.record import Record, record
from generator.sizing.nonsense import Nonsense
from generator.sizing.queueing.schedule import weekly_starts
from generator.sizing.queueing.windows import WEEK_S

NOT_SCHEDULED = "none"
"""What an environment states to stop a pipeline's schedule."""


@record
class Presence(Record):
    """The parts of a week in which a flow may run, as (start, length) from Monday 00:00 on.

    ``known`` is False where nobody states when it runs: it is then taken to run all the time.
    """

    spans_s: tuple[tuple[float, float], ...]
    known: bool

    @property
    def always(self) -> bool:
        """Whether there is no time of the week without it."""
        return self.spans_s == ALL_WEEK


ALL_WEEK = ((0.0, float(WEEK_S)),)
ANY_TIME = Presence(spans_s=ALL_WEEK, known=False)
STEADY = Presence(spans_s=ALL_WEEK, known=True)


class Timetable:
    """The presence of flows that workloads cause, looked up once for all of them.

    A flow may run at any moment of its pipeline's window: nobody states when within it. Where an
    environment has a schedule of its own both count.
    """

    def __init__(self, blueprint: Blueprint) -> None:
        self._pipelines: dict[str, list[tuple[tuple[int, ...], float | None]]] = {}
        self._found: dict[tuple[str, float | None], Presence] = {}
        for pipeline in blueprint.resource_management.pipelines:
            starts = _starts(pipeline, _schedules(pipeline, blueprint))
            window = float(pipeline.window_s.value) if pipeline.window_s else None
            for name in {step.workload for step in pipeline.steps if step.workload}:
                self._pipelines.setdefault(name, []).append((starts, window))

    def of(self, workloads: tuple[str, ...], window_s: float | None) -> Presence:
        """When a flow of that window runs that one of these workloads causes.

        Known only where all pipelines of a workload have a schedule, and these or the flow a
        window.
        """
        for name in workloads:
            if name in self._pipelines:
                key = (name, window_s)
                if key not in self._found:
                    self._found[key] = self._presence(name, window_s)
                return self._found[key]
        return ANY_TIME

    def _presence(self, name: str, window_s: float | None) -> Presence:
        spans: list[tuple[float, float]] = []
        for starts, window in self._pipelines[name]:
            lasts = max(window or 0.0, window_s or 0.0)
            if not starts or not lasts:
                return ANY_TIME
            spans += [(float(start), lasts) for start in starts]
        return Presence(spans_s=merged(spans), known=True)


def merged(spans: list[tuple[float, float]]) -> tuple[tuple[float, float], ...]:
    """Spans of a week without overlaps; what passes the end of the week begins it too."""
    ends = [(start, start + length) for start, length in sorted(spans)]
    over = max((end for _, end in ends), default=0.0) - WEEK_S
    if over > 0:
        ends.insert(0, (0.0, over))
    joined: list[tuple[float, float]] = []
    since, until = ends[0] if ends else (0.0, 0.0)
    for start, end in ends:
        if start > until:
            joined.append((since, until - since))
            since, until = start, end
        elif end > until:
            until = end
    joined.append((since, min(until, float(WEEK_S)) - since))
    return tuple(joined)


def _schedules(pipeline: Pipeline, blueprint: Blueprint) -> tuple[str, ...]:
    stated: Mapping[str, None] = dict.fromkeys(
        schedule
        for schedule in (
            pipeline.schedule,
            *(e.schedules.get(pipeline.name) for e in blueprint.environments.values()),
        )
        if schedule and schedule != NOT_SCHEDULED
    )
    return tuple(stated)


def _starts(pipeline: Pipeline, schedules: tuple[str, ...]) -> tuple[int, ...]:
    """The starts of all schedules in a week; none where something else may start it too."""
    if pipeline.triggers and set(pipeline.triggers) != {"schedule"}:
        return ()
    starts: set[int] = set()
    for schedule in schedules:
        try:
            starts |= set(weekly_starts(schedule).starts_s)
        except Nonsense:
            # The pipeline's own sizing reports it; here its time is not known.
            return ()
    return tuple(sorted(starts))
