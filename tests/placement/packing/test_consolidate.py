"""Fewer GPUs for the same VMs, by loads or by an integer program, and never by cheating."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from generator.placement.bound.proof import bound, opened
from generator.placement.hosts.ask import Ask
from generator.placement.hosts.stock import Host
from generator.placement.packing import exact as exact_module
from generator.placement.packing.consolidate import Placed, consolidated, crowded
from generator.placement.packing.exact import Exact, NoSolver, exact
from generator.placement.packing.packing import Packing
from tests.placement.bound.test_proof import SIZES, ask, board, fewest, instances, packed
from tests.placement.build import H100, host

BOARDS = {model: board(model) for model in SIZES}


def hosts_of(count: int, **other: object) -> list[Host]:
    return [host(f"h{n}", gpus=8, **other) for n in range(count)]


def improved(hosts: Sequence[Host], placed: Placed, isolation: str = "gpu") -> Placed | None:
    found = consolidated(
        hosts, BOARDS, placed, lambda: Packing(hosts, BOARDS, isolation), isolation
    )
    if found is None:
        return None
    return [(each, spots) for (each, _), spots in zip(placed, found.spots, strict=True)]


def solved(hosts: Sequence[Host], placed: Placed) -> Exact:
    return exact(hosts, BOARDS, placed, lambda: Packing(hosts, BOARDS))


def legal(hosts: Sequence[Host], placed: Placed) -> bool:
    """Whether a fresh packing takes every VM where it is."""
    packing = Packing(hosts, BOARDS)
    for each, spots in placed:
        for spot in spots:
            room = packing.rooms[spot.order]
            if not room.has(each) or any(room.joined(gpu, each) is None for gpu in spot.gpus):
                return False
            packing.take(each, spot)
    return True


def test_a_plan_that_is_proved_best_stays() -> None:
    hosts = hosts_of(1)
    assert improved(hosts, packed(hosts, [(ask(H100, "20c"), 9)])) is None


def test_loads_open_fewer_gpus_than_the_tightest_fit() -> None:
    hosts = hosts_of(3)
    placed = packed(hosts, [(ask(H100, size), 12) for size in ("40c", "3-40c", "16c", "1-10c")])
    again = improved(hosts, placed)
    assert again is not None
    assert legal(hosts, again)
    assert opened(hosts, BOARDS, again) < opened(hosts, BOARDS, placed)
    assert [len(spots) for _, spots in again] == [len(spots) for _, spots in placed]


@given(instances())
@settings(max_examples=60, deadline=None)
def test_every_vm_keeps_a_legal_place(instance: tuple[list[Host], list[tuple[Ask, int]]]) -> None:
    hosts, asks = instance
    placed = packed(hosts, asks)
    again = improved(hosts, placed) or placed
    assert legal(hosts, again)
    assert opened(hosts, BOARDS, again) <= opened(hosts, BOARDS, placed)


@given(instances())
@settings(max_examples=60, deadline=None)
def test_the_exact_answer_is_legal_and_between_bound_and_plan(
    instance: tuple[list[Host], list[tuple[Ask, int]]],
) -> None:
    """And where it says proved, no assignment of all opens fewer GPUs."""
    hosts, asks = instance
    placed = packed(hosts, asks)
    found = solved(hosts, placed)
    again = [(each, spots) for (each, _), spots in zip(placed, found.spots, strict=True)]
    assert legal(hosts, again)
    assert opened(hosts, BOARDS, again) == found.bound.used
    best = fewest(hosts, asks)
    assert found.least <= best <= found.bound.used <= opened(hosts, BOARDS, placed)


@st.composite
def thirty(draw: st.DrawFn) -> tuple[list[Host], list[tuple[Ask, int]]]:
    """Thirty workloads of one model on hosts that can feed them."""
    model = draw(st.sampled_from(sorted(SIZES)))
    sizes = draw(st.lists(st.sampled_from(SIZES[model]), min_size=30, max_size=30))
    counts = Counter(ask(model, size) for size in sizes)
    return hosts_of(4, model=model), sorted(counts.items())


@given(thirty())
@settings(max_examples=25, deadline=None)
def test_at_thirty_workloads_the_bound_is_below_the_exact_answer(
    instance: tuple[list[Host], list[tuple[Ask, int]]],
) -> None:
    """The exact one is proved, and the bound is no more than a GPU away."""
    hosts, asks = instance
    placed = packed(hosts, asks)
    found = solved(hosts, placed)
    assert found.ended == "proved"
    for solver in (False, True):
        below = bound(hosts, BOARDS, placed, solver=solver).gpus
        assert below <= found.bound.used <= below + 1


def test_copies_come_no_closer() -> None:
    hosts = hosts_of(2)
    copies = ask(H100, "20c", apart=("dev", "api"))
    placed = packed(hosts, [(ask(H100, "3-40c"), 6), (copies, 2), (ask(H100, "1-10c"), 9)])
    again = improved(hosts, placed) or placed
    assert crowded(placed) == crowded(again) == 0


def test_groups_of_joined_gpus_stay_joined() -> None:
    hosts = hosts_of(3, nvlink="nvswitch")
    whole = ask(H100, "80c", gpus=2, nvlink=True)
    rest = [(ask(H100, size), 9) for size in ("3-40c", "16c", "1-10c")]
    placed = packed(hosts, [(whole, 3), *rest])
    found = solved(hosts, placed)
    assert all(
        spot.gpus[0] % 2 == 0 and spot.gpus[1] == spot.gpus[0] + 1 for spot in found.spots[0]
    )


def test_a_week_with_several_slots_stays_as_it_is() -> None:
    hosts = hosts_of(2)
    day, night = ask(H100, "3-40c", slots=(0,)), ask(H100, "1-10c", slots=(1,))
    placed = packed(hosts, [(day, 5), (night, 9)], slots=2)
    assert improved(hosts, placed) is None
    assert solved(hosts, placed).spots == tuple(spots for _, spots in placed)


def test_without_the_extra_there_is_no_exact_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exact_module, "available", lambda: False)
    with pytest.raises(NoSolver):
        solved(hosts_of(1), [])
