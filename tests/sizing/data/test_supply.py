"""generator.sizing.data.supply: what inventories say about storage, and what they leave open."""

from __future__ import annotations

from dataclasses import replace

import pytest

from generator.blueprint.bind import bind
from generator.quantity import TIB
from generator.sizing.data.supply import DataSupply, Store, data_supply
from generator.source import parse
from generator.supply.model import SiteInventory
from tests.example import site


def inventory(text: str) -> SiteInventory:
    head = "apiVersion: mlgen/v1alpha1\nkind: SiteInventory\nmetadata: {name: lab}\n"
    return bind(SiteInventory, parse((head + text).encode(), file="site.yaml")[0].root)


def store(supply: DataSupply, name: str) -> Store:
    (found,) = [each for each in supply.stores if each.name == name]
    return found


def test_the_examples_datastores_are_read_with_their_hosts_and_room() -> None:
    supply = data_supply({"ams1": site()})

    vsan = store(supply, "vsan-gpu-a")
    assert (vsan.hosts, vsan.room_bytes, vsan.read_bytes_per_s) == (4, 34 * TIB, 20e9)
    assert store(supply, "fc-gold-01").room_bytes == 11 * TIB


def test_nvme_that_vsan_has_claimed_is_nobodys_cache() -> None:
    assert data_supply({"ams1": site()}).node_nvme_bytes is None


def test_the_host_with_the_least_nvme_decides_what_every_node_can_cache() -> None:
    found = data_supply(
        {
            "lab": inventory(
                "hosts:\n"
                "  - {name: a, cluster: c, nvme: {devices: 4, size: 2TB}}\n"
                "  - {name: b, cluster: c, nvme: {devices: 2, size: 2TB}}\n"
                "  - {name: d, cluster: c}\n"
            )
        }
    )

    assert found.node_nvme_bytes == 4e12


@pytest.mark.parametrize(
    ("platform", "kept", "room_tib"),
    [
        ("lab-ml", "{platform: lab-ml, used: 3TiB}", 7),
        ("other", "{platform: lab-ml, used: 3TiB}", 4),
        ("lab-ml", "{platform: lab-ml, used: 3TiB}, {platform: other, used: 1TiB}", 7),
        ("lab-ml", "{platform: lab-ml, used: 9TiB}", 10),
    ],
    ids=["its own", "another's", "both", "no more than is used"],
)
def test_what_a_platform_keeps_already_is_part_of_what_it_needs(
    platform: str, kept: str, room_tib: int
) -> None:
    """6 of 10 TiB are used; its own content is in its volumes as well and would count twice."""
    facts = f"datastores: [{{name: x, usable: 10TiB, used: 6TiB, used_by: [{kept}]}}]\n"
    found = store(data_supply({"lab": inventory(facts)}, platform), "x")
    assert found.room_bytes == room_tib * TIB


def test_what_no_inventory_states_stays_unknown() -> None:
    found = store(data_supply({"lab": inventory("datastores: [{name: x}]\n")}), "x")

    assert (found.hosts, found.room_bytes, found.used_is_known) == (None, None, False)
    assert (found.read_bytes_per_s, found.iops, found.rwx) == (None, None, None)


def test_a_datastore_that_is_fuller_than_it_is_large_has_no_room() -> None:
    found = data_supply({"lab": inventory("datastores: [{name: x, usable: 1TiB, used: 2TiB}]\n")})

    assert store(found, "x").room_bytes == 0


def test_of_two_datastores_of_one_name_the_least_counts() -> None:
    small = replace(site(), hosts=site().hosts[:3])
    other = inventory("datastores: [{name: vsan-gpu-a, usable: 10TiB, used: 1TiB, rwx: false}]\n")

    found = store(data_supply({"ams1": small, "ber1": other}), "vsan-gpu-a")

    assert found.sites == ("ams1", "ber1")
    assert (found.hosts, found.room_bytes, found.rwx) == (3, 9 * TIB, False)
