"""When changes may be made: the change windows and freezes of the blueprint (F22)."""

from __future__ import annotations

import calendar
import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any
from zoneinfo import ZoneInfo

from session import Surprise

DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
READ = frozenset({"FREQ", "BYDAY", "BYMONTHDAY", "BYMONTH", "INTERVAL", "WKST"})
REACHES = ("environments", "sites", "clusters")


def objection(calendar_of: Mapping[str, Any], reach: Mapping[str, Any], now: dt.datetime) -> str:
    """Why nothing may be changed now within a reach; "" where it may.

    A window must cover all that the change reaches; a freeze forbids it by any part.
    """
    for freeze in calendar_of["freezes"]:
        if _touches(freeze["scope"], reach) and _frozen(freeze, now):
            return f"frozen from {freeze['from']} to {freeze['to']}: {freeze['reason']}"
    windows = [each for each in calendar_of["change_windows"] if _covers(each["scope"], reach)]
    if not windows:
        return "no change window is stated for this"
    if any(is_open(window, now) for window in windows):
        return ""
    return f"outside of all {len(windows)} change windows"


def is_open(window: Mapping[str, Any], now: dt.datetime) -> bool:
    """Whether a window that opened today, or days ago for as long as it lasts, is open."""
    zone = ZoneInfo(window["zone"])
    local = now.astimezone(zone)
    hour, minute = (int(part) for part in window["start"].split(":")[:2])
    lasts = dt.timedelta(seconds=window["duration_s"])
    for back in range(lasts.days + 2):
        day = local.date() - dt.timedelta(days=back)
        opens = dt.datetime(day.year, day.month, day.day, hour, minute, tzinfo=zone)
        # Compared in UTC: local times cannot be subtracted across a change of the clock.
        since = now.astimezone(dt.UTC) - opens.astimezone(dt.UTC)
        if dt.timedelta(0) <= since < lasts and falls_on(window["rrule"], day):
            return True
    return False


def falls_on(rule: str, day: dt.date) -> bool:
    """Whether a recurrence (RFC 5545) without a start falls on a day.

    Raises ``Surprise`` for what cannot be judged without a first day, or is not read here.
    """
    parts = dict(part.split("=", 1) for part in rule.split(";"))
    if set(parts) - READ or parts.get("INTERVAL", "1") != "1":
        raise Surprise(f"the recurrence {rule} has no fixed days: give a change id")
    days = parts["BYDAY"].split(",") if "BYDAY" in parts else []
    dates = parts["BYMONTHDAY"].split(",") if "BYMONTHDAY" in parts else []
    months = parts["BYMONTH"].split(",") if "BYMONTH" in parts else []
    anchored = {"DAILY": True, "WEEKLY": bool(days), "MONTHLY": bool(days or dates)}
    if not anchored.get(parts.get("FREQ", ""), False):
        raise Surprise(f"the recurrence {rule} has no fixed days: give a change id")
    length = calendar.monthrange(day.year, day.month)[1]
    return (
        (not months or day.month in map(int, months))
        and (not dates or day.day in {int(d) % (length + 1) for d in dates})
        and (not days or any(_is_day(each, day, length) for each in days))
    )


def _is_day(stated: str, day: dt.date, length: int) -> bool:
    """``SA``, ``2SA`` (the second of the month) or ``-1SA`` (the last)."""
    if DAYS[day.weekday()] != stated[-2:]:
        return False
    if not stated[:-2]:
        return True
    number = int(stated[:-2])
    return number == (day.day - 1) // 7 + 1 or number == -((length - day.day) // 7 + 1)


def _frozen(freeze: Mapping[str, Any], now: dt.datetime) -> bool:
    """Whether it is one of the days of a freeze anywhere on earth: a freeze states no zone."""
    first = dt.date.fromisoformat(freeze["from"])
    last = dt.date.fromisoformat(freeze["to"])
    hours = dt.timedelta(hours=14), dt.timedelta(hours=-12)
    days = [(now.astimezone(dt.UTC) + each).date() for each in hours]
    return any(first <= day <= last for day in days)


def _covers(scope: Iterable[str], reach: Mapping[str, Any]) -> bool:
    named = set(scope)
    return not named or any(reach[part] and set(reach[part]) <= named for part in REACHES)


def _touches(scope: Iterable[str], reach: Mapping[str, Any]) -> bool:
    named = set(scope)
    return not named or any(set(reach[part]) & named for part in REACHES)
