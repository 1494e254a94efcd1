"""F19: what a Supervisor must do stands on a sheet that its owner signs."""

from __future__ import annotations

from dataclasses import replace

import pytest

from generator.blueprint.model.blueprint import Blueprint
from generator.blueprint.model.words import SupervisorNeed
from generator.handoff.asking import NEEDS, asked_steps
from generator.handoff.needs import GIVERS, Need, supervisor_needs
from generator.supply.model import SiteInventory
from tests.example import blueprint, site, without


def needing(*needs: SupervisorNeed) -> Blueprint:
    """The example with these needs of its environment dev."""
    environments = dict(blueprint().environments)
    dev = replace(environments["dev"], supervisor_needs=needs)
    return replace(blueprint(), environments={**environments, "dev": dev})


def sheet(asked: Blueprint, facts: SiteInventory) -> list[Need]:
    return list(supervisor_needs(asked, {"ams1": facts}))


@pytest.mark.parametrize("need", GIVERS)
def test_f19_a_need_is_a_line_with_how_and_who(need: SupervisorNeed) -> None:
    (row,) = sheet(needing(need), site())
    assert (row.environment, row.supervisor, row.need) == ("dev", "sup-ams1", need)
    assert row.owner == GIVERS[need]
    assert row.how


def test_f19_the_owner_of_the_site_is_named_before_the_office() -> None:
    facts = without(site(), owners={"network": "lan-team"})
    (row,) = sheet(needing("rdma"), facts)
    assert row.owner == "lan-team"


def test_f19_a_supervisor_that_is_not_there_yet_is_said_to_be_missing() -> None:
    (row,) = sheet(needing("rdma"), without(site(), supervisors=()))
    assert (row.supervisor, row.how) == ("none at ams1 yet", "its network is not stated")


def test_without_a_need_there_is_no_sheet() -> None:
    assert sheet(blueprint(), site()) == []


def test_f19_the_sheet_is_a_step_of_its_owners_before_all_that_is_rendered() -> None:
    steps = tuple(asked_steps(needing("rdma", "vsphere-pods"), {"ams1": site()}))
    assert [(step.title, step.owner) for step in steps] == [(NEEDS, "network, virtualisation")]
