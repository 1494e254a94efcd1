"""What goes to a vCenter by REST, because Terraform has no argument for it."""

from __future__ import annotations

from typing import ClassVar

from generator.record import Record, record


@record
class Access(Record):
    """The role of one directory group in a namespace (F20).

    ``role`` is ``OWNER``, ``EDIT`` or ``VIEW``; ``domain`` is that of the identity source.
    ``external`` groups are those of an OIDC provider of the Supervisor ``supervisor_id``;
    ``identity_provider`` is its name there, "" for the only one.
    """

    kind: ClassVar[str] = "access"
    namespace: str
    environment: str
    subject: str
    domain: str
    role: str
    external: bool = False
    identity_provider: str = ""
    supervisor_id: str = ""


@record
class TagAttachment(Record):
    """A tag that a datastore must carry for a storage policy to match it (F15)."""

    kind: ClassVar[str] = "tag-attachment"
    category: str
    tag: str
    datastore: str


@record
class Zone(Record):
    """A vSphere Zone that is to be made over whole clusters."""

    kind: ClassVar[str] = "zone"
    name: str
    clusters: tuple[str, ...]
    description: str


@record
class Reach(Record):
    """What a change to the whole of a vCenter reaches; change windows are judged by it (F22)."""

    sites: tuple[str, ...] = ()
    environments: tuple[str, ...] = ()
    clusters: tuple[str, ...] = ()


@record
class ChangeWindow(Record):
    """When changes may be made: days by RFC 5545, ``start`` is ``HH:MM`` in ``zone``."""

    rrule: str
    start: str
    duration_s: int
    zone: str
    scope: tuple[str, ...]


@record
class Freeze(Record):
    """Days, both included, on which nothing is changed."""

    first: str
    last: str
    reason: str
    scope: tuple[str, ...]


@record
class Calendar(Record):
    """When a platform may be changed."""

    change_windows: tuple[ChangeWindow, ...] = ()
    freezes: tuple[Freeze, ...] = ()
