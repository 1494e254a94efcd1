"""generator.sizing.data.runs: how often work starts by itself."""

from __future__ import annotations

import pytest

from generator.sizing.data.runs import runs, starts_per_month
from tests.example import blueprint
from tests.sizing.data.lab import lab

DAYS = 365.25 / 12


@pytest.mark.parametrize(
    ("cron", "starts"),
    [
        ("0 2 * * *", DAYS),
        ("0 20 * * 5", DAYS / 7),
        ("0 0,12 * * MON-FRI", 2 * 5 * DAYS / 7),
        ("0 3 1 * *", 1),
        ("0 3 1,15 * *", 2),
        ("0 3 1-5 * *", 5),
        ("30 3 1 */3 *", 1 / 3),
        ("0 0 1 1 *", 1 / 12),
        ("0 0 * 6 *", DAYS / 12),
        ("0 0 */10 * *", DAYS / 10),
        ("0 0 1 JAN-MAR *", 3 / 12),
        ("0 0 L * *", None),
        ("every day", None),
    ],
)
def test_a_schedule_starts_so_often_a_month(cron: str, starts: float | None) -> None:
    found = starts_per_month(cron)

    assert found is None if starts is None else found == pytest.approx(starts)


def test_the_example_trains_weekly_retrains_monthly_and_searches_when_somebody_asks() -> None:
    found = runs(blueprint())

    assert found["vision-cnn"].per_month == pytest.approx(DAYS / 7)
    assert found["churn-tabular"].per_month == 1
    assert found["vision-hpo"].per_month is None


def test_the_more_frequent_of_schedule_and_cadence_counts() -> None:
    found = runs(
        lab(
            "resource_management: {pipelines: [{name: p, schedule: '0 0 1 * *', steps: "
            "[{name: s, stage: model-training, workload: w}]}]}\n"
            "workloads: [{name: w, owner: ml-eng, phase: training, "
            "retraining: {cadence: weekly}}]\n"
        )
    )["w"]

    assert found.per_month == pytest.approx(DAYS / 7)
    assert found.rule == "retraining weekly"


def test_a_pipeline_whose_schedule_nobody_can_read_starts_nothing() -> None:
    found = runs(
        lab(
            "resource_management: {pipelines: [{name: p, schedule: '0 99 * * *', steps: "
            "[{name: s, stage: model-training, workload: w}]}]}\n"
            "workloads: [{name: w, owner: ml-eng, phase: training}]\n"
        )
    )

    assert found["w"].per_month is None
