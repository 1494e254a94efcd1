"""The bibliography: what the short sources of the ledger stand for.

A source is a text of parts with ``"; "`` between them. A part begins with the key of a work, of
which it may go on to name section, file or table, or with one of the program's own words
(``OWN_WORDS``); ``fitted: `` before a key says that constants were fitted on that work, and
``catalogue: `` is followed by keys of the catalogue's sources. The works are data of the program,
read when a citation is asked for; no formula reads them.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from functools import cache
from pkgutil import get_data

from generator.ledger import Basis, Entry
from generator.record import Record, record

OWN_WORDS = (
    "arithmetic",
    "assumed",
    "blueprint",
    "catalogue",
    "confirm",
    "counted",
    "default",
    "inventory",
    "open",
    "roofline",
    "SiteInventory",
    "state",
    "sum of the parts",
    "sum of its parts",
    "the blueprint",
)
"""What a figure rests on where it rests on no work: a formula that anyone can repeat, a document of
the user, an assumption that says so, or what the user can do about it (``state``, ``confirm``)."""

FITTED = "fitted: "
CATALOGUE = "catalogue: "
SEPARATOR = "; "


@record
class Work(Record):
    """One work: who, what, when and where. ``also`` are other keys under which it is cited."""

    key: str
    authors: str
    title: str
    year: int | None = None
    where: str = ""
    url: str = ""
    also: tuple[str, ...] = ()

    @property
    def citation(self) -> str:
        """The work on one line."""
        year = f" ({self.year})" if self.year else ""
        place = ", ".join(part for part in (self.where, self.url) if part)
        return f"{self.authors}: {self.title}{year}" + (f", {place}" if place else "")


@cache
def works() -> tuple[Work, ...]:
    """Every work, by key."""
    from json import loads

    text = get_data("generator.sizing", "bibliography.json") or b"{}"
    return tuple(
        Work(key=key, **{**fields, "also": tuple(fields.get("also", ()))})
        for key, fields in loads(text).items()
    )


def cited(source: str) -> tuple[Work, ...]:
    """The works that a source names, in its order, each once."""
    found = (_work(part.removeprefix(FITTED)) for part in source.split(SEPARATOR))
    return tuple(dict.fromkeys(work for work in found if work is not None))


def catalogue_keys(source: str) -> tuple[str, ...]:
    """The keys of the catalogue's sources that a source names."""
    parts = (part for part in source.split(SEPARATOR) if part.startswith(CATALOGUE))
    return tuple(key for part in parts for key in part.removeprefix(CATALOGUE).split(", "))


def unresolved(entry: Entry, catalogue_sources: Collection[str]) -> tuple[str, ...]:
    """The parts of an entry's source that lead nowhere.

    Where the user's document states or measured the figure, the document says who vouches for it.
    """
    if entry.basis in (Basis.STATED, Basis.MEASURED):
        return () if entry.source else ("nothing",)
    return tuple(_lost(entry.source, catalogue_sources))


def _lost(source: str, catalogue_sources: Collection[str]) -> Iterator[str]:
    for part in source.split(SEPARATOR):
        if part.startswith(CATALOGUE):
            keys = catalogue_keys(part)
            yield from (f"{CATALOGUE}{key}" for key in keys if key not in catalogue_sources)
        elif _work(part.removeprefix(FITTED)) is None and not _own(part):
            yield part or "nothing"


def _own(part: str) -> bool:
    return any(_begins(part, word) for word in OWN_WORDS)


@cache
def _work(part: str) -> Work | None:
    """The work whose key, or other key, the part begins with; the longest one counts."""
    keys = [(key, work) for work in works() for key in (work.key, *work.also)]
    fitting = [(len(key), work) for key, work in keys if _begins(part, key)]
    return max(fitting, key=lambda found: found[0])[1] if fitting else None


def _begins(part: str, word: str) -> bool:
    """Whether ``part`` begins with ``word`` as whole words."""
    return part.startswith(word) and not part[len(word) : len(word) + 1].isalnum()
