"""What happens to each VM, and why."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.placement.plan import Placed, Plan
from generator.platform.whatif import compare
from generator.platform.whatif.fates import paired
from generator.platform.whatif.records import Fate, VmChange
from tests.platform.whatif.sides import (
    HALF,
    QUARTER,
    chosen,
    plan,
    shortfall,
    situation,
    targeting,
    vm,
    without_hosts,
)

ONE = plan((chosen(1),), (vm(0, "esx-01", 0),))


def changes(before: Plan, after: Plan) -> list[tuple[int, Fate, str]]:
    """Number, fate and reasons of every VM."""
    return [told(one) for one in compare(situation(before), situation(after)).vms]


def told(one: VmChange) -> tuple[int, Fate, str]:
    """A change without its spots."""
    return one.index, one.fate, "; ".join(one.reasons)


def test_a_vm_on_its_own_gpu_stays_whatever_its_number() -> None:
    """Equal VMs are nobody in particular."""
    before = plan((chosen(2),), (vm(0, "esx-01", 0), vm(1, "esx-02", 0)))
    after = plan((chosen(2),), (vm(0, "esx-02", 0), vm(1, "esx-01", 0)))
    assert changes(before, after) == [(0, Fate.STAYS, ""), (1, Fate.STAYS, "")]


@pytest.mark.parametrize(
    ("new", "why"),
    [
        (vm(0, "esx-02", 0), "esx-01 to esx-02"),
        (vm(0, "esx-01", 1), "esx-01/gpu0 to esx-01/gpu1"),
        (
            vm(0, "esx-01", 0, start=40),
            "esx-01/gpu0 changes to mixed-size mode, for which it must be empty",
        ),
    ],
)
def test_a_vm_moves_to_another_host_or_gpu(new: Placed, why: str) -> None:
    """The widest is said."""
    assert changes(ONE, plan((chosen(1),), (new,))) == [(0, Fate.MOVES, why)]


@pytest.mark.parametrize(
    ("profile", "starts", "why"),
    [
        ("nvidia_h100-3-40c", (0, 4), "MIG slice 0 to 4"),
        (HALF, (0, 40), "placement id 0 to 40"),
        (HALF, (40, -1), "esx-01/gpu0 changes to same-size mode, for which it must be empty"),
    ],
)
def test_a_place_on_a_gpu_is_named_as_its_mode_names_it(
    profile: str, starts: tuple[int, int], why: str
) -> None:
    """A slice in MIG mode, a placement id among mixed sizes, and none among equal ones."""
    sides = [
        plan(
            (chosen(1, profile=profile),),
            (replace(vm(0, "esx-01", 0, start=start), profile=profile),),
        )
        for start in starts
    ]
    assert changes(*sides) == [(0, Fate.MOVES, why)]


def test_as_few_vms_move_as_the_two_plans_allow() -> None:
    """The one whose host is gone takes the new place, not the one that could stay."""
    before = plan((chosen(2),), (vm(0, "esx-01", 0), vm(1, "esx-02", 0)))
    after = plan((chosen(2),), (vm(0, "esx-02", 0), vm(1, "esx-03", 0)))
    (first, second) = compare(
        situation(before), situation(after, facts=without_hosts("esx-01"))
    ).vms
    assert told(first) == (0, Fate.MOVES, "esx-01 is lost: it starts again on esx-03")
    assert told(second) == (1, Fate.STAYS, "")


def test_another_class_rolls_the_node() -> None:
    """A class is immutable, so its name changes."""
    ((_, fate, why),) = changes(ONE, plan((chosen(1, profile=QUARTER),), (vm(0, "esx-01", 0),)))
    assert fate is Fate.RECREATED
    assert why.startswith("its class becomes h100-20c-r")


@pytest.mark.parametrize(
    ("other", "why"),
    [
        ({"phase": "hpo"}, "its phase label becomes hpo"),
        ({"group": "team"}, "its namespace and cluster become others"),
    ],
)
def test_another_label_or_namespace_rolls_the_node(other: dict[str, str], why: str) -> None:
    """Labels come with the node, and a namespace has its own cluster."""
    after = plan((chosen(1, **other),), (vm(0, "esx-01", 0),))
    assert changes(ONE, after) == [(0, Fate.RECREATED, why)]


def test_more_vms_start_under_numbers_that_nobody_has() -> None:
    """After those that stop, too."""
    after = plan((chosen(2),), (vm(0, "esx-01", 0), vm(1, "esx-02", 0)))
    assert changes(ONE, after) == [(0, Fate.STAYS, ""), (1, Fate.STARTS, "1 were wanted")]


@pytest.mark.parametrize(
    ("after", "why"),
    [
        (plan((), ()), "nothing asks for it any more"),
        (plan((chosen(1),), (), shortfall(0, 1)), "it waits: no room"),
        (plan((), (), shortfall(0, 1)), "it waits: no room"),
        (plan((chosen(0),), ()), "0 are wanted"),
    ],
    ids=["gone", "waits", "no GPU can carry it", "fewer"],
)
def test_a_vm_stops_for_a_reason(after: Plan, why: str) -> None:
    """And starts for its opposite."""
    assert changes(ONE, after) == [(0, Fate.STOPS, why)]


@pytest.mark.parametrize(
    ("before", "why"),
    [
        (plan((), ()), "it is new"),
        (plan((chosen(1),), (), shortfall(0, 1)), "it waited and finds room"),
        (plan((), (), shortfall(0, 1)), "it waited and finds room"),
    ],
    ids=["new", "waited", "no GPU could carry it"],
)
def test_a_vm_starts_for_a_reason(before: Plan, why: str) -> None:
    """From nothing, or from the queue."""
    assert changes(before, ONE) == [(0, Fate.STARTS, why)]


def test_the_gravest_is_said_and_all_reasons() -> None:
    """A node that is rolled and whose host reboots."""
    wanted = targeting(kubernetes="1.35", vgpu_host="20")
    (change,) = compare(situation(ONE), situation(ONE, wanted=wanted)).vms
    assert change.fate is Fate.RECREATED
    assert change.reasons == (
        "kubernetes 1.36 to 1.35",
        "esx-01 reboots for vgpu_host 20: it leaves by vMotion or restarts",
        "guest driver must be 19 or 20",
    )


SPOTS = st.lists(st.tuples(st.sampled_from("abc"), st.integers(0, 1)), max_size=8)


@given(SPOTS, SPOTS)
def test_a_pairing_takes_each_vm_once_and_leaves_none_that_could_stay(
    old: list[tuple[str, int]], new: list[tuple[str, int]]
) -> None:
    """As many pairs as the shorter side has, as many of them equal as there are in common."""
    before, after = (
        [vm(n, host, gpu) for n, (host, gpu) in enumerate(side)] for side in (old, new)
    )
    pairs = list(paired(before, after, (lambda one: one.gpus, lambda one: one.host)))
    assert len(pairs) == min(len(old), len(new))
    assert len({left.index for left, _ in pairs}) == len({right.index for _, right in pairs})
    equal = sum(left.gpus == right.gpus for left, right in pairs)
    assert equal == sum(min(old.count(spot), new.count(spot)) for spot in {*old, *new})
