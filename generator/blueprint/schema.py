"""The published schemas, and whether a document obeys the one of its kind."""

from __future__ import annotations

import json
from functools import cache
from itertools import islice
from typing import TYPE_CHECKING, Any, get_args

from generator.blueprint.breaches import TooManyBreaches, UnknownDocument
from generator.blueprint.model.words import Kind
from generator.blueprint.near import did_you_mean, shown
from generator.blueprint.roots import data_root
from generator.blueprint.wording import Wording
from generator.finding import Finding, in_order
from generator.source.document import Document

if TYPE_CHECKING:
    from jsonschema_rs import Draft202012Validator

API_VERSION = "mlgen/v1alpha1"
KINDS: tuple[Kind, ...] = get_args(Kind)
MAX_FINDINGS = 200

_FILES: dict[str, str] = {
    "PlatformBlueprint": "platform-blueprint.schema.json",
    "WorkloadRequest": "workload-request.schema.json",
    "SiteInventory": "site-inventory.schema.json",
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


def check(document: Document) -> tuple[Finding, ...]:
    """Every breach of shape in ``document``, by the schema of its apiVersion and kind."""
    unknown = tuple(_unknown(document))
    if unknown:
        return in_order(unknown)
    kind: Kind = document.root["kind"]
    errors = list(islice(_validator(kind).iter_errors(document.root), MAX_FINDINGS + 1))
    if not errors:
        return ()
    findings = Wording(document, schema(kind)).findings(errors[:MAX_FINDINGS])
    if len(errors) > MAX_FINDINGS:
        stop = TooManyBreaches.breach(
            f"more than {MAX_FINDINGS} findings; the rest is not listed",
            mend="mend these first",
            places=(document.start,),
        )
        findings = (*findings, stop)
    return in_order(findings)


@cache
def _validator(kind: Kind) -> Draft202012Validator:
    """Built once per process: that takes longer than any document."""
    _defer_email()
    from jsonschema_rs import Draft202012Validator

    return Draft202012Validator(schema(kind), validate_formats=True)


def _defer_email() -> None:
    """Lets ``jsonschema_rs`` import ``email.utils`` without loading it.

    The validator names the module for HTTP dates, which no local schema needs, and its import
    takes a tenth of the time in which ``mlgen validate`` must answer. Whoever uses the module
    loads it by the first look at it.
    """
    import email
    import sys
    from importlib.util import LazyLoader, find_spec, module_from_spec

    if "email.utils" in sys.modules:
        return
    spec = find_spec("email.utils")
    if spec is None or spec.loader is None:
        return
    spec.loader = LazyLoader(spec.loader)
    module = sys.modules["email.utils"] = module_from_spec(spec)
    spec.loader.exec_module(module)
    email.utils = module  # type: ignore[attr-defined]


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


def _version_or_kind(stated: str, known: tuple[str, ...]) -> str:
    near = did_you_mean(stated, known)
    return f"did you mean {near}?" if near else f"write {' or '.join(known)}"
