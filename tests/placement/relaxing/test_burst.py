"""What would leave for rented capacity: work, money, transfer, and whether it may."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from generator.blueprint.model.blueprint import Blueprint
from generator.blueprint.model.resource_management import Burst, Price
from generator.catalog import Catalog
from generator.placement.engine import place
from generator.placement.hosts.stock import stock
from generator.placement.relaxing.burst import overflows
from generator.placement.relaxing.overflow import Check, Overflow
from generator.placement.terms import terms_of
from generator.quantity import Quantity
from generator.sizing.engine import size
from tests.example import blueprint, site

CATALOG = Catalog.builtin()
PAID = Price(currency="EUR", egress_gb=0.0)


def bursting(wanted: Blueprint) -> tuple[Overflow, ...]:
    needed = size(wanted, CATALOG, {"ams1": site()})
    plan = place(needed, stock({"ams1": site()}), CATALOG, terms_of(wanted, CATALOG))
    return overflows(plan, needed, wanted, CATALOG)


def with_burst(**fields: object) -> Blueprint:
    """The example with its terms of bursting changed."""
    managed = blueprint().resource_management
    assert managed.burst is not None
    burst = replace(managed.burst, **fields)  # type: ignore[arg-type]
    return replace(blueprint(), resource_management=replace(managed, burst=burst, price=PAID))


def altered(changes: dict[str, str]) -> Blueprint:
    """The example with words at dotted paths changed."""
    wanted: Blueprint = blueprint()
    for path, word in changes.items():
        wanted = _changed(wanted, path.split("."), word)
    return wanted


def _changed(part: Any, path: list[str], word: str) -> Any:
    name, *rest = path
    inner = _changed(getattr(part, name), rest, word) if rest else word
    return replace(part, **{name: inner})


def check(found: Overflow, name: str) -> Check:
    return next(each for each in found.checks if each.name.startswith(name))


def test_the_example_names_what_would_leave_and_what_it_costs() -> None:
    """Report line 2: 480 of 500 trials in ten slots, and the idle pair instead."""
    (found,) = bursting(blueprint())
    assert found.sentence == "30 slot-hours ~ EUR 33.00 plus 22 min to move 156 GiB"
    assert found.slots == 1
    assert [idle.trials for idle in found.instead] == [336]
    assert found.instead[0].sentence.endswith("64 h x 8 slots = 336 more trials, no cost")


def test_both_meanings_of_full_are_printed() -> None:
    """Report line 3: 580 of 640 GB, and all of what may carry it."""
    (found,) = bursting(blueprint())
    assert check(found, "threshold").passes
    assert check(found, "threshold").figures == (
        "580 of 640 GiB are allocated, 580 of 580 GiB that may carry it; "
        "threshold 100% of what may carry it"
    )


@pytest.mark.parametrize(
    ("changed", "allocated"),
    [
        ({"governance.isolation.prod_vs_dev": "host"}, 420),
        ({"governance.isolation.prod_vs_dev": "cluster"}, 100),
        ({"platform.targets.esx": "8.0U2", "platform.targets.vcenter": "8.0U2"}, 540),
    ],
    ids=["hosts of prod", "no cluster left", "the other half is locked to 40C"],
)
def test_what_is_free_and_closed_to_it_is_no_capacity(
    changed: dict[str, str], allocated: int
) -> None:
    """The plan found no place for it on the GPUs that are left, so on-premises is full for it."""
    found = next(o for o in bursting(altered(changed)) if o.demand == "vision-hpo")
    assert check(found, "threshold").passes
    assert f"{allocated} of {allocated} GiB that may carry it" in check(found, "threshold").figures


def test_an_unknown_price_of_the_line_is_not_zero() -> None:
    (found,) = bursting(blueprint())
    assert check(found, "budget").passes is None
    assert found.allowed is None
    (priced,) = bursting(with_burst())
    assert priced.allowed is True
    assert priced.egress_cost == 0.0


@pytest.mark.parametrize(
    ("name", "fields", "verdict"),
    [
        ("classification", {"allowed_classifications": ("public",)}, False),
        ("budget", {"budget_per_month": 32.0}, False),
        ("budget", {"budget_per_month": None}, None),
        ("budget", {"price": Price(currency="EUR")}, None),
        ("time", {"max_slots": 0}, False),
        ("time", {"max_slots": 4}, True),
    ],
)
def test_each_condition_is_checked(
    name: str, fields: dict[str, object], verdict: bool | None
) -> None:
    (found,) = bursting(with_burst(**fields))
    assert check(found, name).passes is verdict
    assert found.allowed is verdict


def test_an_unknown_price_leaves_the_cost_unknown() -> None:
    (found,) = bursting(with_burst(price=Price(currency="EUR")))
    assert found.cost is None
    assert found.sentence.startswith("30 slot-hours ~ unknown")


def test_data_that_takes_longer_than_the_deadline_ends_no_trial_in_time() -> None:
    slow = with_burst()
    (uplink,) = slow.storage_compute.sites
    assert uplink.uplink is not None
    line = replace(uplink.uplink, speed_bytes_per_s=Quantity(500_000))
    site_ = replace(uplink, uplink=line)
    supply = replace(slow.storage_compute, sites=(site_,))
    (found,) = bursting(replace(slow, storage_compute=supply))
    assert found.slots is None
    assert check(found, "time").passes is False


def test_what_may_not_burst_is_no_overflow() -> None:
    assert bursting(with_burst(eligible=("training",))) == ()
    managed = blueprint().resource_management
    assert isinstance(managed.burst, Burst)
    assert bursting(replace(blueprint(), resource_management=replace(managed, burst=None))) == ()
