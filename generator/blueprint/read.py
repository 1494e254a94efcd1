"""From checked documents to typed ones."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from generator.blueprint.bind import bind
from generator.blueprint.breaches import UnknownDocument
from generator.blueprint.extend import extended
from generator.blueprint.model.blueprint import Blueprint
from generator.blueprint.model.part import Part
from generator.blueprint.model.words import Kind
from generator.blueprint.schema import KINDS, check
from generator.finding import Refused
from generator.source import Document

if TYPE_CHECKING:
    from generator.blueprint.model.request import WorkloadRequest

PartT = TypeVar("PartT", bound=Part)


def read_blueprint(document: Document) -> Blueprint:
    """The blueprint in ``document``, merged with what it extends.

    Whoever needs places afterwards calls ``extended`` first and hands in its result.

    Raises:
        Refused: with every finding about the document's shape.
    """
    return read_part(extended(document), "PlatformBlueprint", Blueprint)


def read_request(document: Document) -> WorkloadRequest:
    """The data scientist's request in ``document``.

    Raises:
        Refused: with every finding about the document's shape.
    """
    from generator.blueprint.model.request import WorkloadRequest

    return read_part(document, "WorkloadRequest", WorkloadRequest)


def read_part(document: Document, kind: Kind, cls: type[PartT]) -> PartT:
    """The document as a ``cls``, which is what a document of ``kind`` binds to.

    Raises:
        Refused: with every finding about the document's shape.
    """
    findings = check(document)
    if findings:
        raise Refused(findings)
    require_kind(document, kind)
    return bind(cls, document.root)


def require_kind(document: Document, kind: Kind) -> None:
    """Raises ``Refused`` where ``document`` says that it is of another kind."""
    stated = document.root.get("kind")
    if stated != kind:
        other = UnknownDocument.breach(
            f"this is a {stated}, not a {kind}" if stated in KINDS else f"this is no {kind}",
            mend=f"name a file with kind: {kind}",
            places=(document.place(("kind",)),),
            path="kind",
        )
        raise Refused([other])
