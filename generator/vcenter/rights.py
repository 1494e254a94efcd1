"""What an account may not see: evidence without which nothing absent is called missing (F9)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pyVmomi import vim

from generator.record import Record, record
from generator.vcenter.snapshot import Unread
from generator.vcenter.soap import SoapSession
from generator.vcenter.soap_kinds.access import Granted
from generator.vcenter.soap_kinds.places import pool_key
from generator.vcenter.world import World

_READ = "System.Read"
_CONTAINERS = {
    "Datacenter": "datacenter",
    "Folder": "folder",
    "ClusterComputeResource": "cluster",
    "ResourcePool": "resource-pool",
}
HIDEABLE = (
    "datacenter", "folder", "cluster", "host", "resource-pool", "network", "switch", "datastore",
    "vm",
)  # fmt: skip
"""The kinds that permissions are set on; the others are parts of these, or all or nothing."""
_NO_ACCESS = -5
"""The id of the system role that takes all rights (vim.AuthorizationManager)."""
_UNPROVEN = "no permission of the account itself on the root folder holds everywhere below"
_MOST = 2000
"""Containers that are asked about; a vCenter has some hundreds."""


def refused(session: SoapSession, world: World) -> list[str]:
    """The ids of containers that the account may not read; the root's is first where it is one."""
    content = session.content
    root = content.rootFolder
    rows = world.of(*_CONTAINERS)[:_MOST]
    asked = [root, *(getattr(vim, row.type)(row.moid, session.stub) for row in rows)]
    found = content.authorizationManager.HasPrivilegeOnEntities(asked, session.key, [_READ]) or ()
    return [
        str(each.entity._moId)  # noqa: SLF001 (its id has no other name)
        for each in found
        if not all(one.isGranted for one in each.privAvailability)
    ]


@record
class Sight(Record):
    """What is known of an account's rights.

    ``root`` is the id of the root folder; ``refused`` are the containers that may not be read,
    None where vCenter did not say.
    """

    root: str
    account: str
    permissions: tuple[Granted, ...]
    refused: list[str] | None


def hidden(world: World, sight: Sight) -> Iterator[Unread]:
    """Where the account does not see all, and what may be there unseen.

    ``permission``: a container that may not be read, and a folder that lists a child which vCenter
    did not show. ``hidden``: whole kinds, unless the account itself has a right on the root that
    reaches down everywhere, since vCenter leaves what an account may not see out of every answer.
    A right that comes by a group cannot be told from none.
    """
    for moid in sight.refused or ():
        row = world.rows.get(moid)
        if row is not None or moid == sight.root:
            kind, key = _named(world, row) if row is not None else ("vcenter", "")
            detail = f"the account lacks {_READ}"
            yield Unread(kind=kind, key=key, field="", reason="permission", detail=detail)
    for row in world.of("Folder"):
        lost = [each for each in row.values.get("childEntity") or () if each not in world.rows]
        if lost:
            kind, key = _named(world, row)
            detail = f"{len(lost)} objects in it are not shown to the account"
            yield Unread(kind=kind, key=key, field="", reason="permission", detail=detail)
    if not sees_all(world, sight):
        for kind in HIDEABLE:
            yield Unread(kind=kind, key="", field="", reason="hidden", detail=_UNPROVEN)


def sees_all(world: World, sight: Sight) -> bool:
    """Whether a permission of the account itself holds on the root and everywhere below.

    A group that is denied a branch may be one of the account's: nobody tells who is in it, and
    what is set lower in the tree counts before what is set above.
    """
    own = [
        each
        for each in sight.permissions
        if not each.group and _principal(each.principal) == _principal(sight.account)
    ]
    denied = (
        each.role_id == _NO_ACCESS or (each.moid != sight.root and each.moid not in world.rows)
        for each in own
    )
    banned = any(each.group and each.role_id == _NO_ACCESS for each in sight.permissions)
    return (
        sight.refused is not None
        and not banned
        and sight.root not in sight.refused
        and any(each.moid == sight.root and each.propagate for each in own)
        and not any(denied)
    )


def _principal(written: str) -> tuple[str, str]:
    """Name and domain of ``name@domain``, or of both with a backslash, as vCenter prints them."""
    domain, mark, name = written.lower().rpartition("\\")
    if mark:
        return name, domain
    name, _, domain = written.lower().partition("@")
    return name, domain


def _named(world: World, row: Any) -> tuple[str, str]:
    kind = _CONTAINERS.get(row.type, "folder")
    if kind == "resource-pool":
        return kind, pool_key(world, row.moid)
    return kind, world.path(row.moid) if kind == "folder" else world.name(row.moid)
