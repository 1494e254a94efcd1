"""Keys that are one, and what is in transition."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

import pytest

from generator.vcenter.joining import collapsed, joined
from generator.vcenter.reading import Answers, Reading
from generator.vcenter.snapshot import Unread
from generator.vcenter.world import World
from tests.vcenter.answers import entity, named, prop, refs, refused, world
from tests.vcenter.snapshots import seen


def join(known: World, role: str = "diff", **answers: Any) -> Any:
    made = Answers()
    made.__dict__.update(answers)
    return joined(cast("Reading", SimpleNamespace(world=known, answers=made, role=role)))


TWICE = (
    named("Datacenter", "datacenter-2", "fra1", "group-d1"),
    named("Folder", "group-n2", "network", "datacenter-2"),
    named("Network", "network-1", "VM Network", "group-n1"),
    named("Network", "network-2", "VM Network", "group-n2"),
    named("Network", "network-3", "other", "group-n2"),
)


def test_names_that_two_datacenters_have_say_where_they_are() -> None:
    found, _, _ = join(world(*TWICE))
    assert [one.key for one in found if one.kind == "network"] == [
        "VM Network@ams1/network", "VM Network@fra1/network", "other",
    ]  # fmt: skip


def test_an_object_with_a_task_under_way_is_in_transition() -> None:
    """F9."""
    known = world(named("VirtualMachine", "vm-1", "one", "group-v1"))
    _, _, moving = join(known, tasks=[("vm-1", "task VirtualMachine.migrate"), ("vm-9", "task x")])
    assert moving == [("vm", "ams1/vm/one", "task VirtualMachine.migrate")]


def test_a_host_out_of_reach_is_in_transition() -> None:
    """F9."""
    state = prop("runtime.connectionState", "HostSystemConnectionState", "notResponding")
    _, _, moving = join(world(named("HostSystem", "host-1", "esx-01", "domain-c9", state)))
    assert moving == [("host", "esx-01", "connection notResponding")]


def test_a_cluster_that_is_being_made_is_in_transition() -> None:
    """F9."""
    found = [
        seen("vks-cluster", "ml/train", phase="Provisioning"),
        seen("vks-cluster", "ml/serve", phase="Provisioned"),
        seen("k8s-namespace", "old", phase="Terminating"),
    ]
    _, _, moving = join(world(), kubernetes=found)
    assert moving == [
        ("k8s-namespace", "old", "phase Terminating"),
        ("vks-cluster", "ml/train", "phase Provisioning"),
    ]


def test_what_drivers_say_joins_their_host() -> None:
    state = prop("runtime.connectionState", "HostSystemConnectionState", "connected")
    known = world(named("HostSystem", "host-1", "esx-01", "domain-c9", state))
    drivers = {"host-1": {"module_option.nvidia": "NVreg_RegistryDwords=RmPVMRL=0x1"}}
    found, _, _ = join(known, drivers=drivers)
    (host,) = (one for one in found if one.kind == "host")
    assert host.fields["module_option.nvidia"] == "NVreg_RegistryDwords=RmPVMRL=0x1"


def test_what_is_beyond_the_role_is_said_once_for_all_hosts() -> None:
    """F8."""
    _, unread, _ = join(world())
    assert [(one.kind, one.key, one.field) for one in unread if one.reason == "role"] == [
        ("host", "", "package"), ("host", "", "module_option"),
    ]  # fmt: skip
    assert [one for one in join(world(), "diff-host")[1] if one.reason == "role"] == []


def lacking(key: str, field: str = "mmio_gib", detail: str = "InvalidProperty") -> Unread:
    return Unread(kind="vm", key=key, field=field, reason="endpoint", detail=detail)


def test_a_field_that_no_object_has_is_said_once() -> None:
    found = [seen("vm", "a", vcpus=1), seen("vm", "b", vcpus=1)]
    assert list(collapsed([lacking("a"), lacking("b")], found)) == [lacking("")]


@pytest.mark.parametrize(
    "unread",
    [
        [lacking("a")],
        [lacking("a", "vcpus"), lacking("b", "vcpus")],
        [lacking("a"), lacking("b", detail="NoPermission")],
        [lacking("a", ""), lacking("b", "")],
    ],
)
def test_what_holds_for_some_is_said_of_each(unread: list[Unread]) -> None:
    assert list(collapsed(unread, [seen("vm", "c", vcpus=1)])) == unread


def test_f9_what_may_not_be_read_has_no_name_and_makes_none_of_its_kind_missing() -> None:
    """Nobody knows which host it is; and a list that names it by its id is not known either."""
    known = world(
        entity("HostSystem", "host-1", refused("name"), refused("parent")),
        named(
            "DistributedVirtualSwitch", "dvs-1", "dvs", "group-n1",
            refs("summary.hostMember", "HostSystem", "host-1"),
        ),
    )  # fmt: skip
    found, unread, _ = join(known)
    (switch,) = [one for one in found if one.kind == "switch"]
    lacking = {(one.kind, one.key, one.field, one.reason) for one in unread}
    assert "hosts" not in switch.fields
    assert ("host", "", "", "permission") in lacking
    assert ("switch", "dvs", "hosts", "permission") in lacking


ODD = {"id": "x", "name": "x", "zone": "x", "category_id": "x", "supervisor": "x"}


@pytest.mark.parametrize(
    ("kind", "answers"),
    [
        ("vm-class", {"classes": [{**ODD, "config_spec": []}]}),
        ("vm-class", {"classes": [{**ODD, "cpu_count": [1]}]}),
        ("content-library", {"libraries": [{**ODD, "storage_backings": [1]}]}),
        ("content-library", {"libraries": [{**ODD, "subscription_info": 7}]}),
        ("zone", {"zones": [({**ODD, "info": 7}, [])]}),
        ("namespace", {"namespaces": [("x", {"access_list": [1]})]}),
        ("namespace", {"namespaces": [("x", {"vm_service_spec": []})]}),
        ("namespace", {"namespaces": [("x", {}), ("y", {"storage_specs": 3})]}),
    ],
)  # fmt: skip
def test_an_answer_in_another_shape_makes_its_kind_unread_and_no_other(
    kind: str, answers: dict[str, Any]
) -> None:
    """A release that answers otherwise must not end the reading."""
    found, unread, _ = join(world(*TWICE), **answers)
    assert (kind, "", "", "failed") in {
        (one.kind, one.key, one.field, one.reason) for one in unread
    }
    assert [one for one in found if one.kind == kind] == []
    assert [one for one in found if one.kind == "network"]
