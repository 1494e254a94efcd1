"""Open needs are drawn from the recommended sizes where the plan is better for it, else not."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from generator.catalog import Catalog
from generator.placement.devices.profiles import halves_the_board
from generator.placement.engine import place
from generator.placement.hosts.stock import Host
from generator.placement.packing.drawn import Standing, better
from generator.placement.plan import Drawn, Origin, Placed, Plan
from generator.placement.terms import Terms
from generator.quantity import GIB
from generator.sizing.demand import Demand
from tests.placement.build import H100, demand, host, need, sized

CATALOG = Catalog.builtin()
H200 = "nvidia-h200-sxm-141"
NVL = "nvidia-h100-nvl-94"
RTX = "nvidia-rtx-pro-6000-blackwell-se"


def plan(
    *demands: Demand,
    hosts: list[Host] | None = None,
    terms: Terms | None = None,
    keep: tuple[Placed, ...] = (),
) -> Plan:
    """The plan on a host with two H100."""
    return place(sized(*demands), hosts or [host("a")], CATALOG, terms or Terms(), keep=keep)


def open_(name: str, gib: float, count: int, **other: object) -> Demand:
    """VMs whose size nobody states."""
    return demand(name, need(gib, **other), count=count, memory_bytes=8 * GIB, vcpus=1)


def profiles(of: Plan) -> dict[str, str]:
    """The profile of each demand."""
    return {choice.demand.name: choice.profile for choice in of.chosen}


def opened(of: Plan) -> int:
    """The GPUs in use."""
    return len({gpu for vm in of.placed for gpu in vm.gpus})


def drawn(of: Plan) -> Drawn:
    """The one catalogue of a plan."""
    (only,) = of.drawn
    return only


def test_smaller_sizes_are_drawn_where_they_save_a_gpu() -> None:
    """Sixteen of 4 GiB fill one H100 by 5C, two by the halves' smallest."""
    found = plan(open_("d", 4, 16))
    assert (profiles(found), opened(found)) == ({"d": "nvidia_h100-5c"}, 1)
    assert drawn(found) == Drawn(
        model=H100,
        origin=Origin.RECOMMENDED,
        why="recommended: 1 GPUs carry what takes 2 with the sizes that halve the board",
    )


def test_smaller_sizes_are_drawn_where_more_fits() -> None:
    found = plan(open_("d", 4, 20))
    assert found.fits
    assert "4 more VM(s) fit" in drawn(found).why


def test_sizes_stay_as_they_are_where_no_gpu_is_saved() -> None:
    """Eight fit on one GPU either way: a second catalogue would buy nothing."""
    found = plan(open_("d", 4, 8))
    assert profiles(found) == {"d": "nvidia_h100-10c"}
    assert drawn(found) == Drawn(model=H100, origin=Origin.HALVES, why="they halve the board")


def test_sizes_that_strand_more_are_named_and_not_taken() -> None:
    """16 x 8C leave 13 of 141 GB, 8 x 17C only 5."""
    found = plan(open_("d", 7, 16), hosts=[host("a", model=H200)])
    assert profiles(found) == {"d": "nvidia_h200x-17c"}
    assert drawn(found).origin is Origin.HALVES
    assert drawn(found).why.startswith("{8} was placed too: at worst 13 GB of a GPU strand, 5 now")


def test_fewer_sizes_are_drawn_where_each_gpu_carries_one() -> None:
    """Without mixed sizes 10C and 20C need a GPU each, all of them as 20C one."""
    terms = Terms(mixed_size=False)
    found = plan(open_("small", 9, 1), open_("large", 16, 3), terms=terms)
    assert profiles(found) == {"small": "nvidia_h100-20c", "large": "nvidia_h100-20c"}
    assert opened(found) == 1


@pytest.mark.parametrize(
    "stated",
    [
        demand("d", need(4, profile="nvidia_h100-10c"), count=16, memory_bytes=8 * GIB),
        open_("d", 4, 16, compute_first=True),
    ],
    ids=["stated", "for latency"],
)
def test_what_is_not_open_keeps_its_size(stated: Demand) -> None:
    assert profiles(plan(stated)) == {"d": "nvidia_h100-10c"}


def test_listed_sizes_are_the_only_ones() -> None:
    found = plan(open_("d", 4, 16), terms=Terms(sizes_bytes=(10 * GIB,)))
    assert profiles(found) == {"d": "nvidia_h100-10c"}
    assert drawn(found).origin is Origin.LISTED


def test_a_kept_plan_keeps_its_sizes() -> None:
    """Although four of them would fit on one GPU by the halves."""
    before = plan(open_("d", 4, 16))
    after = plan(open_("d", 4, 4), keep=before.placed)
    assert profiles(after) == {"d": "nvidia_h100-5c"}
    assert drawn(after) == Drawn(model=H100, origin=Origin.KEPT, why="the earlier plan has them")
    assert {(vm.index, vm.gpus, vm.start) for vm in after.placed} <= {
        (vm.index, vm.gpus, vm.start) for vm in before.placed
    }


def test_a_kept_size_that_is_not_enough_any_more_goes() -> None:
    before = plan(open_("d", 4, 16))
    assert profiles(plan(open_("d", 9, 4), keep=before.placed)) == {"d": "nvidia_h100-10c"}


def test_what_shrinks_takes_no_larger_size_because_it_had_it() -> None:
    before = plan(open_("d", 30, 2))
    assert profiles(plan(open_("d", 16, 2), keep=before.placed)) == {"d": "nvidia_h100-20c"}


STANDING = Standing(
    placed={("dev", "d"): 4}, gpus=3, worst_gb={H100: 2}, stranded_mib=10, held_mib=50, sizes=3
)


@pytest.mark.parametrize(
    ("change", "is_better"),
    [
        ({}, False),
        ({"gpus": 2}, True),
        ({"worst_gb": {}}, True),
        ({"stranded_mib": 9}, True),
        ({"sizes": 2}, True),
        ({"sizes": 2, "held_mib": 51}, False),
        ({"held_mib": 40}, False),
        ({"placed": {("dev", "d"): 5}, "gpus": 4}, True),
        ({"placed": {("dev", "d"): 3, ("dev", "e"): 5}}, False),
        ({"gpus": 2, "worst_gb": {H100: 3}}, False),
        ({"gpus": 2, "stranded_mib": 11}, False),
        ({"gpus": 4, "sizes": 1}, False),
    ],
    ids=str,
)
def test_a_plan_is_better_only_where_nothing_is_worse(
    change: dict[str, object], *, is_better: bool
) -> None:
    assert better(STANDING._replace(**change), STANDING) is is_better  # type: ignore[arg-type]


SOME = st.lists(
    st.tuples(
        st.sampled_from((3, 4, 5, 7, 9, 13, 16, 30, 70)),
        st.integers(1, 12),
        st.integers(0, 3),
        st.booleans(),
    ),
    min_size=1,
    max_size=6,
)


@given(SOME, st.sampled_from((H100, NVL, H200, RTX)), st.booleans())
@settings(deadline=None, max_examples=60)
def test_no_plan_is_worse_than_with_the_sizes_that_halve_the_board(
    some: list[tuple[int, int, int, bool]],
    model: str,
    mixed_size: bool,
) -> None:
    """Those are forced by listing them; nobody runs fewer, no GPU more is opened, nor more strands.

    And where all fits, what is kept moves nothing.
    """
    hosts = [host(name, model=model) for name in "ab"]
    demands = [
        replace(
            open_(f"d{n}", gib, vms, compute_first=latency),
            priority=rank,
            environment=("dev", "prod")[rank % 2],
            minimum=0,
        )
        for n, (gib, vms, rank, latency) in enumerate(some)
    ]
    board = CATALOG.accelerator(model)
    halves = tuple(p.size_gb * 10**9 for p in board.profiles if halves_the_board(p))
    terms = Terms(mixed_size=mixed_size)
    found = plan(*demands, hosts=hosts, terms=terms)
    forced = plan(*demands, hosts=hosts, terms=replace(terms, sizes_bytes=halves))

    assert all(count(found, one.name) >= count(forced, one.name) for one in demands)
    assert stranded(found) <= stranded(forced)
    assert opened(found) <= opened(forced) or len(found.placed) > len(forced.placed)
    again = plan(*demands, hosts=hosts, terms=terms, keep=found.placed)
    assert found.shortfalls or again.placed == found.placed


def count(of: Plan, name: str) -> int:
    """The VMs of a demand that have a place."""
    return sum(vm.demand == name for vm in of.placed)


def stranded(of: Plan) -> int:
    """The framebuffer that nothing of the plan can use."""
    return sum(gpu.stranded_mib for gpu in of.gpus)
