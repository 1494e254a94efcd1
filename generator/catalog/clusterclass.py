"""ClusterClasses of VKS: which variables a class version knows and of what shape they are."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from generator.catalog.row import Row

SINCE = "x-since"
"""Marks a member of a variable with the oldest class version that is known to have it."""


class ClusterClass(NamedTuple):
    """One class version.

    ``variables`` is a JSON Schema for an object that maps each variable's name to its value; it
    refuses names that the class does not know. ``overrides`` is the same with nothing required,
    for the overrides of a control plane or a node pool. ``namespace`` must be named in the
    Cluster; None means that the class is copied into every namespace.
    """

    name: str
    version: str
    namespace: str | None
    worker_classes: tuple[str, ...]
    control_plane_replicas: tuple[int, ...]
    variables: Mapping[str, Any]
    sources: tuple[str, ...]
    unverified: tuple[str, ...]

    def __hash__(self) -> int:
        return hash(self.name)

    @property
    def names(self) -> tuple[str, ...]:
        """The names of all variables, sorted."""
        return tuple(sorted(self.variables["properties"]))

    @property
    def overrides(self) -> Mapping[str, Any]:
        """The schema of ``variables.overrides``."""
        return {key: value for key, value in self.variables.items() if key != "required"}


class Table(NamedTuple):
    """A set of variables that several class versions share, with ``SINCE`` marks in it."""

    required: tuple[str, ...]
    properties: Mapping[str, Any]
    sources: tuple[str, ...]
    unverified: tuple[str, ...]


def read_table(row: Row) -> Table:
    """A table of variables from its row; each variable is given as a JSON Schema."""
    properties = row.child("properties")
    table = Table(
        row.texts("required"),
        {name: properties.child(name).as_given() for name in properties.names()},
        row.texts("sources"),
        row.texts("unverified"),
    )
    for name in table.required:
        if name not in table.properties:
            row.refuse("required", f"names no variable: {name!r}")
    row.text_or_none("id")
    row.texts("notes")
    row.done()
    return table


def read_cluster_class(name: str, row: Row, variables: Row) -> ClusterClass:
    """A class from its row and the table of variables that it names."""
    table = read_table(variables)
    version = row.text("version")
    if not _version(version):
        row.refuse("version", f"must be numbers such as 3.4, not {version!r}")
    cluster_class = ClusterClass(
        name=name,
        version=version,
        namespace=row.text_or_none("namespace"),
        worker_classes=row.texts("worker_classes"),
        control_plane_replicas=row.wholes("control_plane_replicas"),
        variables={
            "type": "object",
            "properties": _as_of(table.properties, _version(version)),
            "required": list(table.required),
            "additionalProperties": False,
        },
        sources=(*row.texts("sources"), *table.sources),
        unverified=(*row.texts("unverified"), *table.unverified),
    )
    row.text_or_none("id")
    row.text("variables")
    row.done()
    return cluster_class


def _as_of(node: Any, version: tuple[int, ...]) -> Any:
    """The schema without the members that came after ``version``."""
    if isinstance(node, Mapping):
        return {
            key: _as_of(value, version)
            for key, value in node.items()
            if key != SINCE and not _is_newer(value, version)
        }
    return [_as_of(item, version) for item in node] if isinstance(node, list) else node


def _is_newer(node: Any, version: tuple[int, ...]) -> bool:
    return isinstance(node, Mapping) and SINCE in node and _version(node[SINCE]) > version


def _version(text: str) -> tuple[int, ...]:
    return tuple(int(part) for part in text.split(".") if part.isdigit())
