"""Whether work ends in time in fewer hours of the week, or in fewer slots."""

from __future__ import annotations

from dataclasses import replace

import pytest

from generator.blueprint.model.workloads import Workload
from generator.placement.relaxing.deadlines import ends_within, left_by
from generator.quantity import Quantity
from generator.sizing.demand import RunWindow
from tests.example import blueprint

HOUR = 3600
NIGHTS = tuple(RunWindow(start_s=(24 * d + 20) * HOUR, duration_s=12 * HOUR) for d in range(7))


def workload(name: str) -> Workload:
    return next(w for w in blueprint().workloads if w.name == name)


def search(hours: float) -> Workload:
    """500 trials of 1.5 h with another deadline."""
    wanted = workload("vision-hpo")
    assert wanted.hpo is not None
    return replace(wanted, hpo=replace(wanted.hpo, deadline_s=Quantity(hours * HOUR)))


@pytest.mark.parametrize(
    ("hours", "slots", "ends"),
    [
        (72, 20, False),  # three nights of 12 h, 8 trials in each: 480
        (72, 21, True),
        (84, 16, True),  # four nights, where it begins in the evening
        (168, 9, True),
        (168, 8, False),
        (336, 5, True),
        (336, 4, False),
    ],
)
def test_a_search_ends_where_its_windows_hold_enough_whole_trials(
    hours: float, slots: int, *, ends: bool
) -> None:
    assert ends_within(search(hours), NIGHTS, slots) is ends


def test_what_a_window_cuts_off_is_no_trial() -> None:
    """Two halves of 75 minutes carry none of 90."""
    halves = [RunWindow(start_s=n * 12 * HOUR, duration_s=75 * 60) for n in range(14)]
    assert not ends_within(search(72), halves, slots=500)


def test_windows_that_meet_are_one() -> None:
    """Also over the end of the week."""
    weekend = [
        RunWindow(start_s=0, duration_s=8 * HOUR),
        RunWindow(start_s=6 * 24 * HOUR, duration_s=12 * HOUR),
        RunWindow(start_s=6 * 24 * HOUR + 12 * HOUR, duration_s=12 * HOUR),
    ]
    assert ends_within(search(31.5), weekend, slots=24)
    assert not ends_within(search(31.5), weekend, slots=23)


@pytest.mark.parametrize(("hours", "ends"), [(8, True), (7, False)])
def test_a_training_needs_a_window_as_long_as_its_deadline(hours: int, *, ends: bool) -> None:
    window = [RunWindow(start_s=20 * HOUR, duration_s=hours * HOUR)]
    assert ends_within(workload("vision-cnn"), window, slots=1) is ends


def test_what_has_no_deadline_ends_some_day() -> None:
    assert ends_within(workload("llm-lora"), NIGHTS[:1], slots=1)


@pytest.mark.parametrize(("slots", "left"), [(11, 0), (10, 20), (2, 404), (0, 500)])
def test_fewer_slots_leave_trials(slots: int, left: int) -> None:
    hpo = workload("vision-hpo").hpo
    assert hpo is not None
    assert left_by(hpo, slots) == left
