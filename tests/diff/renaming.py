"""What vCenter shows after one object got another name: all that names it follows."""

from __future__ import annotations

import re

from generator.record import altered
from generator.vcenter.snapshot import Seen, Value, VcenterSeen
from tests.diff import worlds

OWN_WORDS = frozenset(("stamp", "description", "mark", "variable", "label", "pool", "rule",
                       "k8s_name"))  # fmt: skip
"""Fields whose texts are no references to objects; ``pool`` is one of a VM only."""


def called(seen: VcenterSeen, at: worlds.Where, new: str) -> VcenterSeen:
    """The world in which the object is called otherwise, and whatever leads to it follows.

    A name is a whole step of a path, or a whole text; ``new`` is the last step alone.
    """
    kind, key = at
    if kind in ("folder", "vm", "resource-pool"):
        path, _, old = key.rpartition("/")
        pattern = rf"(?<![^|]){re.escape(path)}/{re.escape(old)}(?=[/|]|$)"
        moved = _Moved(at, pattern, f"{path}/{new}", (old, new) if kind == "vm" else ("", ""))
    else:
        moved = _Moved(at, rf"(?<![^/|]){re.escape(key)}(?=[/|]|$)", new, ("", ""))
    return worlds.with_objects(seen, moved.of)


class _Moved:
    def __init__(self, at: worlds.Where, pattern: str, into: str, short: tuple[str, str]) -> None:
        self._at, self._into, self._short = at, into, short
        self._pattern = re.compile(pattern)

    def of(self, one: Seen) -> Seen:
        """One object of that world."""
        fields = {
            self._key(name): value if self._own(one, name) else self._value(value)
            for name, value in one.fields.items()
        }
        key = self._text(one.key)
        if one.kind == "override":
            head, slash, machine = key.rpartition("/")
            key = f"{head}{slash}{self._name(machine)}"
        return altered(one, key=key, within=self._text(one.within), fields=fields)

    def _key(self, field: str) -> str:
        """The name of a field; the keys of limits are names of policies."""
        start, mark, rest = field.partition(".")
        return f"{start}{mark}{self._text(rest)}" if start == "storage_limit_mib" else field

    def _own(self, one: Seen, field: str) -> bool:
        name = field.partition(".")[0]
        return name in OWN_WORDS and (one.kind, name) != ("vm", "pool")

    def _value(self, value: Value) -> Value:
        if isinstance(value, tuple):
            return tuple(sorted(self._name(self._text(each)) for each in value))
        return self._name(self._text(value)) if isinstance(value, str) else value

    def _name(self, text: str) -> str:
        old, new = self._short
        return new if old and text == old else text

    def _text(self, text: str) -> str:
        return self._pattern.sub(self._into, text)
