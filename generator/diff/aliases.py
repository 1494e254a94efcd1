"""The live keys of objects that vCenter calls otherwise than the plan does.

A key is made of the names of what holds the object, so one other name may change a thousand keys:
each is put together anew from the names that live objects have (F12).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from generator.diff.index import Index
from generator.vcenter.snapshot import Seen, Value

VM_NAME, GROUP_NAMES = "vm-name", {"vm-group": "vm-group-name", "host-group": "host-group-name"}
"""What entries refer to that name an object without what holds it."""
KEYED = {"storage_limit_mib": "storage-policy", "attribute": "custom-attribute"}
"""Maps whose keys name objects, and their kinds."""


class Aliases:
    """Names as they are, by kind and by the key that the plan has."""

    def __init__(self, index: Index) -> None:
        self._index = index
        self._keys: dict[tuple[str, str], str] = {}
        self._paths: dict[str, str] = {}
        self._places: set[str] = set()

    def add(self, kind: str, key: str, live: str) -> None:
        """Notes that ``key`` is ``live`` there."""
        if key == live:
            return
        self._keys[kind, key] = live
        if kind in ("folder", "vm"):
            self._paths[key] = live
        short = VM_NAME if kind == "vm" else GROUP_NAMES.get(kind)
        if short:
            self.add(short, key.rpartition("/")[2], live.rpartition("/")[2])

    def place(self, datacenter: str, live: str) -> None:
        """Notes where a datacenter lies, path for path: paths of what is in it begin so."""
        self._places.add(live)
        if datacenter != live:
            self._paths[datacenter] = live

    def of(self, kind: str, key: str) -> str:
        """The live key of an object."""
        found = self._keys.get((kind, key))
        if found is not None:
            return found
        made = _MADE.get(kind)
        return made(self, key) if made else key

    def entries(self, kind: str, value: Value) -> Value:
        """Entries of a set, or a text, by their live keys where they name objects of a kind."""
        if not kind:
            return value
        if isinstance(value, str) and value:
            return self.of(kind, value)
        if isinstance(value, tuple):
            return tuple(sorted(self.of(kind, entry) for entry in value))
        return value

    def field(self, name: str, live: Seen) -> str:
        """A field by the name that it has there: the key of a map may be a name, in any case."""
        start, mark, rest = name.partition(".")
        if start == "access" and name not in live.fields:
            return next((one for one in live.fields if one.casefold() == name.casefold()), name)
        kind = KEYED.get(start)
        return f"{start}{mark}{self.of(kind, rest)}" if kind else name

    def host(self, key: str) -> str:
        """A host, which people may write without its domain."""
        return self._index.full_name(key)

    def of_host(self, key: str) -> str:
        """A part of a host."""
        host, slash, rest = key.partition("/")
        return f"{self.of('host', host)}{slash}{rest}"

    def of_cluster(self, key: str) -> str:
        """A rule or a group of a cluster."""
        cluster, slash, rest = key.partition("/")
        return f"{self.of('cluster', cluster)}{slash}{rest}"

    def override(self, key: str) -> str:
        """What one VM has otherwise than its cluster."""
        cluster, slash, machine = key.partition("/")
        return f"{self.of('cluster', cluster)}{slash}{self.of(VM_NAME, machine)}"

    def pool(self, key: str) -> str:
        """A resource pool, in the nearest pool above it or its cluster."""
        above, slash, name = key.rpartition("/")
        if not slash:
            return self.of("cluster", key)
        return f"{self.of('resource-pool', above)}{slash}{name}"

    def tag(self, key: str) -> str:
        """A tag of a category."""
        category, slash, rest = key.partition("/")
        return f"{self.of('tag-category', category)}{slash}{rest}"

    def path(self, key: str) -> str:
        """An inventory path: the nearest thing above that has another name gives the rest."""
        if not self._paths:
            return key
        steps = key.split("/")
        for count in range(len(steps), 0, -1):
            above = self._paths.get("/".join(steps[:count]))
            if above is not None:
                return "/".join([above, *steps[count:]])
        return key

    def permission(self, key: str) -> str:
        """A right on the object of a path; below ``host`` that goes through clusters and hosts."""
        path, bar, principal = key.partition("|")
        steps = self.path(path).split("/")
        starts = range(1, len(steps))
        below = next((n for n in starts if "/".join(steps[:n]) in self._places), len(steps))
        if steps[below : below + 1] == ["host"]:
            steps[below + 1 :] = map(self._holder, steps[below + 1 :])
        return self._index.as_written("permission", f"{'/'.join(steps)}{bar}{principal}")

    def _holder(self, name: str) -> str:
        """A step of a path that may be a cluster or a host with another name."""
        return self._keys.get(("cluster", name)) or self._keys.get(("host", name), name)


_MADE: Mapping[str, Callable[[Aliases, str], str]] = {
    "host": Aliases.host,
    **dict.fromkeys(("gpu", "nic", "pci-device"), Aliases.of_host),
    **dict.fromkeys(("rule", "vm-group", "host-group"), Aliases.of_cluster),
    "override": Aliases.override,
    "resource-pool": Aliases.pool,
    "tag": Aliases.tag,
    **dict.fromkeys(("folder", "vm"), Aliases.path),
    "permission": Aliases.permission,
}
"""How the key of a kind is put together."""
