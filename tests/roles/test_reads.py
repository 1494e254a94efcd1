"""The registry of reads: whole, known, and without a call that changes anything."""

from __future__ import annotations

import pytest

from generator.catalog.privileges import all_operations, call
from generator.roles.reads import (
    READS,
    SESSION,
    SESSION_LIST,
    needs,
    registered_method,
    registered_property,
    registered_request,
)

CALLS = sorted({*SESSION, *SESSION_LIST.calls, *(name for read in READS for name in read.calls)})
WRITES = {
    need.call
    for known in all_operations()
    for need in known.needs
    if not known.key.startswith("data ") and not need.privilege.endswith((".View", ".Read"))
}


@pytest.mark.parametrize("name", CALLS)
def test_f8_each_registered_call_states_its_privileges(name: str) -> None:
    known = call(name)
    assert known is not None
    assert known.privileges


def test_no_call_that_apply_writes_with_is_a_read() -> None:
    assert {"CreateFolder", "PbmCreate"} <= WRITES
    assert WRITES & set(CALLS) == set()


@pytest.mark.parametrize(
    "method",
    ["UpdateOptions", "UpdateGraphicsConfig", "TerminateSession", "PbmDelete", "Destroy_Task"],
)
def test_f13_a_method_that_changes_something_is_not_registered(method: str) -> None:
    assert not registered_method(method)


@pytest.mark.parametrize(
    "method",
    ["RetrievePropertiesEx", "QueryConfigTarget", "RetrieveAllPermissions", "PbmQueryProfile"],
)
def test_a_method_that_reads_is_registered(method: str) -> None:
    assert registered_method(method)


@pytest.mark.parametrize(
    "path",
    ["HostSystem.config.graphicsInfo", "VirtualMachine.config.extraConfig", "Folder.name"],
)
def test_a_property_is_registered_by_its_first_step(path: str) -> None:
    assert registered_property(path)


def test_a_property_that_nobody_reads_is_not_registered() -> None:
    assert not registered_property("HostSystem.answerFileValidationState")


@pytest.mark.parametrize(
    ("request_line", "registered"),
    [
        ("GET /api/vcenter/namespaces/instances/a", True),
        ("GET /api/vcenter/namespace-management/clusters", True),
        ("POST /rest/com/vmware/cis/tagging/tag-association?~action=list-attached-tags", True),
        ("POST /api/vcenter/namespaces/instances", False),
        ("DELETE /api/vcenter/namespace-management/virtual-machine-classes/a", False),
        ("GET /api/appliance/access/ssh", False),
    ],
)
def test_a_request_is_registered_by_verb_and_path(request_line: str, *, registered: bool) -> None:
    assert registered_request(request_line) is registered


def test_what_a_read_needs_is_all_that_its_calls_need() -> None:
    (options,) = (read for read in READS if "RmPVMRL" in read.fields)
    assert needs(options) == ("Host.Config.Settings",)
