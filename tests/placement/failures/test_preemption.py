"""Which VMs give way to a more important one, and that no cheaper ones would do."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.placement.failures import preemption
from generator.placement.failures.preemption import Preempted, Room, Tenant, Wanted, preempted

NONE = Room(millicores=0, memory_bytes=0)


def tenant(name: str, host: str = "h1", **other: int | None) -> Tenant:
    """A search of one core and one byte, which is given up first."""
    fields: dict[str, int | None] = {
        "priority": 4, "millicores": 1000, "memory_bytes": 1, "gives_way": 0, **other,
    }  # fmt: skip
    return Tenant(name=name, host=host, **fields)  # type: ignore[arg-type]


def wanted(cores: int = 1, memory_bytes: int = 0, priority: int = 1) -> Wanted:
    """A more important VM."""
    return Wanted(priority=priority, room=Room(millicores=cores * 1000, memory_bytes=memory_bytes))


def any_device(_host: str, _gone: Sequence[str]) -> bool:
    """Devices that are never short."""
    return True


def victims(want: Wanted, *tenants: Tenant, free: Room = NONE) -> tuple[str, ...] | None:
    """Who gives way on the one host."""
    found = preempted(want, {"h1": free}, tenants, any_device)
    return found and found.victims


def test_nobody_gives_way_where_there_is_room() -> None:
    assert victims(wanted(), tenant("a"), free=Room(millicores=1000, memory_bytes=0)) == ()


def test_as_few_give_way_as_suffice() -> None:
    large = tenant("large", millicores=3000)

    assert victims(wanted(3), tenant("a"), tenant("b"), tenant("c"), large) == ("large",)
    assert victims(wanted(2), tenant("b"), tenant("a"), tenant("c")) == ("a", "b")


def test_those_that_are_given_up_first_go_before_fewer_of_the_next() -> None:
    next_one = tenant("next", millicores=2000, gives_way=1)

    assert victims(wanted(2), next_one, tenant("a"), tenant("b")) == ("a", "b")


def test_of_as_many_those_with_the_least_memory_go() -> None:
    assert victims(wanted(), tenant("a", memory_bytes=9), tenant("b", memory_bytes=3)) == ("b",)


@pytest.mark.parametrize(
    "stays",
    [tenant("a", gives_way=None), tenant("a", priority=1), tenant("a", priority=0)],
    ids=["permanent or not given up", "as important", "more important"],
)
def test_others_never_give_way(stays: Tenant) -> None:
    assert victims(wanted(), stays) is None


def test_memory_must_suffice_too() -> None:
    assert victims(wanted(1, 2), tenant("a"), tenant("b")) == ("a", "b")
    assert victims(wanted(1, 3), tenant("a"), tenant("b")) is None


def test_the_devices_decide_who_goes() -> None:
    """Only b sits on the GPU that is wanted."""

    def room(_host: str, gone: Sequence[str]) -> bool:
        return "b" in gone

    found = preempted(wanted(), {"h1": NONE}, [tenant("a"), tenant("b")], room)
    assert found == Preempted(host="h1", victims=("b",))


def test_the_host_with_the_cheapest_victims_is_taken() -> None:
    tenants = [tenant("a", "h1"), tenant("b", "h1"), tenant("c", "h2", millicores=2000)]
    found = preempted(wanted(2), {"h1": NONE, "h2": NONE}, tenants, any_device)

    assert found == Preempted(host="h2", victims=("c",))


def test_victims_are_on_one_host() -> None:
    tenants = [tenant("a", "h1"), tenant("b", "h2")]

    assert preempted(wanted(2), {"h1": NONE, "h2": NONE}, tenants, any_device) is None


def test_too_many_sets_leave_victims_of_which_none_can_be_spared(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(preemption, "MOST_TRIED", 3)
    tenants = [tenant(f"t{n}", memory_bytes=n) for n in range(9)]
    found = preempted(wanted(4), {"h1": NONE}, tenants, any_device)

    assert found == Preempted(host="h1", victims=("t0", "t1", "t2", "t3"), cheapest=False)


TENANTS = st.lists(
    st.tuples(st.integers(1, 4), st.integers(0, 4), st.integers(0, 2)), max_size=7
).map(
    lambda each: [
        tenant(f"t{n}", millicores=cores * 1000, memory_bytes=memory, gives_way=place)
        for n, (cores, memory, place) in enumerate(each)
    ]
)


@given(TENANTS, st.integers(0, 8), st.integers(0, 8))
def test_no_set_is_cheaper(tenants: list[Tenant], cores: int, memory_bytes: int) -> None:
    """By enumeration: fewest of the last place, then of those before, then least memory."""
    enough = [
        chosen
        for size in range(len(tenants) + 1)
        for chosen in combinations(tenants, size)
        if sum(t.millicores for t in chosen) >= cores * 1000
        and sum(t.memory_bytes for t in chosen) >= memory_bytes
    ]
    costs = [
        (*(sum(t.gives_way == place for t in chosen) for place in (2, 1, 0)),
         sum(t.memory_bytes for t in chosen), tuple(t.name for t in chosen))
        for chosen in enough
    ]  # fmt: skip
    expected = min(costs)[-1] if costs else None
    assert victims(wanted(cores, memory_bytes), *tenants) == expected
