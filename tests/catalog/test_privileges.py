"""The privileges of calls, against pyvmomi's own type tables: the committed table cannot rot."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from pyVmomi import VmomiSupport

from generator.catalog.privileges import (
    EVERYWHERE,
    Call,
    Operation,
    all_calls,
    all_operations,
    call,
    operation,
    privilege,
    property_call,
    request_call,
)
from generator.catalog.store import ids
from generator.platform.personas import PRIVILEGES as PERSONAS
from tests import contracts

CALLS = all_calls()
METHODS = [c for c in CALLS if c.type and "." not in c.name]
PROPERTIES = [c for c in CALLS if c.type and "." in c.name]
REQUESTS = [c for c in CALLS if " /api/" in c.name and not c.name.endswith(" /api/session")]
OLD_REQUESTS = [
    c
    for c in CALLS
    if " /rest/" in c.name
    and not c.name.endswith(("/session", "=get"))
    and "list-tags" not in c.name
]
"""Without those that the newer path spells in another way."""
OPERATIONS = all_operations()
CONTRACT = json.loads((Path(contracts.__file__).parent / "rest-privileges.json").read_text("utf-8"))
MISNAMED = {"Zones.Manage"}
"""The prose of the SDK; its own list and the vSphere documentation say Zone.Manage."""
STATED = "PYVMOMI"


def name_of(thing: Call | Operation) -> str:
    """As a test is called."""
    return thing.name if isinstance(thing, Call) else thing.key


def stated_for_method(type_name: str, wire_name: str) -> set[str] | None:
    """What pyvmomi states for a method and its parameters; None where it has no such method."""
    for owner in VmomiSupport.GetVmodlType(type_name).__mro__:
        for method in getattr(owner, "_methodInfo", {}).values():
            if method.wsdlName == wire_name:
                own = {method.privId, *(parameter.privId for parameter in method.params)}
                return {name for name in own if name}
    return None


def stated_for_property(type_name: str, name: str) -> set[str] | None:
    """The same for a property."""
    for owner in VmomiSupport.GetVmodlType(type_name).__mro__:
        found: Any = getattr(owner, "_propInfo", {}).get(name)
        if found is not None:
            return {found.privId} if found.privId else set()
    return None


def agrees(known: Call, stated: set[str] | None) -> bool:
    """Equal where the tables state something; from elsewhere only where they state nothing."""
    if STATED in known.sources:
        # CreateContainerView names System.View for itself and for its container.
        return stated == set(known.privileges)
    return stated == set()


def test_the_tables_are_not_empty() -> None:
    assert (len(METHODS) > 80, len(PROPERTIES) > 90, len(OPERATIONS) > 50) == (True, True, True)


@pytest.mark.parametrize("known", METHODS, ids=name_of)
def test_f8_a_method_needs_what_pyvmomi_states(known: Call) -> None:
    assert agrees(known, stated_for_method(known.type, known.name))


@pytest.mark.parametrize("known", PROPERTIES, ids=name_of)
def test_f8_a_property_needs_what_pyvmomi_states(known: Call) -> None:
    assert agrees(known, stated_for_property(known.type, known.name.rpartition(".")[2]))


@pytest.mark.parametrize("known", REQUESTS, ids=name_of)
def test_f8_a_request_needs_what_the_sdk_states(known: Call) -> None:
    """In its list or in its prose; where it names no id, another source does."""
    stated = {name for names in CONTRACT[known.name].values() for name in names} - MISNAMED
    if "VCENTER-SDK" in known.sources:
        assert set(known.privileges) - set(EVERYWHERE) == stated - set(EVERYWHERE)
    else:
        assert stated == set()


@pytest.mark.parametrize("known", OLD_REQUESTS, ids=name_of)
def test_the_older_path_of_a_request_needs_the_same(known: Call) -> None:
    newer = known.name.replace("/rest/com/vmware/", "/api/").replace("/id:", "/").replace("?~", "?")
    twin = call(newer)
    assert twin is not None
    assert twin.privileges == known.privileges


@pytest.mark.parametrize("known", PROPERTIES, ids=name_of)
def test_a_property_stands_behind_the_wire_name_of_its_type(known: Call) -> None:
    wire = VmomiSupport.GetVmodlType(known.type)._wsdlName
    assert known.name.partition(".")[0] == wire


@pytest.mark.parametrize("known", CALLS, ids=name_of)
def test_a_call_names_known_privileges_and_a_source(known: Call) -> None:
    assert [privilege(name).id for name in known.privileges] == list(known.privileges)
    assert known.sources


@pytest.mark.parametrize("known", OPERATIONS, ids=name_of)
def test_an_operation_needs_what_its_calls_ask_for(known: Operation) -> None:
    """All of it where the call needs all of it; a library is made in one of two ways."""
    asked = {(need.call, need.privilege) for need in known.needs}
    calls = [c for need in known.needs if (c := call(need.call)) is not None]
    possible = {(c.name, name) for c in calls for name in c.privileges}
    needed = {(c.name, name) for c in calls if not c.may for name in c.privileges}
    library = {pair for pair in needed if pair[1] == "Datastore.AllocateSpace"}
    assert needed - library <= asked <= possible


def test_every_privilege_is_asked_for_by_a_call_or_given_to_a_persona() -> None:
    asked = {name for known in CALLS for name in known.privileges}
    given = {name for persona in PERSONAS.values() for name in persona}
    assert set(ids("privileges")) == asked | given


@pytest.mark.parametrize("name", sorted({n for persona in PERSONAS.values() for n in persona}))
def test_f20_a_privilege_of_a_persona_is_one_that_a_method_of_vms_needs(name: str) -> None:
    methods = VmomiSupport.GetVmodlType("vim.VirtualMachine")._methodInfo.values()
    snapshots = VmomiSupport.GetVmodlType("vim.vm.Snapshot")._methodInfo.values()
    assert name in {method.privId for method in (*methods, *snapshots)}
    assert privilege(name).id == name


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("HostSystem.config.graphicsInfo", "HostSystem.config"),
        ("ClusterComputeResource.configurationEx", "ComputeResource.configurationEx"),
        ("VirtualApp.name", "ManagedEntity.name"),
        ('VirtualMachine.config.hardware.device["200"]', "VirtualMachine.config"),
        ("HostSystem.*", "HostSystem.*"),
    ],
)
def test_a_property_path_is_that_of_its_first_step(path: str, name: str) -> None:
    found = property_call(path)
    assert found is not None
    assert found.name == name


@pytest.mark.parametrize("path", ["HostSystem.secrets", "Nothing.name", "name", ""])
def test_an_unknown_property_is_none(path: str) -> None:
    assert property_call(path) is None


@pytest.mark.parametrize(
    ("request_line", "name"),
    [
        (
            "GET /api/vcenter/namespaces/instances/v2",
            "GET /api/vcenter/namespaces/instances/v2",
        ),
        (
            "GET /api/vcenter/namespaces/instances/a-b",
            "GET /api/vcenter/namespaces/instances/{namespace}",
        ),
        (
            "POST /rest/com/vmware/cis/tagging/tag-association/id:urn%3Ax?~action=attach",
            "POST /rest/com/vmware/cis/tagging/tag-association/id:{tag}?~action=attach",
        ),
    ],
)
def test_a_request_is_that_of_its_template(request_line: str, name: str) -> None:
    found = request_call(request_line)
    assert found is not None
    assert found.name == name


@pytest.mark.parametrize(
    "request_line",
    [
        "DELETE /api/vcenter/namespaces/instances/a",
        "GET /api/vcenter/namespaces/instances/a/b",
        "PATCH /api/vcenter/namespace-management/virtual-machine-classes/a",
    ],
)
def test_what_no_script_may_ask_for_is_unknown(request_line: str) -> None:
    """F3, F10: no class is changed, and no namespace deleted."""
    assert request_call(request_line) is None


def test_what_every_role_holds_only_looks() -> None:
    assert {privilege(name).effect.value for name in EVERYWHERE} == {"view"}


def test_an_unknown_privilege_is_an_error() -> None:
    with pytest.raises(KeyError, match="no privilege"):
        privilege("Folder.Invent")


def test_an_unknown_operation_is_none() -> None:
    assert operation("resource vsphere_invented") is None
