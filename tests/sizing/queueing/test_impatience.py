"""Erlang A: published values, its limits, and a simulation."""

from __future__ import annotations

from heapq import heapify, heapreplace
from math import exp
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.sizing.nonsense import Nonsense
from generator.sizing.queueing import erlang, impatience


def test_fourteen_servers_keep_impatient_people_as_the_tables_print() -> None:
    pool = impatience.impatient_pool(10, 14, service_s=3, patience_s=5)
    assert pool.waits_ratio == pytest.approx(0.14526, abs=6e-6)
    assert pool.abandons_ratio == pytest.approx(0.013984, abs=6e-7)


@given(
    servers=st.integers(1, 60),
    load=st.floats(0.1, 120),
    service=st.floats(0.1, 50),
    patience=st.floats(0.1, 50),
)
def test_what_comes_in_is_served_or_gives_up(
    servers: int, load: float, service: float, patience: float
) -> None:
    """Little's law on the queue, and a balance of flows on the servers."""
    pool = impatience.impatient_pool(load, servers, service_s=service, patience_s=patience)
    rate = load / service
    assert pool.mean_queue == pytest.approx(rate * pool.mean_wait_s)
    assert pool.mean_queue / patience == pytest.approx(rate * pool.abandons_ratio)
    served = servers * pool.occupancy_ratio / service
    assert served + pool.mean_queue / patience == pytest.approx(rate)
    assert pool.occupancy_ratio <= 1 + 1e-9


@given(servers=st.integers(1, 40), use=st.floats(0.1, 0.9))
def test_endless_patience_is_erlang_c(servers: int, use: float) -> None:
    pool = impatience.impatient_pool(servers * use, servers, service_s=1, patience_s=1e5)
    assert pool.waits_ratio == pytest.approx(
        erlang.waiting_probability(servers * use, servers), rel=2e-3
    )


@given(servers=st.integers(1, 40), load=st.floats(0.1, 80))
def test_no_patience_is_erlang_b(servers: int, load: float) -> None:
    pool = impatience.impatient_pool(load, servers, service_s=1, patience_s=1e-7)
    assert pool.abandons_ratio == pytest.approx(
        erlang.blocking_probability(load, servers), rel=1e-3
    )


@given(servers=st.integers(1, 40), load=st.floats(0.1, 80), patience=st.floats(0.2, 20))
def test_one_more_server_never_loses_more(servers: int, load: float, patience: float) -> None:
    def lost(pool: int) -> float:
        return impatience.impatient_pool(
            load, pool, service_s=2, patience_s=patience
        ).abandons_ratio

    assert lost(servers + 1) <= lost(servers) * (1 + 1e-9) + 1e-15


def test_a_pool_far_below_its_load_loses_the_difference() -> None:
    """90,000 of 100,000 are served, whatever the patience."""
    pool = impatience.impatient_pool(1e5, 90_000, service_s=3, patience_s=5)
    assert pool.abandons_ratio == pytest.approx(0.1, abs=1e-9)
    assert pool.waits_ratio == pytest.approx(1.0)


@given(
    servers=st.integers(1, 30),
    load=st.floats(0.5, 50),
    patience=st.floats(0.5, 10),
    wait=st.floats(0, 20),
)
def test_waits_of_at_least_a_time_get_rarer_with_the_time(
    servers: int, load: float, patience: float, wait: float
) -> None:
    def longer(wait_s: float) -> float:
        return impatience.waits_longer(
            load, servers, service_s=2, patience_s=patience, wait_s=wait_s
        )

    waits = impatience.impatient_pool(load, servers, service_s=2, patience_s=patience).waits_ratio
    assert longer(0) == pytest.approx(waits)
    assert 0 <= longer(wait + 1) <= longer(wait) * (1 + 1e-9) <= waits * (1 + 1e-8)
    assert longer(wait) <= exp(-wait / patience) + 1e-12


def test_the_tail_of_the_wait_integrates_to_its_mean() -> None:
    """Simpson's rule over P(W > t), which knows nothing of how the tail is computed."""
    pool = impatience.impatient_pool(12, 10, service_s=3, patience_s=2)
    steps, end = 2000, 40.0
    tail = [
        impatience.waits_longer(12, 10, service_s=3, patience_s=2, wait_s=end * i / steps)
        for i in range(steps + 1)
    ]
    weights = [1 if i in (0, steps) else 4 if i % 2 else 2 for i in range(steps + 1)]
    total = sum(w * t for w, t in zip(weights, tail, strict=True)) * end / steps / 3
    assert total == pytest.approx(pool.mean_wait_s, rel=1e-5)


def test_a_simulation_sees_the_same_pool() -> None:
    waits, abandons, longer = simulated(12, 10, 3, 2, wait=0.5)
    pool = impatience.impatient_pool(12, 10, service_s=3, patience_s=2)
    assert waits == pytest.approx(pool.waits_ratio, abs=0.02)
    assert abandons == pytest.approx(pool.abandons_ratio, abs=0.01)
    within = impatience.settled_within(12, 10, service_s=3, patience_s=2, wait_s=0.5)
    assert 1 - longer == pytest.approx(within, abs=0.02)


def simulated(
    load: float, servers: int, service: float, patience: float, *, wait: float
) -> tuple[float, float, float]:
    """Shares of people who wait, give up, and wait longer than ``wait``."""
    chance, now, count = Random(7), 0.0, 60_000
    free = [0.0] * servers
    heapify(free)
    waited = gone = longer = 0
    for _ in range(count):
        now += chance.expovariate(load / service)
        limit = chance.expovariate(1 / patience)
        offered = max(0.0, free[0] - now)
        waited += offered > 0
        longer += min(offered, limit) > wait
        if offered > limit:
            gone += 1
        else:
            heapreplace(free, now + offered + chance.expovariate(1 / service))
    return waited / count, gone / count, longer / count


def test_patience_without_end_above_capacity_is_refused() -> None:
    with pytest.raises(Nonsense) as refused:
        impatience.impatient_pool(100, 10, service_s=1, patience_s=1e9)
    assert refused.value.field == "patience_s"


@pytest.mark.parametrize(("service", "patience"), [(0, 1), (1, 0), (-1, 1), (1, float("nan"))])
def test_times_that_cannot_be_are_refused(service: float, patience: float) -> None:
    with pytest.raises(Nonsense):
        impatience.impatient_pool(1, 1, service_s=service, patience_s=patience)


def test_a_negative_wait_is_refused() -> None:
    with pytest.raises(Nonsense) as refused:
        impatience.waits_longer(1, 1, service_s=1, patience_s=1, wait_s=-1)
    assert refused.value.field == "wait_s"
