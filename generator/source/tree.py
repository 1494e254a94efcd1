"""Builds the document tree from YAML events, in one pass and without recursion.

Working on events instead of PyYAML's loaders gives every node its place, refuses what the
language does not have, and cannot be crashed by nesting: the loader in C recurses and takes the
interpreter with it at some 30,000 brackets.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any
from unicodedata import is_normalized, normalize

import yaml

from generator.finding import Finding, Place, Refused, Rule
from generator.source import rules
from generator.source.document import Document, MappingNode, SequenceNode
from generator.source.scalars import NotFinite, resolve

if TYPE_CHECKING:
    from yaml.events import Event

MAX_DEPTH = 64
MAX_NODES = 100_000
MAX_FINDINGS = 200

_QUOTED = frozenset("'\"|>")
_MISSING = object()


class Tree:
    """Collects the nodes and findings of one file."""

    def __init__(self, file: str) -> None:
        self.findings: list[Finding] = []
        self._file = file
        self._nodes = 0
        self._stack: list[MappingNode | SequenceNode] = []
        self._keys: list[Any] = []  # per open mapping: its key that waits for a value
        self._key_places: list[Place] = []

    def documents(self, events: Iterable[Event]) -> Iterator[Document]:
        """Yields the documents; raises ``Refused`` where going on makes no sense."""
        start, root, root_place = Place(self._file, 1, 1), None, None
        for event in events:
            if isinstance(event, yaml.ScalarEvent):
                place = self._place(event)
                done = self._add(self._scalar(event, place), place)
            elif isinstance(event, yaml.MappingStartEvent | yaml.SequenceStartEvent):
                self._open(event)
                continue
            elif isinstance(event, yaml.MappingEndEvent | yaml.SequenceEndEvent):
                node = self._close()
                done, place = self._add(node, node.place), node.place
            elif isinstance(event, yaml.AliasEvent):
                place = self._place(event)
                self._refuse(rules.NoAnchors, f"alias *{event.anchor}", place, "write it out")
                done = self._add(None, place)
            elif isinstance(event, yaml.DocumentStartEvent):
                start, root, root_place = self._place(event), None, None
                continue
            elif isinstance(event, yaml.DocumentEndEvent):
                yield Document(self._file, root, root_place or start)
                continue
            else:
                continue
            if done is not _MISSING:
                root, root_place = done, place

    def _place(self, event: Event) -> Place:
        mark: Any = event.start_mark
        place = Place(self._file, mark.line + 1, mark.column + 1)
        self._nodes += 1
        if self._nodes > MAX_NODES:
            self._refuse(
                rules.TooManyNodes, f"more than {MAX_NODES} values", place, "split it with extends"
            )
            raise Refused(self.findings)
        return place

    def _scalar(self, event: yaml.ScalarEvent, place: Place) -> Any:
        self._no_anchor_or_tag(event, place)
        text = event.value
        if not text.isascii():
            text = self._text(text, place)
        if event.style in _QUOTED and event.style:
            return text
        try:
            return resolve(text)
        except NotFinite:
            shown = text if len(text) <= 40 else f"{text[:40]}…"  # noqa: PLR2004 (a glance)
            self._refuse(
                rules.FiniteNumbers, f"{shown} is no number here", place, "state a finite number"
            )
            return 0

    def _text(self, text: str, place: Place) -> str:
        """The NFC form, in which equal looks are equal strings."""
        if any("\ud800" <= char <= "\udfff" for char in text):
            self._refuse(
                rules.NotText, "a lone surrogate is no character", place, "remove the escape"
            )
            return ""
        return text if is_normalized("NFC", text) else normalize("NFC", text)

    def _open(self, event: yaml.MappingStartEvent | yaml.SequenceStartEvent) -> None:
        place = self._place(event)
        self._no_anchor_or_tag(event, place)
        if len(self._stack) >= MAX_DEPTH:
            self._refuse(
                rules.TooDeep, f"deeper than {MAX_DEPTH} levels", place, "flatten the document"
            )
            raise Refused(self.findings)
        if isinstance(event, yaml.MappingStartEvent):
            self._stack.append(MappingNode(place))
        else:
            self._stack.append(SequenceNode(place))
        self._keys.append(_MISSING)
        self._key_places.append(place)

    def _close(self) -> MappingNode | SequenceNode:
        self._keys.pop()
        self._key_places.pop()
        return self._stack.pop()

    def _add(self, value: Any, place: Place) -> Any:
        """Puts a value into the open node; returns it where it is the document's root."""
        if not self._stack:
            return value
        node = self._stack[-1]
        if isinstance(node, SequenceNode):
            node.put(value, place)
        elif self._keys[-1] is _MISSING:
            self._keys[-1] = self._key(node, value, place)
            self._key_places[-1] = place
        else:
            key, self._keys[-1] = self._keys[-1], _MISSING
            if key is not None:
                node.put(key, value, self._key_places[-1], place)
        return _MISSING

    def _key(self, node: MappingNode, key: Any, place: Place) -> str | None:
        """The key, or None where its value has nowhere to go."""
        if not isinstance(key, str):
            self._refuse(rules.TextKeys, "this key is not text", place, "quote it")
            return None
        if key in node.places:
            first = node.places[key][0]
            self._refuse(
                rules.DuplicateKey,
                f"{key!r} stands here and at line {first.line}",
                place,
                "keep one of the two",
                also=first,
            )
            return None
        return key

    def _no_anchor_or_tag(self, event: Any, place: Place) -> None:
        if event.anchor is not None:
            self._refuse(rules.NoAnchors, f"anchor &{event.anchor}", place, "remove it")
        if event.tag is not None:
            self._refuse(rules.NoTags, f"tag {event.tag}", place, "remove it")

    def _refuse(
        self, rule: type[Rule], message: str, place: Place, mend: str, *, also: Place | None = None
    ) -> None:
        places = (place,) if also is None else (place, also)
        self.findings.append(rule.breach(message, mend=mend, places=places))
        if len(self.findings) >= MAX_FINDINGS:
            stop = rules.TooManyFindings.breach(
                f"{MAX_FINDINGS} findings; the rest of the file was not read",
                mend="mend these first",
                places=(place,),
            )
            raise Refused([*self.findings, stop])
