"""``model.config``: models described by a Hugging Face ``config.json`` beside the document."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from generator.blueprint.breaches import BadModelConfig
from generator.blueprint.extend import Refuser, inside
from generator.catalog import Catalog, IllFormedRow
from generator.catalog.model import Model
from generator.finding import Finding, Refused, Rule
from generator.finding import Path as ObjectPath
from generator.source import MAX_BYTES, Document, contents


@dataclass(frozen=True, slots=True)
class _ConfigRefuser(Refuser):
    """As for ``extends``, under the rule of configurations."""

    def __call__(
        self,
        rule: type[Rule],
        what: str,
        mend: str,
        base: Document | None = None,
        at: ObjectPath = (),
    ) -> Refused:
        del rule, base, at
        return Refuser.__call__(self, BadModelConfig, what, mend)


def with_configs(catalog: Catalog, document: Document) -> Catalog:
    """``catalog`` with the models whose ``config`` a document's workloads name, by that path.

    Raises:
        Refused: with every file that is not there, lies outside the repository or is no model's
            configuration.
    """
    models: dict[str, Model] = {}
    findings: list[Finding] = []
    for path, entry in _named(document):
        try:
            models[entry] = _read(document, path, entry)
        except Refused as refused:
            findings += refused.findings
    if findings:
        raise Refused(findings)
    return catalog.with_models(models) if models else catalog


def _named(document: Document) -> list[tuple[ObjectPath, str]]:
    """Every ``model.config`` of a blueprint's workloads, or of a workload that stands alone."""
    root = document.root
    workloads = root.get("workloads") if "workloads" in root else None
    places: list[tuple[ObjectPath, Any]] = [((), root)]
    if isinstance(workloads, list):
        places = [(("workloads", index), each) for index, each in enumerate(workloads)]
    found: list[tuple[ObjectPath, str]] = []
    for path, workload in places:
        model = workload.get("model") if isinstance(workload, Mapping) else None
        entry = model.get("config") if isinstance(model, Mapping) else None
        if isinstance(entry, str):
            found.append(((*path, "model", "config"), entry))
    return found


def _read(document: Document, path: ObjectPath, entry: str) -> Model:
    from generator.catalog.huggingface import read_config

    refuse = _ConfigRefuser(document, entry, path)
    content = contents(inside(document, entry, refuse))
    if len(content) > MAX_BYTES:
        raise refuse(BadModelConfig, f"is larger than {MAX_BYTES} bytes", "name a config.json")
    try:
        config = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise refuse(BadModelConfig, "is no JSON", "name a config.json") from error
    if not isinstance(config, Mapping):
        raise refuse(BadModelConfig, "holds no mapping", "name a config.json")
    try:
        return read_config(entry, config)
    except IllFormedRow as error:
        raise refuse(BadModelConfig, f"cannot be used: {error}", "state model figures") from error
