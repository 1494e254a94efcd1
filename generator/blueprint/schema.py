"""The published schemas, and whether a document obeys the one of its kind."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import cache
from itertools import islice
from typing import TYPE_CHECKING, Any, get_args

from generator.blueprint.breaches import TooManyBreaches, UnknownDocument, WrongSize
from generator.blueprint.model.words import Kind
from generator.blueprint.near import did_you_mean, shown
from generator.blueprint.roots import data_root
from generator.finding import Finding, in_order
from generator.finding import Path as ObjectPath
from generator.source.document import Document

if TYPE_CHECKING:
    from jsonschema_rs import Draft202012Validator

API_VERSION = "mlgen/v1alpha1"
KINDS: tuple[Kind, ...] = get_args(Kind)
MAX_FINDINGS = 200
MAX_ITEMS = 10_000

_FILES: dict[str, str] = {
    "PlatformBlueprint": "platform-blueprint.schema.json",
    "WorkloadRequest": "workload-request.schema.json",
    "SiteInventory": "site-inventory.schema.json",
    "Observations": "observations.schema.json",
}


@cache
def schema(kind: Kind) -> dict[str, Any]:
    """The JSON Schema of ``kind``, read once. Treat it as read-only."""
    text = (data_root("schemas") / _FILES[kind]).read_text(encoding="utf-8")
    loaded: dict[str, Any] = json.loads(text)
    return loaded


def schema_line(kind: Kind, *, folder: str = "") -> str:
    """The comment that tells editors which schema a file follows.

    ``folder`` is where the schemas lie as seen from the file (``../schemas``); without it the
    line names the published address.
    """
    address = f"{folder.rstrip('/')}/{_FILES[kind]}" if folder else schema(kind)["$id"]
    return f"# yaml-language-server: $schema={address}"


@cache
def workload_schema() -> dict[str, Any]:
    """The schema of one workload that stands alone: its mapping in a blueprint, or a part of it.

    Nothing but the model and its work is required, and ``gpu`` may stand for ``accelerator``: a
    catalogue id, or the mapping itself.
    """
    whole = schema("PlatformBlueprint")
    workload = whole["$defs"]["workload"]
    serving = {k: v for k, v in whole["$defs"]["serving"].items() if k != "required"}
    gpu = {
        "title": "GPU",
        "description": "GPU that it runs on: a catalogue id, or the mapping of accelerator.",
        "anyOf": [{"$ref": "#/$defs/catalogue_id"}, {"$ref": "#/$defs/accelerator"}],
        "examples": ["nvidia-h100-sxm5-80"],
    }
    return {
        "$schema": whole["$schema"],
        "$defs": {**whole["$defs"], "serving": serving},
        "title": "Workload",
        "description": "One workload for mlgen estimate.",
        "type": "object",
        "additionalProperties": False,
        "properties": {**workload["properties"], "gpu": gpu},
    }


def check(document: Document) -> tuple[Finding, ...]:
    """Every breach of shape in ``document``, by the schema of its apiVersion and kind."""
    unknown = tuple(_unknown(document))
    if unknown:
        return in_order(unknown)
    kind: Kind = document.root["kind"]
    return _breaches(document, _validator(kind), schema(kind))


def check_workload(document: Document) -> tuple[Finding, ...]:
    """Every breach of shape in a document that is one workload."""
    from jsonschema_rs import Draft202012Validator

    shape = workload_schema()
    return _breaches(document, Draft202012Validator(shape, validate_formats=True), shape)


def check_waivers(document: Document) -> tuple[Finding, ...]:
    """Every breach of shape in a document that holds waivers and nothing else."""
    from jsonschema_rs import Draft202012Validator

    whole = schema("PlatformBlueprint")
    shape = {
        "$schema": whole["$schema"],
        "type": "object",
        "additionalProperties": False,
        "required": ["waivers"],
        "properties": {"waivers": whole["properties"]["waivers"]},
        "$defs": whole["$defs"],
    }
    return _breaches(document, Draft202012Validator(shape, validate_formats=True), shape)


def _breaches(
    document: Document, validator: Draft202012Validator, shape: dict[str, Any]
) -> tuple[Finding, ...]:
    if validator.is_valid(document.root):
        return ()
    if too_long := tuple(_too_long(document)):
        return in_order(too_long)
    errors = list(islice(validator.iter_errors(document.root), MAX_FINDINGS + 1))
    from generator.blueprint.wording import Wording

    told = Wording(document, shape).findings(errors)
    findings = list(islice(told, MAX_FINDINGS + 1))
    if len(findings) > MAX_FINDINGS:
        findings[-1] = TooManyBreaches.breach(
            f"more than {MAX_FINDINGS} findings; the rest is not listed",
            mend="mend these first",
            places=(document.start,),
        )
    return in_order(findings)


@cache
def _validator(kind: Kind) -> Draft202012Validator:
    """Built once per process: that takes longer than any document."""
    from jsonschema_rs import Draft202012Validator

    return Draft202012Validator(schema(kind), validate_formats=True)


def _unknown(document: Document) -> list[Finding]:
    """What keeps the document from having a schema."""
    found = []
    for key, known in (("apiVersion", (API_VERSION,)), ("kind", KINDS)):
        stated = document.root.get(key)
        if stated in known:
            continue
        missing = key not in document.root
        found.append(
            UnknownDocument.breach(
                f"{key} is missing" if missing else f"{key} {shown(stated)} is not known",
                mend=_version_or_kind(str(stated), known),
                places=(document.place((key,)),),
                path=key,
            )
        )
    return found


def _too_long(document: Document) -> Iterator[Finding]:
    """Lists that are too long to list their faults: the validator would take seconds over them."""
    waiting: list[tuple[ObjectPath, Any]] = [((), document.root)]
    while waiting:
        path, node = waiting.pop()
        if isinstance(node, dict):
            waiting += (((*path, key), value) for key, value in node.items())
        elif isinstance(node, list) and len(node) <= MAX_ITEMS:
            waiting += (((*path, index), item) for index, item in enumerate(node))
        elif isinstance(node, list):
            yield WrongSize.breach(
                f"this list has {len(node)} items, and some part of the document is wrong",
                mend=f"shorten it to {MAX_ITEMS} to see what",
                places=(document.place(path),),
                path=document.dotted(path),
            )


def _version_or_kind(stated: str, known: tuple[str, ...]) -> str:
    near = did_you_mean(stated, known)
    return f"did you mean {near}?" if near else f"write {' or '.join(known)}"
