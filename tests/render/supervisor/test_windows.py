"""When the apply script may write (F22)."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from tests.render.supervisor.apply_modules import part

windows = part("windows")
Surprise = part("session").Surprise

REACH = {"environments": ["dev"], "sites": ["ams1"], "clusters": ["gpu-a", "gpu-b"]}


@pytest.mark.parametrize(
    ("rule", "day", "falls"),
    [
        ("FREQ=WEEKLY;BYDAY=SA", "2026-11-21", True),
        ("FREQ=WEEKLY;BYDAY=SA", "2026-11-22", False),
        ("FREQ=WEEKLY;BYDAY=SA,SU", "2026-11-22", True),
        ("FREQ=DAILY", "2026-11-23", True),
        ("FREQ=MONTHLY;BYDAY=2SA", "2026-11-14", True),
        ("FREQ=MONTHLY;BYDAY=2SA", "2026-11-21", False),
        ("FREQ=MONTHLY;BYDAY=-1SA", "2026-11-28", True),
        ("FREQ=MONTHLY;BYDAY=-2SA", "2026-11-21", True),
        ("FREQ=MONTHLY;BYMONTHDAY=31", "2026-11-30", False),
        ("FREQ=MONTHLY;BYMONTHDAY=-1", "2026-11-30", True),
        ("FREQ=WEEKLY;BYDAY=SA;BYMONTH=10", "2026-11-21", False),
    ],
)
def test_a_recurrence_falls_on_its_days(rule: str, day: str, falls: bool) -> None:
    assert windows.falls_on(rule, dt.date.fromisoformat(day)) is falls


@pytest.mark.parametrize(
    "rule",
    ["FREQ=WEEKLY", "FREQ=WEEKLY;BYDAY=SA;INTERVAL=2", "FREQ=YEARLY", "FREQ=DAILY;COUNT=3"],
)
def test_a_recurrence_without_fixed_days_is_refused(rule: str) -> None:
    with pytest.raises(Surprise, match="change id"):
        windows.falls_on(rule, dt.date(2026, 11, 21))


def window(**other: Any) -> dict[str, Any]:
    """Saturday from six, four hours, in Amsterdam."""
    stated = {"rrule": "FREQ=WEEKLY;BYDAY=SA", "start": "06:00", "duration_s": 14400}
    return stated | {"zone": "Europe/Amsterdam", "scope": []} | other


@pytest.mark.parametrize(
    ("moment", "opens"),
    [
        ("2026-11-21T04:59:59+00:00", False),
        ("2026-11-21T05:00:00+00:00", True),
        ("2026-11-21T08:59:59+00:00", True),
        ("2026-11-21T09:00:00+00:00", False),
        ("2026-07-18T04:00:00+00:00", True),  # summer time
    ],
)
def test_a_window_opens_and_closes_in_its_own_zone(moment: str, opens: bool) -> None:
    assert windows.is_open(window(), dt.datetime.fromisoformat(moment)) is opens


def test_a_window_lasts_over_midnight() -> None:
    late = window(start="22:00", duration_s=6 * 3600)
    assert windows.is_open(late, dt.datetime.fromisoformat("2026-11-22T02:00:00+00:00"))


OPEN = dt.datetime.fromisoformat("2026-11-21T06:00:00+00:00")
FREEZE = {"from": "2026-11-20", "to": "2026-11-21", "reason": "close", "scope": ["gpu-b"]}


@pytest.mark.parametrize(
    ("scope", "freezes", "reason"),
    [
        ([], [], ""),
        (["dev"], [], ""),
        (["gpu-a", "gpu-b"], [], ""),
        (["gpu-a"], [], "no change window"),  # the change reaches gpu-b too
        ([], [FREEZE], "frozen"),
        ([], [FREEZE | {"scope": ["gpu-c"]}], ""),
        ([], [FREEZE | {"to": "2026-11-19"}], ""),
    ],
)
def test_a_window_covers_all_and_a_freeze_stops_by_any_part(
    scope: list[str], freezes: list[Any], reason: str
) -> None:
    stated = {"change_windows": [window(scope=scope)], "freezes": freezes}
    found = windows.objection(stated, REACH, OPEN)
    assert found.startswith(reason)
    assert bool(found) is bool(reason)
