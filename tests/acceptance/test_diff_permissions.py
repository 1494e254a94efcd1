"""What an account may not see is never called missing, and nothing of others is taken for ours."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from pyVmomi import vim

from tests.acceptance import diffing, shipped, vcenter
from tests.acceptance.furnished import NAMESPACE

pytestmark = pytest.mark.tools

HIDDEN = 20
PLATFORM = ("Folder:acme-ml", "Folder:dev", "Folder:prod")


def missing(ran: diffing.Ran) -> list[tuple[str, str]]:
    return [
        (one["kind"], one["key"]) for one in ran.answer["differences"] if one["what"] == "missing"
    ]


def unreadable(ran: diffing.Ran) -> list[dict[str, Any]]:
    return [one for one in ran.answer["unreadable"] if not one["by_design"]]


BRANCHES = [
    ("Folder:acme-ml",),
    ("ClusterComputeResource:gpu-a",),
    ("HostSystem:esx-01", "HostSystem:esx-02"),
    ("Datacenter:ams1",),
]


@pytest.mark.parametrize("objects", BRANCHES, ids=lambda objects: objects[0])
def test_a_branch_that_is_only_mentioned_is_not_missing(
    by_group: diffing.Site, objects: tuple[str, ...]
) -> None:
    """F9: the lists of what holds them still name them, and no answer has them."""
    hidden = by_group.tell({"do": "hide", "objects": objects, "below": True, "mention": True})[0]
    ran = by_group.diff()
    assert hidden >= len(objects)
    assert missing(ran) == []
    assert unreadable(ran) != []
    assert ran.answer["complete"] is False


def test_twenty_hidden_objects_at_once_are_not_missing(by_group: diffing.Site) -> None:
    machines = [f"VirtualMachine:vm-{number:05}" for number in range(1, HIDDEN - 2)]
    hidden = by_group.tell({"do": "hide", "objects": [*PLATFORM, *machines]})[0]
    ran = by_group.diff()
    assert hidden == HIDDEN
    assert missing(ran) == []


@pytest.fixture
def by_group(busy: diffing.Site) -> Iterator[diffing.Site]:
    """The account has its right on the root by a group: nobody can tell what it does not reach."""
    with vcenter.soap(busy.endpoint) as instance:
        manager, root = instance.content.authorizationManager, instance.content.rootFolder
        own = manager.RetrieveEntityPermissions(root, False)
        entry = vim.AuthorizationManager.Permission(
            principal="CORP\\readers", group=True, propagate=True, roleId=-2
        )
        manager.SetEntityPermissions(entity=root, permission=[entry])
        yield busy
        manager.SetEntityPermissions(entity=root, permission=own)


@pytest.mark.parametrize("objects", BRANCHES, ids=lambda objects: objects[0])
def test_a_branch_that_nothing_mentions_is_not_missing(
    by_group: diffing.Site, objects: tuple[str, ...]
) -> None:
    """F9: a vCenter that filters its lists by permission shows no trace of what is hidden."""
    by_group.tell({"do": "hide", "objects": objects, "below": True})
    ran = by_group.diff()
    assert missing(ran) == []
    assert "hidden" in {one["reason"] for one in unreadable(ran)}


def test_what_an_administrator_does_not_find_is_missing(busy: diffing.Site) -> None:
    """The evidence that F9 asks for: a right of the account itself, on the root, that reaches
    everywhere."""
    busy.tell({"do": "hide", "objects": ["Folder:acme-ml"], "below": True})
    assert missing(busy.diff()) == [("folder", "ams1/vm/acme-ml")]


def test_a_branch_that_may_not_be_read_is_named_and_nothing_is_missing(
    calm: diffing.Site,
) -> None:
    calm.tell({"do": "forbid", "objects": ["HostSystem:esx-01"]})
    ran = calm.diff()
    assert ran.code == 3, ran.output
    assert missing(ran) == []
    assert {one["key"].partition("/")[0] for one in unreadable(ran)} >= {"esx-01"}
    assert {one["reason"] for one in unreadable(ran)} <= {"permission", "hidden"}


def test_another_vcenter_ends_the_run_before_anything_is_compared(
    calm: diffing.Site, tmp_path: Path, start_simulator: Callable[..., vcenter.Endpoint]
) -> None:
    site = yaml.safe_load(shipped.INVENTORY.read_text("utf-8"))
    site["vcenters"][0]["instance_uuid"] = "0" * 8 + "-0000-4000-8000-" + "0" * 12
    other = tmp_path / "other.site.yaml"
    other.write_text(yaml.safe_dump(site, default_flow_style=False), "utf-8")
    stranger = diffing.Site(start_simulator(inventory=other), calm.out)
    since = len(stranger.requests())
    ran = stranger.diff("--format", "text")
    assert ran.code == 1
    assert ran.output == ""
    assert "nothing was read" in ran.said
    assert [one for one in stranger.requests(since) if one["soap"] == "Login"] == []


def test_what_others_write_meanwhile_is_not_reported_as_ours(calm: diffing.Site) -> None:
    """F12: entries of others in lists that are merged, and whole objects of others."""
    before = calm.diff()
    with vcenter.Rest(calm.endpoint) as rest:
        theirs = {"id": "theirs", "cpu_count": 2, "memory_MB": 4096}
        rest.call("POST", vcenter.CLASSES, theirs)
        spaces = f"{vcenter.NAMESPACES}/v2"
        supervisor = yaml.safe_load(shipped.INVENTORY.read_text("utf-8"))["supervisors"][0]["id"]
        rest.call("POST", spaces, {"namespace": "theirs", "supervisor": supervisor})
        body = {"description": "", "cardinality": "SINGLE", "associable_types": []}
        made = rest.call("POST", "/api/cis/tagging/category", {"name": "theirs", **body})
    ran = calm.diff()
    with vcenter.Rest(calm.endpoint) as rest:
        rest.call("DELETE", f"{vcenter.CLASSES}/theirs")
        rest.call("DELETE", f"{vcenter.NAMESPACES}/theirs")
        rest.call("DELETE", f"/api/cis/tagging/category/{made}")
    assert ran.code == 0, ran.output
    assert ran.rows == before.rows == []
    assert "theirs" not in json.dumps(ran.answer["differences"])
    assert ran.answer["others"] > before.answer["others"]


def test_a_foreign_writer_in_a_list_of_ours_takes_nothing_from_us(calm: diffing.Site) -> None:
    """F10: of a list that is merged our entries are asserted, and no others."""
    with vcenter.Rest(calm.endpoint) as rest:
        path = f"{vcenter.NAMESPACES}/{NAMESPACE}/access/corp.example/late?type=GROUP"
        rest.call("POST", path, {"role": "VIEW"})
        ran = calm.diff()
        rest.call("DELETE", path)
    assert [one for one in ran.rows if one[0] == "namespace"] == []


def test_a_machine_of_others_on_a_gpu_is_listed_with_its_slots(busy: diffing.Site) -> None:
    """F12: shadow ML takes what is scarce, so it is named wherever it is."""
    ran = busy.diff()
    found = {one["key"]: one for one in ran.answer["unmanaged"] if one["kind"] == "vm"}
    assert len(found) == 4
    assert found["ams1/vm/crowd/room-02/vm-00002"]["slots"] == ["nvidia_h100-80c"]
    assert ran.answer["others"] > 10
