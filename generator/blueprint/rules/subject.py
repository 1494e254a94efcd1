"""What the rules of this room judge, and how a path becomes a place and an object path."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import islice
from typing import TypedDict, TypeVar

from generator.blueprint.model.blueprint import Blueprint
from generator.blueprint.near import did_you_mean
from generator.finding import Check, Finding, Path, Place
from generator.source.document import Document

SHOWN = 8
"""How many known names a finding lists."""

COMPARED = 100
"""How many known names a misspelt one is compared with; each takes some ten microseconds."""

MOST = 100
"""How many findings of one rule are listed: nobody reads more, and a generated document could
have as many as it has lines."""

Subject = TypeVar("Subject")


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
            "path": self.document.dotted(path),
        }


def where(document: Document, *paths: Path) -> Where:
    """Where the values at ``paths`` of a document stand; the first one gives the object path."""
    return {
        "places": tuple(document.place(path) for path in paths),
        "path": document.dotted(paths[0]),
    }


def mend_name(word: str, known: Iterable[str], otherwise: str) -> str:
    """How to mend a name that is not known: the near one, else the known ones, else a word."""
    names = sorted(set(known))
    near = did_you_mean(word, _alike(word, names))
    if near is not None:
        return f"did you mean {near}?"
    if not names:
        return otherwise
    listed = ", ".join(names[:SHOWN]) + (" ..." if len(names) > SHOWN else "")
    return f"name one of {listed}, or {otherwise}"


def judged(rules: Iterable[type[Check[Subject]]], subject: Subject) -> tuple[Finding, ...]:
    """The findings of all rules, each once, of each rule no more than ``MOST``."""
    found: dict[Finding, None] = {}
    for rule in rules:
        checking = rule.check(subject)
        found |= dict.fromkeys(islice(checking, MOST))
        if next(checking, None) is not None:
            more = rule.breach(
                f"there are more: only the first {MOST} are listed",
                mend="mend those, then judge again",
            )
            found[more] = None
    return tuple(found)


def _alike(word: str, names: list[str]) -> list[str]:
    """The names to compare with; of very many only some that begin alike."""
    if len(names) <= COMPARED:
        return names
    return [name for name in names if name[:1] == word[:1]][:COMPARED]
