"""JSON for programs. Every answer names its schema, which is versioned with the language."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import fields, is_dataclass
from typing import Any

from generator.finding import Finding, Place

SCHEMA_BASE = "https://mlgen.dev/schemas/v1alpha1"


def answer(kind: str, body: Mapping[str, Any]) -> str:
    """One JSON answer; ``kind`` names its schema (``findings`` -> ``findings.schema.json``)."""
    whole = {"schema": f"{SCHEMA_BASE}/{kind}.schema.json", **plain(body)}
    return json.dumps(whole, indent=2, ensure_ascii=False) + "\n"


def findings_body(findings: Iterable[Finding]) -> dict[str, Any]:
    """The findings as the ``findings`` schema wants them."""
    return {"findings": [plain(finding) for finding in findings]}


def plain(value: Any) -> Any:
    """Dataclasses, tuples (those with names as objects) and mappings as the JSON types."""
    if isinstance(value, Place):
        return {"file": value.file, "line": value.line, "column": value.column}
    if is_dataclass(value) and not isinstance(value, type):
        return {field.name: plain(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    names = getattr(value, "_fields", None)
    if isinstance(value, tuple) and names:
        return {name: plain(item) for name, item in zip(names, value, strict=True)}
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    return value
