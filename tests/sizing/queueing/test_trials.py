"""Searches: slots, waves, what is left over, and what early stopping saves."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.ledger import Basis
from generator.sizing.nonsense import Nonsense
from generator.sizing.queueing import trials
from generator.sizing.queueing.trials import Trials, search

HOUR = 3600.0


def vision(**changes: float | str | None) -> Trials:
    """500 trials of an hour and a half in three days, on a quarter of a GPU each."""
    stated = {"trials": 500, "trial_s": 1.5 * HOUR, "deadline_s": 72 * HOUR, "gpus": 0.25}
    return Trials(**{**stated, **changes})


def test_five_hundred_trials_in_three_days_take_eleven_slots() -> None:
    found = search(vision())
    assert (found.waves, found.slots_needed, found.slots, found.trials_left) == (48, 11, 11, 0)
    assert found.gpu_hours == 500 * 1.5 / 4


def test_ten_slots_leave_twenty_trials() -> None:
    found = search(vision(max_parallel=10))
    assert (found.slots_needed, found.slots) == (11, 10)
    assert (found.trials_done, found.trials_left, found.slot_hours_left) == (480, 20, 30.0)
    assert found.duration_s == 50 * 1.5 * HOUR


def test_eight_idle_slots_for_sixty_four_hours_do_336_trials() -> None:
    assert 8 * trials.waves_before(64 * HOUR, 1.5 * HOUR) == 336


def test_three_tenths_hold_three_tenths_of_a_tenth() -> None:
    """0.3 / 0.1 is 2.9999999999999996 in floating point."""
    assert trials.waves_before(0.3, 0.1) == 3


def test_without_a_deadline_the_parallel_limit_decides() -> None:
    found = search(vision(deadline_s=None, max_parallel=20))
    assert (found.waves, found.slots, found.trials_left) == (None, 20, 0)
    assert search(vision(deadline_s=None)).slots == 1


def test_more_slots_than_trials_are_never_asked_for() -> None:
    assert search(vision(trials=3, deadline_s=2 * HOUR)).slots == 3
    assert search(vision(trials=3, deadline_s=None, max_parallel=9)).slots == 3


@given(
    count=st.integers(1, 5000),
    trial=st.floats(1, 1e5),
    waves=st.floats(1, 500),
    limit=st.none() | st.integers(1, 100),
)
def test_slots_suffice_and_one_less_would_not(
    count: int, trial: float, waves: float, limit: int | None
) -> None:
    wish = Trials(trials=count, trial_s=trial, deadline_s=trial * waves, max_parallel=limit)
    found = search(wish)
    assert found.waves is not None
    assert found.slots_needed * found.waves >= count > (found.slots_needed - 1) * found.waves
    assert found.trials_done + found.trials_left == count
    assert (found.trials_left == 0) == (found.slots == found.slots_needed)


@given(count=st.integers(1, 2000), waves=st.integers(1, 100), later=st.integers(0, 100))
def test_a_later_deadline_never_takes_more_slots(count: int, waves: int, later: int) -> None:
    assert trials.slots_for(count, waves + later) <= trials.slots_for(count, waves)


def test_a_stated_saving_is_taken_as_stated() -> None:
    found = search(vision(early_stopping="asha", saving_ratio=0.4))
    assert found.gpu_hours == pytest.approx(187.5 * 0.6)
    assert found.gpu_hours_low == found.gpu_hours_high == found.gpu_hours
    assert found.saving.basis is Basis.STATED


@pytest.mark.parametrize("rule", ["median", "asha", "hyperband"])
def test_an_assumed_saving_is_planned_with_its_least(rule: str) -> None:
    found = search(vision(early_stopping=rule))
    assert found.saving.basis is Basis.ASSUMED
    assert found.gpu_hours_low < found.gpu_hours == found.gpu_hours_high < 187.5
    assert found.slots == 11


def test_successive_halving_spends_the_same_on_every_rung() -> None:
    """81 configurations thinned by three: five rungs of 81 units."""
    assert trials.successive_halving(81, 1, eta=3, rungs=4) == 5 * 81


def test_hyperband_has_the_brackets_of_its_paper() -> None:
    """Table 1 of Li et al.: 81 + 34 + 15 + 8 + 5 configurations for R = 81 and eta = 3."""
    tried, work = trials.hyperband(81, eta=3)
    assert tried == 81 + 34 + 15 + 8 + 5
    assert work < tried * 81


def test_the_assumed_ranges_follow_from_the_formulas() -> None:
    halving = trials.ASSUMED_SAVING["asha"]
    saved = [
        1 - trials.successive_halving(81, 1, rungs=rungs) / (81 * 3**rungs) for rungs in (2, 4)
    ]
    assert [halving.low_ratio, halving.high_ratio] == pytest.approx(saved, abs=0.01)
    bands = trials.ASSUMED_SAVING["hyperband"]
    saved = [
        1 - work / (tried * full) for full in (9, 81) for tried, work in [trials.hyperband(full)]
    ]
    assert [bands.low_ratio, bands.high_ratio] == pytest.approx(saved, abs=0.01)


@given(full=st.floats(1, 1e4), eta=st.integers(2, 5))
def test_hyperband_never_costs_more_than_all_trials_to_their_end(full: float, eta: int) -> None:
    tried, work = trials.hyperband(full, eta=eta)
    assert 0 < work <= tried * full * (1 + 1e-9)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"trials": 0}, "hpo.trials"),
        ({"trial_s": 0}, "hpo.trial_time"),
        ({"deadline_s": HOUR}, "hpo.deadline"),
        ({"deadline_s": -1}, "hpo.deadline"),
        ({"gpus": 0}, "hpo.gpus"),
        ({"max_parallel": 0}, "hpo.max_parallel"),
        ({"early_stopping": "luck"}, "hpo.early_stopping"),
        ({"early_stopping": "asha", "saving_ratio": 1.2}, "hpo.early_stopping_saving"),
        ({"saving_ratio": 0.3}, "hpo.early_stopping_saving"),
    ],
)
def test_a_search_that_cannot_be_is_refused_by_name(
    changes: dict[str, float | str], field: str
) -> None:
    with pytest.raises(Nonsense) as refused:
        search(vision(**changes))
    assert refused.value.field == field


def test_halving_by_less_than_two_is_refused() -> None:
    with pytest.raises(Nonsense):
        trials.successive_halving(9, 1, eta=1, rungs=2)
    with pytest.raises(Nonsense):
        trials.successive_halving(9, 1, rungs=-1)
    with pytest.raises(Nonsense):
        trials.hyperband(0.5)
