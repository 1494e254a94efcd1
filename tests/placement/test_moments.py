"""What runs together in a week, and the slots that a packer tells apart."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.placement.moments import (
    RESOURCES,
    Load,
    Moment,
    load_of,
    millicores_of,
    moments,
    running,
    slots,
    worst,
)
from generator.quantity import GIB
from generator.sizing.demand import Demand, RunWindow, Sharing
from generator.sizing.queueing.windows import WEEK_S
from tests.placement.build import demand, need

HOUR_S = 3600


def at(name: str, *hours: tuple[int, int], **other: object) -> Demand:
    """A demand that runs from and to these hours of the week."""
    windows = tuple(
        RunWindow(start_s=start * HOUR_S, duration_s=(end - start) * HOUR_S) for start, end in hours
    )
    return demand(name, windows=windows, **other)  # type: ignore[arg-type]


def shown(week: tuple[Moment, ...]) -> list[tuple[float, int]]:
    """The start in hours and the VMs of each moment."""
    return [(moment.start_s / HOUR_S, moment.load.vms) for moment in week]


def test_a_week_without_windows_is_one_moment() -> None:
    assert shown(moments([demand("a"), demand("b", count=3)])) == [(0, 4)]


def test_a_week_without_demands_is_one_empty_moment() -> None:
    assert moments([]) == (Moment(start_s=0, duration_s=WEEK_S, load=Load()),)


def test_a_week_is_cut_where_something_starts_or_ends() -> None:
    week = moments([demand("a"), at("n", (2, 6), (26, 30)), at("m", (4, 8))])

    assert shown(week) == [(0, 1), (2, 2), (4, 3), (6, 2), (8, 1), (26, 2), (30, 1)]
    assert sum(moment.duration_s for moment in week) == WEEK_S


def test_one_that_ends_does_not_meet_one_that_starts() -> None:
    week = moments([at("a", (2, 4)), at("b", (4, 6))])

    assert max(moment.load.vms for moment in week) == 1
    assert [d.name for d in running([at("a", (2, 4)), at("b", (4, 6))], week[2])] == ["b"]


def test_a_window_may_pass_the_end_of_the_week() -> None:
    assert shown(moments([at("a", (166, 170))])) == [(0, 1), (2, 0), (166, 1)]


def test_a_load_counts_every_vm_and_every_gpu() -> None:
    one = demand("a", need(10, Sharing.TIME_SLICED, gpus=2), count=3, cpu_overcommit=1.0)

    assert load_of(one) == Load(
        framebuffer_bytes=60 * GIB, millicores=12_000, memory_bytes=96 * GIB, gpus=6, vms=3
    )


@pytest.mark.parametrize(
    ("vcpus", "ratio", "expected"), [(4, 1.0, 4000), (4, 2.0, 2000), (4, 3.0, 1334), (1, 1.5, 667)]
)
def test_cores_are_shared_and_rounded_up(vcpus: int, ratio: float, expected: int) -> None:
    assert millicores_of(demand("a", vcpus=vcpus, cpu_overcommit=ratio)) == expected


def test_the_worst_moment_is_one_for_each_resource_and_the_first_of_equals() -> None:
    demands = [
        at("large", (2, 4), (50, 52), memory_bytes=64 * GIB, vcpus=1),
        at("busy", (3, 6), memory_bytes=GIB, vcpus=32),
        demand("gpu", need(8), windows=(RunWindow(start_s=90 * HOUR_S, duration_s=60),)),
    ]
    found = worst(moments(demands))

    assert set(found) == set(RESOURCES)
    assert found["memory_bytes"].start_s == 3 * HOUR_S
    assert found["millicores"].load.millicores == 33_000
    assert found["gpus"].start_s == found["framebuffer_bytes"].start_s == 90 * HOUR_S


def test_a_packer_may_say_what_its_choice_takes() -> None:
    (moment,) = moments([demand("a")], lambda _: Load(gpus=8))

    assert moment.load.gpus == 8


NIGHT = at("night", *((24 * day + 2, 24 * day + 6) for day in range(7)))
DAY = at("day", *((24 * day + 8, 24 * day + 19) for day in range(5)))
LATE = at("late", (24 * 4 + 18, 24 * 4 + 22))
STAYS = demand("stays")


def test_seven_equal_nights_are_one_slot() -> None:
    found = slots([STAYS, NIGHT, DAY])

    assert (found.count, found.joined) == (2, 0)
    assert found.mask(STAYS) == 0b11
    assert {found.mask(NIGHT), found.mask(DAY)} == {0b01, 0b10}


def test_a_moment_at_which_no_more_runs_than_at_another_is_no_slot() -> None:
    """Friday with day and late is the worst of all days."""
    found = slots([DAY, LATE])

    assert found.count == 1
    assert found.mask(DAY) == found.mask(LATE) == 1


def test_demands_that_never_run_together_may_take_one_place() -> None:
    found = slots([STAYS, NIGHT, DAY, LATE])

    assert found.apart(NIGHT, DAY)
    assert not found.apart(DAY, LATE)
    assert not found.apart(STAYS, NIGHT)
    assert found.turns(NIGHT, [STAYS, NIGHT, DAY, LATE]) == (DAY, LATE)


def test_without_demands_there_is_one_slot() -> None:
    assert slots([]).count == 1


def test_windows_that_nobody_named_count_as_always() -> None:
    assert slots([NIGHT, DAY]).mask(at("other", (1, 2))) == 0b11


def test_neighbours_that_differ_least_are_joined_where_there_are_too_many() -> None:
    """Hours 0, 1 and 2 apart from 3: the two with the smallest difference share a slot."""
    demands = [at(f"d{n}", (n, n + 1)) for n in range(4)]
    wide = [at(f"w{n}", (1, 3), count=n + 1, vcpus=n + 1) for n in range(3)]
    found = slots([*demands, *wide], most=3)

    assert (found.count, found.joined) == (3, 1)
    assert not found.apart(demands[0], demands[1]) or not found.apart(demands[1], demands[2])


HOURS = st.integers(0, 200)
WINDOWS = st.lists(st.tuples(HOURS, st.integers(1, 60)), max_size=4)
WEEKS = st.lists(WINDOWS, min_size=1, max_size=9)


def of_week(week: list[list[tuple[int, int]]]) -> list[Demand]:
    """A demand for each list of (start, length) in hours, of growing counts."""
    return [
        replace(at(f"d{place}", *((a, a + n) for a, n in sorted(spans))), count=place + 1)
        for place, spans in enumerate(week)
    ]


def runs_at(one: Demand, at_s: int) -> bool:
    """Whether a demand runs at a moment, by the definition of a window."""
    return not one.windows or any(
        (at_s - window.start_s) % WEEK_S < window.duration_s for window in one.windows
    )


@given(WEEKS)
def test_every_hour_is_in_a_moment_with_all_that_runs(week: list[list[tuple[int, int]]]) -> None:
    demands = of_week(week)
    found = moments(demands)
    for hour in range(168):
        (moment,) = [m for m in found if m.start_s <= hour * HOUR_S < m.start_s + m.duration_s]
        there = [one for one in demands if runs_at(one, hour * HOUR_S)]
        assert list(running(demands, moment)) == there
        assert moment.load.vms == sum(one.count for one in there)


@given(WEEKS)
def test_the_fullest_slot_is_the_worst_moment(week: list[list[tuple[int, int]]]) -> None:
    """Whatever the amounts are: also those of a part of the demands."""
    demands = of_week(week)
    found = slots(demands)
    for part in (demands, demands[::2], demands[1::3]):
        by_slot = [
            sum(one.count for one in part if found.mask(one) >> slot & 1)
            for slot in range(found.count)
        ]
        assert max(by_slot) == max(moment.load.vms for moment in moments(part))


@given(WEEKS, st.integers(1, 4))
def test_two_are_apart_only_if_they_never_meet(
    week: list[list[tuple[int, int]]], most: int
) -> None:
    """And always if so, where no slots had to be joined."""
    demands = of_week(week)
    found = slots(demands, most)
    assert found.count <= most
    for one, other in combinations(demands, 2):
        meet = any(
            runs_at(one, hour * HOUR_S) and runs_at(other, hour * HOUR_S) for hour in range(168)
        )
        assert not (meet and found.apart(one, other))
        assert found.joined or found.apart(one, other) is not meet


@given(WEEKS, st.randoms())
def test_the_order_of_demands_changes_nothing(
    week: list[list[tuple[int, int]]], chance: object
) -> None:
    demands = of_week(week)
    mixed = list(demands)
    chance.shuffle(mixed)  # type: ignore[attr-defined]
    assert moments(mixed) == moments(demands)
    assert slots(mixed) == slots(demands)


def test_hundreds_of_different_nights_leave_sixty_four_slots() -> None:
    demands = [at(f"d{n}", (n % 160, n % 160 + 1 + n // 160)) for n in range(640)]
    apart = [replace(one, windows=(RunWindow(start_s=n * 900, duration_s=600),))
             for n, one in enumerate(demands)]  # fmt: skip
    found = slots(apart)

    assert found.count == 64
    assert found.joined == 640 - 64
    assert all(found.mask(one).bit_count() == 1 for one in apart)
