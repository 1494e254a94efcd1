"""Lifts documents to the newest version of the language.

A lift edits the text where it must and leaves comments, order and formatting alone. The documents
of every version that was ever released are kept under ``tests/fixtures`` and stay liftable.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from itertools import chain
from typing import NamedTuple

from generator.blueprint.breaches import UnknownDocument
from generator.blueprint.near import shown
from generator.blueprint.schema import API_VERSION
from generator.finding import Place, Refused
from generator.record import Record, record
from generator.source import Document, parse

_BREAK = re.compile("\r\n|[\n\r\x85\u2028\u2029]")
"""What YAML counts as the end of a line."""

_SCHEMA_LINE = re.compile(
    r"(?m)^(# yaml-language-server: \$schema=https://mlgen\.dev/schemas/)[^/\s]+(?=/)"
)
_BYTE_ORDER_MARK = "\ufeff"


class Edit(NamedTuple):
    """Puts ``new`` where ``old`` stands at ``place``."""

    place: Place
    old: str
    new: str


@record
class Lift(Record):
    """The way from one version to the next; ``edits`` changes everything but the version."""

    older: str
    newer: str
    edits: Callable[[Document], Iterable[Edit]]


LIFTS: tuple[Lift, ...] = ()
"""Oldest first. The language has had one version so far."""


def migrated(content: bytes, *, file: str, lifts: tuple[Lift, ...] = LIFTS) -> bytes:
    """``content`` with every document in the newest version; the same bytes if all are.

    Raises:
        Refused: where the file cannot be read, or is of a version that nobody knows.
    """
    by_version = {lift.older: lift for lift in lifts}
    newest = lifts[-1].newer if lifts else API_VERSION
    # Each round lifts every old document by one version, so this ends.
    while old := _not(newest, parse(content, file=file)):
        lifted = ((document, _lift_of(document, by_version)) for document in old)
        edits = chain.from_iterable(_edits(document, lift) for document, lift in lifted)
        text = _applied(content.decode("utf-8"), edits)
        content = _SCHEMA_LINE.sub(rf"\g<1>{newest.partition('/')[2]}", text).encode("utf-8")
    return content


def _not(version: str, documents: Iterable[Document]) -> list[Document]:
    return [document for document in documents if document.root.get("apiVersion") != version]


def _lift_of(document: Document, by_version: dict[str, Lift]) -> Lift:
    version = document.root.get("apiVersion")
    if isinstance(version, str) and version in by_version:
        return by_version[version]
    unknown = UnknownDocument.breach(
        f"apiVersion {shown(version)} is not known",
        mend=f"write {API_VERSION}, or use the mlgen that knows it",
        places=(document.place(("apiVersion",)),),
        path="apiVersion",
    )
    raise Refused([unknown])


def _edits(document: Document, lift: Lift) -> Iterator[Edit]:
    yield Edit(document.place(("apiVersion",)), lift.older, lift.newer)
    yield from lift.edits(document)


def _applied(text: str, edits: Iterable[Edit]) -> str:
    """``text`` after all edits, the last place first, so that the places before it still hold."""
    first = len(_BYTE_ORDER_MARK) if text.startswith(_BYTE_ORDER_MARK) else 0
    starts = [first, *(match.end() for match in _BREAK.finditer(text))]
    for place, old, new in sorted(set(edits), reverse=True):
        at = starts[place.line - 1] + place.column - 1
        at += text[at] in "'\""
        if not text.startswith(old, at):
            raise ValueError(f"{place} does not hold {old!r}")
        text = f"{text[:at]}{new}{text[at + len(old) :]}"
    return text
