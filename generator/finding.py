"""What a check found: the plain types every room reports with.

A finding says what is wrong, where, why it matters and how to mend it. Rooms never print; they
return findings, and ``generator.report`` owns the words around them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from enum import StrEnum
from typing import TYPE_CHECKING, Any, ClassVar, Generic, NamedTuple, TypeVar

from generator.record import Record, record

Path = tuple[str | int, ...]
"""Keys and list indices from a document's root to one node."""


class Severity(StrEnum):
    """How much a finding weighs; the order of ``rank`` is the order of reports."""

    ERROR = "error"
    WARNING = "warning"
    NOTICE = "notice"
    QUESTION = "question"

    @property
    def rank(self) -> int:
        """0 for the gravest severity, rising."""
        return _RANK[self]


_RANK = {severity: rank for rank, severity in enumerate(Severity)}


class Place(NamedTuple):
    """A position in a file; line and column count from 1, columns in characters."""

    file: str
    line: int
    column: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"


@record
class Finding(Record):
    """One thing that is wrong (or worth knowing), in words for its reader.

    ``path`` is the object path inside the document (``workloads[2].model.family``); ``places``
    holds every position that takes part, the one to look at first in front.
    """

    rule: str
    severity: Severity
    message: str
    places: tuple[Place, ...] = ()
    path: str = ""
    why: str = ""
    mend: str = ""

    @property
    def order(self) -> tuple[Any, ...]:
        """Sort key: by position first, so that a reader can work from top to bottom."""
        first = self.places[0] if self.places else Place("", 0, 0)
        return (first, self.severity.rank, self.rule, self.path, self.message)


def dotted(path: Path) -> str:
    """Writes a path as ``workloads[2].model.family``; the root is ``""``."""
    out = ""
    for step in path:
        if isinstance(step, int):
            out += f"[{step}]"
        else:
            out += f".{step}" if out else step
    return out


def in_order(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Sorted by file and position, without repeats."""
    return tuple(sorted(dict.fromkeys(findings), key=lambda finding: finding.order))


def worst(findings: Iterable[Finding]) -> Severity | None:
    """The gravest severity among the findings, or None where there are none."""
    return min((f.severity for f in findings), key=lambda s: s.rank, default=None)


class Refused(Exception):
    """The user's input cannot be used; ``findings`` say all that is wrong with it."""

    def __init__(self, findings: Iterable[Finding]) -> None:
        self.findings = in_order(findings)
        super().__init__("; ".join(f.message for f in self.findings))


class CannotRun(Exception):
    """A command could not do its work for a reason outside the documents (exit code 1)."""


class Rule:
    """One thing that documents must obey. Ids are never reused.

    ``reason`` says why the rule exists, ``source`` where it comes from; both are printed in
    ``docs/rules.md``. Rules are never instantiated: the class is the rule.
    """

    id: ClassVar[str]
    title: ClassVar[str]
    severity: ClassVar[Severity] = Severity.ERROR
    reason: ClassVar[str]
    source: ClassVar[str]

    @classmethod
    def breach(
        cls,
        message: str,
        *,
        mend: str,
        places: Iterable[Place] = (),
        path: str = "",
        severity: Severity | None = None,
    ) -> Finding:
        """A finding of this rule; the rule supplies id, severity and reason."""
        return Finding(
            rule=cls.id,
            severity=severity or cls.severity,
            message=message,
            places=tuple(places),
            path=path,
            why=cls.reason,
            mend=mend,
        )


Subject = TypeVar("Subject", contravariant=True)

if TYPE_CHECKING:

    class _Over(Generic[Subject]):
        """What a check judges."""
else:

    class _Over:
        """Stands for ``Generic``, which would cost each of a hundred rules its start-up."""

        def __class_getitem__(cls, _: object) -> type:
            return cls


class Check(Rule, _Over[Subject]):
    """A rule that is judged on its own, over one subject, by yielding what breaks it."""

    @classmethod
    def check(cls, subject: Subject) -> Iterator[Finding]:
        """Yields a finding for each breach; every rule has its own."""
        raise TypeError(f"{cls.__name__} says nothing about {subject!r}")
