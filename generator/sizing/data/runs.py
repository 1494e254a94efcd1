"""How often work runs: by its pipeline's schedule, by the cadence of retraining, or by neither."""

from __future__ import annotations

from generator.blueprint.model.blueprint import Blueprint
from generator.blueprint.model.workloads import Workload
from generator.quantity import UNITS, Dimension
from generator.record import Record, record
from generator.sizing.nonsense import Nonsense
from generator.sizing.queueing.retraining import DAYS_PER_MONTH, RUNS_PER_MONTH
from generator.sizing.queueing.schedule import (
    ALL_MONTHS,
    ANY,
    DAYS_A_WEEK,
    DAYS_OF_MONTH,
    MONTHS,
    weekly_starts,
)

MONTH_S = UNITS[Dimension.DURATION]["mo"][0] / UNITS[Dimension.DURATION]["mo"][1]
"""Seconds of a month as the language counts it: a twelfth of a Julian year."""

UNSCHEDULED_RUNS = 1.0
"""Runs a month of training and searches that neither a schedule nor a cadence starts. Assumed."""

UNSCHEDULED_RUNS_RANGE = (0.25, 4.0)
"""Assumed range of ``UNSCHEDULED_RUNS``: once a season to once a week."""


@record
class Runs(Record):
    """Runs a month of one workload; ``per_month`` is None where nothing starts it by itself."""

    per_month: float | None
    rule: str


def runs(blueprint: Blueprint) -> dict[str, Runs]:
    """How often each workload runs by itself, by its name; the most frequent start counts."""
    scheduled: dict[str, float] = {}
    for pipeline in blueprint.resource_management.pipelines:
        starts = starts_per_month(pipeline.schedule) if pipeline.schedule else None
        if starts is None:
            continue
        for step in pipeline.steps:
            if step.workload is not None:
                scheduled[step.workload] = max(scheduled.get(step.workload, 0.0), starts)
    return {
        workload.name: _runs(workload, scheduled.get(workload.name))
        for workload in blueprint.workloads
    }


def _runs(workload: Workload, starts: float | None) -> Runs:
    cadence = workload.retraining.cadence if workload.retraining else "none"
    repeated = RUNS_PER_MONTH.get(cadence, 0.0)
    if starts is not None and starts >= repeated:
        return Runs(per_month=starts, rule="the schedule of its pipeline")
    if repeated:
        return Runs(per_month=repeated, rule=f"retraining {cadence}")
    return Runs(per_month=None, rule="nothing starts it by itself")


def starts_per_month(cron: str) -> float | None:
    """Mean starts a month of a five-field cron schedule; None for one that cannot be read.

    Where both a day of the month and a day of the week are stated cron starts on either; the days
    of the month are counted then.
    """
    try:
        weekly = weekly_starts(cron)
    except Nonsense:
        return None
    if weekly.exact:
        return len(weekly.starts_s) * DAYS_PER_MONTH / DAYS_A_WEEK
    fields = cron.split()
    months = _counted(fields[MONTHS], len(ALL_MONTHS)) / len(ALL_MONTHS)
    if fields[DAYS_OF_MONTH] in ANY:
        return len(weekly.starts_s) * DAYS_PER_MONTH / DAYS_A_WEEK * months
    each_day = len(weekly.starts_s) / DAYS_A_WEEK
    return each_day * _counted(fields[DAYS_OF_MONTH], DAYS_PER_MONTH) * months


def _counted(field: str, everything: float) -> float:
    """How many values a cron field of days or months has, of ``everything`` that it could."""
    total = 0.0
    for part in field.split(","):
        span, _, step = part.partition("/")
        low, dash, high = span.partition("-")
        if span in ANY:
            width = everything
        elif dash:
            width = _number(high) - _number(low) + 1.0
        else:
            width = everything if step else 1.0
        total += max(1.0, width / int(step)) if step else width
    return min(total, everything)


def _number(text: str) -> int:
    """A day, or a month by number or name; the schedule has been read before."""
    name = text.upper()
    return ALL_MONTHS.index(name) + 1 if name in ALL_MONTHS else int(text)
