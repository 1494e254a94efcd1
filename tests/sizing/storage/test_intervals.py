"""How often to save, how often a job fails, and what both cost."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.sizing.nonsense import Nonsense
from generator.sizing.storage import intervals

HOUR, DAY, MINUTE = 3600, 86_400, 60

writes = st.floats(1, 600)
mtbfs = st.floats(7200, 1e8)


@pytest.mark.parametrize(
    ("write", "mtbf", "interval"), [(60, 3 * HOUR, 1138), (240, 6 * HOUR, 3220), (45, HOUR, 569)]
)
def test_young_saves_at_the_root_of_twice_write_and_failure_time(
    write: float, mtbf: float, interval: float
) -> None:
    assert intervals.young_interval(write_s=write, mtbf_s=mtbf) == pytest.approx(interval, abs=0.5)


@pytest.mark.parametrize(
    ("mtbf", "minutes"), [(24 * HOUR, 117), (6 * HOUR, 57), (15 * MINUTE, 9.1)]
)
def test_daly_saves_where_his_own_figures_say(mtbf: float, minutes: float) -> None:
    found = intervals.daly_interval(write_s=5 * MINUTE, mtbf_s=mtbf)
    assert found / MINUTE == pytest.approx(minutes, abs=0.5)


def test_a_write_longer_than_two_failures_saves_once_per_failure() -> None:
    assert intervals.daly_interval(write_s=500, mtbf_s=200) == 200


def test_young_is_refused_where_writing_is_no_small_share() -> None:
    with pytest.raises(Nonsense, match="no small share"):
        intervals.young_interval(write_s=100, mtbf_s=200)


def test_four_minutes_every_54_lose_nine_minutes_an_hour() -> None:
    lost = intervals.lost_ratio(write_s=240, mtbf_s=6 * HOUR, interval_s=54 * MINUTE)
    assert lost * 60 == pytest.approx(8.9, rel=0.01)
    with_restart = intervals.lost_ratio(
        write_s=240, mtbf_s=6 * HOUR, interval_s=54 * MINUTE, restart_s=216
    )
    assert with_restart - lost == pytest.approx(0.01)


def test_llama_3_was_interrupted_every_three_hours() -> None:
    found = intervals.observed_mtbf(duration_s=54 * DAY, interruptions=419)
    assert found / HOUR == pytest.approx(3.09, abs=0.005)
    per_gpu = intervals.observed_gpu_mtbf(duration_s=54 * DAY, interruptions=419, gpus=16_384)
    assert per_gpu == intervals.GPU_MTBF_S
    assert intervals.job_mtbf(gpus=16_384) == pytest.approx(found)


def test_one_node_of_eight_gpus_fails_every_6300_hours() -> None:
    assert intervals.job_mtbf(gpus=8) / HOUR == pytest.approx(6335, abs=1)
    assert intervals.expected_failures(duration_s=54 * DAY, gpus=16_384) == pytest.approx(419)


def test_a_run_that_fails_before_it_can_save_is_refused() -> None:
    with pytest.raises(Nonsense, match="leaves no time for work"):
        intervals.available_ratio(write_s=100, mtbf_s=100, interval_s=100)


def test_llama_3_gets_on_for_nine_tenths_of_its_time() -> None:
    plan = intervals.saving_plan(write_s=30, gpus=16_384, restart_s=300)
    assert plan.available_ratio > 0.88
    assert not plan.capped
    assert plan.lost_at_most_s == pytest.approx(plan.interval_s + 30)


def test_an_allowed_loss_shortens_the_interval() -> None:
    plan = intervals.saving_plan(write_s=60, gpus=8, allowed_loss_s=1800)
    assert plan.capped
    assert plan.interval_s == 1740
    assert plan.lost_at_most_s == 1800


def test_a_loss_shorter_than_a_write_cannot_be_promised() -> None:
    with pytest.raises(Nonsense, match="may be lost"):
        intervals.saving_plan(write_s=60, gpus=8, allowed_loss_s=60)


@pytest.mark.parametrize("gpus", [0, -1])
def test_a_job_without_gpus_is_refused(gpus: int) -> None:
    with pytest.raises(Nonsense):
        intervals.job_mtbf(gpus=gpus)


@given(write=writes, mtbf=mtbfs, other=st.floats(0.2, 5))
def test_no_interval_beats_youngs(write: float, mtbf: float, other: float) -> None:
    best = intervals.young_interval(write_s=write, mtbf_s=mtbf)

    def lost(interval: float) -> float:
        return intervals.lost_ratio(write_s=write, mtbf_s=mtbf, interval_s=interval)

    assert lost(best) <= lost(best * other) * (1 + 1e-9)


@given(write=writes, mtbf=mtbfs)
def test_daly_and_young_agree_where_writing_is_short(write: float, mtbf: float) -> None:
    young = intervals.young_interval(write_s=write, mtbf_s=mtbf)
    daly = intervals.daly_interval(write_s=write, mtbf_s=mtbf)
    assert 0 < daly <= young
    assert daly + write >= young


@given(fewer=st.integers(1, 100_000), more=st.integers(1, 100_000))
def test_more_gpus_never_fail_less_often(fewer: int, more: int) -> None:
    low, high = sorted((fewer, more))
    assert intervals.job_mtbf(gpus=low) >= intervals.job_mtbf(gpus=high)
