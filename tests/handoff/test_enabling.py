"""F19: a Supervisor that nothing here enables is a sheet for whoever does."""

from __future__ import annotations

from dataclasses import replace

import pytest

from generator.blueprint.model.words import LoadBalancer, SupervisorNetwork
from generator.catalog import Catalog
from generator.handoff.asking import asked_steps
from generator.handoff.enabling import OPEN, EnablingFact, enabling_facts
from generator.handoff.steps import order_of_work
from generator.supply.making import AddressBlock, SupervisorAddresses
from generator.supply.model import SiteInventory
from tests.example import blueprint, desired, planned, site, without

BLOCK = SupervisorAddresses(management=AddressBlock(first="10.0.0.40", count=5))


def coming(network: SupervisorNetwork = "nsx-vpc", balancer: LoadBalancer = "nsx") -> SiteInventory:
    """The example whose Supervisor does not run yet."""
    (there,) = site().supervisors
    item = replace(there, id=None, network=network, load_balancer=balancer, addresses=BLOCK)
    return without(site(), supervisors=(item,))


def sheet(facts: SiteInventory) -> dict[str, str]:
    rows: list[EnablingFact] = list(enabling_facts({"ams1": facts}))
    return {row.what: row.stated for row in rows}


def test_f19_a_supervisor_on_vpcs_is_enabled_by_hand_from_a_sheet() -> None:
    rows = sheet(coming())
    assert rows["network"] == "nsx-vpc"
    assert rows["release that has this flavour"] == "vcenter 9.0 or later"
    assert rows["storage policy"] == OPEN
    assert rows["zones, or one cluster"] == "z1"
    found = [stated for what, stated in rows.items() if what.startswith("addresses, management")]
    assert found == ["5 from 10.0.0.40 on"]


@pytest.mark.parametrize("flavour", Catalog.builtin().flavours, ids=lambda flavour: flavour.name)
def test_f19_every_address_that_a_flavour_takes_is_asked_for(flavour: object) -> None:
    row = Catalog.builtin().flavour(getattr(flavour, "name", ""))
    rows = sheet(coming(row.network, row.load_balancer))  # type: ignore[arg-type]
    asked = [what.removeprefix("addresses, ") for what in rows if what.startswith("addresses, ")]
    assert asked == list(row.addresses)


def test_f19_a_supervisor_that_runs_or_that_terraform_makes_has_no_sheet() -> None:
    assert sheet(site()) == {}
    made = tuple(replace(item, manage="create") for item in coming().supervisors)
    assert sheet(without(site(), supervisors=made)) == {}


def test_f19_what_is_not_stated_at_all_is_still_on_the_sheet() -> None:
    bare = tuple(replace(i, network=None, load_balancer=None) for i in coming().supervisors)
    rows = sheet(without(site(), supervisors=bare))
    assert (rows["network"], rows["load balancer"]) == (OPEN, OPEN)


def test_f19_enabling_is_a_step_before_all_that_is_rendered() -> None:
    paths = ("vc-ams1/10-foundation/tags.tf",)
    steps = order_of_work(desired(), planned(), paths, asked_steps(blueprint(), {"ams1": coming()}))
    (applied,) = [step for step in steps if step.title == "Apply vc-ams1/10-foundation"]
    assert "Enable Supervisor sup-ams1, or state its id" in applied.after
