"""What leaves the site: no account, and on request no names (F13).

A pseudonym is the same for the same name in one vCenter, so that two snapshots can be compared. It
is keyed by a secret where one is given; else by the vCenter's instance id, which keeps names from
being read but not from being guessed by somebody who has the snapshot.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Mapping

from generator.record import altered
from generator.vcenter.snapshot import Event, Seen, Snapshot, Unread, Value, VcenterSeen

_DIGITS = 10
_MADE = re.compile(f"n-[0-9a-f]{{{_DIGITS}}}")
_PATH_KINDS = frozenset((
    "folder", "vm", "resource-pool", "rule", "vm-group", "host-group", "tag",
))  # fmt: skip
_NAMED_KINDS = frozenset((
    "datacenter", "cluster", "host", "network", "switch", "datastore", "role", "content-library",
    "namespace", "zone", "supervisor", "storage-policy", "tag-category", "custom-attribute",
    "vm-class",
))  # fmt: skip
"""Kinds whose keys are paths of names, or names; the others' keys are made of those."""
_KEPT = frozenset(("vm", "host", "datastore", "network", "Resources", ""))
"""Parts of paths that every vCenter has."""
_FREE = frozenset((
    "description", "zone_mark", "subscription_url", "attribute", "instance_storage_policy",
    "stamp", "label", "variable", "pool",
))  # fmt: skip
"""Fields with free text or an address, or with names inside a text."""


class Pseudonyms:
    """The pseudonyms of one vCenter."""

    def __init__(self, key: str, names: frozenset[str]) -> None:
        self._key = key.encode()
        self._names = names

    def of(self, name: str) -> str:
        """The pseudonym of a name; nothing stays nothing."""
        if not name:
            return name
        made = hmac.new(self._key, name.encode("utf-8", "surrogatepass"), hashlib.sha256)
        return f"n-{made.hexdigest()[:_DIGITS]}"

    def known(self, text: str) -> str:
        """A text that is a name, or is made of names, with pseudonyms instead."""
        if text in self._names:
            return self.of(text)
        for mark in ("|", "@", "/"):
            if mark in text:
                return mark.join(self.known(part) for part in text.split(mark))
        return text

    def value(self, field: str, value: Value) -> Value:
        """A leaf without names."""
        if field.partition(".")[0] in _FREE:
            return self.of(value) if isinstance(value, str) else value
        if isinstance(value, tuple):
            return tuple(self.known(each) for each in value)
        return self.known(value) if isinstance(value, str) else value

    def field(self, name: str) -> str:
        """A map's key may be a name, as that of a policy or a principal is."""
        start, mark, rest = name.partition(".")
        made = {"access": self.principal, "pool": self.first}.get(start, self.known)
        return f"{start}{mark}{made(rest)}" if mark else name

    def first(self, text: str) -> str:
        """``name.field`` with the name replaced."""
        name, mark, rest = text.partition(".")
        return f"{self.of(name)}{mark}{rest}"

    def principal(self, text: str) -> str:
        """``group:name@domain`` with the name replaced, whether anybody else has it or not."""
        kind, mark, name = text.rpartition(":")
        return f"{kind}{mark}{self.of(name)}"


def redacted(snapshot: Snapshot, *, names: bool = False, secret: str = "") -> Snapshot:
    """The snapshot without accounts; without ``names`` of any kind where that is asked for."""
    some = tuple(_redacted(one, names, secret) for one in snapshot.vcenters)
    failed = snapshot.failed
    if names:
        failed = tuple(altered(one, reason="", mend="") for one in failed)
    return altered(snapshot, vcenters=some, failed=failed)


def has_pseudonyms(snapshot: Snapshot) -> bool:
    """Whether its names are pseudonyms, which nothing but another such snapshot knows."""
    names = [one.key for v in snapshot.vcenters for one in v.objects if one.kind == "datacenter"]
    return bool(names) and all(map(_MADE.fullmatch, names))


def _redacted(seen: VcenterSeen, names: bool, secret: str) -> VcenterSeen:  # noqa: FBT001
    aliases = Pseudonyms(secret + seen.instance_uuid, _names(seen) if names else frozenset())
    account = seen.account if seen.account.startswith("n-") else aliases.of(seen.account)
    events = tuple(_event(one, aliases, names) for one in seen.events)
    if not names:
        return altered(seen, account=account, events=events)
    return altered(
        seen,
        account=account,
        events=events,
        objects=tuple(_object(one, aliases) for one in seen.objects),
        unread=tuple(_unread(one, aliases) for one in seen.unread),
        in_transition=tuple((kind, aliases.known(key), w) for kind, key, w in seen.in_transition),
    )


def _names(seen: VcenterSeen) -> frozenset[str]:
    """Every name that somebody gave, and every part of a path."""
    found: set[str] = set()
    for one in seen.objects:
        if one.kind == "permission":
            found.add(one.key.rpartition("|")[2])
        elif one.kind in _PATH_KINDS:
            found.update(one.key.split("/"))
        elif one.kind in _NAMED_KINDS and one.fields.get("system") is not True:
            found.add(one.key)
        name = one.fields.get("name")
        if one.kind in ("vm", "direct-path-profile") and isinstance(name, str):
            found.add(name)
    return frozenset(found - _KEPT)


def _object(one: Seen, aliases: Pseudonyms) -> Seen:
    fields: Mapping[str, Value] = {
        aliases.field(name): aliases.value(name, value) for name, value in one.fields.items()
    }
    return altered(
        one, key=aliases.known(one.key), within=aliases.known(one.within),
        ident=aliases.known(one.ident), fields=fields,
    )  # fmt: skip


def _unread(one: Unread, aliases: Pseudonyms) -> Unread:
    """What the other side said may hold names in any form, so it goes."""
    return altered(one, key=aliases.known(one.key), field=aliases.field(one.field), detail="")


def _event(one: Event, aliases: Pseudonyms, names: bool) -> Event:  # noqa: FBT001
    user = aliases.of(one.user)
    if not names:
        return altered(one, user=user)
    return altered(one, key=aliases.known(one.key), user=user, what=aliases.of(one.what))
