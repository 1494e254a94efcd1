"""The document tree: plain data that also knows where it stands."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from generator.finding import Path, Place


class MappingNode(dict[str, Any]):
    """A mapping; ``places`` holds for each key the key's place and its value's."""

    __slots__ = ("place", "places")

    def __init__(self, place: Place) -> None:
        super().__init__()
        self.place = place
        self.places: dict[str, tuple[Place, Place]] = {}

    def put(self, key: str, value: object, key_place: Place, value_place: Place) -> None:
        """Sets a key together with its places."""
        self[key] = value
        self.places[key] = (key_place, value_place)


class SequenceNode(list[Any]):
    """A list; ``places`` holds the place of each item."""

    __slots__ = ("place", "places")

    def __init__(self, place: Place) -> None:
        super().__init__()
        self.place = place
        self.places: list[Place] = []

    def put(self, value: object, place: Place) -> None:
        """Appends an item together with its place."""
        self.append(value)
        self.places.append(place)


_STEP = re.compile(r"([^.\[\]]+)|\[([^\]]*)\]")


@dataclass(frozen=True, slots=True)
class Document:
    """One YAML document of a file. ``root`` is made of nodes and YAML 1.2 core scalars."""

    file: str
    root: Any
    start: Place

    def place(self, path: Path) -> Place:
        """Where the value at ``path`` stands; its nearest existing ancestor where it is absent."""
        return self._walk(path)[1]

    def key_place(self, path: Path) -> Place:
        """Where the key of ``path`` stands; the value's place for list items and the root."""
        return self._walk(path)[0]

    def dotted(self, path: Path) -> str:
        """The path in words; a list item that has a name goes by it, so order does not matter."""
        node, out = self.root, ""
        for step in path:
            if isinstance(step, int):
                item = node[step] if isinstance(node, SequenceNode) and step < len(node) else None
                name = item.get("name") if isinstance(item, MappingNode) else None
                out += f"[{name if isinstance(name, str) else step}]"
                node = item
            else:
                out += f".{step}" if out else step
                node = node.get(step) if isinstance(node, MappingNode) else None
        return out

    def find(self, dotted: str) -> Place | None:
        """Where the object of a dotted path stands, or its nearest ancestor; None for the root."""
        node, place = self.root, None
        for name, item in _STEP.findall(dotted):
            step: str | int | None = name or item
            if item and isinstance(node, SequenceNode):
                step = _index(node, item)
            if isinstance(node, MappingNode) and step in node.places:
                place, node = node.places[step][1], node[step]
            elif isinstance(node, SequenceNode) and isinstance(step, int) and step < len(node):
                place, node = node.places[step], node[step]
            else:
                break
        return place

    def _walk(self, path: Path) -> tuple[Place, Place]:
        node, places = self.root, (self.start, self.start)
        for step in path:
            if isinstance(node, MappingNode) and step in node.places:
                places = node.places[str(step)]
            elif isinstance(node, SequenceNode) and isinstance(step, int) and step < len(node):
                places = (node.places[step], node.places[step])
            else:
                break
            node = node[step]
        return places


def _index(node: SequenceNode, item: str) -> int | None:
    """The index of a list item that is named, or numbered, ``item``."""
    for index, candidate in enumerate(node):
        if isinstance(candidate, MappingNode) and candidate.get("name") == item:
            return index
    return int(item) if item.isdecimal() else None
