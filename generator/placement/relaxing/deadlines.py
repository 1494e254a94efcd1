"""Whether work with a deadline ends in time when it runs in fewer hours, or in fewer slots.

A search does whole trials only: what a window cuts off is lost. Source: requirements S2-10.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil

from generator.blueprint.model.workloads import Hpo, Workload
from generator.sizing.demand import RunWindow
from generator.sizing.queueing.trials import trials_left
from generator.sizing.queueing.whole import rounded_down
from generator.sizing.queueing.windows import WEEK_S

Span = tuple[float, float]
"""From and until, in seconds from a Monday 00:00 on."""


def ends_within(workload: Workload, windows: Sequence[RunWindow], slots: int) -> bool:
    """Whether a workload ends before its deadline where it runs in windows of the week only.

    The deadline counts from the best moment to begin. A training that has one must find a window
    as long as it; what has none ends some day.
    """
    hpo, train = workload.hpo, workload.train
    if hpo is not None and hpo.deadline_s is not None and hpo.trial_time_s is not None:
        waves = _waves(windows, float(hpo.deadline_s.value), float(hpo.trial_time_s.value))
        return waves > 0 and not trials_left(hpo.trials, slots, waves)
    if train is not None and train.deadline_s is not None:
        deadline_s = float(train.deadline_s.value)
        return any(until - since >= deadline_s for since, until in _spans(windows, deadline_s))
    return True


def left_by(hpo: Hpo, slots: int) -> int:
    """Trials of a search that so many slots leave at its deadline; 0 where it has none."""
    if hpo.deadline_s is None or hpo.trial_time_s is None:
        return 0
    waves = rounded_down(float(hpo.deadline_s.value) / float(hpo.trial_time_s.value))
    return trials_left(hpo.trials, slots, waves) if waves and slots else hpo.trials


def _waves(windows: Sequence[RunWindow], deadline_s: float, trial_s: float) -> int:
    """The most trials that one slot ends, one after another, whenever the search begins."""
    spans = _spans(windows, deadline_s)
    return max(
        (
            sum(
                rounded_down((min(until, begin + deadline_s) - since) / trial_s)
                for since, until in spans
                if begin <= since < begin + deadline_s
            )
            for begin, _ in spans
        ),
        default=0,
    )


def _spans(windows: Sequence[RunWindow], deadline_s: float) -> list[Span]:
    """The windows of as many weeks as the deadline reaches into, neighbours joined."""
    weeks = ceil(deadline_s / WEEK_S) + 1
    joined: list[Span] = []
    for week in range(weeks):
        for window in sorted(windows, key=lambda w: w.start_s):
            since = float(week * WEEK_S + window.start_s)
            until = since + window.duration_s
            if joined and since <= joined[-1][1]:
                joined[-1] = (joined[-1][0], max(until, joined[-1][1]))
            else:
                joined.append((since, until))
    return joined
