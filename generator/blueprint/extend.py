"""``extends``: one blueprint built on others, one level deep, inside the repository.

Mappings merge deep; lists of named items merge by name, the base's order first; every other value
replaces the base's, an empty list included. Each value keeps the place where it was written.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from generator.blueprint import breaches
from generator.blueprint.near import shown
from generator.finding import Finding, Refused, Rule
from generator.finding import Path as ObjectPath
from generator.source import Document, MappingNode, SequenceNode, read


@dataclass(frozen=True, slots=True)
class Extended(Document):
    """A document that has been merged with its bases."""

    bases: tuple[Document, ...] = ()


def extended(document: Document) -> Document:
    """``document`` merged onto the files that it extends; itself where it extends none.

    Raises:
        Refused: with every base that cannot be built on.
    """
    entries = document.root.get("extends")
    if isinstance(document, Extended) or not isinstance(entries, SequenceNode) or not entries:
        return document
    findings: list[Finding] = []
    bases: list[Document] = []
    for index, entry in enumerate(entries):
        try:
            bases.append(_base(document, entry, ("extends", index)))
        except Refused as refused:
            findings.extend(refused.findings)
    if findings:
        raise Refused(findings)
    root = bases[0].root
    for layer in (*bases[1:], document):
        root = merged(root, layer.root)
    return Extended(document.file, root, document.start, tuple(bases))


def merged(base: Any, own: Any) -> Any:
    """``own`` on top of ``base``; new nodes, in which every value keeps its place."""
    if isinstance(base, MappingNode) and isinstance(own, MappingNode):
        return _mapping(base, own)
    if _named(base) and _named(own):
        return _list(base, own)
    return own


def _mapping(base: MappingNode, own: MappingNode) -> MappingNode:
    node = MappingNode(own.place)
    for key, value in base.items():
        if key not in own:
            node.put(key, value, *base.places[key])
    for key, value in own.items():
        below = merged(base[key], value) if key in base else value
        node.put(key, below, *own.places[key])
    return node


def _list(base: SequenceNode, own: SequenceNode) -> SequenceNode:
    """By name. A name that ``own`` repeats stays repeated: that is a finding of its own."""
    node = SequenceNode(own.place)
    waiting = dict(reversed([(item["name"], index) for index, item in enumerate(own)]))
    taken = set()
    for item, place in zip(base, base.places, strict=True):
        index = waiting.pop(item["name"], None)
        if index is None:
            node.put(item, place)
        else:
            taken.add(index)
            node.put(merged(item, own[index]), own.places[index])
    for index, item in enumerate(own):
        if index not in taken:
            node.put(item, own.places[index])
    return node


def _named(node: Any) -> bool:
    """Whether ``node`` is a list of items with names."""
    return (
        isinstance(node, SequenceNode)
        and bool(node)
        and all(isinstance(item, MappingNode) and _has_name(item) for item in node)
    )


def _has_name(item: MappingNode) -> bool:
    return isinstance(item.get("name"), str)


def _base(document: Document, entry: Any, path: ObjectPath) -> Document:
    """The one blueprint in the file that ``entry`` names."""
    refuse = Refuser(document, entry, path)
    file = inside(document, entry, refuse)
    documents = read(file)
    if len(documents) != 1:
        raise refuse(breaches.BadBase, f"holds {len(documents)} documents", "keep one in it")
    base = documents[0]
    for key in ("apiVersion", "kind"):
        if base.root.get(key) != document.root.get(key):
            word = document.root.get(key)
            raise refuse(
                breaches.BadBase, f"is of another {key}", f"write {key}: {word} in it", base, (key,)
            )
    if "extends" in base.root:
        raise refuse(
            breaches.NestedBase, "extends another", "name all bases here", base, ("extends",)
        )
    return base


def inside(document: Document, entry: Any, refuse: Refuser) -> Path:
    """The file that ``entry`` names, checked to lie in the repository after following links.

    ``refuse`` makes the ``Refused`` that is raised where it does not, or is not there.
    """
    if not isinstance(entry, str) or not entry or "\0" in entry:
        raise refuse(breaches.BadBase, "is no file name", "write a path relative to this file")
    folder = Path() if document.file == "<stdin>" else Path(document.file).parent
    named = Path(os.path.normpath(folder / entry))
    try:
        real, own = named.resolve(), Path(document.file).resolve()
        boundary = _repository(folder.resolve())
    except (OSError, RuntimeError) as error:  # a circle of links
        raise refuse(breaches.BadBase, "cannot be followed", "check its links") from error
    if Path(entry).is_absolute() or not real.is_relative_to(boundary):
        raise refuse(
            breaches.OutsideBase, "lies outside the repository", f"move it below {boundary.name}/"
        )
    if real == own:
        raise refuse(breaches.NestedBase, "is this file itself", "remove it")
    if not real.is_file():
        raise refuse(breaches.BadBase, "is not there", "check its name, seen from this file")
    return named


def _repository(folder: Path) -> Path:
    """The nearest folder above that holds ``.git``, else ``folder`` itself."""
    upwards = (folder, *folder.parents)
    return next((above for above in upwards if (above / ".git").exists()), folder)


@dataclass(frozen=True, slots=True)
class Refuser:
    """Makes the finding about one file that a document names at ``path``."""

    document: Document
    entry: Any
    path: ObjectPath

    def __call__(
        self,
        rule: type[Rule],
        what: str,
        mend: str,
        base: Document | None = None,
        at: ObjectPath = (),
    ) -> Refused:
        """A finding of ``rule``: what is wrong with the file, and how to mend it."""
        places = [self.document.place(self.path)]
        if base is not None:
            places.append(base.place(at))
        finding = rule.breach(
            f"{shown(self.entry)} {what}",
            mend=mend,
            places=places,
            path=self.document.dotted(self.path),
        )
        return Refused([finding])
