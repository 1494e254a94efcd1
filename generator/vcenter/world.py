"""What was read, joined: names, paths and clusters of objects, and which fields are missing."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any
from urllib.parse import unquote

from generator.vcenter.failures import Unreadable
from generator.vcenter.kinds import KINDS
from generator.vcenter.leaves import Row, text, whole
from generator.vcenter.snapshot import Reason, Seen, Unread, Value

_ATTRIBUTES = "customValue"
_REASONS: dict[str, Reason] = {
    "NoPermission": "permission",
    "InvalidProperty": "endpoint",
    "MethodNotFound": "endpoint",
}
MARK = "mlgen"
"""The custom attribute that carries the stamp of what tags cannot mark, and how stamps begin."""
Table = Mapping[str, tuple[str, Callable[["World", Any], Value]]]
"""By field the path that it comes from and what is made of the leaf."""


class World:
    """All rows of one vCenter by id, with the answers that need more than one of them.

    ``classes_by_vm`` is None where REST did not say which VM is of which class, and ``images`` has
    the clusters whose image it told of.
    """

    def __init__(self) -> None:
        self.rows: dict[str, Row] = {}
        self.unread: list[Unread] = []
        self.tags: dict[str, tuple[str, ...]] = {}
        self.attributes: dict[int, str] = {}
        self.attributes_read = False
        self.classes_by_vm: dict[str, str] | None = None
        self.images: dict[str, str | None] = {}
        self._paths: dict[str, str] = {}
        self._clusters: dict[str, str] = {}
        self.tags_read = False
        self.unnamed: set[str] = set()

    def take(self, rows: Iterable[Row]) -> None:
        """Adds rows; what was known of an object stays where it is not read again."""
        for row in rows:
            known = self.rows.get(row.moid)
            if known is None:
                self.rows[row.moid] = row
            else:
                known.values.update(row.values)
                known.missing.update(row.missing)
        self._paths.clear()
        self._clusters.clear()

    def drop(self, types: frozenset[str]) -> None:
        """Forgets the objects of some types, before they are read again."""
        self.rows = {moid: row for moid, row in self.rows.items() if row.type not in types}
        self._paths.clear()
        self._clusters.clear()

    def of(self, *types: str) -> list[Row]:
        """The rows of some types, in the order of their ids."""
        return sorted(
            (row for row in self.rows.values() if row.type in types), key=lambda row: row.moid
        )

    def name(self, moid: str) -> str:
        """The name that people see; the id where the name may not be read, nothing for no id."""
        row = self.rows.get(moid)
        name = row.values.get("name") if row is not None else None
        if not name:
            self.unnamed.add(moid)
            return moid
        return unescaped(name)

    def names(self, moids: Iterable[str] | None) -> tuple[str, ...]:
        """Names, sorted."""
        return tuple(sorted(self.name(each) for each in moids or ()))

    def path(self, moid: str) -> str:
        """Names from below the root folder down, with slashes: ``ams1/vm/acme-ml``."""
        if moid not in self._paths:
            row = self.rows.get(moid)
            if row is None:
                return ""
            above = self.path(row.values.get("parent") or row.values.get("parentVApp") or "")
            self._paths[moid] = f"{above}/{self.name(moid)}" if above else self.name(moid)
        return self._paths[moid]

    def above(self, moid: str) -> Iterator[Row]:
        """What holds an object, from near to far, itself first."""
        row = self.rows.get(moid)
        while row is not None:
            yield row
            row = self.rows.get(row.values.get("parent") or row.values.get("parentVApp") or "")

    def cluster(self, moid: str) -> str:
        """The name of the cluster, or of the host that stands alone, that holds an object."""
        if moid not in self._clusters:
            holds = ("ClusterComputeResource", "ComputeResource")
            found = (self.name(row.moid) for row in self.above(moid) if row.type in holds)
            self._clusters[moid] = next(found, "")
        return self._clusters[moid]

    def datacenter(self, moid: str) -> str:
        """The name of the datacenter that holds an object."""
        found = (self.name(row.moid) for row in self.above(moid) if row.type == "Datacenter")
        return next(found, "")

    def seen(
        self,
        kind: str,
        row: Row,
        key: str,
        table: Table,
        more: Mapping[str, Value],
        within: str = "",
    ) -> Seen:
        """An object by a table of paths and the fields that took more to find."""
        fields: dict[str, Value] = dict(more)
        for field, (path, made) in table.items():
            if path in row.missing:
                self.miss(kind, key, field, row.missing[path])
                continue
            value = row.values.get(path)
            fields[field] = None if value is None else made(self, value)
        if self.tags_read and "tags" in _FIELDS[kind]:
            fields["tags"] = self.tags.get(row.moid, ())
        return Seen(kind=kind, key=key, ident=row.moid, fields=fields, within=within)

    def stamp(self, kind: str, row: Row, key: str) -> dict[str, Value]:
        """The stamp in the custom attribute of an object; nothing where it was not read."""
        if _ATTRIBUTES in row.missing:
            self.miss(kind, key, "stamp", row.missing[_ATTRIBUTES])
            return {}
        if not self.attributes_read:
            return {}
        values = row.values.get(_ATTRIBUTES) or ()
        found = (each for each in values if self.attributes.get(whole(each, "key") or 0) == MARK)
        return {"stamp": next((text(each, "value") for each in found), None)}

    def miss(self, kind: str, key: str, field: str, fault: str) -> None:
        """Notes a field that was not read."""
        reason = _REASONS.get(fault, "failed")
        self.unread.append(Unread(kind=kind, key=key, field=field, reason=reason, detail=fault))

    def lack(self, kind: str, key: str, field: str, why: Unreadable) -> None:
        """Notes a field that REST refused."""
        self.unread.append(
            Unread(kind=kind, key=key, field=field, reason=why.reason, detail=why.detail)
        )


_FIELDS = {kind.name: frozenset(leaf.name for leaf in kind.leaves) for kind in KINDS}


def unescaped(name: str) -> str:
    """VCenter writes ``%``, ``/`` and the backslash in names as ``%25``, ``%2f`` and ``%5c``."""
    return unquote(name) if "%" in name else name


def as_is(world: World, value: Any) -> Value:
    """The leaf itself."""
    del world
    return value  # type: ignore[no-any-return]


def named(world: World, value: Any) -> Value:
    """The name behind an id."""
    return world.name(value)


def all_named(world: World, value: Any) -> Value:
    """The names behind ids, sorted."""
    return world.names(value)
