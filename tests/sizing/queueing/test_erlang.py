"""Erlang's formulas: published values, exact fractions, and the ways in which they must move."""

from __future__ import annotations

from fractions import Fraction
from math import exp, factorial

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.sizing.nonsense import Nonsense
from generator.sizing.queueing import erlang

LOADS = st.floats(0.05, 400)
POOLS = st.integers(1, 500)


def exact_blocking(load: Fraction, servers: int) -> Fraction:
    """The share of the last state among all, summed without any recursion."""
    states = [load**k / factorial(k) for k in range(servers + 1)]
    return states[-1] / sum(states)


@pytest.mark.parametrize(
    ("load", "servers", "blocked"), [(1, 1, 0.5), (1, 2, 0.2), (10, 16, 0.0223), (10, 17, 0.0129)]
)
def test_blocking_is_what_the_tables_print(load: float, servers: int, blocked: float) -> None:
    assert erlang.blocking_probability(load, servers) == pytest.approx(blocked, abs=5e-5)


@given(load=st.integers(1, 60), tenths=st.integers(0, 9), servers=st.integers(0, 80))
def test_blocking_agrees_with_exact_fractions(load: int, tenths: int, servers: int) -> None:
    offered = Fraction(10 * load + tenths, 10)
    exact = float(exact_blocking(offered, servers))
    assert erlang.blocking_probability(float(offered), servers) == pytest.approx(exact, rel=1e-12)


def test_a_hundred_thousand_servers_neither_overflow_nor_vanish() -> None:
    """At a load equal to the pool, blocking goes to sqrt(2 / (pi n))."""
    assert erlang.blocking_probability(1e5, 100_000) == pytest.approx(0.00251888, rel=1e-4)
    assert erlang.blocking_probability(1.0, 100_000) == 0.0
    assert erlang.blocking_probability(1e6, 1) == pytest.approx(1.0, abs=1e-5)


@given(load=LOADS, servers=POOLS)
def test_more_servers_never_turn_away_more(load: float, servers: int) -> None:
    fewer = erlang.blocking_probability(load, servers)
    assert 0.0 <= erlang.blocking_probability(load, servers + 1) <= fewer <= 1.0


@given(load=LOADS, servers=POOLS, more=st.floats(1.001, 3))
def test_more_load_never_turns_away_less(load: float, servers: int, more: float) -> None:
    little = erlang.blocking_probability(load, servers)
    assert erlang.blocking_probability(load * more, servers) >= little


def test_seventeen_servers_keep_ten_erlang_below_two_percent() -> None:
    assert erlang.servers_for_blocking(10, 0.02) == 17
    assert erlang.servers_for_blocking(10, 0.02, shrinkage_ratio=0.3) == 25


@given(load=LOADS, target=st.floats(0.001, 0.9))
def test_the_smallest_pool_for_blocking_is_the_smallest(load: float, target: float) -> None:
    servers = erlang.servers_for_blocking(load, target)
    assert erlang.blocking_probability(load, servers) <= target
    if servers > 1:
        assert erlang.blocking_probability(load, servers - 1) > target


def test_a_bound_on_occupancy_enlarges_a_pool_that_would_block_little_enough() -> None:
    assert erlang.servers_for_blocking(10, 0.5) == 6
    roomy = erlang.servers_for_blocking(10, 0.5, max_occupancy_ratio=0.6)
    carried = 10 * (1 - erlang.blocking_probability(10, roomy))
    assert (
        carried / roomy <= 0.6 < 10 * (1 - erlang.blocking_probability(10, roomy - 1)) / (roomy - 1)
    )


def test_waiting_is_what_the_tables_print() -> None:
    assert erlang.waiting_probability(10, 14) == pytest.approx(0.174131933595, abs=1e-11)
    assert erlang.waiting_probability(10, 15) == pytest.approx(0.102, abs=6e-4)
    within = erlang.served_within(10, 14, service_s=3, wait_s=20 / 60)
    assert within == pytest.approx(0.88835, abs=5e-6)


def test_one_server_waits_as_the_textbook_says() -> None:
    """M/M/1: everybody waits with probability rho, and on average rho s / (1 - rho)."""
    assert erlang.waiting_probability(0.6, 1) == pytest.approx(0.6)
    assert erlang.mean_wait(0.6, 1, 10) == pytest.approx(15)


@given(servers=POOLS, use=st.floats(0.01, 0.99), service=st.floats(0.1, 1e5))
def test_the_mean_wait_is_the_integral_of_the_tail(
    servers: int, use: float, service: float
) -> None:
    load = servers * use
    waits = erlang.waiting_probability(load, servers)
    rate = (servers - load) / service
    assert erlang.mean_wait(load, servers, service) == pytest.approx(waits / rate)
    tail = 1 - erlang.served_within(load, servers, service_s=service, wait_s=1 / rate)
    assert tail == pytest.approx(waits * exp(-1), abs=1e-12)


@given(servers=POOLS, use=st.floats(0.01, 0.99))
def test_waiting_is_likelier_than_being_turned_away(servers: int, use: float) -> None:
    """Whoever would be turned away is still there and keeps the next one waiting."""
    load = servers * use
    assert erlang.waiting_probability(load, servers) >= erlang.blocking_probability(load, servers)


def test_fourteen_servers_answer_four_of_five_in_time_and_twenty_are_staffed() -> None:
    pool = erlang.smallest_pool(
        10,
        service_s=3,
        wait_s=0.33,
        served_within_ratio=0.8,
        max_occupancy_ratio=0.85,
        shrinkage_ratio=0.3,
    )
    assert (pool.servers, pool.staffed) == (14, 20)
    assert pool.occupancy_ratio == pytest.approx(10 / 14)


def test_the_occupancy_bound_decides_where_waits_are_allowed_to_be_long() -> None:
    def servers(occupancy: float) -> int:
        return erlang.smallest_pool(
            80,
            service_s=1,
            wait_s=10,
            served_within_ratio=0.5,
            max_occupancy_ratio=occupancy,
        ).servers

    assert (servers(1.0), servers(0.8), servers(0.5)) == (81, 100, 160)


@given(
    load=LOADS,
    service=st.floats(0.1, 100),
    wait=st.floats(0, 100),
    level=st.floats(0.01, 0.999),
)
def test_the_smallest_pool_for_a_level_is_the_smallest(
    load: float, service: float, wait: float, level: float
) -> None:
    pool = erlang.smallest_pool(load, service_s=service, wait_s=wait, served_within_ratio=level)
    assert pool.served_within_ratio >= level
    smaller = pool.servers - 1
    if smaller > load:
        reached = erlang.served_within(load, smaller, service_s=service, wait_s=wait)
        assert reached < level


@given(load=LOADS, level=st.floats(0.1, 0.98), more=st.floats(1, 2))
def test_more_load_never_needs_fewer_servers(load: float, level: float, more: float) -> None:
    def servers(offered: float) -> int:
        return erlang.smallest_pool(
            offered, service_s=60, wait_s=5, served_within_ratio=level
        ).servers

    assert servers(load * more) >= servers(load)


def test_the_offered_load_is_rate_times_time() -> None:
    assert erlang.offered_load(0.5, 20) == 10


@pytest.mark.parametrize("load", [0, -1, float("nan"), float("inf")])
def test_a_load_that_cannot_be_is_refused_by_name(load: float) -> None:
    with pytest.raises(Nonsense) as refused:
        erlang.blocking_probability(load, 3)
    assert refused.value.field == "offered_erlangs"


@pytest.mark.parametrize("servers", [-1, 2.5, 10**9, float("inf")])
def test_a_pool_that_cannot_be_is_refused_by_name(servers: float) -> None:
    with pytest.raises(Nonsense) as refused:
        erlang.blocking_probability(1, servers)  # type: ignore[arg-type]
    assert refused.value.field == "servers"


@pytest.mark.parametrize("servers", [9, 10])
def test_a_pool_that_cannot_keep_up_has_no_wait(servers: int) -> None:
    with pytest.raises(Nonsense, match="grows for ever; state at least 11"):
        erlang.waiting_probability(10, servers)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"served_within_ratio": 1.0}, "served_within_ratio"),
        ({"served_within_ratio": 0.0}, "served_within_ratio"),
        ({"max_occupancy_ratio": 0.0}, "max_occupancy_ratio"),
        ({"max_occupancy_ratio": 1.1}, "max_occupancy_ratio"),
        ({"shrinkage_ratio": 1.0}, "shrinkage_ratio"),
        ({"shrinkage_ratio": -0.1}, "shrinkage_ratio"),
        ({"wait_s": -1.0}, "wait_s"),
        ({"service_s": 0.0}, "service_s"),
    ],
)
def test_a_target_that_nothing_meets_is_refused_by_name(
    change: dict[str, float], field: str
) -> None:
    target = {"service_s": 3.0, "wait_s": 1.0, "served_within_ratio": 0.8, **change}
    with pytest.raises(Nonsense) as refused:
        erlang.smallest_pool(10, **target)
    assert refused.value.field == field


def test_a_load_beyond_every_pool_is_a_slip_of_units() -> None:
    with pytest.raises(Nonsense, match="check the unit"):
        erlang.smallest_pool(2e6, service_s=1, wait_s=1, served_within_ratio=0.8)
