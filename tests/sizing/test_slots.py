"""Slots of searches and notebook pools: what is noted beside their number."""

from __future__ import annotations

import pytest

from generator.blueprint.model.organisation import Notebooks, Team
from generator.blueprint.model.workloads import Hpo, Workload
from generator.ledger import Basis, Entry
from generator.quantity import GIB, Quantity
from generator.sizing.batch import hpo
from generator.sizing.figures import Figures
from generator.sizing.need import Need
from generator.sizing.nonsense import Nonsense
from generator.sizing.notebooks import notebooks

HOUR_S = 3600


def searched(**stated: object) -> tuple[Need, dict[str, Entry]]:
    """500 trials of 1.5 hours in 72 hours."""
    figures = Figures("w")
    wish = {
        "trials": 500,
        "trial_time_s": Quantity(1.5 * HOUR_S),
        "deadline_s": Quantity(72 * HOUR_S),
        "memory_bytes": Quantity(16 * GIB),
    } | stated
    need = hpo(Hpo(**wish), Workload(name="w", owner="o", phase="hpo"), figures)  # type: ignore[arg-type]
    assert isinstance(need, Need)
    return need, {entry.name: entry for entry in figures.entries}


def test_a_search_that_ends_in_time_leaves_nothing() -> None:
    need, ledger = searched()

    assert (need.count, ledger["slots"].value, ledger["slot hours"].value) == (11, 11, 750)
    assert "trials left" not in ledger


def test_a_limit_of_slots_leaves_trials_and_says_how_much_work_they_are() -> None:
    need, ledger = searched(max_parallel=10)

    assert (need.count, ledger["trials left"].value) == (10, 20)
    assert "30 slot-hours" in ledger["trials left"].rule
    assert "11 would meet the deadline" in ledger["slots"].rule
    assert ledger["slots"].basis is Basis.STATED


def test_early_stopping_saves_hours_and_no_slots() -> None:
    need, ledger = searched(early_stopping="asha")
    hours = ledger["slot hours"]

    assert need.count == 11
    assert (hours.value, hours.basis) == (255, Basis.ASSUMED)
    assert (hours.low, hours.high) == (45, 255)
    assert hours.effect
    assert "the slots stay" in hours.rule


def test_a_stated_saving_counts() -> None:
    _, ledger = searched(early_stopping="median", early_stopping_saving_ratio=Quantity(0.4))

    assert (ledger["slot hours"].value, ledger["slot hours"].basis) == (450, Basis.STATED)


def test_a_saving_without_early_stopping_is_refused() -> None:
    with pytest.raises(Nonsense, match="early_stopping_saving"):
        searched(early_stopping_saving_ratio=Quantity(0.4))


def pooled(people: int, **stated: object) -> tuple[Need, dict[str, Entry]]:
    """A team's pool."""
    team = Team(
        name="t",
        access="notebook",
        members={"data-scientist": people},
        notebooks=Notebooks(**stated),  # type: ignore[arg-type]
    )
    found = notebooks(team)
    assert found is not None
    return found[0], {entry.name: entry for entry in found[1]}


def test_members_beyond_the_slots_are_named_with_why_that_may_be() -> None:
    need, ledger = pooled(10, concurrency=0.8, idle_cull_s=Quantity(2700))

    assert (need.count, ledger["members without a slot"].value) == (8, 2)
    assert "CPU notebook" in ledger["members without a slot"].rule


def test_without_culling_everybody_keeps_a_slot() -> None:
    need, ledger = pooled(10, concurrency=0.8)

    assert need.count == 10
    assert "members without a slot" not in ledger
    assert ledger["notebooks at once"].rule.startswith("everybody keeps a slot")


@pytest.mark.parametrize(
    ("people", "stated", "slots"),
    [
        (0, {"concurrency": 0.8, "idle_cull_s": Quantity(2700)}, 0),
        (10, {"concurrency": 0.0, "idle_cull_s": Quantity(2700)}, 0),
        (10, {"concurrency": 0.0}, 10),
        (10, {"concurrency": 0.8, "idle_cull_s": Quantity(0)}, 10),
    ],
)
def test_nobody_at_work_takes_no_slot_and_never_stops_sizing(
    people: int, stated: dict[str, object], slots: int
) -> None:
    assert pooled(people, **stated)[0].count == slots
