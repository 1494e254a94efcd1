"""What an account may not see: evidence without which nothing absent is called missing (F9)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pyVmomi import vim

from generator.vcenter.snapshot import Unread
from generator.vcenter.soap import SoapSession
from generator.vcenter.soap_kinds.places import pool_key
from generator.vcenter.world import World

_READ = "System.Read"
_CONTAINERS = {
    "Datacenter": "datacenter",
    "Folder": "folder",
    "ClusterComputeResource": "cluster",
    "ResourcePool": "resource-pool",
}
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


def hidden(world: World, not_readable: list[str] | None, root: str) -> Iterator[Unread]:
    """Containers that may hold more than was seen; all of vCenter where it could not be asked.

    A container that may not be read, and a folder that lists a child which was not among the
    objects that vCenter showed: the list is not filtered by permissions, what it names is.
    """
    if not_readable is None:
        yield _hidden("vcenter", "", "vCenter did not say what the account may read")
    for moid in not_readable or ():
        row = world.rows.get(moid)
        if row is None and moid == root:
            yield _hidden("vcenter", "", "the account may not read the root folder")
        elif row is not None:
            yield _hidden(*_named(world, row), f"the account lacks {_READ}")
    for row in world.of("Folder"):
        lost = [each for each in row.values.get("childEntity") or () if each not in world.rows]
        if lost:
            detail = f"{len(lost)} objects in it are not shown to the account"
            yield _hidden(*_named(world, row), detail)


def _named(world: World, row: Any) -> tuple[str, str]:
    kind = _CONTAINERS.get(row.type, "folder")
    if kind == "resource-pool":
        return kind, pool_key(world, row.moid)
    return kind, world.path(row.moid) if kind == "folder" else world.name(row.moid)


def _hidden(kind: str, key: str, detail: str) -> Unread:
    return Unread(kind=kind, key=key, field="", reason="hidden", detail=detail)
