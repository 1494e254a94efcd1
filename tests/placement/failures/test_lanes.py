"""A lane answers as a fresh look at every unchanged host would, whatever was asked before."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from generator.placement.failures.lanes import Lane

HOSTS = (3, 0, 4, 1, 2)
ABLE = {0: "zero", 2: "two", 4: "four"}


def test_hosts_come_in_their_order_and_changed_ones_without_an_answer() -> None:
    lane = Lane(HOSTS, ABLE.get)
    assert list(lane.walk({1, 4})) == [(0, "zero"), (4, None), (1, None), (2, "two")]
    assert list(lane.walk(set())) == [(0, "zero"), (4, "four"), (2, "two")]


def test_a_changed_host_is_never_judged() -> None:
    judged: list[int] = []
    lane = Lane(HOSTS, judged.append)
    list(lane.walk({0, 2}))
    assert judged == [3, 4, 1]
    list(lane.walk(set()))
    assert sorted(judged[3:]) == [0, 2]


@given(
    st.lists(st.tuples(st.sets(st.sampled_from(HOSTS)), st.integers(0, 5)), min_size=1, max_size=6)
)
def test_walks_do_not_depend_on_walks_before(walks: list[tuple[set[int], int]]) -> None:
    """Also those that stop early."""
    lane = Lane(HOSTS, ABLE.get)
    for changed, length in walks:
        expected = [
            (order, None if order in changed else ABLE[order])
            for order in HOSTS
            if order in changed or order in ABLE
        ]
        walk = lane.walk(changed)
        found = [next(walk) for _ in range(min(length, len(expected)))]
        assert found == expected[:length]
