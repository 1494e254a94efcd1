"""What the rules of this room judge, and how a path becomes a place and an object path."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypedDict

from generator.blueprint.model.blueprint import Blueprint
from generator.finding import Path, Place
from generator.source.document import Document

SHOWN = 8
"""How many known names a finding lists."""


class Where(TypedDict):
    """The keyword arguments of ``Rule.breach`` that say where."""

    places: tuple[Place, ...]
    path: str


@dataclass(frozen=True, slots=True)
class Judged:
    """A blueprint with the document that it was read from.

    ``as_of`` is the ISO day to judge dates by; empty means the release's own.
    """

    blueprint: Blueprint
    document: Document
    as_of: str = ""

    @property
    def day(self) -> str:
        """The ISO day that dates are judged by; never the clock's."""
        return self.as_of or self.blueprint.release.as_of

    def at(self, *paths: Path) -> Where:
        """Where the values at ``paths`` stand; the first one gives the object path."""
        return where(self.document, *paths)

    def at_key(self, path: Path) -> Where:
        """Where the key at ``path`` stands."""
        return {
            "places": (self.document.key_place(path),),
            "path": object_path(self.document.root, path),
        }


def where(document: Document, *paths: Path) -> Where:
    """Where the values at ``paths`` of a document stand; the first one gives the object path."""
    return {
        "places": tuple(document.place(path) for path in paths),
        "path": object_path(document.root, paths[0]),
    }


def object_path(root: Any, path: Path) -> str:
    """A path as people name it: list items by their name (``workloads[rag-llm].model``)."""
    out, node = "", root
    for step in path:
        node = _child(node, step)
        if isinstance(step, int):
            name = node.get("name") if isinstance(node, Mapping) else None
            out += f"[{name if isinstance(name, str) else step}]"
        else:
            out += f".{step}" if out else step
    return out


def _child(node: Any, step: str | int) -> Any:
    if isinstance(step, str):
        return node.get(step) if isinstance(node, Mapping) else None
    inside = isinstance(node, Sequence) and not isinstance(node, str) and step < len(node)
    return node[step] if inside else None


def mend_name(word: str, known: Iterable[str], otherwise: str) -> str:
    """How to mend a name that is not known: the near ones, else the known ones, else a word."""
    from difflib import get_close_matches

    names = sorted(set(known))
    if near := get_close_matches(word, names, n=3, cutoff=0.6):
        return f"did you mean {' or '.join(near)}?"
    if not names:
        return otherwise
    listed = ", ".join(names[:SHOWN]) + (" ..." if len(names) > SHOWN else "")
    return f"name one of {listed}, or {otherwise}"
