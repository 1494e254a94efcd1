"""What the language takes at a place of the blueprint."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from generator.blueprint.schema import schema


def takes_text(steps: Sequence[tuple[str, bool]]) -> bool:
    """Whether the value at a path is text and nothing else.

    ``steps`` are keys, or with True the name of a list's item. A place that the language does not
    know takes nothing.
    """
    root = schema("PlatformBlueprint")
    node = _resolved(root, root)
    for name, is_item in steps:
        if is_item:
            below = node.get("items")
        else:
            free = next(iter(node.get("patternProperties", {}).values()), None)
            below = node.get("properties", {}).get(name, free)
        if below is None:
            return False
        node = _resolved(root, below)
    return node.get("type") == "string"


def _resolved(root: dict[str, Any], node: dict[str, Any]) -> dict[str, Any]:
    while "$ref" in node:
        node = root["$defs"][node["$ref"].rpartition("/")[2]]
    return node
