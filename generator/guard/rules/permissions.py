"""Rights that a plan would take from somebody."""

from __future__ import annotations

from collections.abc import Iterator

from generator.finding import Finding
from generator.guard.planned import PlannedChange, Values
from generator.guard.rules.rule import Stopping
from generator.guard.values import listed, lost, members, rows, text


class PermissionsKept(Stopping):
    """Rows of an entity's permissions go or get weaker."""

    id = "MLG-G010"
    title = "Nobody loses a permission"
    reason = (
        "the resource owns all permissions of the entity: reading takes those of others into the "
        "state, and the next apply removes them"
    )
    source = "field rule F2; vmware/vsphere provider, vsphere_entity_permissions"
    kinds = frozenset({"vsphere_entity_permissions"})

    @classmethod
    def judge(cls, change: PlannedChange) -> Iterator[Finding]:
        """Who is there before and not after, has another role, or no longer has it below."""
        after = {_principal(row): row for row in rows(change.after, "permissions")}
        losing = [
            f"{row.get('user_or_group')} ({how})"
            for row in rows(change.before, "permissions")
            if (how := _weaker(row, after.get(_principal(row))))
        ]
        if losing:
            yield cls.stop(
                change,
                f"permissions on {change.name} go: "
                f"{listed(change.shown('permissions', sorted(losing)))}",
                mend="put every principal that the entity has into the configuration",
            )


def _principal(row: Values) -> tuple[str, bool]:
    """Whom a row is about; vCenter compares without case."""
    return text(row.get("user_or_group")).casefold(), bool(row.get("is_group"))


def _weaker(before: Values, after: Values | None) -> str:
    if after is None:
        return "removed"
    if before.get("role_id") != after.get("role_id"):
        return "another role"
    return "no longer propagated" if before.get("propagate") and not after.get("propagate") else ""


IMPLIED = ("System.Anonymous", "System.Read", "System.View")
"""Privileges that vCenter gives to every role, whatever a plan lists (vSphere Security, Create a
Custom Role)."""


class PrivilegesKept(Stopping):
    """A role loses privileges."""

    id = "MLG-G011"
    title = "No role loses a privilege"
    reason = "everybody who has the role, on every object, loses what it allowed"
    source = "field rule F2; vSphere API, AuthorizationManager.UpdateAuthorizationRole"
    kinds = frozenset({"vsphere_role"})

    @classmethod
    def judge(cls, change: PlannedChange) -> Iterator[Finding]:
        """Privileges before and not after."""
        going = [
            name
            for name in lost(change.before, change.after, "role_privileges")
            if name not in IMPLIED
        ]
        if going:
            yield cls.stop(
                change,
                f"role {change.name} loses {listed(change.shown('role_privileges', going))}",
                mend="make a second role and move the persons over",
            )


class FoldersStay(Stopping):
    """A folder or a VM moves, and with it what it inherits."""

    id = "MLG-G012"
    title = "No folder moves under another one"
    reason = "permissions are inherited from the folder above, so a move takes rights away"
    source = "field rule F2; vSphere Security: hierarchical inheritance of permissions"
    kinds = frozenset({"vsphere_folder"})

    @classmethod
    def judge(cls, change: PlannedChange) -> Iterator[Finding]:
        """A path with another parent; a new last step is a rename."""
        before, after = _parent(change.before), _parent(change.after)
        if before != after:
            yield cls.stop(
                change,
                f"folder {change.name} moves out of {before or 'the root folder'}",
                mend="keep the folder where it is",
            )


def _parent(values: Values) -> str | None:
    """The folder above, or None where the path is not known before apply."""
    path = values.get("path")
    return path.strip("/").rpartition("/")[0] if isinstance(path, str) else None


class MembersKept(Stopping):
    """A group of persons loses members, or a person groups."""

    id = "MLG-G013"
    title = "No group of the directory changes its members"
    reason = "rights come by groups, so whoever leaves one loses what it allowed"
    source = "field rules F2 and F20"
    kinds = frozenset({"vsphere_sso_group", "vsphere_sso_user"})

    @classmethod
    def judge(cls, change: PlannedChange) -> Iterator[Finding]:
        """Anything but the description."""
        names = [name for name in change.changed if name != "description"]
        going = [one for name in names for one in members(change.before, name)]
        if names:
            yield cls.stop(
                change,
                f"{change.kind} {change.name} changes {listed(names)}"
                + (f" (has {len(going)} entries)" if going else ""),
                mend="change it in the directory",
            )


RULES: tuple[type[Stopping], ...] = (PermissionsKept, PrivilegesKept, FoldersStay, MembersKept)
