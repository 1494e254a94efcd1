"""Orders of arrival: hosts behave as they do, and no enforced promise breaks."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from random import Random

import pytest

from generator.catalog import Catalog
from generator.placement.devices.geometry import Board
from generator.placement.devices.shapes import Mode
from generator.placement.hosts.stock import stock
from generator.placement.levers.grading import Grading, Held, Situation, key_of_kind
from generator.placement.levers.holding import seats_of, situation_of
from generator.placement.levers.reach import Kind, Station
from generator.placement.levers.simulator import Broken, replay
from generator.placement.levers.world import Habit, Place, World
from generator.placement.plan import Grade
from generator.placement.terms import Terms, terms_of
from tests.example import blueprint, planned, site
from tests.placement.levers.test_worst_order import H100, kind, station
from tests.placement.sites import case

CATALOG = Catalog.builtin()
BOARDS = {H100: Board(CATALOG.accelerator(H100))}
AMPERE = "nvidia-a100-pcie-80"
SAME, MIXED, MIG = Mode.SAME_SIZE, Mode.MIXED_SIZE, Mode.MIG


def first(_: int) -> int:
    """Of all choices the first."""
    return 0


def last(count: int) -> int:
    """Of all choices the last."""
    return count - 1


def world(
    *stations: Station, habit: Habit = Habit.ANY, pick: Callable[[int], int] = first
) -> World:
    """Hosts without anything on them."""
    return World(Situation((), stations, BOARDS, Terms()), habit, pick)


@pytest.mark.parametrize(
    ("habit", "hosts"), [(Habit.SPREAD, [0, 1, 0, 1]), (Habit.CONSOLIDATE, [0, 0, 0, 0])]
)
def test_drs_spreads_or_consolidates(habit: Habit, hosts: list[int]) -> None:
    here = world(station(SAME), station(SAME), habit=habit)
    places = [here.start(kind("d", "20c", 4)) for _ in range(4)]
    assert [place.host for place in places if place] == hosts


@pytest.mark.parametrize(
    ("habit", "mode", "profile", "gpus"),
    [
        (Habit.SPREAD, SAME, "20c", [0, 1, 0]),
        (Habit.CONSOLIDATE, SAME, "20c", [0, 0, 0]),
        (Habit.SPREAD, MIG, "2-20c", [0, 0, 0]),
    ],
)
def test_the_assignment_policy_is_heeded_in_same_size_mode_only(
    habit: Habit, mode: Mode, profile: str, gpus: list[int]
) -> None:
    """MIG fills one GPU before the next."""
    here = world(station(mode, mode), habit=habit)
    places = [here.start(kind("d", profile, 3)) for _ in range(3)]
    assert [place.gpus[0] for place in places if place] == gpus


def test_a_first_vgpu_locks_its_gpu() -> None:
    here = world(station(SAME))
    place = here.start(kind("d", "20c", 1))
    assert place == Place(0, (0,), -1)
    assert here.start(kind("e", "10c", 1)) is None
    here.stop(kind("d", "20c", 1), place)
    assert here.start(kind("e", "10c", 1)) is not None


@pytest.mark.parametrize(("pick", "start"), [(first, 0), (last, 60)])
def test_any_placement_id_may_come(pick: Callable[[int], int], start: int) -> None:
    assert world(station(MIXED), pick=pick).start(kind("d", "20c", 1)) == Place(0, (0,), start)


def test_hopper_puts_the_first_half_high() -> None:
    here = world(station(MIG))
    half = kind("d", "3-40c", 2)
    assert [here.start(half), here.start(half)] == [Place(0, (0,), 4), Place(0, (0,), 0)]


def test_a_group_needs_all_of_its_gpus_empty() -> None:
    here = world(station(SAME, SAME, SAME, SAME))
    pair = kind("pair", "80c", 2, gpus=2, nvlink=True)
    here.put(kind("d", "10c", 1), Place(0, (1,), -1))
    assert here.start(pair) == Place(0, (2, 3), -1)
    assert here.start(pair) is None


def test_reserved_memory_stops_a_power_on() -> None:
    here = world(station(SAME, SAME, memory_gib=31))
    assert here.start(kind("d", "80c", 2)) is not None
    assert here.start(kind("d", "80c", 2)) is None


def test_spite_takes_the_place_that_hurts_most() -> None:
    """A 10C goes into a free half, and a 1g to slice 0."""
    small, large = kind("d", "10c", 1), kind("e", "40c", 2)
    here = World(Situation((small, large), (station(MIXED),), BOARDS, Terms()), Habit.SPITE, first)
    here.put(large, Place(0, (0,), 40))
    assert here.start(small) == Place(0, (0,), 0)


def held(kinds: Sequence[Kind], grade: Grade) -> dict[tuple[str, str, tuple[str, str, str]], Held]:
    """A claim that all of each kind have a grade."""
    return {key_of_kind(k): Held("", grade, k.most) for k in kinds}


@pytest.mark.parametrize("habit", list(Habit))
def test_a_false_promise_is_found_out(habit: Habit) -> None:
    """Two of 40C beside eight of 10C on two GPUs: nothing keeps their halves free."""
    kinds = kind("mine", "40c", 2), kind("small", "10c", 8)
    situation = Situation(kinds, (station(MIXED), station(MIXED)), BOARDS, Terms())
    broken = {
        (b.demand, b.grade)
        for seed in range(20)
        for b in replay(
            situation, held(kinds, Grade.ENFORCED), {}, Random(seed).randrange, habit=habit
        ).broken
    }
    assert ("mine", Grade.ENFORCED) in broken


def test_an_order_is_promised_only_in_that_order() -> None:
    kinds = kind("mine", "40c", 4, permanent=True), kind("small", "10c", 8)
    situation = Situation(kinds, (station(MIXED), station(MIXED)), BOARDS, Terms())
    claim = held(kinds[:1], Grade.BY_POWER_ON_ORDER) | {
        key_of_kind(kinds[1]): Held("", Grade.HOPE, 0)
    }
    for seed in range(20):
        run = replay(situation, claim, {}, Random(seed).randrange, in_order=True)
        assert run.broken == ()
        assert run.refused >= 8
        assert replay(situation, claim, {}, Random(seed).randrange, in_order=False).broken == ()


def test_a_promise_that_the_order_cannot_hold_is_found_out() -> None:
    kinds = kind("mine", "40c", 4, permanent=True), kind("more", "40c", 1, permanent=True)
    situation = Situation(kinds, (station(MIXED), station(MIXED)), BOARDS, Terms())
    run = replay(situation, held(kinds, Grade.BY_POWER_ON_ORDER), {}, first, in_order=True)
    assert set(run.broken) == {Broken("dev", "more", 0, 1, Grade.BY_POWER_ON_ORDER)}


def test_reserved_capacity_is_kept_even_from_those_who_come_first() -> None:
    kinds = kind("mine", "40c", 2), kind("small", "10c", 9)
    situation = Situation(kinds, (station(MIXED),), BOARDS, Terms(reservations=True))
    claim = Grading(situation).held
    seats = {key_of_kind(kinds[0]): [Place(0, (0,), 0), Place(0, (0,), 40)]}
    claim = {at: one._replace(reserved=at in seats) for at, one in claim.items()}
    run = replay(situation, claim | {key_of_kind(kinds[1]): Held("", Grade.HOPE, 0)}, seats, first)
    assert (run.refused, run.broken, run.legal) == (run.tried, (), True)


@pytest.mark.parametrize("seed", range(40))
def test_no_promise_of_a_random_site_breaks(seed: int) -> None:
    """``benchmarks/deep/arrivals.py`` tries more."""
    found = case(seed)
    situation = situation_of(found.plan, found.hosts, CATALOG, found.terms)
    grading = Grading(situation)
    seats = seats_of(found.plan, situation)
    assert {(p.environment, p.demand, p.grade) for p in found.plan.placed} == {
        (kind.environment, kind.demand, grading.held[key_of_kind(kind)].grade)
        for kind in situation.kinds
    }
    for turn, habit in enumerate(Habit):
        for in_order in (False, True):
            pick = Random(100 * seed + turn).randrange
            run = replay(situation, grading.held, seats, pick, habit=habit, in_order=in_order)
            assert run.legal
            assert run.broken == ()


def test_no_promise_of_the_example_breaks() -> None:
    terms = terms_of(blueprint(), CATALOG)
    situation = situation_of(planned(), stock({"ams1": site()}), CATALOG, terms)
    grading = Grading(situation)
    for seed in range(40):
        run = replay(
            situation,
            grading.held,
            {},
            Random(seed).randrange,
            habit=list(Habit)[seed % 4],
            in_order=bool(seed & 4),
        )
        assert run.tried > 30
        assert (run.legal, run.broken) == (True, ())
