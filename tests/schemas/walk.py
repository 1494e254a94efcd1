"""Walks the published schemas, and makes documents from them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, get_args

from generator.blueprint.model.words import Kind
from generator.blueprint.schema import schema

KINDS: tuple[Kind, ...] = get_args(Kind)

Found = tuple[str, dict[str, Any]]


def subschemas(node: Any, at: str = "#") -> Iterator[Found]:
    """Every schema below (and with) ``node``, with where it stands."""
    yield at, node
    for key in ("properties", "patternProperties", "$defs"):
        for name, below in node.get(key, {}).items():
            yield from subschemas(below, f"{at}/{key}/{name}")
    for key in ("items", "additionalProperties"):
        below = node.get(key)
        yield from subschemas(below, f"{at}/{key}") if isinstance(below, dict) else ()
    for index, below in enumerate(node.get("anyOf", ())):
        yield from subschemas(below, f"{at}/anyOf/{index}")


def all_subschemas() -> list[Found]:
    """Every schema of every kind of document."""
    return [(f"{kind}{at}", node) for kind in KINDS for at, node in subschemas(schema(kind))]


def all_properties() -> list[Found]:
    """Every property of every object."""
    return [
        (f"{at}/properties/{name}", stated)
        for at, node in all_subschemas()
        for name, stated in node.get("properties", {}).items()
    ]


def resolved(kind: Kind, node: dict[str, Any]) -> dict[str, Any]:
    """``node`` with its reference followed."""
    name = node.get("$ref", "").removeprefix("#/$defs/")
    return schema(kind)["$defs"][name] if name else node


def everything(kind: Kind, node: dict[str, Any] | None = None) -> Any:
    """A value with every key that the schema has, each list and mapping with one item."""
    node = schema(kind) if node is None else node
    target = resolved(kind, node)
    if "properties" in target:
        keys = list(target["properties"])[: target.get("maxProperties")]
        return {key: everything(kind, target["properties"][key]) for key in keys}
    free = next(iter(target.get("patternProperties", {}).values()), None)
    below = target.get("items", free)
    if below and "properties" in resolved(kind, below):
        inner = everything(kind, below)
        return dict.fromkeys(node["examples"][0], inner) if free else [inner]
    return node.get("examples", target.get("examples"))[-1]
