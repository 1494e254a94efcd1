"""vCenter itself, roles, permissions, custom attributes, and the tasks under way."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from pyVmomi import vim

from generator.vcenter.failures import Stopped, told
from generator.vcenter.leaves import flag, many, text, whole
from generator.vcenter.retrieve import by_ids, of_object
from generator.vcenter.snapshot import Seen, Unread, Value
from generator.vcenter.soap import SoapSession
from generator.vcenter.soap_kinds.clusters import option_text
from generator.vcenter.world import World

SETTINGS = ("vgpu.hotmigrate.enabled",)
"""The advanced settings of vCenter that are read: those that GPU VMs depend on, by name."""
_TASK = ("info.state", "info.entity", "info.descriptionId")
_UNDER_WAY = ("queued", "running")


def vcenter(session: SoapSession, unread: list[Unread]) -> Iterator[Seen]:
    """VCenter's version and the settings that count."""
    about = session.content.about
    fields: dict[str, Value] = {
        "version": about.version,
        "build": about.build,
        "instance_uuid": about.instanceUuid,
    }
    for name in SETTINGS:
        try:
            found = session.content.setting.QueryOptions(name) or ()
            exact = [each.value for each in found if each.key == name]
            fields[f"setting.{name}"] = option_text(exact[0]) if exact else None
        except vim.fault.InvalidName:
            fields[f"setting.{name}"] = None
        except Stopped:
            raise
        except Exception as error:  # noqa: BLE001 (whatever pyvmomi raises for a fault)
            why = told(error)
            unread.append(
                Unread(
                    kind="vcenter", key="", field=f"setting.{name}", reason=why.reason,
                    detail=why.detail,
                )
            )  # fmt: skip
    yield Seen(kind="vcenter", key="", ident=str(about.instanceUuid), fields=fields)


def attributes(session: SoapSession, world: World) -> Iterator[Seen]:
    """Definitions of custom attributes; the world learns their names."""
    manager = session.content.customFieldsManager
    found = () if manager is None else of_object(session, manager, "field").get("field") or ()
    world.attributes_read = True
    for each in found:
        name = text(each, "name")
        world.attributes[whole(each, "key") or 0] = name
        kind = text(each, "managedObjectType").rpartition(".")[2] or None
        fields: dict[str, Value] = {"object_type": kind}
        yield Seen(kind="custom-attribute", key=name, ident=text(each, "key"), fields=fields)


def roles(session: SoapSession) -> tuple[list[Seen], dict[int, str]]:
    """Roles by the name that people see, and those names by id."""
    manager = session.content.authorizationManager
    found: list[Seen] = []
    labels: dict[int, str] = {}
    for each in of_object(session, manager, "roleList").get("roleList") or ():
        label = text(each, "info", "label") if flag(each, "system") else ""
        label = label or text(each, "name")
        labels[whole(each, "roleId") or 0] = label
        fields: dict[str, Value] = {
            "privileges": tuple(sorted(many(each, "privilege"))),
            "system": flag(each, "system"),
        }
        found.append(Seen(kind="role", key=label, ident=text(each, "roleId"), fields=fields))
    return found, labels


class Granted(NamedTuple):
    """A permission: on which object, to whom, which role, and whether it holds below."""

    moid: str
    principal: str
    role: str
    role_id: int
    propagate: bool
    group: bool


def permissions(session: SoapSession, labels: dict[int, str]) -> list[Granted]:
    """Who may do what where."""
    found = session.content.authorizationManager.RetrieveAllPermissions() or ()
    return [
        Granted(
            each.entity._moId if each.entity else "",  # noqa: SLF001 (its id has no other name)
            str(each.principal),
            labels.get(each.roleId, str(each.roleId)),
            int(each.roleId),
            bool(each.propagate),
            bool(each.group),
        )
        for each in found
    ]


def permission_objects(world: World, found: list[Granted]) -> Iterator[Seen]:
    """Permissions by the path of their object; ``/`` is the root.

    A user and a group may have one name and both a permission on one object: two, told apart.
    """
    users = {(each.moid, each.principal) for each in found if not each.group}
    for each in found:
        path = world.path(each.moid) or "/"
        principal = each.principal
        if each.group and (each.moid, principal) in users:
            principal = f"{principal} (group)"
        fields: dict[str, Value] = {
            "role": each.role, "propagate": each.propagate, "is_group": each.group,
        }  # fmt: skip
        yield Seen(
            kind="permission", key=f"{path}|{principal}",
            ident=f"{each.moid}|{principal}", fields=fields, within=path,
        )  # fmt: skip


def tasks(session: SoapSession) -> list[tuple[str, str]]:
    """The objects that have a task under way, and which."""
    manager = session.content.taskManager
    recent = of_object(session, manager, "recentTask").get("recentTask") or ()
    rows = by_ids(session, "Task", recent, _TASK, lambda _: None)
    return sorted(
        (row.values.get("info.entity", ""), f"task {row.values.get('info.descriptionId', '')}")
        for row in rows
        if row.values.get("info.state") in _UNDER_WAY
    )
