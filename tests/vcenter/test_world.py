"""Names, paths and clusters out of rows."""

from __future__ import annotations

import pytest

from generator.vcenter.snapshot import Unread
from generator.vcenter.world import World, as_is, unescaped
from tests.vcenter.answers import entity, named, prop, refused, rows, world

VM = named("VirtualMachine", "vm-1", "a%2fb %25", "group-v2")
FOLDER = named("Folder", "group-v2", "ml", "group-v1")


def test_a_path_begins_below_the_root() -> None:
    assert world(FOLDER, VM).path("vm-1") == "ams1/vm/ml/a/b %"


def test_a_name_that_is_not_shown_is_the_id() -> None:
    assert world().name("vm-77") == "vm-77"
    assert world(entity("VirtualMachine", "vm-1", refused("name"))).name("vm-1") == "vm-1"


@pytest.mark.parametrize("moid", ["resgroup-1", "domain-c9"])
def test_the_cluster_is_the_nearest_compute_resource_above(moid: str) -> None:
    assert world().cluster(moid) == "gpu-a"
    assert world().datacenter(moid) == "ams1"


def test_what_lies_in_no_cluster_has_none() -> None:
    assert world(FOLDER).cluster("group-v2") == ""


def test_what_comes_later_adds_to_what_is_known() -> None:
    known = world(FOLDER, VM)
    known.path("vm-1")
    known.take(rows(named("VirtualMachine", "vm-1", "renamed", "group-v1")))
    assert known.path("vm-1") == "ams1/vm/renamed"


def test_a_second_reading_forgets_what_is_gone() -> None:
    known = world(FOLDER, VM)
    known.drop(frozenset(["VirtualMachine"]))
    assert known.of("VirtualMachine") == []
    assert len(known.of("Folder")) == 4


@pytest.mark.parametrize(
    ("fault", "reason"),
    [("NoPermission", "permission"), ("InvalidProperty", "endpoint"), ("Oops", "failed")],
)
def test_a_field_that_failed_is_unread_and_not_unset(fault: str, reason: str) -> None:
    known = World()
    (row,) = rows(entity("Datastore", "ds-1", refused("summary.type", fault)))
    seen = known.seen("datastore", row, "ds", {"type": ("summary.type", as_is)}, {})
    assert seen.fields == {}
    assert known.unread == [
        Unread(kind="datastore", key="ds", field="type", reason=reason, detail=fault)  # type: ignore[arg-type]
    ]


def test_a_field_that_is_unset_is_none() -> None:
    (row,) = rows(entity("Datastore", "ds-1", prop("name", "xsd:string", "ds")))
    seen = World().seen("datastore", row, "ds", {"type": ("summary.type", as_is)}, {})
    assert seen.fields == {"type": None}


def test_tags_are_stated_only_where_they_were_read() -> None:
    known = World()
    (row,) = rows(named("Datastore", "ds-1", "ds"))
    assert "tags" not in known.seen("datastore", row, "ds", {}, {}).fields
    known.tags_read, known.tags = True, {"ds-1": ("ml-tier/bulk",)}
    assert known.seen("datastore", row, "ds", {}, {}).fields["tags"] == ("ml-tier/bulk",)


def test_a_plain_name_stays() -> None:
    assert unescaped("pg-wl-01") == "pg-wl-01"
