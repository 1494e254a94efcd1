"""F19: the table of what a Supervisor can do by network, load balancer and release."""

from __future__ import annotations

from typing import get_args

import pytest

from generator.blueprint.model.words import LoadBalancer, SupervisorNeed, SupervisorNetwork
from generator.catalog import Catalog
from generator.catalog.flavour import CAPABILITIES, Flavour, read_capability, read_flavour
from generator.catalog.row import IllFormedRow, Row
from generator.catalog.store import document

CATALOG = Catalog.builtin()
FLAVOURS = CATALOG.flavours
CELLS = [(f, name) for f in FLAVOURS for name in CAPABILITIES]


def test_f19_every_word_of_the_language_has_its_cell() -> None:
    """F19: each network, load balancer and need that can be stated is in the table."""
    assert {flavour.network for flavour in FLAVOURS} == set(get_args(SupervisorNetwork))
    assert {flavour.load_balancer for flavour in FLAVOURS} == set(get_args(LoadBalancer))
    assert {*get_args(SupervisorNeed), "zones"} == set(CAPABILITIES)


@pytest.mark.parametrize("flavour", FLAVOURS, ids=lambda flavour: flavour.name)
def test_f19_a_flavour_says_what_it_takes_and_who_says_so(flavour: Flavour) -> None:
    assert flavour.name == f"{flavour.network}-{flavour.load_balancer}"
    assert set(flavour.capabilities) == set(CAPABILITIES)
    assert flavour.requires
    assert flavour.addresses
    assert [key for key in flavour.sources if not CATALOG.citation(key)] == []
    assert flavour.sources
    assert len({hash(each) for each in FLAVOURS}) == len(FLAVOURS)


@pytest.mark.parametrize(("flavour", "name"), CELLS, ids=lambda x: getattr(x, "name", x))
def test_f19_a_cell_is_from_a_release_on_or_never_and_cited(flavour: Flavour, name: str) -> None:
    cell = flavour.capabilities[name]
    assert bool(cell.requires) != bool(cell.never)
    assert cell.how
    assert [key for key in cell.sources if not CATALOG.citation(key)] == []
    assert cell.sources


@pytest.mark.parametrize(
    ("flavour", "stated", "lacking"),
    [
        ("vds-foundation", {"vcenter": "9.0"}, ()),
        ("vds-foundation", {"vcenter": "8.0U3"}, (("vcenter", "9.0 or later"),)),
        ("nsx-avi", {"vcenter": "8.0U1"}, (("vcenter", "8.0U2 or later"),)),
        ("nsx-avi", {}, ()),
    ],
)
def test_a_flavour_that_a_release_lacks_names_the_release(
    flavour: str, stated: dict[str, str], lacking: tuple[tuple[str, str], ...]
) -> None:
    assert CATALOG.flavour(flavour).lacking(stated) == lacking


def test_what_is_never_there_says_so() -> None:
    cell = CATALOG.flavour("nsx-nsx").capabilities["rdma"]
    assert cell.since == "never"
    assert cell.lacking({"vcenter": "9.1"}) == ()


def test_a_network_without_one_of_the_capabilities_is_refused() -> None:
    network = dict(document("supervisor_networks")["vds"])
    cells = {k: v for k, v in network["capabilities"].items() if k != "rdma"}
    row = Row("flavour", document("supervisor_flavours")["vds-avi"])
    with pytest.raises(IllFormedRow, match="rdma is missing"):
        read_flavour("vds-avi", row, Row("network", {**network, "capabilities": cells}))


def test_a_capability_that_nobody_knows_is_refused() -> None:
    with pytest.raises(IllFormedRow, match="teleport is no capability"):
        read_capability("teleport", Row("network", {"how": "?"}))
