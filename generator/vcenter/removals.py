"""Who removed what is gone, from vCenter's events: one bounded question for all of it.

An object that is gone has no id to ask by; its event still has its name. For folders, tags,
policies, classes and namespaces vCenter keeps no event of their own that names them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from pyVmomi import vim, vmodl

from generator.vcenter.events import as_utc
from generator.vcenter.failures import Unreadable
from generator.vcenter.leaves import TYPE, text
from generator.vcenter.retrieve import of_object
from generator.vcenter.snapshot import Event
from generator.vcenter.soap import SoapSession

PAGE = 200
"""Events that are looked at: the newest removals of all kinds that are asked for."""
REMOVALS: Mapping[str, tuple[str, str]] = {
    "vm": ("VmRemovedEvent", "vm"),
    "host": ("HostRemovedEvent", "host"),
    "cluster": ("ClusterDestroyedEvent", "computeResource"),
    "resource-pool": ("ResourcePoolDestroyedEvent", "resourcePool"),
    "datastore": ("DatastoreDestroyedEvent", "datastore"),
    "switch": ("DvsDestroyedEvent", "dvs"),
    "network": ("DVPortgroupDestroyedEvent", "net"),
    "role": ("RoleRemovedEvent", "role"),
}
"""By kind the event of its removal, and the field that names the object. Source: vSphere Web
Services API, the subtypes of Event."""


def removed_by(session: SoapSession, gone: Iterable[tuple[str, str]]) -> Iterator[Event]:
    """The newest removal of each object that has one; ``gone`` are kinds and keys.

    What may not be read is left out.
    """
    wanted: dict[tuple[str, str], list[str]] = {}
    for kind, key in gone:
        if kind in REMOVALS:
            wanted.setdefault((kind, _name(key)), []).append(key)
    if not wanted:
        return
    kinds = {REMOVALS[kind][0]: kind for kind, _ in sorted(wanted)}
    try:
        found = _newest(session, sorted(kinds))
    except (Unreadable, vmodl.MethodFault):
        return
    for each in sorted(found, key=lambda one: (text(one, "createdTime"), text(one, "key"))):
        kind = kinds.get(text(each, TYPE), "")
        name = text(each, REMOVALS[kind][1], "name") if kind else ""
        for key in wanted.get((kind, name), ()):
            if _there(each, kind, key):
                yield _event(each, kind, key)


def _event(found: Any, kind: str, key: str) -> Event:
    return Event(
        kind=kind,
        key=key,
        at=as_utc(text(found, "createdTime")),
        user=text(found, "userName"),
        what=text(found, "fullFormattedMessage") or f"removed ({text(found, TYPE)})",
    )


def _name(key: str) -> str:
    return key.rpartition("/")[2]


def _there(event: Any, kind: str, key: str) -> bool:
    """Whether it was in the datacenter of a path, which may begin with folders."""
    datacenter = text(event, "datacenter", "name")
    return kind != "vm" or not datacenter or f"/{datacenter}/vm/" in f"/{key}"


def _newest(session: SoapSession, types: list[str]) -> list[Any]:
    """The newest events of some types, wherever they were."""
    everywhere = vim.event.EventFilterSpec.ByEntity(
        entity=session.content.rootFolder, recursion="all"
    )
    asked = vim.event.EventFilterSpec(entity=everywhere, eventTypeId=types)
    collector = session.content.eventManager.CreateCollectorForEvents(asked)
    try:
        collector.SetCollectorPageSize(PAGE)
        return list(of_object(session, collector, "latestPage").get("latestPage") or ())
    finally:
        collector.DestroyCollector()
