"""Every property that a blueprint or an inventory may state, as a path without indices."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Literal, NamedTuple

from generator.blueprint.schema import schema

Kind = Literal["PlatformBlueprint", "SiteInventory"]
KINDS: tuple[Kind, ...] = ("PlatformBlueprint", "SiteInventory")


class Leaf(NamedTuple):
    """A property that holds no further properties.

    ``path`` writes the items of a list as ``[]`` and free keys as ``*``. A quantity is one leaf:
    its ``source`` says who vouches for the figure, which only the ledger tells.
    """

    kind: Kind
    path: str
    node: dict[str, Any]

    @property
    def key(self) -> str:
        """What names the leaf among those of both kinds."""
        return f"{self.kind}:{self.path}"

    @property
    def parts(self) -> tuple[str, ...]:
        """The path in steps: keys, ``[]`` and ``*``."""
        return tuple(self.path.replace("[]", ".[]").split("."))


def resolved(kind: Kind, node: dict[str, Any]) -> dict[str, Any]:
    """``node`` with its reference followed; what stands beside it counts more."""
    while "$ref" in node:
        target = schema(kind)["$defs"][node["$ref"].removeprefix("#/$defs/")]
        node = {**target, **{key: value for key, value in node.items() if key != "$ref"}}
    return node


def is_quantity(node: dict[str, Any]) -> bool:
    """Whether it may be written as a mapping of value and source."""
    some = node.get("anyOf", [node])
    return any(set(form.get("properties", ())) == {"value", "source"} for form in some)


def forms(kind: Kind, node: dict[str, Any]) -> list[dict[str, Any]]:
    """The alternatives of ``node``, itself alone where it has none, references followed."""
    whole = resolved(kind, node)
    return [resolved(kind, form) for form in whole.get("anyOf", [whole])]


def leaves(kind: Kind) -> list[Leaf]:
    """All leaves of one kind of document, each once, in the order of its schema.

    Those that must be there and can have one value only, as ``apiVersion``, are left out.
    """
    return list({leaf.path: leaf for leaf in _below(kind, schema(kind), "")}.values())


def all_leaves() -> list[Leaf]:
    """The leaves of both kinds."""
    return [leaf for kind in KINDS for leaf in leaves(kind)]


def _below(kind: Kind, node: dict[str, Any], path: str) -> Iterator[Leaf]:
    node = resolved(kind, node)
    below = [] if is_quantity(node) else list(_children(kind, node))
    if not below:
        yield Leaf(kind, path, node)
    for step, child in below:
        dot = "" if not path or step == "[]" else "."
        yield from _below(kind, child, f"{path}{dot}{step}")


def _children(kind: Kind, node: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """The properties, items and free keys of every form of ``node``."""
    for form in forms(kind, node):
        for name, child in form.get("properties", {}).items():
            if name not in form.get("required", ()) or not _fixed(resolved(kind, child)):
                yield name, child
        for free in form.get("patternProperties", {}).values():
            yield "*", free
        items = form.get("items")
        if items and not is_quantity(resolved(kind, items)):
            yield "[]", items


def _fixed(node: dict[str, Any]) -> bool:
    """Whether there is one value only."""
    return "const" in node or len(node.get("enum", "ab")) == 1
