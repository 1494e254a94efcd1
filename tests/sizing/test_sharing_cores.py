"""How many vCPUs may share a core, and what never does."""

from __future__ import annotations

import pytest

from generator.ledger import Basis
from generator.sizing.demand import Demand
from generator.sizing.sharing_cores import cores_in_ledger, share_cores
from tests.placement.build import demand, need


def ratio(one: Demand, stated: dict[str, float]) -> float:
    """The ratio that holds for a demand."""
    (found,) = share_cores([one], stated)
    return found.cpu_overcommit


@pytest.mark.parametrize(
    ("one", "expected"),
    [
        (demand("w"), 3.0),
        (demand("w", need(10)), 1.0),
        (demand("w", environment="prod"), 2.0),
        (demand("w", environment="prod", permanent=True), 1.0),
        (demand("w", permanent=True), 3.0),
        (demand("w", environment="lab"), 1.0),
    ],
    ids=["cpu", "gpu", "prod", "reserved in prod", "permanent in dev", "not stated"],
)
def test_the_ratio_holds_for_vms_that_can_wait_for_a_core(one: Demand, expected: float) -> None:
    assert ratio(one, {"dev": 3, "prod": 2}) == expected


def test_a_vcpu_has_a_core_where_nobody_decides() -> None:
    assert ratio(demand("w"), {}) == 1.0
    (entry,) = cores_in_ledger([demand("w")], {})
    assert (entry.name, entry.value, entry.source) == ("vCPUs a core in dev", 1.0, "default")
    assert "starve" in entry.rule


def test_the_ledger_names_what_counts_whole_beside_a_stated_ratio() -> None:
    stated = {"dev": 3.0}
    found = list(share_cores([demand("b", need(10)), demand("a")], stated))
    (entry,) = cores_in_ledger(found, stated)

    assert (entry.value, entry.basis) == (3.0, Basis.STATED)
    assert "1 for b: a GPU, or a class that reserves its CPU" in entry.rule
