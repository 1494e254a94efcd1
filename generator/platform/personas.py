"""The rights of teams on what is ours in vCenter, one role per persona (F20)."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from generator.blueprint.model.organisation import Groups
from generator.platform.objects import Fabric, Manage, Permission, Role
from generator.platform.scope import Scope, looked_up
from generator.platform.sites import Home
from generator.sizing.clusters import PROD

VIEW, EDIT, ADMIN = "view", "edit", "admin"

READ_ONLY = "Read-only"
"""The label of vCenter's own role ``ReadOnly``, which every vCenter has."""

OPERATE = (
    "VirtualMachine.Interact.ConsoleInteract",
    "VirtualMachine.Interact.PowerOff",
    "VirtualMachine.Interact.PowerOn",
    "VirtualMachine.Interact.Reset",
)
"""What a team does with a VM that Terraform shapes: nothing that the next plan would show."""

KEEP = (
    "VirtualMachine.State.CreateSnapshot",
    "VirtualMachine.State.RemoveSnapshot",
    "VirtualMachine.State.RenameSnapshot",
    "VirtualMachine.State.RevertToSnapshot",
)
"""What its administrators do besides. Source of the ids: vSphere API, PrivilegePolicyDef."""

PRIVILEGES = {EDIT: OPERATE, ADMIN: tuple(sorted((*OPERATE, *KEEP)))}


def role_name(scope: Scope, persona: str) -> str:
    """The name of a persona's role: vCenter's own for those who only look."""
    if persona == VIEW:
        return READ_ONLY
    return f"{scope.platform}-{persona}"


def permissions(scope: Scope, environment: str, teams: Collection[str]) -> Iterator[Permission]:
    """Who may do what with the VMs of some teams, each principal once with its strongest role.

    Only groups that vCenter's single sign-on knows get rights here, and no single account in
    production (F20).
    """
    strongest: dict[tuple[str, bool], str] = {}
    for team in scope.blueprint.organisation.teams:
        if team.name in teams and team.groups and team.groups.provider == "vcenter-sso":
            for principal, is_group, persona in _of(team.groups, environment):
                known = strongest.get((principal, is_group), VIEW)
                strongest[principal, is_group] = max(persona, known, key=_rank)
    for (principal, is_group), persona in sorted(strongest.items()):
        role = role_name(scope, persona)
        yield Permission(principal=principal, is_group=is_group, role=role)


def roles(scope: Scope, homes: Collection[Home], fabrics: Collection[Fabric]) -> Iterator[Role]:
    """The roles that the permissions of a vCenter name, and no other."""
    used = {p.role for fabric in fabrics for folder in fabric.folders for p in folder.permissions}
    theirs = {
        thing.name
        for home in homes
        if home.inventory is not None
        for thing in home.inventory.objects
        if thing.kind == "role" and looked_up(thing)
    }
    for persona in (VIEW, EDIT, ADMIN):
        name = role_name(scope, persona)
        if name in used:
            others = persona == VIEW or name in theirs
            yield Role(
                name=name,
                manage=Manage.REFERENCE if others else Manage.CREATE,
                persona=persona,
                label=name,
                privileges=() if others else PRIVILEGES[persona],
            )


def _of(groups: Groups, environment: str) -> Iterator[tuple[str, bool, str]]:
    for persona, group in ((VIEW, groups.view), (EDIT, groups.edit), (ADMIN, groups.admin)):
        if group:
            yield group, True, persona
    if environment != PROD:
        for account in groups.accounts:
            yield account, False, EDIT


def _rank(persona: str) -> int:
    return (VIEW, EDIT, ADMIN).index(persona)
