"""A full datastore and a network without addresses are answers with a name."""

from __future__ import annotations

import pytest

from generator.catalog import Catalog
from generator.placement.engine import place
from generator.placement.plan import Obstacle
from generator.sizing.connectivity.sized import NetworkSized, SizedAddresses
from generator.sizing.data.stored import DataSized, StoreShortage
from generator.sizing.demand import Sized
from generator.sizing.machine.bill import Bill, Part
from generator.sizing.network.addresses import AddressDemand
from tests.placement.build import demand, host, sized


def store(month: int | None) -> Sized:
    """A platform of one VM whose datastore is short."""
    short = StoreShortage(store="fc-1", tiers=("bulk",), needed=11.2, free=10.7, month=month)
    return Sized(
        demands=sized(demand("d")).demands,
        ledger=(),
        findings=(),
        data=DataSized(shortages=(short,)),
    )


def network(missing: int | None, today: int | None) -> Sized:
    """A platform of one VM whose workload network wants 70 addresses, 20 of which stand."""
    part = Part(name="nodes", value=70, rule="r", source="s")
    bill = Bill(name="addresses", unit="addresses", parts=(part,))
    plan = SizedAddresses(
        site="here",
        network="workload",
        path="storage_compute.sites[here].inventory",
        demand=AddressDemand(network="workload", bill=bill, prefix_length=25),
        standing=20,
        free=40,
        missing=missing,
        missing_today=today,
    )
    return Sized(
        demands=sized(demand("d")).demands,
        ledger=(),
        findings=(),
        network=NetworkSized(addresses=(plan,)),
    )


def found(needed: Sized) -> tuple[tuple[Obstacle, ...], bool]:
    """The obstacles of a platform, and whether it fits."""
    plan = place(needed, [host("a")], Catalog.builtin())
    return plan.obstacles, plan.fits


def test_a_datastore_that_is_full_today_does_not_fit() -> None:
    (obstacle,), fits = found(store(0))
    assert not fits
    assert obstacle == Obstacle(
        what="capacity",
        where="fc-1",
        needed=12,
        free=10,
        unit="B",
        path="storage_compute.storage.tiers[bulk]",
        when="today",
        fatal=True,
    )


@pytest.mark.parametrize(
    ("month", "sentence"),
    [
        (5, "capacity of fc-1: 12 B needed, 10 free, in month 5"),
        (None, "read rate of fc-1: 12 B/s needed, 10 free, if all its readers read at once"),
    ],
)
def test_what_may_come_is_said_and_stops_nothing(month: int | None, sentence: str) -> None:
    (obstacle,), fits = found(store(month))
    assert (obstacle.sentence, fits) == (sentence, True)


@pytest.mark.parametrize(
    ("missing", "today", "when", "fits"),
    [(10, 4, "today", False), (10, 0, "once it has grown", True)],
)
def test_a_network_without_addresses_is_an_obstacle(
    missing: int, today: int, when: str, fits: bool
) -> None:
    (obstacle,), all_of_it = found(network(missing, today))
    assert (obstacle.where, obstacle.needed, obstacle.free) == ("workload at here", 50, 40)
    assert (obstacle.when, obstacle.fatal, all_of_it) == (when, not fits, fits)


@pytest.mark.parametrize("missing", [0, None], ids=["enough", "unknown"])
def test_what_suffices_or_is_unknown_is_no_obstacle(missing: int | None) -> None:
    assert found(network(missing, missing)) == ((), True)
