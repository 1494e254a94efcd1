"""One order for documents that say the same: named lists sorted by name."""

from __future__ import annotations

from typing import Any

from generator.source.document import Document, MappingNode, SequenceNode

ORDERED = frozenset(("steps", "priorities", "drivers", "extends"))
"""Lists whose order means something."""


def in_canonical_order(document: Document) -> Document:
    """The document with every list of named items sorted by name, places kept.

    The order of such lists and of mapping keys says nothing, so nothing downstream may see it.
    Sorts in place; the tree is the same object.
    """
    stack: list[Any] = [document.root]
    while stack:
        node = stack.pop()
        if isinstance(node, MappingNode):
            for key, value in node.items():
                if isinstance(value, SequenceNode) and key not in ORDERED and _named(value):
                    _sort(value)
                stack.append(value)
        elif isinstance(node, SequenceNode):
            stack.extend(node)
    return document


def _named(node: SequenceNode) -> bool:
    return bool(node) and all(
        isinstance(item, MappingNode) and isinstance(item.get("name"), str) for item in node
    )


def _sort(node: SequenceNode) -> None:
    order = sorted(range(len(node)), key=lambda index: node[index]["name"])
    node[:], node.places = [node[i] for i in order], [node.places[i] for i in order]
