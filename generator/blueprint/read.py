"""From checked documents to typed ones."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, TypeVar

from generator.blueprint.bind import bind
from generator.blueprint.breaches import UnknownDocument
from generator.blueprint.extend import extended
from generator.blueprint.model.blueprint import Blueprint
from generator.blueprint.model.part import Part
from generator.blueprint.model.words import Kind
from generator.blueprint.schema import KINDS, check, check_waivers, check_workload
from generator.finding import Finding, Refused
from generator.source import Document

if TYPE_CHECKING:
    from generator.blueprint.model.blueprint import Waiver
    from generator.blueprint.model.request import WorkloadRequest
    from generator.blueprint.model.workloads import Workload

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


def read_waivers(document: Document) -> tuple[Waiver, ...]:
    """The waivers in ``document``, which holds nothing else: ``waivers:`` as in a blueprint.

    Raises:
        Refused: with every finding about the document's shape.
    """
    from generator.blueprint.model.blueprint import Waiver

    findings = check_waivers(document)
    if findings:
        raise Refused(findings)
    return tuple(bind(Waiver, row) for row in document.root["waivers"])


def read_workload(document: Document) -> Workload:
    """The workload in ``document``, which holds nothing else.

    What a blueprint requires of every workload and a question about one of them does not need gets
    a stand-in: a name, an owner and the phase that its work implies.

    Raises:
        Refused: with every finding about the document's shape.
    """
    from generator.blueprint.model.workloads import Workload

    kind = document.root.get("kind")
    if kind in KINDS:
        raise Refused([_whole_document(document, kind)])
    findings = check_workload(document)
    if findings:
        raise Refused(findings)
    root = dict(document.root)
    gpu = root.pop("gpu", None)
    if gpu is not None:
        wish = {"model": gpu} if isinstance(gpu, str) else gpu
        root["accelerator"] = {**root.get("accelerator", {}), **wish}
    if "serving" in root:
        root["serving"] = {"mode": "service", **root["serving"]}
    phase = "serving" if "serving" in root else "hpo" if "hpo" in root else "training"
    return bind(Workload, {"name": "workload", "owner": "nobody", "phase": phase, **root})


_INSTEAD: Mapping[str, str] = {
    "WorkloadRequest": "mlgen whatif BLUEPRINT --add-workload FILE judges a request",
    "PlatformBlueprint": "mlgen size FILE sizes a blueprint",
    "Observations": "give it with --observations, beside the workload",
}


def _whole_document(document: Document, kind: str) -> Finding:
    """What a document of its own is read by, where the mapping of a workload is asked for."""
    instead = _INSTEAD.get(kind, "a site carries workloads and is none")
    return UnknownDocument.breach(
        f"this is a {kind}, not the mapping of one workload",
        mend=f"{instead}; a workload has model, train, serving or hpo, and gpu",
        places=(document.place(("kind",)),),
        path="kind",
    )


def as_written(field: str, document: Document) -> str:
    """A field's path as a workload's document writes it: ``gpu`` may stand for ``accelerator``."""
    if not field.startswith("accelerator") or "gpu" not in document.root:
        return field
    if isinstance(document.root["gpu"], str):
        return "gpu"
    return field.replace("accelerator", "gpu", 1)


def faults(document: Document) -> tuple[Finding, ...]:
    """What is wrong with a document that no blueprint is needed to judge."""
    if document.root.get("kind") != "Observations":
        return check(document)
    from generator.blueprint.observed import faults as faults_of_observations

    return faults_of_observations(document)


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
