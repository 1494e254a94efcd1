"""A field of the language by the path that people write: of findings, of pages, or its name."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from generator.blueprint.model.words import Kind
from generator.blueprint.schema import KINDS, schema
from generator.record import Record, record

Node = dict[str, Any]

_ITEM = re.compile(r"\[[^\]]*\]")
_ANY_NAME = re.compile(r"\*|<.*>")


@record
class Field(Record):
    """A field of a kind of document: its path without names, and what its schema says of it."""

    kind: Kind
    path: str
    facts: Node


def field(written: str) -> Field | None:
    """The field at a path, in the first kind of document that has one there.

    An item of a list is named in brackets or not at all (``workloads[rag-llm].model``,
    ``workloads.model``); the name of one in a mapping may be any, a ``*``, or left out
    (``environments.prod.data``, ``environments.*.data``, ``environments.data``).
    """
    path = _ITEM.sub("", written)
    for kind in KINDS:
        found = _at(schema(kind), path.split("."))
        if found is not None:
            return Field(kind=kind, path=path, facts=found)
    return None


def ending(name: str) -> tuple[str, ...]:
    """The paths whose last steps are ``name``, without names of items, the shortest first."""
    found = {path for path in every_path() if path.endswith(f".{name}")}
    return tuple(sorted(found, key=lambda path: (path.count("."), path)))


def every_path() -> tuple[str, ...]:
    """The paths of all fields of all kinds of documents, without names of items."""
    return tuple(dict.fromkeys(path for kind in KINDS for path in _below(schema(kind))))


def _at(root: Node, steps: list[str]) -> Node | None:
    """What the schema says at ``steps``; what stands beside a reference counts more than it."""
    node = own = root
    for step in steps:
        own = node = _next(root, node, step)
        if not node:
            return None
    return {**_resolved(root, own), **own}


def _next(root: Node, node: Node, step: str) -> Node:
    """The node one step on; empty where there is none."""
    node = _item(root, node)
    if step in node.get("properties", {}):
        return dict(node["properties"][step])
    for pattern, named in node.get("patternProperties", {}).items():
        within = _item(root, named).get("properties", {})
        if step in within:
            return dict(within[step])
        if _ANY_NAME.fullmatch(step) or re.search(pattern, step):
            return dict(named)
    return {}


def _below(root: Node) -> Iterator[str]:
    """Every path of a schema; what refers to itself is followed once."""
    waiting: list[tuple[str, Node, tuple[str, ...]]] = [("", root, ())]
    while waiting:
        path, node, passed = waiting.pop()
        reference = str(node.get("$ref", node.get("items", {}).get("$ref", "")))
        if path:
            yield path
        if reference in passed:
            continue
        node = _item(root, node)
        for named in node.get("patternProperties", {}).values():
            node = {**node, "properties": _item(root, named).get("properties", {})}
        after = (*passed, reference) if reference else passed
        for step, inner in node.get("properties", {}).items():
            waiting.append((f"{path}.{step}" if path else step, inner, after))


def _item(root: Node, node: Node) -> Node:
    """``node``, or of a list what its items are."""
    node = _resolved(root, node)
    return _resolved(root, node.get("items", node))


def _resolved(root: Node, node: Node) -> Node:
    while "$ref" in node:
        node = root["$defs"][node["$ref"].rpartition("/")[2]]
    return node
