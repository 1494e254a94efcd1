"""What all rules about references share: what exists, what is used, and the finding between."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from operator import attrgetter
from typing import ClassVar, NamedTuple

from generator.blueprint.model.blueprint import Blueprint
from generator.blueprint.rules.subject import Judged, mend_name
from generator.finding import Check, Finding, Path


class Use(NamedTuple):
    """A name that is used, and where; ``is_key`` where the name is the last step itself."""

    path: Path
    name: str
    is_key: bool = False


class Resolves(Check[Judged]):
    """The common part of the rules about references."""

    noun: ClassVar[str]
    declared_in: ClassVar[tuple[str, ...]]
    """Where such names are declared: dotted paths to named items, to words or to a mapping."""

    source = "requirements C-1: cross-references are judged after the schema"

    @classmethod
    def known(cls, blueprint: Blueprint) -> Iterator[str]:
        """The names that exist."""
        for path in cls.declared_in:
            for item in attrgetter(path)(blueprint):
                yield item if isinstance(item, str) else item.name

    @classmethod
    @abstractmethod
    def uses(cls, blueprint: Blueprint) -> Iterator[Use]:
        """The names that are used."""

    @classmethod
    def check(cls, subject: Judged) -> Iterator[Finding]:
        """Judges every use."""
        known = frozenset(cls.known(subject.blueprint))
        for path, name, is_key in cls.uses(subject.blueprint):
            if name not in known:
                spot = subject.at_key(path) if is_key else subject.at(path)
                yield cls.breach(
                    f"there is no {cls.noun} called {name}",
                    **spot,
                    mend=mend_name(name, known, f"declare it under {' or '.join(cls.declared_in)}"),
                )


def maybe(path: Path, name: str | None) -> Iterator[Use]:
    """The use of a name that may be absent."""
    if name is not None:
        yield Use(path, name)


def each(path: Path, names: Sequence[str]) -> Iterator[Use]:
    """The uses of a list of names."""
    for index, name in enumerate(names):
        yield Use((*path, index), name)


def keys(path: Path, mapping: Mapping[str, object]) -> Iterator[Use]:
    """The uses of names as keys of a mapping."""
    for name in mapping:
        yield Use((*path, name), name, is_key=True)
