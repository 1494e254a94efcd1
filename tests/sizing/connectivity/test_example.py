"""The network of the shipped example, pinned."""

from __future__ import annotations

from dataclasses import replace

import pytest

from generator.catalog import Catalog
from generator.ledger import Basis
from generator.quantity import GIB, Quantity
from generator.sizing.connectivity.sized import NetworkSized
from generator.sizing.connectivity.supply import network_supply
from generator.sizing.connectivity.whole import size_network
from generator.sizing.engine import size
from tests.example import blueprint, site
from tests.sizing.connectivity.build import figures, flow


def network() -> NetworkSized:
    """The example's network with the facts of its site."""
    demands = size(blueprint(), Catalog.builtin()).demands
    return size_network(blueprint(), demands, network_supply({"ams1": site()}))


def test_156_gib_take_22_minutes_over_1_gigabit() -> None:
    """What a burst of vision-hpo costs before its first step."""
    found = flow(network(), "shop-images to cloud-eu")
    assert found.volume_bytes == 156 * GIB
    assert found.transfer_s == pytest.approx(22 * 60, rel=0.02)
    assert (found.bottleneck, found.links) == (
        "ams1 uplink out",
        ("ams1 vm ports out", "ams1 uplink out"),
    )


def test_the_same_line_without_an_inventory_takes_as_long() -> None:
    """The ports of unknown hosts do not hide the line."""
    demands = size(blueprint(), Catalog.builtin()).demands
    found = flow(size_network(blueprint(), demands), "shop-images to cloud-eu")
    assert found.transfer_s == pytest.approx(1340.03)


def test_data_that_goes_to_the_cloud_has_no_known_price_and_comes_back_for_15_euro() -> None:
    """The stated price is that of what leaves the cloud."""
    found = flow(network(), "shop-images to cloud-eu")
    assert found.egress_cost is None
    assert found.return_cost == pytest.approx(15.08, abs=0.01)
    assert found.return_currency == "EUR"
    assert figures(network(), "shop-images to cloud-eu")["egress"] == "unknown"


def test_a_price_of_the_site_is_used_where_it_is_stated() -> None:
    """Two cents per GB."""
    managed = blueprint().resource_management
    assert managed.burst is not None
    assert managed.burst.price is not None
    price = replace(managed.burst.price, egress_gb=0.02)
    priced = replace(blueprint(), resource_management=replace(managed, price=price))
    demands = size(priced, Catalog.builtin()).demands
    assert flow(
        size_network(priced, demands), "shop-images to cloud-eu"
    ).egress_cost == pytest.approx(3.35, abs=0.01)


def test_every_pair_of_workload_and_dataset_is_there() -> None:
    """Requirements S4-7; training asks for 523 MB/s."""
    readings = {f.name: f.needed_bytes_per_s for f in network().flows if f.kind == "reading"}
    assert set(readings) == {
        "rag-llm reads documents",
        "vision-cnn reads shop-images",
        "vision-hpo reads shop-images",
    }
    assert readings["vision-cnn reads shop-images"] == pytest.approx(523.4e6, rel=1e-3)


def test_its_addresses_are_there() -> None:
    """Needed, standing, free and missing of each network of the site."""
    plans = [
        (a.network, a.demand.addresses, a.standing, a.free, a.missing) for a in network().addresses
    ]
    assert plans == [
        ("management", 5, 5, 60, 0),
        ("workload", 73, 4, 900, 0),
        ("frontend", 10, 1, None, None),
        ("pods of dev-ml-eng", 2560, 0, 65536, 0),
        ("services of dev-ml-eng", 20, 0, 65536, 0),
        ("pods of dev-research", 8192, 0, 65536, 0),
        ("services of dev-research", 23, 0, 65536, 0),
        ("pods of prod-all", 6912, 0, 65536, 0),
        ("services of prod-all", 28, 0, 65536, 0),
    ]


def test_it_breaks_no_rule() -> None:
    """Nothing is found."""
    assert network().findings == ()


def test_every_assumption_has_its_range_and_effect() -> None:
    """And no figure of the ledger is without rule and source."""
    ledger = network().ledger
    assert all(entry.rule and entry.source for entry in ledger)
    assumed = [entry for entry in ledger if entry.basis is Basis.ASSUMED]
    assert assumed
    assert all(entry.effect and entry.low is not None for entry in assumed)


def test_the_order_of_the_document_changes_nothing() -> None:
    """Workloads, datasets and pipelines turned around."""
    straight = blueprint()
    supply = straight.storage_compute
    turned = replace(
        straight,
        workloads=straight.workloads[::-1],
        storage_compute=replace(supply, datasets=supply.datasets[::-1]),
    )
    found = size_network(turned, size(turned, Catalog.builtin()).demands)
    assert found == size_network(straight, size(straight, Catalog.builtin()).demands)


def test_a_zone_full_of_ports_is_summed_over_hosts() -> None:
    """Four hosts with 25 Gb/s for VMs; one host without a stated speed makes the sum unknown."""
    known = network_supply({"ams1": site()}).sites["ams1"].ports["vm"]
    assert (known.hosts, known.one_bytes_per_s, known.all_bytes_per_s) == (4, 3.125e9, 12.5e9)
    first, *rest = site().hosts
    dark = replace(first, nics=tuple(replace(n, speed_bytes_per_s=None) for n in first.nics))
    facts = replace(site(), hosts=(dark, *rest))
    unknown = network_supply({"ams1": facts}).sites["ams1"].ports["vm"]
    assert (unknown.one_bytes_per_s, unknown.all_bytes_per_s) == (None, None)
    zero = replace(first, nics=tuple(replace(n, speed_bytes_per_s=Quantity(0)) for n in first.nics))
    facts = replace(site(), hosts=(zero, *rest))
    assert network_supply({"ams1": facts}).sites["ams1"].ports["vm"].one_bytes_per_s is None
