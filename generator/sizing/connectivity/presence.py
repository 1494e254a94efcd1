"""When flows run in a week: with the pipelines that start them, else at any time."""

from __future__ import annotations

from generator.blueprint.model.blueprint import Blueprint
from generator.blueprint.model.resource_management import Pipeline
from generator.record import Record, record
from generator.sizing.nonsense import Nonsense
from generator.sizing.queueing.schedule import schedule_in, starts_otherwise, weekly_starts
from generator.sizing.queueing.windows import ALL_WEEK, merged


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


def _schedules(pipeline: Pipeline, blueprint: Blueprint) -> tuple[str, ...]:
    """Its own schedule, and those that environments put in its place."""
    inside = (schedule_in(pipeline, each) for each in blueprint.environments.values())
    return tuple(dict.fromkeys(stated for stated in (pipeline.schedule, *inside) if stated))


def _starts(pipeline: Pipeline, schedules: tuple[str, ...]) -> tuple[int, ...]:
    """The starts of all schedules in a week; none where something else may start it too."""
    if starts_otherwise(pipeline):
        return ()
    starts: set[int] = set()
    for schedule in schedules:
        try:
            starts |= set(weekly_starts(schedule).starts_s)
        except Nonsense:
            # The pipeline's own sizing reports it; here its time is not known.
            return ()
    return tuple(sorted(starts))
