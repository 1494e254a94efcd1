"""Notebook pools: slots, culling, shared queues, and who may outnumber slots."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.sizing.nonsense import Nonsense
from generator.sizing.queueing import notebooks

CULL = 45 * 60.0


def test_ten_people_of_whom_eight_work_at_once_need_eight_slots() -> None:
    pool = notebooks.notebook_pool(10, 0.8, idle_cull_s=CULL)
    assert (pool.slots, pool.concurrent, pool.without_slot) == (8, 8, 2)
    assert pool.oversubscribed_ratio == 1.25


def test_without_culling_ten_people_need_ten_slots() -> None:
    pool = notebooks.notebook_pool(10, 0.8, idle_cull_s=None)
    assert (pool.slots, pool.concurrent, pool.reason) == (10, 8, notebooks.NOT_CULLED)


def test_without_a_stated_share_everybody_gets_a_slot() -> None:
    pool = notebooks.notebook_pool(10, None, idle_cull_s=CULL)
    assert (pool.slots, pool.reason) == (10, notebooks.NO_SHARE)


def test_seven_percent_of_a_hundred_people_are_seven() -> None:
    """100 x 0.07 is 7.000000000000001 in floating point."""
    assert notebooks.notebook_pool(100, 0.07, idle_cull_s=CULL).slots == 7


@given(people=st.integers(1, 3000), share=st.floats(0.001, 1))
def test_slots_hold_those_at_work_and_never_more_than_all(people: int, share: float) -> None:
    slots = notebooks.notebook_pool(people, share, idle_cull_s=CULL).slots
    assert share * people - 1e-5 <= slots <= people
    assert slots < share * people + 1


@given(people=st.integers(1, 300), share=st.floats(0.01, 1), wait=st.floats(0, 7200))
def test_a_shared_pool_never_has_more_slots_than_people(
    people: int, share: float, wait: float
) -> None:
    pool = notebooks.shared_notebook_pool(
        people,
        busy_ratio=share,
        session_s=7200,
        idle_cull_s=CULL,
        wait_s=wait,
        served_within_ratio=0.9,
    )
    assert 1 <= pool.servers <= people
    assert pool.served_within_ratio >= 0.9


def test_a_shared_pool_of_two_hundred_needs_far_fewer_slots_than_people() -> None:
    def slots(cull: float, wait: float = 300) -> int:
        return notebooks.shared_notebook_pool(
            200,
            busy_ratio=0.3,
            session_s=7200,
            idle_cull_s=cull,
            wait_s=wait,
            served_within_ratio=0.9,
        ).servers

    assert 60 < slots(0) < 80
    assert slots(CULL) > slots(0)
    assert slots(0, wait=0) > slots(0, wait=3600)


def test_a_pool_where_everybody_is_busy_keeps_nobody_waiting() -> None:
    pool = notebooks.shared_notebook_pool(
        5, busy_ratio=1, session_s=60, idle_cull_s=60, wait_s=0, served_within_ratio=0.9
    )
    assert (pool.servers, pool.waits_ratio) == (5, 0.0)


def test_culled_notebooks_may_outnumber_slots_and_nothing_else_may() -> None:
    assert notebooks.may_oversubscribe("concept", idle_culled=True).allowed
    assert not notebooks.may_oversubscribe("concept", idle_culled=False).allowed
    for phase in ("training", "retraining", "hpo", "serving"):
        verdict = notebooks.may_oversubscribe(phase, idle_culled=True)
        assert not verdict.allowed
        assert verdict.reason
        assert verdict.source


def test_a_phase_without_gpu_slots_has_nothing_to_outnumber() -> None:
    with pytest.raises(Nonsense) as refused:
        notebooks.may_oversubscribe("data-prep", idle_culled=True)
    assert refused.value.field == "phase"


@pytest.mark.parametrize(
    ("people", "share", "cull", "field"),
    [
        (0, 0.5, CULL, "members"),
        (5, 0, CULL, "notebooks.concurrency"),
        (5, 1.5, CULL, "notebooks.concurrency"),
        (5, 0.5, 0, "notebooks.idle_cull"),
    ],
)
def test_a_team_that_cannot_be_is_refused_by_name(
    people: int, share: float, cull: float, field: str
) -> None:
    with pytest.raises(Nonsense) as refused:
        notebooks.notebook_pool(people, share, idle_cull_s=cull)
    assert refused.value.field == field
