"""Addresses that change are followed; what is not renamed in place is not."""

from __future__ import annotations

import pytest

from generator.render.terraform.moving import lineages, memory, moves
from tests.platform.test_machines import desired

ROOT = "vc-rtm1/40-prod-vms"
POOL = "vsphere_resource_pool.plain_prod"
PLACE = "resource-pool/plain-a"


def test_a_lineage_ends_with_todays_address() -> None:
    lines = lineages(desired(), {ROOT: [POOL]}, {})
    assert lines == {ROOT: {PLACE: [POOL]}}
    assert list(moves(lines)) == []


def test_another_address_is_a_move_and_stays_one() -> None:
    """Until it is applied, however many releases are rendered in between."""
    first = {ROOT: {PLACE: ["vsphere_resource_pool.old"]}}
    second = lineages(desired(), {ROOT: [POOL]}, first)
    assert lineages(desired(), {ROOT: [POOL]}, second) == second
    ((file, left),) = moves(second)
    assert file.path == f"{ROOT}/moved.tf"
    assert f"  from = vsphere_resource_pool.old\n  to   = {POOL}\n" in file.text
    assert left == {"vsphere_resource_pool.old"}


def test_several_moves_are_a_chain() -> None:
    """Terraform refuses two sources of one address."""
    older = ["vsphere_resource_pool.oldest", "vsphere_resource_pool.older"]
    ((file, _),) = moves(lineages(desired(), {ROOT: [POOL]}, {ROOT: {PLACE: older}}))
    pairs = [line.split(" = ")[1] for line in file.text.splitlines() if " = " in line]
    assert pairs == [older[0], older[1], older[1], POOL]


def test_an_address_that_somebody_has_today_is_no_ancestor() -> None:
    """Two objects that change names would move in a circle."""
    other = "vsphere_resource_pool.other"
    lines = lineages(desired(), {ROOT: [POOL, other]}, {ROOT: {PLACE: [other, POOL]}})
    assert lines[ROOT][PLACE] == [POOL]


@pytest.mark.parametrize(
    "manifest",
    [None, [], {}, {"lineages": []}, {"lineages": {"r": []}}, {"lineages": {"r": {"p": "x"}}}],
)
def test_a_manifest_without_lineages_remembers_none(manifest: object) -> None:
    assert [line for by in memory(manifest).lineages.values() for line in by.values()] == []


def test_a_manifest_cannot_smuggle_text_into_a_move() -> None:
    found = memory({"lineages": {"r": {"p": ["a.b", 'x"} evil {', 7]}}})
    assert found.lineages == {"r": {"p": ["a.b"]}}
