"""Peaks of what recurs: staggered, overlapping, around the end of the week, and by brute force."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.sizing.nonsense import Nonsense
from generator.sizing.queueing.windows import (
    DAY_S,
    WEEK_S,
    Window,
    bursts,
    capacity,
    fit,
    overflow,
    peak,
)

HOUR = 3600


def hours(name: str, start: float, length: float, amount: float = 1, period: int = 168) -> Window:
    return Window(
        name=name,
        start_s=start * HOUR,
        duration_s=length * HOUR,
        amount=amount,
        period_s=period * HOUR,
    )


def test_staggered_windows_take_the_larger_and_overlapping_ones_the_sum() -> None:
    early, late = hours("early", 0, 4, amount=3), hours("late", 4, 4, amount=5)
    assert peak([early, late]).amount == 5
    assert peak([early, hours("late", 3, 4, amount=5)]).amount == 8


def test_the_peak_says_when_and_who() -> None:
    found = peak([hours("b", 2, 4, amount=2, period=24), hours("a", 20, 8, period=24)])
    assert (found.amount, found.at_s, found.names) == (3, 2 * HOUR, ("a", "b"))


def test_a_window_over_the_end_of_the_week_meets_its_beginning() -> None:
    found = peak([hours("sunday night", 167, 2), hours("monday", 0, 1)])
    assert (found.amount, found.names) == (2, ("monday", "sunday night"))
    assert peak([hours("sunday night", 167, 1), hours("monday", 0, 1)]).amount == 1


def test_a_run_longer_than_its_period_meets_itself() -> None:
    assert peak([hours("slow", 5, 30, amount=2, period=24)]).amount == 4
    assert peak([hours("exact", 5, 48, amount=2, period=24)]).amount == 4


def test_nothing_at_all_peaks_at_nothing() -> None:
    found = peak([])
    assert (found.amount, found.names) == (0, ())


WINDOWS = st.lists(
    st.builds(
        lambda start, length, amount, period: hours("w", start, length, amount, period),
        st.integers(0, 167),
        st.integers(1, 200),
        st.integers(0, 9),
        st.sampled_from([1, 24, 56, 168]),
    ),
    max_size=8,
)


@given(windows=WINDOWS)
def test_the_sweep_finds_what_looking_at_every_hour_finds(windows: list[Window]) -> None:
    def at(hour: int) -> float:
        total = 0.0
        for window in windows:
            period = int(window.period_s // HOUR)
            since = (hour - int(window.start_s // HOUR)) % period
            length = int(window.duration_s // HOUR)
            total += window.amount * sum(
                1 for run in range(length // period + 1) if since + run * period < length
            )
        return total

    found = peak(windows)
    assert found.amount == max(at(hour) for hour in range(168))
    assert found.amount == at(int(found.at_s // HOUR))


@given(windows=WINDOWS, more=WINDOWS)
def test_more_windows_never_lower_the_peak(windows: list[Window], more: list[Window]) -> None:
    assert peak([*windows, *more]).amount >= peak(windows).amount


def test_amounts_that_binary_fractions_cannot_hold_add_up_all_the_same() -> None:
    assert peak([hours(f"w{i}", 0, 1, amount=0.1) for i in range(10)]).amount == 1.0


def test_capacity_is_all_that_is_permanent_and_the_peak_of_what_comes_and_goes() -> None:
    found = capacity([4, 2], [hours("a", 0, 2, amount=3), hours("b", 1, 2, amount=1)])
    assert (found.permanent, found.ephemeral.amount, found.total) == (6, 4, 10)


def test_a_nightly_run_of_thirty_hours_runs_twice_at_once_and_is_late() -> None:
    found = fit(30 * HOUR, period_s=DAY_S, window_s=4 * HOUR)
    assert (found.runs_at_once, found.late_s) == (2, 26 * HOUR)


def test_a_run_inside_its_window_is_not_late_and_without_one_nobody_knows() -> None:
    assert fit(3 * HOUR, period_s=DAY_S, window_s=4 * HOUR).late_s == 0
    found = fit(DAY_S, period_s=DAY_S)
    assert (found.runs_at_once, found.late_s) == (1, None)


@pytest.mark.parametrize(
    ("window", "field"),
    [
        (hours("w", 0, 0), "w.duration"),
        (hours("w", 0, 1, amount=-1), "w.amount"),
        (hours("w", -1, 1), "w.start"),
        (hours("w", 0, 1, period=100), "w.period"),
        (hours("w", 0, 1, period=336), "w.period"),
        (hours("w", 0, 1, period=0), "w.period"),
    ],
)
def test_a_window_that_cannot_be_is_refused_by_name(window: Window, field: str) -> None:
    with pytest.raises(Nonsense) as refused:
        peak([window])
    assert refused.value.field == field


def test_capacity_below_zero_and_runs_without_duration_are_refused() -> None:
    with pytest.raises(Nonsense):
        capacity([-1], [])
    with pytest.raises(Nonsense):
        fit(0, period_s=WEEK_S)


def test_what_exceeds_the_capacity_is_counted_over_time() -> None:
    """Ten slots for three hours where eleven are wanted for two of them."""
    windows = [hours("hpo", 0, 3, amount=10), hours("more", 1, 2, amount=1)]
    found = overflow(windows, 10)
    assert (found.most, found.lasts_s, found.amount_s) == (1, 2 * HOUR, 2 * HOUR)
    assert overflow(windows, 11).amount_s == 0


@given(windows=WINDOWS, cap=st.integers(0, 30))
def test_overflow_and_capacity_together_hold_the_peak(windows: list[Window], cap: int) -> None:
    found = overflow(windows, cap)
    assert found.most == max(0, peak(windows).amount - cap)
    assert overflow(windows, cap + 1).amount_s <= found.amount_s
    assert found.lasts_s <= WEEK_S


@given(windows=WINDOWS)
def test_without_any_capacity_all_work_is_overflow(windows: list[Window]) -> None:
    work = sum(w.amount * w.duration_s * WEEK_S / w.period_s for w in windows)
    assert overflow(windows, 0).amount_s == pytest.approx(work)


def test_work_leaves_only_when_all_is_allocated_and_something_waits() -> None:
    assert not bursts(allocated=7.9, capacity_amount=8, pending=3)
    assert bursts(allocated=8, capacity_amount=8, pending=1)
    assert not bursts(allocated=8, capacity_amount=8, pending=0)
    assert bursts(allocated=6.4, capacity_amount=8, pending=1, threshold_ratio=0.8)
    with pytest.raises(Nonsense):
        bursts(allocated=1, capacity_amount=0, pending=1)
    with pytest.raises(Nonsense):
        overflow([], -1)
