"""Where the privileges for what is made on an empty target are needed."""

from __future__ import annotations

import pytest

from generator.roles.places import Facts, assignments
from generator.supply.model import SiteInventory
from tests.platform.test_infrastructure import changed, desired, site


def names(place: str, facts: SiteInventory | None = None) -> list[str]:
    """The objects of a place, on the only vCenter."""
    (vcenter,) = desired(facts).vcenters
    known = Facts(vcenter=vcenter, inventories={"bud1": facts or site()})
    return [assignment.name for assignment in assignments(place, known)]


@pytest.mark.parametrize(
    ("place", "expected"),
    [("library-datastore", ["vmfs-plain"]), ("supervisor-cluster", ["gpu-b"])],
)
def test_what_is_made_takes_rights_where_it_stands(place: str, expected: list[str]) -> None:
    assert names(place) == expected


def test_a_supervisor_over_zones_takes_rights_on_their_clusters() -> None:
    facts = changed("supervisors", "sup-bud2", zones=("bud-z1",), clusters=())
    assert names("supervisor-cluster", facts) == ["gpu-b"]


def test_a_datacenter_that_does_not_exist_yet_takes_no_permission() -> None:
    """What is made in it inherits from above; one that exists takes its own."""
    assert names("datacenter") == ["bud1"]
    there = changed("datacenters", "bud2", manage="reference")
    assert names("datacenter", there) == ["bud1", "bud2"]
