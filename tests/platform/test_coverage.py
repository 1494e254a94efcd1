"""The coverage contract leaves no kind of object out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from generator.platform.objects import DesiredState
from generator.record import Record, types_of
from generator.supply.model import OutsideObject
from tests import example
from tests.platform import test_infrastructure as greenfield
from tests.platform import test_machines as plain

WITHOUT_ROW = {"reference"}
"""What is only looked up is nobody's work."""

ROW_OF = {"host-setting": "host"}
"""A row that goes by another name than its objects."""


def kinds(node: object) -> Iterator[str]:
    """The kind of every object of a state, however deep it lies."""
    if isinstance(node, Record):
        kind = getattr(type(node), "kind", None)
        if isinstance(kind, str):
            yield kind
        for name in types_of(type(node)):
            yield from kinds(getattr(node, name))
    elif isinstance(node, tuple):
        for item in node:
            yield from kinds(item)


def adopting() -> DesiredState:
    """The plain VMs with a pool that is there already."""
    pool = OutsideObject(kind="resource-pool", name="plain-prod", within="plain-a", manage="adopt")
    return plain.desired(facts=replace(plain.site(), objects=(pool,)))


@pytest.mark.parametrize(
    ("state", "at_least"),
    [
        (example.desired, {"vm-class", "namespace", "vks-cluster", "storage-policy"}),
        (plain.desired, {"virtual-machine", "resource-pool", "vm-host-rule", "role"}),
        (adopting, {"adoption"}),
        (
            greenfield.desired,
            {"datacenter", "cluster", "switch", "port-group", "content-library", "supervisor"},
        ),
    ],
)
def test_every_kind_of_object_has_a_row(state: object, at_least: set[str]) -> None:
    """Found by walking the desired state, so that a new kind cannot be forgotten."""
    found = state()  # type: ignore[operator]
    present = set(kinds(replace(found, coverage=())))
    assert at_least <= present
    wanted = {ROW_OF.get(kind, kind) for kind in present - WITHOUT_ROW}
    assert wanted <= {row.object_kind for row in found.coverage}


def test_f14_the_contract_says_how_each_kind_is_adopted() -> None:
    """By import, by the manifest, or not at all: what is made once is then looked up."""
    rows = {row.object_kind: row.adoptable for row in greenfield.desired().coverage}
    assert rows["content-library"] == rows["folder"] == rows["role"] == "import"
    assert rows["storage-policy"] == "manifest"
    assert {rows[kind] for kind in ("datacenter", "cluster", "switch", "port-group")} == {
        "- (made once, then referenced)"
    }
