"""F8: the derived roles against what clients really ask of a vCenter, call by call.

No simulator enforces privileges, so each call of a real run is looked up: what it needs must be
held by the roles that are derived for that run, on an object of the right kind.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from pyVmomi import vmodl

from generator.api import load
from generator.catalog.privileges import (
    EVERYWHERE,
    Call,
    call,
    operation,
    property_call,
    request_call,
)
from generator.platform.objects import DesiredState, Manage, Namespace, TagAttachment, Zone
from generator.render import TARGETS
from generator.render.target import RenderedFile
from generator.roles.derive import apply_roles
from generator.roles.look import look_roles
from generator.roles.model import Purpose, RoleSet
from generator.roles.written import terraform
from generator.supply.model import SiteInventory
from tests.acceptance import calls, shipped, vcenter
from tests.acceptance.roots import LOCAL_BACKEND, Cli, root_folders
from tests.acceptance.test_plain_vms import FOLDER as PLAIN_FOLDER
from tests.acceptance.test_plain_vms import seed_template

pytestmark = pytest.mark.tools

LIMIT_S = 120
PLAIN = PLAIN_FOLDER / "plain.yaml"
UNAPPLIED = {"40-dev-vms"}
"""The simulator passes no device through to a VM in a cluster."""

EARLY = ("--only", "vm-class", "--only", "storage-policy")
"""What namespaces bind; nothing that is bound can be taken back."""

OF_KIND = {
    "AuthorizationManager.AddAuthorizationRole": {"vcenter"},
    "AuthorizationManager.SetEntityPermissions": {"folder"},
    "ClusterComputeResource.ReconfigureComputeResource_Task": {"cluster"},
    "Folder.CreateFolder": {"datacenter", "folder"},
    "PbmProfileProfileManager.PbmCreate": {"vcenter"},
    "PbmProfileProfileManager.PbmDelete": {"vcenter"},
    "ResourcePool.CreateResourcePool": {"cluster"},
    "VirtualMachine.PowerOnVM_Task": {"folder"},
    "VirtualMachine.ReconfigVM_Task": {"folder", "network"},
    "VirtualMachine.CloneVM_Task": {"vm", "folder", "cluster", "datastore", "network"},
}
"""Each SOAP call that writes, and the kinds of objects on which what it needs must be held."""

NEXT_RELEASE = {
    "Folder.Rename", "InventoryService.Tagging.EditCategory", "InventoryService.Tagging.EditTag",
    "Resource.EditPool", "Resource.RenamePool", "VirtualMachine.Interact.PowerOff",
}  # fmt: skip
"""What only an apply over an earlier release needs: names, descriptions and shapes that change."""
UPDATES = {
    "PATCH /rest/com/vmware/cis/tagging/category/id:{category}",
    "PATCH /rest/com/vmware/cis/tagging/tag/id:{tag}",
    "PUT /api/vcenter/namespaces/instances/{namespace}/access/{domain}/{subject}?type={type}",
    "PbmUpdate", "Rename_Task", "ShutdownGuest", "UpdateAuthorizationRole", "UpdateConfig",
}  # fmt: skip
"""The calls by which it does so."""
BY_POWERCLI = {
    "Global.Settings", "Host.Config.PciPassthru", "Host.Config.Settings",
    "Host.Inventory.EditCluster",
}  # fmt: skip
"""What only the scripts in PowerCLI need, which run in no test."""


@dataclass(frozen=True)
class Run:
    """What was rendered, the roles that follow from it, and what applying it asked for."""

    roles: RoleSet
    trace: calls.Trace


def held(roles: RoleSet) -> dict[str, set[str]]:
    """Per privilege the kinds of objects on which it is held."""
    found: dict[str, set[str]] = {}
    for role in roles.roles:
        for grant in role.grants:
            found.setdefault(grant.privilege, set()).update(a.kind for a in role.assignments)
    return found


def known_calls(trace: calls.Trace) -> dict[str, Call | None]:
    """Everything that was asked, and what is known of it."""
    return {
        **{f"{each.kind}.{each.method}": call(each.method) for each in trace.soap},
        **{path: property_call(path) for path in trace.properties},
        **{line: request_call(line) for line in trace.rest},
    }


def lacking(trace: calls.Trace, privileges: Sequence[str]) -> set[tuple[str, str]]:
    """What calls need and nobody holds; a call that may need something needs what applies."""
    return {
        (name, privilege)
        for name, known in known_calls(trace).items()
        for privilege in (known.privileges if known else ("unknown",))
        if privilege not in {*EVERYWHERE, *privileges}
    }


def used(trace: calls.Trace) -> set[str]:
    """All privileges that the calls need beyond those of every role."""
    found = {p for known in known_calls(trace).values() if known for p in known.privileges}
    return found - set(EVERYWHERE)


def widened(state: DesiredState) -> DesiredState:
    """The example with what it has no need of: a zone, a tag on a datastore, lists of others."""
    (one,) = state.vcenters
    first, *others = one.namespaces
    theirs: Namespace = replace(first, name="theirs", manage=Manage.ADOPT)
    zone = Zone(name="z9", clusters=("gpu-a",), description="mlgen:acme-ml/zone/z9")
    tag = TagAttachment(category="ml-tier", tag="bulk", datastore="vsan-gpu-a")
    wider = replace(one, namespaces=(first, *others, theirs), zones=(zone,), attachments=(tag,))
    return replace(state, vcenters=(wider,))


def written(files: Sequence[RenderedFile], folder: Path) -> Path:
    """The files on the disk."""
    for file in files:
        path = folder / file.path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(file.text, "utf-8")
    return folder


def apply_root(cli: Cli, root: Path, scratch: Path, endpoint: vcenter.Endpoint) -> None:
    """One root module, in a copy beside the modules that it calls."""
    target = scratch / root.name
    shutil.copytree(root, target)
    (target / "backend_override.tf").write_text(LOCAL_BACKEND, "utf-8")
    for step in (("init",), ("apply", "-auto-approve")):
        done = cli.run(target, *step, "-no-color", settings=endpoint.environment())
        assert done, done.output


def run_script(
    tree: Path, name: str, state: Path, endpoint: vcenter.Endpoint, *arguments: str
) -> list[Path]:
    """The Python apply script for good; returns its journals so far."""
    done = subprocess.run(
        [sys.executable, str(tree / "apply" / "apply.py"), name, *arguments, "--apply",
         "--change-id", "CHG1"],
        env={
            "PATH": os.environ["PATH"], "HOME": str(state), "XDG_STATE_HOME": str(state),
            "VSPHERE_SERVER": endpoint.server, "VSPHERE_USER": endpoint.user,
            "VSPHERE_PASSWORD": vcenter.PASSWORD, "VSPHERE_CA_FILE": endpoint.ca_file,
        },
        capture_output=True, text=True, timeout=LIMIT_S, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    return sorted(state.glob("mlgen/*/journal-*.jsonl"))


def there_and_back(
    tree: Path, name: str, state: Path, endpoint: vcenter.Endpoint, *arguments: str
) -> None:
    """A run of the script and its rollback."""
    (journal,) = run_script(tree, name, state, endpoint, *arguments)
    run_script(tree, name, state, endpoint, "--rollback", str(journal))


def existing_namespaces(endpoint: vcenter.Endpoint, state: DesiredState) -> None:
    """The namespaces that are adopted are there before."""
    with vcenter.Rest(endpoint) as rest:
        for each in state.vcenters[0].namespaces:
            if each.manage is Manage.ADOPT:
                body = {"namespace": each.name, "supervisor": each.supervisor_id}
                rest.call("POST", f"{vcenter.NAMESPACES}/v2", body)


def before(endpoint: vcenter.Endpoint, blueprint: Path, state: DesiredState) -> None:
    """What a site has before mlgen comes."""
    existing_namespaces(endpoint, state)
    if blueprint == PLAIN:
        seed_template(endpoint)


@pytest.fixture(scope="module", params=[shipped.BLUEPRINT, PLAIN], ids=["acme-ml", "plain"])
def run(
    request: pytest.FixtureRequest,
    command_line: Callable[[str], Cli],
    tmp_path_factory: pytest.TempPathFactory,
) -> Run:
    """All roots by Terraform, all requests by the script, and a rollback of the script's runs."""
    scratch = tmp_path_factory.mktemp("roles")
    (project,) = load([request.param])
    state = project.assessed.state
    inventory = next(request.param.parent.glob("plain.site.yaml"), shipped.INVENTORY)
    if request.param == shipped.BLUEPRINT:
        state = widened(state)
    files = [file for target in TARGETS for file in target(state)]
    tree = written(files, scratch / "tree")
    (one,) = state.vcenters
    trace, requests = scratch / "trace.txt", scratch / "simulator" / "requests.jsonl"
    with vcenter.simulator(inventory, scratch / "simulator", "-trace", str(trace)) as endpoint:
        before(endpoint, request.param, state)
        since = calls.position(trace, requests)
        roots = scratch / "roots"
        if (tree / one.name / "modules").is_dir():
            shutil.copytree(tree / one.name / "modules", roots / "modules")
        for root in root_folders(tree / one.name):
            if root.name in UNAPPLIED:
                continue
            apply_root(command_line("terraform"), root, roots, endpoint)
            if root.name == "20-classes":
                there_and_back(tree, one.name, scratch / "early", endpoint, *EARLY)
                run_script(tree, one.name, scratch / "first", endpoint, *EARLY)
        there_and_back(tree, one.name, scratch / "late", endpoint)
        seen = calls.read(trace, requests, since)
    return Run(apply_roles(state, one, files, project.sites.inventories), seen)


def test_every_call_of_apply_is_known(run: Run) -> None:
    assert [name for name, known in known_calls(run.trace).items() if known is None] == []


def test_f8_the_roles_hold_what_every_call_of_apply_needs(run: Run) -> None:
    assert lacking(run.trace, run.roles.privileges) == set()


def test_f8_a_call_that_needs_more_is_noticed(run: Run) -> None:
    """Whichever privilege the roles would be short of."""
    for privilege in sorted(used(run.trace)):
        rest = [name for name in run.roles.privileges if name != privilege]
        assert {needed for _, needed in lacking(run.trace, rest)} == {privilege}


def test_f8_no_privilege_is_held_that_no_call_needs(run: Run) -> None:
    """But for what a later release, or a script that no test can run, needs."""
    spare = set(run.roles.privileges) - used(run.trace)
    assert spare <= NEXT_RELEASE | BY_POWERCLI


def test_f8_each_write_is_allowed_on_the_kind_of_object_that_it_writes(run: Run) -> None:
    where = held(run.roles)
    written_to = {f"{each.kind}.{each.method}" for each in run.trace.soap} & set(OF_KIND)
    assert written_to
    for name in written_to:
        known = call(name.rpartition(".")[2])
        assert known is not None
        for privilege in known.privileges:
            assert where[privilege] & OF_KIND[name], (name, privilege)


def test_every_write_of_apply_is_among_those(run: Run) -> None:
    """So that a new one is not left out."""
    writes = {
        f"{each.kind}.{each.method}"
        for each in run.trace.soap
        if (known := call(each.method)) is not None and set(known.privileges) - set(EVERYWHERE)
    }
    looked = {name for name in writes if "StorageProfile.View" in _needs(name)}
    assert writes - looked <= set(OF_KIND)


def _needs(name: str) -> tuple[str, ...]:
    known = call(name.rpartition(".")[2])
    return known.privileges if known else ()


def test_every_call_that_is_said_of_an_operation_is_made(run: Run) -> None:
    """But for those of a later release: no operation is given a right for a call of our fancy."""
    made = {known.name for known in known_calls(run.trace).values() if known is not None}
    keys = {key for role in run.roles.roles for g in role.grants for key in g.operations}
    said = {
        need.call
        for key in keys
        if not key.startswith("script ") and (known := operation(key)) is not None
        for need in known.needs
    }
    assert len(said) > 10
    assert said - made <= UPDATES


@pytest.fixture(scope="module", params=[shipped.BLUEPRINT, PLAIN], ids=["acme-ml", "plain"])
def every_role(request: pytest.FixtureRequest) -> tuple[RoleSet, Path]:
    """The roles of all purposes together, and the inventory of their vCenter."""
    (project,) = load([request.param])
    state = project.assessed.state
    (one,) = state.vcenters
    inventories: dict[str, SiteInventory] = dict(project.sites.inventories)
    files = [file for target in TARGETS for file in target(state)]
    applying = apply_roles(state, one, files, inventories)
    looking = look_roles(state, one, Purpose.DIFF_HOST, sessions=True)
    inventory = next(request.param.parent.glob("plain.site.yaml"), shipped.INVENTORY)
    return replace(applying, roles=(*applying.roles, *looking.roles)), inventory


def test_the_terraform_file_applies_and_the_roles_hold_what_it_says(
    every_role: tuple[RoleSet, Path], command_line: Callable[[str], Cli], tmp_path: Path
) -> None:
    """The simulator refuses a privilege that no vCenter has, so each id is a real one."""
    roles, inventory = every_role
    cli = command_line("terraform")
    root = tmp_path / "roles"
    root.mkdir()
    (root / "roles.tf").write_text(terraform(roles), "utf-8")
    with vcenter.simulator(inventory, tmp_path / "simulator") as endpoint:
        with vcenter.soap(endpoint) as instance:
            # The first role would get the id 0, which the provider takes for none.
            instance.content.authorizationManager.AddAuthorizationRole(name="theirs", privIds=[])
        formatted = cli.run(root, "fmt", "-check", "-diff")
        assert formatted, formatted.output
        for step in (("init",), ("validate",), ("apply", "-auto-approve")):
            done = cli.run(root, *step, "-no-color", settings=endpoint.environment())
            assert done, done.output
        again = cli.run(
            root, "plan", "-no-color", "-detailed-exitcode", settings=endpoint.environment()
        )
        assert again.code == 0, again.output
        with vcenter.soap(endpoint) as instance:
            shown = {role.name: role for role in instance.content.authorizationManager.roleList}
        for role in roles.roles:
            assert set(shown[role.name].privilege) - set(EVERYWHERE) == {
                grant.privilege for grant in role.grants
            }


def test_an_invented_privilege_is_refused(tmp_path: Path) -> None:
    """Or the test above would prove nothing."""
    with (
        vcenter.simulator(shipped.INVENTORY, tmp_path / "simulator") as endpoint,
        vcenter.soap(endpoint) as instance,
        pytest.raises(vmodl.fault.InvalidArgument),
    ):
        instance.content.authorizationManager.AddAuthorizationRole(
            name="invented", privIds=["Folder.Invent"]
        )
