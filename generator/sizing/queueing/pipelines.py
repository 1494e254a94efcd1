"""Pipelines as graphs of steps: the critical path, and what runs in parallel when.

Sources: J. E. Kelley and M. R. Walker, Critical-path planning and scheduling (1959), for earliest
starts and slack; requirements S4-12 for what a pipeline has to prove.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from generator.blueprint.rules.cycles import cycles, in_words
from generator.record import Record, record
from generator.sizing.nonsense import Nonsense, not_negative, positive
from generator.sizing.queueing.windows import WEEK_S, Peak, Window, peak


@record
class Step(Record):
    """A step that starts when all of ``after`` have ended and takes ``amount`` while it runs.

    ``duration_s`` None means that nobody knows it, which is not zero.
    """

    name: str
    duration_s: float | None
    after: tuple[str, ...] = ()
    amount: float = 0.0


@record
class Timing(Record):
    """When a step can start at the earliest, and by how much it may slip without delaying all."""

    name: str
    start_s: float
    slack_s: float


@record
class CriticalPath(Record):
    """The longest way through a pipeline.

    ``at_least_s`` counts the durations that are known; ``duration_s`` is the same where all are,
    else None, and ``unknown`` names the steps without one.
    """

    at_least_s: float
    duration_s: float | None
    path: tuple[str, ...]
    unknown: tuple[str, ...]
    timings: tuple[Timing, ...]


def critical_path(steps: Sequence[Step]) -> CriticalPath:
    """The chain of steps that decides how long a run takes, with start and slack of each step.

    Raises ``Nonsense`` for a cycle, which it names, for a name that stands twice, a step that
    waits for none of the pipeline's, and a duration not above zero.
    """
    order = _order(steps)
    known = {step.name: step.duration_s or 0.0 for step in steps}
    starts: dict[str, float] = {}
    before: dict[str, str] = {}
    for step in order:
        starts[step.name] = 0.0
        for name in step.after:
            if starts[name] + known[name] > starts[step.name]:
                starts[step.name] = starts[name] + known[name]
                before[step.name] = name
    length = max((starts[name] + known[name] for name in starts), default=0.0)
    unknown = tuple(step.name for step in steps if step.duration_s is None)
    return CriticalPath(
        at_least_s=length,
        duration_s=None if unknown else length,
        path=_chain(order, starts, known, before),
        unknown=unknown,
        timings=_timings(order, starts, known, length),
    )


def run_windows(
    pipeline: str,
    steps: Sequence[Step],
    *,
    start_s: float,
    period_s: float = WEEK_S,
    window_s: float | None = None,
) -> tuple[Window, ...]:
    """The windows in which the steps of a scheduled run hold what they take, each at its earliest.

    A step of unknown duration, and whatever waits for one, may run until ``window_s`` is over.
    Raises ``Nonsense`` where there is none then, and as ``critical_path`` does.
    """
    order = _order(steps)
    timings = {timing.name: timing for timing in critical_path(steps).timings}
    open_ended: set[str] = set()
    windows: list[Window] = []
    for step in order:
        if step.duration_s is None or open_ended & set(step.after):
            open_ended.add(step.name)
        if not step.amount:
            continue
        start = timings[step.name].start_s
        lasts = step.duration_s
        if step.name in open_ended:
            lasts = _until_the_end(pipeline, step, start, window_s)
        assert lasts is not None
        windows.append(
            Window(
                name=f"{pipeline}/{step.name}",
                start_s=start_s + start,
                duration_s=lasts,
                amount=step.amount,
                period_s=period_s,
            )
        )
    return tuple(windows)


def parallel_peak(steps: Sequence[Step]) -> Peak:
    """The most that one run takes at once, every step at its earliest.

    Raises ``Nonsense`` as ``run_windows`` does without a window.
    """
    length = critical_path(steps).at_least_s
    if not length:
        return peak(())
    return peak(
        run_windows("run", steps, start_s=0.0, period_s=length, window_s=None), cycle_s=length
    )


def _order(steps: Sequence[Step]) -> tuple[Step, ...]:
    """Steps so that each comes after those that it waits for, else as they stand."""
    by_name = _by_name(steps)
    for cycle in cycles({step.name: step.after for step in steps}):
        # ``after`` points backwards; people read in the order of the runs.
        words = in_words((cycle[0], *reversed(cycle[1:])))
        raise Nonsense(
            f"pipelines.steps.{cycle[0]}.after",
            f"steps wait for one another: {words}",
            "take one of these steps out of the other's after",
        )
    placed: dict[str, Step] = {}
    waiting = list(steps)
    while waiting:
        ready = [step for step in waiting if all(name in placed for name in step.after)]
        placed.update((step.name, step) for step in ready)
        waiting = [step for step in waiting if step.name not in placed]
    assert placed.keys() == by_name.keys()
    return tuple(placed.values())


def _by_name(steps: Sequence[Step]) -> Mapping[str, Step]:
    by_name: dict[str, Step] = {}
    for step in steps:
        field = f"pipelines.steps.{step.name}"
        if step.name in by_name:
            raise Nonsense(field, "the name stands twice", "give each step a name of its own")
        if step.duration_s is not None:
            positive(f"{field}.duration", step.duration_s)
        not_negative(f"{field}.amount", step.amount)
        by_name[step.name] = step
    for step in steps:
        for name in step.after:
            if name not in by_name:
                raise Nonsense(
                    f"pipelines.steps.{step.name}.after",
                    f"{name} is no step of this pipeline",
                    f"name one of {', '.join(sorted(by_name))}",
                )
    return by_name


def _chain(
    order: Sequence[Step],
    starts: Mapping[str, float],
    known: Mapping[str, float],
    before: Mapping[str, str],
) -> tuple[str, ...]:
    if not order:
        return ()
    last = max(order, key=lambda step: starts[step.name] + known[step.name]).name
    chain = [last]
    while chain[-1] in before:
        chain.append(before[chain[-1]])
    return tuple(reversed(chain))


def _timings(
    order: Sequence[Step], starts: Mapping[str, float], known: Mapping[str, float], length: float
) -> tuple[Timing, ...]:
    latest_end = {step.name: length for step in order}
    for step in reversed(order):
        latest_start = latest_end[step.name] - known[step.name]
        for name in step.after:
            latest_end[name] = min(latest_end[name], latest_start)
    return tuple(
        Timing(
            name=step.name,
            start_s=starts[step.name],
            slack_s=max(0.0, latest_end[step.name] - known[step.name] - starts[step.name]),
        )
        for step in order
    )


def _until_the_end(pipeline: str, step: Step, start_s: float, window_s: float | None) -> float:
    field = f"pipelines.{pipeline}.steps.{step.name}.duration"
    if window_s is None:
        raise Nonsense(field, "nobody knows when the step ends", "state its duration or the window")
    if window_s <= start_s:
        raise Nonsense(
            f"pipelines.{pipeline}.window",
            f"{window_s:g} s are over before {step.name} starts",
            "state a longer window",
        )
    return window_s - start_s
