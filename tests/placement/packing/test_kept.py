"""A plan that keeps an earlier one moves nothing that still fits."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from generator.catalog import Catalog
from generator.placement.engine import place
from generator.placement.hosts.stock import Host
from generator.placement.plan import Placed, Plan
from generator.placement.terms import Terms
from generator.sizing.demand import Demand, Sharing
from tests.placement.build import demand, host, need, sized

CATALOG = Catalog.builtin()
HOSTS = [host(f"esx-{n}") for n in range(4)]

SIZES = st.sampled_from([9.0, 16.0, 35.0, 70.0])
DEMANDS = st.lists(
    st.builds(
        lambda gib, sharing, count: demand("d", need(gib, sharing), count=count),
        SIZES,
        st.sampled_from([Sharing.TIME_SLICED, Sharing.MIG]),
        st.integers(1, 4),
    ),
    min_size=1,
    max_size=8,
)


def plan(
    demands: list[Demand], *, keep: tuple[Placed, ...] = (), hosts: list[Host] | None = None
) -> Plan:
    """A plan on four hosts with two GPUs each."""
    named = [replace(one, name=f"d{n}") for n, one in enumerate(demands)]
    return place(sized(*named), hosts or HOSTS, CATALOG, Terms(), keep=keep)


def places(of: Plan) -> dict[tuple[str, int], tuple[str, tuple[str, ...], int]]:
    """Where each VM is."""
    return {(vm.demand, vm.index): (vm.host, vm.gpus, vm.start) for vm in of.placed}


@given(DEMANDS)
def test_the_same_demands_move_nothing(demands: list[Demand]) -> None:
    before = plan(demands)
    assert plan(demands, keep=before.placed) == before


@given(DEMANDS, SIZES)
def test_one_demand_more_moves_nothing_where_all_fits(demands: list[Demand], gib: float) -> None:
    before = plan(demands)
    after = plan([*demands, demand("new", need(gib))], keep=before.placed)
    moved = {vm for vm, place in places(before).items() if places(after).get(vm) != place}
    assert after.shortfalls or not moved


def test_what_a_lost_host_carried_goes_elsewhere_and_the_rest_stays() -> None:
    demands = [demand("a", need(35.0), count=4, phase="serving")]
    before = plan(demands)
    after = plan(demands, keep=before.placed, hosts=HOSTS[1:])
    stayed = {vm: place for vm, place in places(before).items() if place[0] != "esx-0"}
    assert len(stayed) == 3
    assert stayed.items() <= places(after).items()
    assert len(after.placed) == 4


def test_a_gpu_in_use_keeps_its_mode_and_its_places() -> None:
    """A 40C stands alone in same-size mode; a 20C may not turn the GPU to mixed-size under it."""
    one = [host("esx-0", gpus=1)]
    before = plan([demand("a", need(35.0))], hosts=one)
    after = plan([demand("a", need(35.0)), demand("b", need(16.0))], hosts=one)
    kept = plan([demand("a", need(35.0)), demand("b", need(16.0))], hosts=one, keep=before.placed)
    assert len(after.placed) == 2
    assert len(kept.placed) == 2, "moving the first is the only way, and better than waiting"
    assert places(before)["d0", 0] == ("esx-0", ("esx-0/gpu0",), -1)
    assert places(kept)["d0", 0] == ("esx-0", ("esx-0/gpu0",), 40)
