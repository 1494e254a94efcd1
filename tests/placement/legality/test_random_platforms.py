"""No plan for a random platform is illegal, and no placer with an error passes for a right one."""

from __future__ import annotations

import pytest

from tests.placement.legality.coverage import EVERY, filled_ratio, tried
from tests.placement.legality.judged import (
    facts_of,
    judged,
    judged_after_a_change,
    placements_of,
    plan_of,
)
from tests.placement.legality.mutants import MUTANTS, Mutant
from tests.placement.legality.platforms import platform

PLATFORMS = 1000
CHUNK = 50


@pytest.mark.parametrize("first", range(0, PLATFORMS, CHUNK))
def test_every_plan_is_legal(first: int) -> None:
    found = {seed: judged(platform(seed)) for seed in range(first, first + CHUNK)}
    assert {seed: texts for seed, texts in found.items() if texts} == {}


@pytest.mark.parametrize("first", range(0, PLATFORMS // 2, CHUNK))
def test_every_kept_plan_is_legal(first: int) -> None:
    """Half of the demands stand already when the others come."""
    seeds = range(first, first + CHUNK)
    found = {seed: judged_after_a_change(platform(seed)) for seed in seeds}
    assert {seed: texts for seed, texts in found.items() if texts} == {}


def test_a_seed_is_one_platform() -> None:
    assert platform(7) == platform(7)
    assert platform(7) != platform(8)


def test_platforms_try_everything_and_most_end_full() -> None:
    """The deep run (``benchmarks/deep/legality.py``) prints how often."""
    seen: set[str] = set()
    full = 0
    for seed in range(300):
        made = platform(seed)
        facts, placements = facts_of(made), placements_of(plan_of(made))
        seen |= tried(made, facts, placements)
        full += (filled_ratio(facts, placements) or 0) > 0.9
    assert seen >= set(EVERY)
    assert full >= 150


def test_thirty_errors_and_more_are_seeded() -> None:
    assert len({mutant.name for mutant in MUTANTS}) == len(MUTANTS) >= 30


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.name.replace(" ", "-"))
def test_a_placer_with_an_error_is_caught(mutant: Mutant, monkeypatch: pytest.MonkeyPatch) -> None:
    """On the platforms on which the right one passes."""
    mutant.seed(monkeypatch)
    assert any(judged(platform(seed)) for seed in range(PLATFORMS))
