"""One vCenter's snapshot by key, id and stamp, and what speaks for or against an absence."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Literal, NamedTuple

from generator.diff.fields import SOURCES, leaf_of
from generator.platform.stamps import STAMP_CATEGORY
from generator.vcenter.snapshot import Event, Reason, Seen, Unread, Value, VcenterSeen, is_off

REMOVALS = ("destroy", "remove", "delete", "unregister")
"""How vCenter's events about a removal read, in their class or their words."""

BY_PERMISSION: tuple[Reason, ...] = ("permission", "hidden")
_STAMPS = (f"{STAMP_CATEGORY}/", f"{STAMP_CATEGORY}:")


class Absence(NamedTuple):
    """Why an object is not in a snapshot."""

    verdict: Literal["missing", "hidden", "unreadable", "by-design"]
    reason: str = ""
    detail: str = ""


class Index:
    """A reading, to be asked in constant time."""

    def __init__(self, seen: VcenterSeen) -> None:
        self.seen = seen
        self.objects: dict[tuple[str, str], Seen] = {}
        self._idents: dict[tuple[str, str], Seen] = {}
        self._stamps: dict[tuple[str, str], Seen] = {}
        self._hosts: dict[str, list[str]] = {}
        for one in seen.objects:
            self.objects[one.kind, one.key] = one
            self._idents[one.kind, one.ident] = one
            for stamp in stamps_of(one):
                self._stamps[one.kind, stamp] = one
            if one.kind == "host":
                for name in {_plain(one.key), _plain(one.key).partition(".")[0]}:
                    self._hosts.setdefault(name, []).append(one.key)
        self._folded = {
            (kind, key.casefold()): key for kind, key in self.objects if kind == "permission"
        }
        self.out_of_reach = {at for at, one in self.objects.items() if _out_of_reach(one)}
        self._unread: dict[str, list[Unread]] = {}
        for lacking in seen.unread:
            self._unread.setdefault(lacking.kind, []).append(lacking)
        self.events: dict[tuple[str, str], Event] = {}
        for event in sorted(seen.events, key=lambda one: one.at):
            self.events[event.kind, event.key] = event
        self.transitions = {(kind, key): what for kind, key, what in seen.in_transition}
        self._kubernetes = any(SOURCES.get(kind) == "kubernetes" for kind, _ in self.objects)

    def by_ident(self, kind: str, ident: str) -> Seen | None:
        """The object with one of vCenter's own ids."""
        return self._idents.get((kind, ident)) if ident else None

    def by_stamp(self, kind: str, stamp: str) -> Seen | None:
        """The object that carries a stamp, whatever it is called."""
        return self._stamps.get((kind, stamp)) if stamp else None

    def running(self) -> Iterator[Seen]:
        """The VMs that hold what they have."""
        for one in self.seen.objects:
            if one.kind == "vm" and not is_off(one):
                yield one

    def named(self, kind: str, value: Value) -> Value:
        """The name of an object, where a value is the id of one of the kind that it refers to."""
        found = self._idents.get((kind, value)) if kind and isinstance(value, str) else None
        return found.key if found is not None else value

    def full_name(self, host: str) -> str:
        """A host's name as vCenter has it, where people leave out its domain or its case."""
        if ("host", host) in self.objects:
            return host
        found = self._hosts.get(_plain(host), ())
        return found[0] if len(found) == 1 else host

    def as_written(self, kind: str, key: str) -> str:
        """A key as vCenter prints it: the domain of a principal in capitals, for one."""
        return self._folded.get((kind, key.casefold()), key)

    def absence(self, chain: Sequence[tuple[str, str]]) -> Absence:
        """What an absence means; ``chain`` is the object and what holds it, by live keys.

        It is ``missing`` only with evidence (F9).

        Evidence is a removal among vCenter's events, or containers that were read with nothing
        unread below them.
        """
        event = self.events.get(chain[0])
        if event and any(word in event.what.casefold() for word in REMOVALS):
            return Absence("missing", detail=event.what)
        for lacking in self._below(chain):
            return _absence(lacking)
        if SOURCES.get(chain[0][0]) == "kubernetes" and not self._kubernetes:
            return Absence("by-design", "role", "no kubeconfig was given")
        return Absence("missing")

    def field_absence(self, kind: str, key: str, field: str) -> Unread | None:
        """Why a field of an object that is there was not read; None where a map has no such key."""
        name = field.partition(".")[0]
        leaf = leaf_of(kind, field)
        for lacking in self._unread.get(kind, ()):
            if lacking.key in ("", key) and lacking.field in (field, name):
                return lacking
        if leaf and leaf.reach == "host" and self.seen.role == "diff":
            return Unread(
                kind=kind, key=key, field=name, reason="role", detail="diff-host reads it"
            )
        if leaf and leaf.form == "map":
            return None
        detail = "this snapshot does not hold it"
        return Unread(kind=kind, key=key, field=field, reason="failed", detail=detail)

    def _below(self, chain: Sequence[tuple[str, str]]) -> Iterator[Unread]:
        """What is unread of an object: its kind, itself, or all within one of its containers."""
        kind = chain[0][0]
        for lacking in self._unread.get(kind, ()):
            if not lacking.field and _covers(lacking.key, chain):
                yield lacking
        # All of vCenter, as where the root folder may not be read.
        yield from (one for one in self._unread.get("vcenter", ()) if not (one.field or one.key))
        for above, key in chain[1:]:
            # Of a container that is seen only what is said of it by name counts.
            names = (key,) if (above, key) in self.objects else ("", key)
            for lacking in self._unread.get(above, ()):
                if not lacking.field and lacking.key in names:
                    yield lacking


def _covers(key: str, chain: Sequence[tuple[str, str]]) -> bool:
    own = chain[0][1]
    if not key or not own or any(key == one for _, one in chain):
        return True
    return own.startswith(key if key.endswith("/") else f"{key}/")


def _absence(lacking: Unread) -> Absence:
    if lacking.reason == "role":
        return Absence("by-design", lacking.reason, lacking.detail)
    verdict: Literal["hidden", "unreadable"] = (
        "hidden" if lacking.reason in BY_PERMISSION else "unreadable"
    )
    return Absence(verdict, lacking.reason, lacking.detail)


def _out_of_reach(one: Seen) -> bool:
    """A host that its datastores lose for a while, in lawful operation (F9)."""
    connection = one.fields.get("connection")
    return one.kind == "host" and (
        connection not in ("connected", None) or bool(one.fields.get("maintenance"))
    )


def _plain(host: str) -> str:
    """A name without case and without the dot that says that it is whole (RFC 1034, RFC 4343)."""
    return host.casefold().removesuffix(".")


def stamps_of(one: Seen) -> Iterator[str]:
    """The stamps that an object carries: by tag, by description, by attribute or annotation."""
    tags = one.fields.get("tags")
    if isinstance(tags, tuple):
        yield from (tag for tag in tags if tag.startswith(_STAMPS[0]))
    for field in ("description", "stamp"):
        told = one.fields.get(field)
        if isinstance(told, str) and told.startswith(_STAMPS[1]):
            yield told.partition(" ")[0]
