"""GPU-hours that are reserved: retraining month by month, pruning once."""

from __future__ import annotations

from itertools import pairwise
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.blueprint.model.words import Cadence
from generator.sizing.nonsense import Nonsense
from generator.sizing.queueing import retraining


@pytest.mark.parametrize("cadence", get_args(Cadence))
def test_every_cadence_of_the_language_is_known(cadence: str) -> None:
    reserve = retraining.retraining_reserve(cadence, 10)
    assert reserve.gpu_hours_per_month == pytest.approx(10 * reserve.runs_per_month)


def test_a_faster_cadence_reserves_more() -> None:
    order = ("none", "yearly", "quarterly", "monthly", "weekly", "daily")
    hours = [retraining.retraining_reserve(c, 8).gpu_hours_per_month for c in order]
    assert all(before < after for before, after in pairwise(hours))
    assert hours[0] == 0
    assert hours[3] == 8
    assert hours[5] == pytest.approx(8 * 30.4375)


def test_a_budget_below_the_need_is_short_by_the_difference() -> None:
    assert retraining.retraining_reserve("weekly", 12, budget_gpu_hours=40).short_gpu_hours == (
        pytest.approx(12 * 30.4375 / 7 - 40)
    )
    assert retraining.retraining_reserve("monthly", 12, budget_gpu_hours=40).short_gpu_hours == 0
    assert retraining.retraining_reserve("monthly", 12).short_gpu_hours is None


def test_pruning_is_planned_with_three_times_the_training() -> None:
    budget = retraining.pruning_budget(100, iterations=4)
    assert (budget.gpu_hours_low, budget.gpu_hours) == (100, 300)
    assert budget.remaining_ratio == pytest.approx(0.8**4)
    assert budget.persistence == "ephemeral"


@given(hours=st.floats(0.1, 1e6), share=st.floats(0.01, 0.9), passes=st.integers(1, 20))
def test_each_pass_leaves_less(hours: float, share: float, passes: int) -> None:
    now = retraining.pruning_budget(hours, percent_ratio=share, iterations=passes)
    then = retraining.pruning_budget(hours, percent_ratio=share, iterations=passes + 1)
    assert 0 <= then.remaining_ratio < now.remaining_ratio < 1


@pytest.mark.parametrize(
    ("ask", "field"),
    [
        (lambda: retraining.retraining_reserve("hourly", 1), "retraining.cadence"),
        (lambda: retraining.retraining_reserve("daily", 0), "training_gpu_hours"),
        (
            lambda: retraining.retraining_reserve("daily", 1, budget_gpu_hours=-1),
            "retraining.budget_gpu_hours",
        ),
        (lambda: retraining.pruning_budget(0), "training_gpu_hours"),
        (
            lambda: retraining.pruning_budget(1, percent_ratio=1),
            "model.compression.prune.percent",
        ),
        (lambda: retraining.pruning_budget(1, iterations=0), "model.compression.prune.iterations"),
    ],
)
def test_hours_that_cannot_be_are_refused_by_name(ask: object, field: str) -> None:
    with pytest.raises(Nonsense) as refused:
        ask()  # type: ignore[operator]
    assert refused.value.field == field
