"""What one reading of vCenters gives: objects with leaf fields, and what could not be read.

Everything is flat on purpose. A difference is then always one object, one field and two values,
the same file holds it all, and a kind is added by a row of ``kinds`` and a reader.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from generator.record import Record, record

Value = str | int | bool | tuple[str, ...] | None
"""A leaf. Tuples are sorted where their order means nothing; None is stated to be unset."""

Reason = Literal["role", "permission", "endpoint", "failed", "hidden"]
"""Why something is unread: beyond the chosen role by design, refused to the account, not served by
this version, failed on the way, or possibly hidden by permissions on what holds it."""


@record
class Seen(Record):
    """One object as it is.

    ``key`` is its identity within kind and vCenter, as people name it (``kinds`` says how it is
    made); ``ident`` is vCenter's own id, which survives a rename. A field that is not in
    ``fields`` was not read; ``within`` is the key of the container that permissions come from.
    """

    kind: str
    key: str
    ident: str
    fields: Mapping[str, Value]
    within: str = ""


def is_off(vm: Seen) -> bool:
    """Whether a VM holds neither memory nor a device: powered off, or suspended to disk.

    One whose power was not read may run, and counts as if.
    """
    return vm.fields.get("power") in ("poweredOff", "suspended")


def texts(value: Value) -> tuple[str, ...]:
    """The entries of a set or list; () for what is none, or was not read."""
    return value if isinstance(value, tuple) else ()


@record
class Unread(Record):
    """What was not read: all objects of a kind, those below ``key``, or one field of them.

    ``field`` is empty where it is whole objects, ``detail`` what the other side said.
    """

    kind: str
    key: str
    field: str
    reason: Reason
    detail: str


@record
class Event(Record):
    """Who changed an object last, by vCenter's events; ``at`` is RFC 3339 in UTC.

    ``vcenter`` is which: two of them have a host or a class of one name.
    """

    kind: str
    key: str
    at: str
    user: str
    what: str
    vcenter: str = ""


@record
class VcenterSeen(Record):
    """One vCenter at one reading.

    ``started`` and ``ended`` are RFC 3339 in UTC; ``account`` is a pseudonym where the snapshot
    is redacted. ``in_transition`` names objects with a task or condition under way and which.
    """

    name: str
    instance_uuid: str
    version: str
    build: str
    role: str
    account: str
    started: str
    ended: str
    objects: tuple[Seen, ...]
    unread: tuple[Unread, ...] = ()
    events: tuple[Event, ...] = ()
    in_transition: tuple[tuple[str, str, str], ...] = ()


@record
class Failed(Record):
    """A vCenter of which nothing could be read, or not a second time, and why."""

    name: str
    reason: str
    mend: str


@record
class Snapshot(Record):
    """What one run read of all vCenters."""

    vcenters: tuple[VcenterSeen, ...]
    failed: tuple[Failed, ...] = ()
