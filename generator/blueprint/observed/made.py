"""Documents that are made, not parsed: each node knows the place that it was read from."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from generator.blueprint.schema import API_VERSION
from generator.finding import Place
from generator.source import Document, MappingNode, SequenceNode


def mapping(values: Mapping[str, Any], place: Place) -> MappingNode:
    """A mapping, all of whose values stand at ``place``."""
    node = MappingNode(place)
    for key, value in values.items():
        node.put(key, value, place, place)
    return node


def document(observations: Iterable[MappingNode], *, name: str, file: str) -> Document:
    """An ``Observations`` document of these rows."""
    top = Place(file, 1, 1)
    rows = SequenceNode(top)
    for row in observations:
        rows.put(row, row.place)
    head = {"apiVersion": API_VERSION, "kind": "Observations"}
    whole = {**head, "metadata": mapping({"name": name}, top), "observations": rows}
    return Document(file, mapping(whole, top), top)
