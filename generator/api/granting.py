"""The least vCenter roles of judged projects."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from generator.api.assessing import Project
from generator.api.rendering import rendered

TYPE_CHECKING = False
if TYPE_CHECKING:
    from generator.platform.objects import OpenQuestion, Vcenter
    from generator.roles.model import Purpose, RoleSet

VI = "vi"
"""The approvers who run vCenter (``governance.approvers``)."""


def roles(
    projects: Sequence[Project],
    purposes: Sequence[Purpose],
    *,
    principal: str = "",
    sessions: bool = False,
) -> tuple[RoleSet, ...]:
    """The roles of each project, per vCenter and purpose; nothing is written and nobody is asked.

    ``principal`` is the group that gets them; without it the VI team of the blueprint, and where
    that is not stated, or not with a domain that vCenter knows, an open question says so.
    ``sessions`` lets the roles of ``diff`` and ``diff-host`` see who is logged in.
    """
    return tuple(
        found
        for project in projects
        for found in _of_project(project, purposes, principal, sessions=sessions)
    )


def _of_project(
    project: Project, purposes: Sequence[Purpose], principal: str, *, sessions: bool
) -> Iterator[RoleSet]:
    from dataclasses import replace

    from generator.roles.derive import apply_roles
    from generator.roles.look import look_roles
    from generator.roles.model import Purpose

    state = project.assessed.state
    files = rendered(project, None).files
    for vcenter in state.vcenters:
        group, questions = (principal, ()) if principal else _principal(project, vcenter)
        for purpose in purposes:
            if purpose is Purpose.APPLY:
                inventories = project.sites.inventories
                found = apply_roles(state, vcenter, files, inventories, principal=group)
            else:
                found = look_roles(state, vcenter, purpose, principal=group, sessions=sessions)
            yield replace(found, questions=(*questions, *found.questions))


def _principal(project: Project, vcenter: Vcenter) -> tuple[str, tuple[OpenQuestion, ...]]:
    """The VI team as vCenter names it, or the question for what is missing."""
    group = next((g for who, g in project.blueprint.governance.approvers.items() if who == VI), "")
    if "\\" in group:
        return group, ()
    if not group:
        return "", (_question(vcenter, f"governance.approvers.{VI}", "Which group runs vCenter?"),)
    known = {
        domain
        for inventory in project.sites.inventories.values()
        for each in inventory.vcenters
        if each.ref == vcenter.name
        for domain in each.identity_sources
    }
    if len(known) == 1:
        return f"{known.pop()}\\{group}", ()
    asked = f"Which domain does vCenter show for {group}?"
    return "", (_question(vcenter, f"vcenters.{vcenter.name}.identity_sources", asked),)


def _question(vcenter: Vcenter, subject: str, question: str) -> OpenQuestion:
    from generator.platform.objects import OpenQuestion

    return OpenQuestion(
        subject=subject,
        question=question,
        owner="virtualisation",
        why="a role is given to a group of a domain that vCenter knows",
        blocks=(f"the permissions of mlgen's roles in {vcenter.name}",),
    )
