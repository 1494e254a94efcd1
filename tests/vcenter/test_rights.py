"""What may be hidden is said, and never taken for missing (F9)."""

from __future__ import annotations

from typing import Any

import pytest

from generator.vcenter import rights
from generator.vcenter.rights import HIDEABLE, Sight
from generator.vcenter.snapshot import Unread
from generator.vcenter.soap_kinds.access import Granted
from generator.vcenter.world import World
from tests.vcenter.answers import named, refs, world

FOLDER = named(
    "Folder", "group-v2", "ml", "group-v1", refs("childEntity", "VirtualMachine", "vm-1")
)
VM = named("VirtualMachine", "vm-1", "one", "group-v2")
POOL = named("ResourcePool", "resgroup-2", "ml", "resgroup-1")
ROOT = "group-d1"


def granted(principal: str = "VSPHERE.LOCAL\\Reader", **changes: Any) -> Granted:
    plain = Granted(ROOT, principal, "diff", 1001, propagate=True, group=False)
    return plain._replace(**changes)


def sight(*permissions: Granted, refused: list[str] | None = None, known: bool = True) -> Sight:
    return Sight(
        root=ROOT,
        account="reader@vsphere.local",
        permissions=permissions,
        refused=(refused or []) if known else None,
    )


def found(known: World, seen: Sight) -> list[tuple[str, str, str]]:
    return [(one.kind, one.key, one.reason) for one in rights.hidden(known, seen)]


def test_with_a_right_that_holds_everywhere_nothing_is_hidden() -> None:
    assert found(world(FOLDER, VM), sight(granted())) == []


@pytest.mark.parametrize(
    "seen",
    [
        sight(),
        sight(granted("VSPHERE.LOCAL\\Another")),
        sight(granted("CORP\\Reader")),
        sight(granted(propagate=False)),
        sight(granted(group=True)),
        sight(granted(moid="datacenter-1")),
        sight(granted(role_id=-5)),
        sight(granted(), granted(moid="group-v2", role_id=-5)),
        sight(granted(), granted(moid="vm-77")),
        sight(granted(), granted("CORP\\staff", group=True, moid="group-v2", role_id=-5)),
        sight(granted(), known=False),
    ],
)
def test_without_one_every_kind_may_be_hidden(seen: Sight) -> None:
    assert found(world(FOLDER, VM), seen) == [(kind, "", "hidden") for kind in HIDEABLE]


@pytest.mark.parametrize("principal", ["VSPHERE.LOCAL\\Reader", "reader@vsphere.local"])
def test_an_account_is_known_in_both_spellings(principal: str) -> None:
    assert found(world(), sight(granted(principal))) == []


def test_a_child_that_is_not_shown_is_refused() -> None:
    (one,) = rights.hidden(world(FOLDER), sight(granted()))
    assert (one.kind, one.key, one.reason) == ("folder", "ams1/vm/ml", "permission")
    assert "1 objects" in one.detail


@pytest.mark.parametrize(
    ("moid", "expected"),
    [
        ("datacenter-1", ("datacenter", "ams1", "permission")),
        ("group-v2", ("folder", "ams1/vm/ml", "permission")),
        ("domain-c9", ("cluster", "gpu-a", "permission")),
        ("resgroup-2", ("resource-pool", "gpu-a/ml", "permission")),
    ],
)
def test_a_container_that_may_not_be_read_is_refused(
    moid: str, expected: tuple[str, str, str]
) -> None:
    assert found(world(FOLDER, VM, POOL), sight(granted(), refused=[moid])) == [expected]


def test_a_root_that_may_not_be_read_hides_all() -> None:
    first: Unread = next(rights.hidden(world(), sight(granted(), refused=[ROOT])))
    assert (first.kind, first.key, first.reason) == ("vcenter", "", "permission")
