"""Pipelines: critical path, slack, cycles, parallel peak, windows of scheduled runs."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.sizing.nonsense import Nonsense
from generator.sizing.queueing.pipelines import (
    Step,
    critical_path,
    parallel_peak,
    run_windows,
)
from generator.sizing.queueing.windows import DAY_S, peak

HOUR = 3600.0


def step(name: str, hours: float | None, *after: str, amount: float = 1) -> Step:
    return Step(
        name=name,
        duration_s=None if hours is None else hours * HOUR,
        after=after,
        amount=amount,
    )


WEEKLY_VISION = (
    step("train", 6.4, amount=2),
    step("validate", 1, "train"),
    step("document", 0.5, "train"),
    step("promote", 0.1, "validate", "document", amount=0),
)


def test_the_longest_chain_is_the_critical_path() -> None:
    found = critical_path(WEEKLY_VISION)
    assert found.path == ("train", "validate", "promote")
    assert found.duration_s == pytest.approx(7.5 * HOUR)
    slack = {timing.name: timing.slack_s for timing in found.timings}
    assert slack["document"] == pytest.approx(0.5 * HOUR)
    assert slack["train"] == pytest.approx(slack["promote"]) == pytest.approx(0)


def test_a_step_may_stand_before_those_that_it_waits_for() -> None:
    assert critical_path(tuple(reversed(WEEKLY_VISION))).path == ("train", "validate", "promote")


def test_a_cycle_is_refused_and_named_in_the_order_of_the_runs() -> None:
    steps = (step("a", 1, "c"), step("b", 1, "a"), step("c", 1, "b"))
    with pytest.raises(Nonsense, match="a -> b -> c -> a") as refused:
        critical_path(steps)
    assert refused.value.field == "pipelines.steps.a.after"


def test_an_unknown_duration_leaves_the_length_unknown_and_gives_a_lower_bound() -> None:
    found = critical_path((step("a", 2), step("b", None, "a"), step("c", 1, "b")))
    assert (found.duration_s, found.unknown) == (None, ("b",))
    assert found.at_least_s == 3 * HOUR


def test_parallel_steps_add_up_and_those_in_line_do_not() -> None:
    assert parallel_peak(WEEKLY_VISION).amount == 2
    wide = (step("in", 1), *(step(f"w{i}", 1, "in", amount=3) for i in range(4)))
    assert parallel_peak(wide).amount == 12


def test_an_empty_pipeline_takes_nothing() -> None:
    assert critical_path(()).path == ()
    assert parallel_peak(()).amount == 0


def test_windows_of_a_nightly_run_start_when_their_step_can() -> None:
    windows = run_windows("night", WEEKLY_VISION, start_s=2 * HOUR, period_s=DAY_S)
    starts = {window.name: window.start_s / HOUR for window in windows}
    assert starts == pytest.approx({"night/train": 2, "night/validate": 8.4, "night/document": 8.4})
    assert peak(windows).amount == 2


def test_a_step_of_unknown_duration_may_last_until_the_window_ends() -> None:
    steps = (step("a", 1), step("b", None, "a"), step("c", 1, "b"))
    windows = run_windows("p", steps, start_s=0, window_s=4 * HOUR)
    lasts = {window.name: window.duration_s / HOUR for window in windows}
    assert lasts == {"p/a": 1, "p/b": 3, "p/c": 3}


def test_without_a_window_an_unknown_duration_is_refused() -> None:
    with pytest.raises(Nonsense) as refused:
        run_windows("p", (step("a", None),), start_s=0)
    assert refused.value.field == "pipelines.p.steps.a.duration"


def test_a_window_that_is_over_before_the_step_starts_is_refused() -> None:
    with pytest.raises(Nonsense) as refused:
        run_windows("p", (step("a", 5), step("b", None, "a")), start_s=0, window_s=HOUR)
    assert refused.value.field == "pipelines.p.window"


@pytest.mark.parametrize(
    ("steps", "field"),
    [
        ((step("a", 1), step("a", 2)), "pipelines.steps.a"),
        ((step("a", 1, "b"),), "pipelines.steps.a.after"),
        ((step("a", 0),), "pipelines.steps.a.duration"),
        ((step("a", 1, amount=-1),), "pipelines.steps.a.amount"),
        ((step("a", 1, "a"),), "pipelines.steps.a.after"),
    ],
)
def test_steps_that_cannot_be_are_refused_by_name(steps: tuple[Step, ...], field: str) -> None:
    with pytest.raises(Nonsense) as refused:
        critical_path(steps)
    assert refused.value.field == field


@st.composite
def graphs(draw: st.DrawFn) -> tuple[Step, ...]:
    count = draw(st.integers(1, 9))
    return tuple(
        step(
            f"s{i}",
            draw(st.integers(1, 9)),
            *(f"s{j}" for j in range(i) if draw(st.booleans())),
            amount=draw(st.integers(0, 4)),
        )
        for i in range(count)
    )


@given(steps=graphs())
def test_no_chain_is_longer_than_the_critical_path(steps: tuple[Step, ...]) -> None:
    by_name = {s.name: s for s in steps}

    def chains(name: str) -> list[float]:
        own = by_name[name].duration_s or 0
        before = [length for other in by_name[name].after for length in chains(other)]
        return [own + length for length in (before or [0.0])]

    found = critical_path(steps)
    assert found.duration_s == max(length for s in steps for length in chains(s.name))
    assert found.duration_s == sum(by_name[name].duration_s or 0 for name in found.path)
    assert all(timing.slack_s >= 0 for timing in found.timings)
    assert {t.name for t in found.timings if t.slack_s == 0} >= set(found.path)


@given(steps=graphs())
def test_the_parallel_peak_lies_between_the_widest_step_and_all_of_them(
    steps: tuple[Step, ...],
) -> None:
    amounts = [s.amount for s in steps]
    assert max(amounts) <= parallel_peak(steps).amount <= sum(amounts)
