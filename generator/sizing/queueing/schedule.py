"""Cron schedules as the starts that they have in a week."""

from __future__ import annotations

from generator.blueprint.model.environments import Environment
from generator.blueprint.model.resource_management import Pipeline
from generator.record import Record, record
from generator.sizing.nonsense import Nonsense
from generator.sizing.queueing.windows import DAY_S

MINUTES, HOURS, DAYS_OF_MONTH, MONTHS, DAYS_OF_WEEK = range(5)
BOUNDS = ((0, 59), (0, 23), (1, 31), (1, 12), (0, 7))
"""Least and greatest value of each field. Source: crontab(5); Sunday is 0 and 7."""

DAYS = ("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT")
ALL_MONTHS = (
    "JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC",
)  # fmt: skip
ANY = ("*", "?")
DAYS_A_WEEK = 7
NOT_SCHEDULED = "none"
"""What an environment states to stop a pipeline's schedule."""


@record
class Starts(Record):
    """When runs start, in seconds from Monday 00:00 of the schedule's own zone, sorted.

    ``exact`` is False where a schedule goes by the day of the month or the month: such a day can
    be any day of the week, so the starts are those that it may have in one.
    """

    starts_s: tuple[int, ...]
    exact: bool


def schedule_in(pipeline: Pipeline, environment: Environment | None) -> str:
    """The schedule of a pipeline in an environment, which may state another; empty for none."""
    other = environment.schedules.get(pipeline.name) if environment else None
    stated = other or pipeline.schedule or NOT_SCHEDULED
    return "" if stated == NOT_SCHEDULED else stated


def starts_otherwise(pipeline: Pipeline) -> tuple[str, ...]:
    """What else than its schedule may start a pipeline, at a moment that nobody knows."""
    return tuple(trigger for trigger in pipeline.triggers if trigger != "schedule")


def weekly_starts(cron: str) -> Starts:
    """The starts of a five-field cron schedule in a week.

    Values, lists, ranges, steps and the names of days and months are read. Raises ``Nonsense`` for
    anything else.
    """
    fields = cron.split()
    if len(fields) != len(BOUNDS):
        raise Nonsense(
            "pipelines.schedule", f"{cron!r} has not five fields", "state five cron fields"
        )
    values = [_values(field, place, cron) for place, field in enumerate(fields)]
    by_date = fields[DAYS_OF_MONTH] not in ANY
    by_month = fields[MONTHS] not in ANY
    # A day of the month may be any weekday; cron runs on either where both are stated.
    weekdays = range(DAYS_A_WEEK) if by_date else sorted({day % 7 for day in values[DAYS_OF_WEEK]})
    starts = {
        (weekday - 1) % DAYS_A_WEEK * DAY_S + hour * 3600 + minute * 60
        for weekday in weekdays
        for hour in values[HOURS]
        for minute in values[MINUTES]
    }
    return Starts(starts_s=tuple(sorted(starts)), exact=not by_date and not by_month)


def moment_of_week(at_s: float) -> str:
    """A moment of the week, as people say it; Monday is its first day."""
    day, rest = divmod(int(at_s), DAY_S)
    return f"{DAYS[(day + 1) % 7].title()} {rest // 3600:02d}:{rest % 3600 // 60:02d}"


def _values(field: str, place: int, cron: str) -> set[int]:
    found: set[int] = set()
    for part in field.split(","):
        try:
            found |= _part(part, place)
        except ValueError as wrong:
            raise Nonsense(
                "pipelines.schedule",
                f"{part!r} in {cron!r} cannot be read as cron",
                "use *, values, a-b, a,b and /n",
            ) from wrong
    return found


def _part(part: str, place: int) -> set[int]:
    span, _, step = part.partition("/")
    every = int(step) if step else 1
    least, greatest = BOUNDS[place]
    first, last = least, greatest
    if span not in ANY:
        low, _, high = span.partition("-")
        first = _value(low, place)
        last = _value(high, place) if high else (greatest if step else first)
    values = set(range(first, last + 1, every)) if every > 0 else set()
    if not values or min(values) < least or max(values) > greatest:
        raise ValueError(part)
    return values


def _value(text: str, place: int) -> int:
    name = text.upper()
    if place == DAYS_OF_WEEK and name in DAYS:
        return DAYS.index(name)
    if place == MONTHS and name in ALL_MONTHS:
        return ALL_MONTHS.index(name) + 1
    return int(text)
