"""What the rendered PowerCLI calls, cmdlet by cmdlet, against what its operations are said to need.

No test can run PowerCLI; an independent grammar finds its commands, and this table says which calls
of the API each makes (PowerCLI reference).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

import pytest
from tree_sitter import Node

from generator.catalog.privileges import EVERYWHERE, all_operations, call
from generator.roles.model import Purpose
from generator.roles.written import powercli
from tests.render.powershell import parsed
from tests.roles import examples
from tests.roles.examples import EVERY, PLAIN

_TAGGING = "/rest/com/vmware/cis/tagging"
_ATTACH = f"POST {_TAGGING}/tag-association/id:{{tag}}?~action=attach"

CMDLETS = {
    "Get-AdvancedSetting": ("QueryOptions", "ComputeResource.configurationEx"),
    "Get-Cluster": ("ComputeResource.summary",),
    "Get-Datacenter": ("Datacenter.vmFolder",),
    "Get-Datastore": ("Datastore.summary",),
    "Get-EsxCli": ("HostSystem.config",),
    "Get-Folder": ("Folder.childType",),
    "Get-SpbmCapability": ("PbmFetchCapabilityMetadata",),
    "Get-SpbmCompatibleStorage": ("PbmCheckCompatibility",),
    "Get-SpbmStoragePolicy": ("PbmQueryProfile", "PbmRetrieveContent"),
    "Get-SpbmStoragePolicyComponent": ("PbmQueryProfile", "PbmRetrieveContent"),
    "Get-Tag": (f"GET {_TAGGING}/tag/id:{{tag}}",),
    "Get-TagAssignment": (f"POST {_TAGGING}/tag-association?~action=list-attached-tags",),
    "Get-Template": ("VirtualMachine.summary",),
    "Get-VDSwitch": ("DistributedVirtualSwitch.config",),
    "Get-VIPermission": ("RetrieveAllPermissions",),
    "Get-VIPrivilege": ("AuthorizationManager.privilegeList",),
    "Get-VIRole": ("AuthorizationManager.roleList",),
    "Get-VM": ("VirtualMachine.summary",),
    "Get-VMHost": ("HostSystem.summary",),
    "Get-View": ("HostGraphicsManager.graphicsConfig",),
    "Get-VirtualNetwork": ("Network.summary",),
    "New-AdvancedSetting": ("UpdateOptions", "ReconfigureComputeResource_Task"),
    "New-SpbmRule": (),
    "New-SpbmRuleSet": (),
    "New-SpbmStoragePolicy": ("PbmCreate",),
    "New-TagAssignment": (_ATTACH,),
    "New-VIPermission": ("SetEntityPermissions",),
    "New-VIRole": ("AddAuthorizationRole",),
    "Remove-AdvancedSetting": ("ReconfigureComputeResource_Task",),
    "Remove-SpbmStoragePolicy": ("PbmDelete",),
    "Remove-TagAssignment": (_ATTACH.replace("attach", "detach"),),
    "Set-AdvancedSetting": ("UpdateOptions", "ReconfigureComputeResource_Task"),
    ".DirectPathProfileManagerCreate": ("DirectPathProfileManagerCreate",),
    ".DirectPathProfileManagerDelete": ("DirectPathProfileManagerDelete",),
    ".DirectPathProfileManagerList": ("DirectPathProfileManagerList",),
    ".DirectPathProfileManagerUpdate": ("DirectPathProfileManagerUpdate",),
    ".UpdateGraphicsConfig": ("UpdateGraphicsConfig",),
    ".hardware.pci.pcipassthru.list": ("HostPciPassthruSystem.pciPassthruInfo",),
    ".hardware.pci.pcipassthru.set": ("UpdatePassthruConfig",),
    ".system.module.parameters.list": ("QueryConfiguredModuleOptionString",),
    ".system.module.parameters.set": ("UpdateModuleOptionString",),
}
"""Cmdlets, methods of views and ESXCLI commands (by their twins in the API), with their calls."""

LANGUAGE = {
    "Add-Content", "Compare-Object", "ConvertFrom-Json", "ConvertTo-Json", "ForEach-Object",
    "Get-ChildItem", "Get-Content", "Get-Date", "Get-Event", "Get-Item", "Get-Member",
    "Group-Object", "Invoke-RestMethod", "Invoke-WebRequest", "Join-Path", "Measure-Object",
    "Move-Item", "New-Guid", "New-Item", "New-Object", "Out-Null", "Register-EngineEvent",
    "Remove-Event", "Remove-Item", "Select-Object", "Set-Content", "Set-StrictMode",
    "Sort-Object", "Split-Path", "Start-Sleep", "Test-Path", "Unregister-Event", "Where-Object",
    "Write-Error", "Write-Host", "Write-Output", "Write-Verbose", "Write-Warning",
}  # fmt: skip
"""PowerShell's own; REST requests are those of the Python script."""

OF_SCRIPT = {
    "gpu/apply.ps1": "script gpu/apply.ps1",
    "storage/policies.ps1": "script storage/policies.ps1",
    "apply": "request ",
}
LOCAL = "apply"
"""The folder whose parts other scripts take in: its functions are theirs too."""
"""Which operations a script carries out."""

_METHOD = re.compile(r"\$(?:manager|esxcli)(\.[a-zA-Z.]+?)(?:\.Invoke)?\(", re.IGNORECASE)


@cache
def scripts(blueprint: Path) -> dict[str, tuple[str, ...]]:
    """The rendered scripts; the parts of the apply script count as one."""
    found: dict[str, tuple[str, ...]] = {}
    for file in examples.files(blueprint):
        if file.path.endswith(".ps1"):
            folder, _, path = file.path.partition("/")
            name = folder if folder == "apply" else path
            found[name] = (*found.get(name, ()), file.text)
    return found


def commands(texts: Iterable[str], taken_in: Iterable[str] = ()) -> set[str]:
    """What the parts of a script call that is neither a function of theirs nor PowerShell's."""
    trees = [parsed(text) for text in texts]
    known = [*trees, *(parsed(text) for text in taken_in)]
    own = {name for tree in known for name in texts_of(tree, "function_name")}
    called = {name for tree in trees for name in texts_of(tree, "command_name")}
    return (called - own - LANGUAGE) | {m for text in texts for m in _METHOD.findall(text)}


def texts_of(tree: Node, kind: str) -> set[str]:
    """The texts of all nodes of a type."""
    return {node.text.decode() for node in of_type(tree, kind) if node.text}


def of_type(node: Node, kind: str) -> Iterator[Node]:
    """All nodes of a type."""
    if node.type == kind:
        yield node
    for child in node.children:
        yield from of_type(child, kind)


def asked_for(texts: Iterable[str], taken_in: Iterable[str] = ()) -> set[str]:
    """The privileges that the commands of a script need beyond those of every role."""
    found = commands(tuple(texts), taken_in)
    calls = [call(name) for command in found for name in CMDLETS[command]]
    assert None not in calls
    return {p for each in calls if each for p in each.privileges} - set(EVERYWHERE)


def said_of(prefix: str) -> set[str]:
    """The privileges that the catalogue gives the operations of a script."""
    found = [o for o in all_operations() if o.key.startswith(prefix)]
    return {need.privilege for o in found for need in o.needs} - set(EVERYWHERE)


@pytest.mark.parametrize("blueprint", EVERY, ids=lambda path: path.stem)
def test_every_command_of_a_script_is_known(blueprint: Path) -> None:
    found = scripts(blueprint)
    shared = found.get(LOCAL, ())
    called = {command for texts in found.values() for command in commands(texts, shared)}
    assert called <= set(CMDLETS)


@pytest.mark.parametrize("blueprint", EVERY, ids=lambda path: path.stem)
def test_f8_a_script_needs_what_its_operations_are_given(blueprint: Path) -> None:
    found = scripts(blueprint)
    for path, texts in found.items():
        assert asked_for(texts, found.get(LOCAL, ())) <= said_of(OF_SCRIPT[path]), path


@pytest.mark.parametrize("path", ["gpu/apply.ps1", "storage/policies.ps1"])
def test_f8_its_operations_are_given_no_more(path: str) -> None:
    found = [
        (texts, scripts(b)[LOCAL]) for b in EVERY for n, texts in scripts(b).items() if n == path
    ]
    assert found
    assert said_of(OF_SCRIPT[path]) == asked_for(*found[0])


@pytest.mark.parametrize("purpose", Purpose)
def test_the_script_of_the_roles_makes_roles_and_permissions_and_nothing_else(
    purpose: Purpose,
) -> None:
    text = powercli(examples.one(PLAIN, purpose))
    assert asked_for([text]) == {"Authorization.ModifyPermissions", "Authorization.ModifyRoles"}
