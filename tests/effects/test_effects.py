"""Nothing without effect: each property of the language is changed once and something follows."""

from __future__ import annotations

from itertools import islice

import pytest

from tests.effects.candidates import changes
from tests.effects.change import read_back
from tests.effects.leaves import Leaf, all_leaves
from tests.effects.observed import Effect
from tests.effects.table import PAGE, page, stored

WITNESSES, PENDING = stored()
LEAVES = {leaf.key: leaf for leaf in all_leaves()}
BY_BASE = sorted(WITNESSES, key=lambda key: (WITNESSES[key]["base"], key))
"""So that what a base leads to is still known when the next change of it is made."""
IN_SCOPE = (
    "SiteInventory:vcenters", "SiteInventory:clusters", "SiteInventory:supervisors",
    "SiteInventory:networks", "SiteInventory:datastores", "SiteInventory:hosts",
    "PlatformBlueprint:platform.targets", "PlatformBlueprint:environments",
    "PlatformBlueprint:storage_compute.storage", "PlatformBlueprint:resource_management.gpu",
)  # fmt: skip
"""Sections that are rendered for vSphere: nothing in them may wait."""


def test_every_property_has_a_witness_or_is_said_to_wait() -> None:
    """A new property: run python -m tests.effects.search."""
    assert sorted(LEAVES.keys() - WITNESSES.keys() - PENDING.keys()) == []


def test_no_witness_is_of_a_property_that_does_not_exist() -> None:
    """And none waits that has one."""
    assert sorted((WITNESSES.keys() | PENDING.keys()) - LEAVES.keys()) == []
    assert sorted(WITNESSES.keys() & PENDING.keys()) == []


def test_nothing_waits_in_the_sections_that_are_rendered_for_vsphere() -> None:
    assert sorted(key for key in PENDING if key.startswith(IN_SCOPE)) == []


def test_the_walk_finds_every_property() -> None:
    """Lists, free keys, quantities and alternatives are one property each."""
    assert {
        "PlatformBlueprint:storage_compute.datasets[].size",
        "PlatformBlueprint:resource_management.gpu.scheduling.*",
        "PlatformBlueprint:environments.*.runs_on[]",
        "PlatformBlueprint:workloads[].model.method.lora.rank",
        "SiteInventory:datastores[].tags[].category",
    } <= LEAVES.keys()
    assert len(LEAVES) > 650


def test_the_page_is_current() -> None:
    """python -m tests.effects.search."""
    assert PAGE.read_text(encoding="utf-8") == page(WITNESSES, PENDING)


@pytest.mark.parametrize("key", BY_BASE)
def test_a_changed_value_has_the_effect_that_the_table_names(key: str) -> None:
    found = WITNESSES[key]
    assert Effect(found["effect"], found["place"]) in list(read_back(found).effects())


@pytest.mark.parametrize("leaf", [LEAVES[key] for key in sorted(PENDING)], ids=lambda x: x.key)
def test_what_waits_has_no_effect(leaf: Leaf) -> None:
    """One that has got an effect leaves pending.json and gets a witness."""
    some = (effect for change in islice(changes(leaf), 2) for effect in change.effects())
    assert next(some, None) is None
