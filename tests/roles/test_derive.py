"""The roles of ``apply``: what each object is given follows from what is rendered, and no more."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest

from generator.catalog.privileges import EVERYWHERE, Effect, operation, privilege
from generator.platform.objects import Manage
from generator.render.target import RenderedFile
from generator.roles.derive import apply_roles
from generator.roles.model import READ_ONLY, Purpose, RoleSet
from generator.roles.operations import operations
from generator.roles.places import Facts, assignments
from tests.roles import examples
from tests.roles.examples import ACME, EVERY, PLAIN

every = pytest.mark.parametrize("blueprint", EVERY, ids=lambda path: path.stem)
ONE_ID_FOR_BOTH = "VirtualMachine.Config.AddRemoveDevice"
"""vCenter has no id for adding a device alone; disks are another."""
TAKES_AWAY = re.compile(
    r"Delete|Destroy|Remove|Unregister|Decommission|Format|Evict", re.IGNORECASE
)


def applied(blueprint: Path) -> tuple[RoleSet, ...]:
    """The roles of apply."""
    return examples.of(blueprint, Purpose.APPLY)


def without(blueprint: Path, *parts: str) -> RoleSet:
    """The roles of apply where some files are not rendered."""
    kept = [f for f in examples.files(blueprint) if not any(part in f.path for part in parts)]
    project = examples.project(blueprint)
    return apply_roles(
        examples.state(blueprint), examples.vcenter(blueprint), kept, project.sites.inventories
    )


def held_on(roles: RoleSet, kind: str, name: str) -> set[str]:
    """What is held on one object."""
    return {
        grant.privilege
        for role in roles.roles
        for grant in role.grants
        if any((a.kind, a.name) == (kind, name) for a in role.assignments)
    }


@every
def test_everything_that_is_rendered_has_known_privileges(blueprint: Path) -> None:
    assert [each.unlisted for each in applied(blueprint)] == [()] * len(applied(blueprint))


@every
def test_each_object_holds_exactly_what_the_operations_need_there(blueprint: Path) -> None:
    """Neither more, by a role that it shares, nor less."""
    facts = {v.name: v for v in examples.state(blueprint).vcenters}
    inventories = examples.project(blueprint).sites.inventories
    for roles in applied(blueprint):
        here = Facts(vcenter=facts[roles.vcenter], inventories=inventories)
        needed: dict[tuple[str, str], set[str]] = {}
        for key in operations(here.vcenter, examples.files(blueprint)):
            for need in operation(key).needs:  # type: ignore[union-attr]
                for where in assignments(need.place, here):
                    needed.setdefault((where.kind, where.name), set()).add(need.privilege)
        given = {
            (a.kind, a.name): {grant.privilege for grant in role.grants}
            for role in roles.roles
            for a in role.assignments
        }
        assert given == {at: names - set(EVERYWHERE) for at, names in needed.items()}


@every
def test_an_object_has_one_role(blueprint: Path) -> None:
    """A group holds one role per object: a second would take the place of the first."""
    for roles in applied(blueprint):
        objects = [(a.kind, a.name) for role in roles.roles for a in role.assignments]
        assert len(objects) == len(set(objects))
        assert len({role.name for role in roles.roles}) == len(roles.roles)


@every
def test_f8_nothing_that_deletes_is_ever_granted(blueprint: Path) -> None:
    """Rollbacks use the right to make; only the lock of the apply script is a tag that goes."""
    for roles in applied(blueprint):
        grants = [grant for role in roles.roles for grant in role.grants]
        deleting = [grant for grant in grants if grant.effect == Effect.DELETE.value]
        assert all(grant.operations == ("script apply/claim.py",) for grant in deleting)
        taking = {grant.privilege for grant in grants if TAKES_AWAY.search(grant.privilege)}
        assert taking <= {ONE_ID_FOR_BOTH, *(grant.privilege for grant in deleting)}


@every
def test_f8_power_and_rights_are_granted_only_where_they_are_rendered(blueprint: Path) -> None:
    """Power for VMs that Terraform shapes; rights where it makes roles and permissions."""
    allowed = {
        Effect.POWER.value: {"resource vsphere_virtual_machine"},
        Effect.RIGHTS.value: {"resource vsphere_role", "resource vsphere_entity_permissions"},
    }
    grants = [g for each in applied(blueprint) for role in each.roles for g in role.grants]
    assert all(set(g.operations) <= allowed[g.effect] for g in grants if g.effect in allowed)


@every
def test_system_privileges_are_left_to_vcenter(blueprint: Path) -> None:
    """vCenter adds them to each role; Terraform would see them as drift."""
    assert not {n for each in applied(blueprint) for n in each.privileges} & set(EVERYWHERE)


def test_the_example_needs_this() -> None:
    """By hand, from the Terraform roots and the PowerCLI scripts of acme-ml."""
    roles = without(ACME, "/supervisor/", "/storage/policies/")
    tagging = {"AttachTag", "CreateCategory", "CreateTag", "DeleteTag", "EditCategory", "EditTag"}
    attachable = "InventoryService.Tagging.ObjectAttachable"
    expected = {
        ("global", "global root"): {f"InventoryService.Tagging.{name}" for name in tagging},
        ("vcenter", "vc-ams1"): {
            "Global.Settings", "StorageProfile.Update", "StorageProfile.View",
            "VirtualMachineClasses.Manage",
        },
        ("datacenter", "ams1"): {"Folder.Create", attachable},
        ("folder", "acme-ml"): {"Folder.Create", "Folder.Rename", attachable},
        ("cluster", "gpu-a"): {"Host.Inventory.EditCluster", "Namespaces.Configure"},
        **{("host", f"esx-0{n}"): {"Host.Config.Settings"} for n in range(1, 5)},
    }  # fmt: skip
    objects = {(a.kind, a.name) for role in roles.roles for a in role.assignments}
    assert {at: held_on(roles, *at) for at in objects} == expected


def test_plain_vms_need_this_on_what_they_stand_on() -> None:
    """Template, datastore, network and switch: nothing else on each."""
    roles = examples.one(PLAIN, Purpose.APPLY)
    assert held_on(roles, "network", "pg-vm-01") == {"Network.Assign"}
    assert held_on(roles, "vm", "ubuntu-24.04-cloud") == {
        "VirtualMachine.Provisioning.Clone",
        "VirtualMachine.Provisioning.DeployTemplate",
    }
    assert "Datastore.AllocateSpace" in held_on(roles, "datastore", "vmfs-plain")
    assert held_on(roles, "host", "esx-11") == {"Host.Config.PciPassthru"}
    assert "Resource.AssignVMToPool" in held_on(roles, "cluster", "plain-a")


@pytest.mark.parametrize(
    ("blueprint", "part", "gone"),
    [
        (ACME, "20-classes/", set()),
        (ACME, "/gpu/", {"Global.Settings", "Host.Config.Settings", "Host.Inventory.EditCluster"}),
        (PLAIN, "10-foundation/roles.tf", {"Authorization.ModifyRoles"}),
        (PLAIN, "team_folders.tf", {"Authorization.ModifyPermissions"}),
        (PLAIN, "modules/vm/", {"Network.Assign", "VirtualMachine.Interact.PowerOff"}),
    ],
)
def test_what_is_not_rendered_is_not_granted(blueprint: Path, part: str, gone: set[str]) -> None:
    """Classes are also made by REST, which needs the same privilege."""
    whole = set(examples.one(blueprint, Purpose.APPLY).privileges)
    assert gone <= whole - set(without(blueprint, part).privileges)


def test_a_folder_is_given_once_the_foundation_has_made_it() -> None:
    (folder,) = (
        a for r in examples.one(ACME, Purpose.APPLY).roles for a in r.assignments
        if a.kind == "folder"
    )  # fmt: skip
    assert (folder.below, folder.after, folder.propagate) == ("ams1", "10-foundation", True)


def test_what_is_only_looked_up_gets_vcenters_own_role() -> None:
    """The switch behind a port group."""
    project = examples.project(PLAIN)
    inventories = {
        name: replace(site, networks=tuple(replace(n, switch="dvs-rtm1") for n in site.networks))
        for name, site in project.sites.inventories.items()
    }
    roles = apply_roles(
        examples.state(PLAIN), examples.vcenter(PLAIN), examples.files(PLAIN), inventories
    )
    (looked_up,) = (role for role in roles.roles if role.name == READ_ONLY)
    assert not looked_up.ours
    assert [(a.kind, a.name) for a in looked_up.assignments] == [("switch", "dvs-rtm1")]


def test_an_object_that_nobody_named_is_asked_for() -> None:
    """A Supervisor whose clusters are unknown."""
    roles = apply_roles(
        examples.state(ACME), examples.vcenter(ACME), examples.files(ACME), inventories={}
    )
    assert "Which cluster does 'resource vsphere_namespace' act on?" in {
        question.question for question in roles.questions
    }
    assert held_on(roles, "cluster", "gpu-a") == {"Host.Inventory.EditCluster"}


def test_a_namespace_of_others_needs_no_right_on_its_cluster() -> None:
    vcenter = examples.vcenter(ACME)
    theirs = tuple(replace(n, manage=Manage.REFERENCE) for n in vcenter.namespaces)
    facts = Facts(
        vcenter=replace(vcenter, namespaces=theirs),
        inventories=examples.project(ACME).sites.inventories,
    )
    assert assignments("supervisor-cluster", facts) == ()


def test_what_the_catalogue_does_not_know_is_said() -> None:
    """A resource, a request and a script that somebody adds tomorrow."""
    vcenter = examples.vcenter(ACME)
    added = [
        RenderedFile("vc-ams1/10-foundation/new.tf", 'resource "vsphere_vapp" "new" {\n}\n'),
        RenderedFile("vc-ams1/network/apply.ps1", ""),
        RenderedFile("vc-other/10-foundation/new.tf", 'resource "vsphere_license" "new" {\n}\n'),
    ]
    roles = apply_roles(examples.state(ACME), vcenter, added, {})
    assert roles.unlisted == ("resource vsphere_vapp", "script network/apply.ps1")


def test_virtual_hardware_is_lifted_only_where_it_is_stated() -> None:
    vcenter = examples.vcenter(PLAIN)
    newer = tuple(
        replace(f, machines=tuple(replace(m, hardware_version=21) for m in f.machines))
        for f in vcenter.fabrics
    )
    lifted = replace(vcenter, fabrics=newer)
    roles = apply_roles(examples.state(PLAIN), lifted, examples.files(PLAIN), {})
    own = "VirtualMachine.Config.UpgradeVirtualHardware"
    assert own in roles.privileges
    assert own not in examples.one(PLAIN, Purpose.APPLY).privileges


def test_the_lock_of_the_apply_script_is_given_where_it_sends_something() -> None:
    lock = RenderedFile("apply/claim.py", "")
    vcenter, state = examples.vcenter(ACME), examples.state(ACME)
    with_requests = apply_roles(state, vcenter, [*examples.files(ACME), lock], {})
    without_any = apply_roles(state, vcenter, [lock], {})
    assert "InventoryService.Tagging.DeleteTag" in held_on(with_requests, "global", "global root")
    assert without_any.roles == ()


def test_custom_attributes_are_set_where_they_are_rendered() -> None:
    text = 'resource "vsphere_folder" "f" {\n  custom_attributes = {\n  }\n}\n'
    file = RenderedFile("vc-ams1/10-foundation/folders.tf", text)
    roles = apply_roles(examples.state(ACME), examples.vcenter(ACME), [file], {})
    assert "Global.SetCustomField" in held_on(roles, "datacenter", "ams1")


def test_a_grant_says_why_and_who_says_so() -> None:
    grants = [g for r in examples.one(PLAIN, Purpose.APPLY).roles for g in r.grants]
    assert all(g.operations and g.calls and g.sources and g.label for g in grants)
    assert {g.label for g in grants} <= {privilege(g.privilege).label for g in grants}
