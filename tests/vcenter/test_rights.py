"""What may be hidden is said, and never taken for missing (F9)."""

from __future__ import annotations

import pytest

from generator.vcenter import rights
from generator.vcenter.snapshot import Unread
from tests.vcenter.answers import named, refs, world

FOLDER = named(
    "Folder", "group-v2", "ml", "group-v1", refs("childEntity", "VirtualMachine", "vm-1")
)
VM = named("VirtualMachine", "vm-1", "one", "group-v2")
POOL = named("ResourcePool", "resgroup-2", "ml", "resgroup-1")


def found(unread: list[Unread]) -> list[tuple[str, str, str]]:
    return [(one.kind, one.key, one.reason) for one in unread]


def test_where_all_is_shown_nothing_is_hidden() -> None:
    assert list(rights.hidden(world(FOLDER, VM), [], "group-d1")) == []


def test_a_child_that_is_not_shown_makes_its_folder_suspect() -> None:
    suspect = list(rights.hidden(world(FOLDER), [], "group-d1"))
    assert found(suspect) == [("folder", "ams1/vm/ml", "hidden")]
    assert "1 objects" in suspect[0].detail


@pytest.mark.parametrize(
    ("moid", "expected"),
    [
        ("group-d1", ("vcenter", "", "hidden")),
        ("datacenter-1", ("datacenter", "ams1", "hidden")),
        ("group-v2", ("folder", "ams1/vm/ml", "hidden")),
        ("domain-c9", ("cluster", "gpu-a", "hidden")),
        ("resgroup-2", ("resource-pool", "gpu-a/ml", "hidden")),
    ],
)
def test_a_container_without_the_right_to_read_is_suspect(
    moid: str, expected: tuple[str, str, str]
) -> None:
    assert found(list(rights.hidden(world(FOLDER, VM, POOL), [moid], "group-d1"))) == [expected]


def test_where_rights_cannot_be_asked_all_is_suspect() -> None:
    assert found(list(rights.hidden(world(), None, ""))) == [("vcenter", "", "hidden")]
