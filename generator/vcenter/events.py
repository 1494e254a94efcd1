"""Who changed an object last, from vCenter's events: a bounded question for each object."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from pyVmomi import vim, vmodl

from generator.vcenter.failures import Unreadable
from generator.vcenter.leaves import TYPE, text
from generator.vcenter.retrieve import of_object
from generator.vcenter.snapshot import Event, Seen
from generator.vcenter.soap import SoapSession

PAGE = 20
"""Events that are looked at: the newest of an object."""
MOST = 50
"""Objects that are asked about in one run; vCenter searches its database for each."""
_QUIET = ("AlarmStatusChangedEvent", "UserLoginSessionEvent", "UserLogoutSessionEvent")


def changed_by(session: SoapSession, objects: Iterable[tuple[Seen, str]]) -> Iterator[Event]:
    """The newest event of each object that names a user; objects come with their types.

    What may not be read, and what left no event, is left out.
    """
    for seen, kind in list(objects)[:MOST]:
        try:
            managed = getattr(vim, kind)(seen.ident.partition(":")[0], session.stub)
            found = _newest(session, managed, of_vms=kind == "VirtualMachine")
        except (Unreadable, vmodl.MethodFault):
            continue
        if found is not None:
            yield Event(
                kind=seen.kind,
                key=seen.key,
                at=as_utc(text(found, "createdTime")),
                user=text(found, "userName"),
                what=text(found, "fullFormattedMessage") or text(found, TYPE),
            )


def _newest(session: SoapSession, managed: Any, *, of_vms: bool) -> Any:
    """The newest event of one object that somebody caused.

    The events of VMs name their cluster, host and datastore too, and change none of them.
    """
    by_entity = vim.event.EventFilterSpec.ByEntity(entity=managed, recursion="self")
    manager = session.content.eventManager
    collector = manager.CreateCollectorForEvents(vim.event.EventFilterSpec(entity=by_entity))
    try:
        collector.SetCollectorPageSize(PAGE)
        found = of_object(session, collector, "latestPage").get("latestPage") or ()
    finally:
        collector.DestroyCollector()
    caused = (
        each
        for each in found
        if text(each, "userName") and _counts(each) and (of_vms or not each.get("vm"))
    )
    return max(
        caused, key=lambda each: (text(each, "createdTime"), text(each, "key")), default=None
    )


def _counts(event: Any) -> bool:
    return text(event, "@type") not in _QUIET


def as_utc(written: str) -> str:
    """``2026-11-20T10:00:00.123Z`` to the second."""
    from datetime import UTC, datetime

    try:
        return datetime.fromisoformat(written).astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    except ValueError:
        return written
