"""Cron schedules as starts in a week."""

from __future__ import annotations

import pytest

from generator.sizing.nonsense import Nonsense
from generator.sizing.queueing.schedule import weekly_starts
from generator.sizing.queueing.windows import DAY_S

HOUR = 3600


def test_a_nightly_run_starts_seven_times_a_week() -> None:
    found = weekly_starts("0 2 * * *")
    assert found.starts_s == tuple(day * DAY_S + 2 * HOUR for day in range(7))
    assert found.exact


def test_friday_evening_is_the_fifth_day_from_monday() -> None:
    assert weekly_starts("0 20 * * 5").starts_s == (4 * DAY_S + 20 * HOUR,)
    assert weekly_starts("0 20 * * FRI") == weekly_starts("0 20 * * 5")


def test_sunday_is_zero_and_seven() -> None:
    assert weekly_starts("0 0 * * 0") == weekly_starts("0 0 * * 7") == weekly_starts("0 0 * * sun")
    assert weekly_starts("0 0 * * 0").starts_s == (6 * DAY_S,)


def test_steps_ranges_and_lists_are_read() -> None:
    assert weekly_starts("*/30 8-9 * * 1").starts_s == (28800, 30600, 32400, 34200)
    assert weekly_starts("5,10 0 * * 1").starts_s == (300, 600)
    assert weekly_starts("10/20 0 * * 1").starts_s == (600, 1800, 3000)


def test_a_day_of_the_month_may_be_any_weekday() -> None:
    found = weekly_starts("0 3 1 * *")
    assert (len(found.starts_s), found.exact) == (7, False)
    assert len(weekly_starts("0 3 1 * MON").starts_s) == 7
    summer = weekly_starts("0 3 ? JUN-AUG MON")
    assert (summer.starts_s, summer.exact) == ((3 * HOUR,), False)


@pytest.mark.parametrize(
    "cron",
    [
        "* * * *",
        "60 * * * *",
        "0 24 * * *",
        "a * * * *",
        "0 0 * * FEB",
        "5-1 * * * *",
        "*/0 0 * * *",
    ],
)
def test_what_is_no_cron_is_refused(cron: str) -> None:
    with pytest.raises(Nonsense) as refused:
        weekly_starts(cron)
    assert refused.value.field == "pipelines.schedule"
