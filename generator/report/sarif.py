"""Findings as SARIF 2.1.0, which code hosts show beside the code.

Source: OASIS, Static Analysis Results Interchange Format 2.1.0.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import Any
from urllib.parse import quote

from generator.finding import Finding, Rule, Severity
from generator.report.text import visible

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
RULES_PAGE = "https://mlgen.dev/docs/rules.md"

_LEVELS = {
    Severity.ERROR: "error",
    Severity.WARNING: "warning",
    Severity.NOTICE: "note",
    Severity.QUESTION: "note",
}


def sarif(
    findings: Sequence[Finding],
    rules: Iterable[type[Rule]],
    version: str,
    *,
    complete: bool = True,
    file: str = "",
) -> str:
    """One run of mlgen. A finding without a place in a file has a logical one, its path.

    Code hosts show only what is in a file: what has no place of its own is in ``file`` too.
    """
    used = {finding.rule for finding in findings}
    known = [rule for rule in rules if rule.id in used]
    order = {rule.id: number for number, rule in enumerate(known)}
    run = {
        "tool": {
            "driver": {
                "name": "mlgen",
                "version": version,
                "informationUri": "https://mlgen.dev",
                "rules": [_rule(rule) for rule in known],
            }
        },
        "invocations": [{"executionSuccessful": complete}],
        "results": [_result(finding, order, file) for finding in findings],
    }
    whole = {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}
    return json.dumps(whole, indent=2, ensure_ascii=False) + "\n"


def _rule(rule: type[Rule]) -> dict[str, Any]:
    return {
        "id": rule.id,
        "shortDescription": {"text": rule.title},
        "fullDescription": {"text": f"{rule.reason} ({rule.source})"},
        "helpUri": f"{RULES_PAGE}#{rule.id.lower()}",
        "defaultConfiguration": {"level": _LEVELS[rule.severity]},
    }


def _result(finding: Finding, order: dict[str, int], file: str) -> dict[str, Any]:
    index = {"ruleIndex": order[finding.rule]} if finding.rule in order else {}
    return {
        "ruleId": finding.rule,
        **index,
        "level": _LEVELS[finding.severity],
        "message": {"text": visible(f"{finding.message}. Mend: {finding.mend}")},
        "locations": [_location(finding, file)],
        "partialFingerprints": {"path": f"{finding.rule}:{finding.path}"},
    }


def _location(finding: Finding, file: str) -> dict[str, Any]:
    found: dict[str, Any] = {}
    if file:
        found["physicalLocation"] = {"artifactLocation": {"uri": _uri(file)}}
    if finding.places:
        place = finding.places[0]
        found["physicalLocation"] = {
            "artifactLocation": {"uri": _uri(place.file)},
            "region": {"startLine": place.line, "startColumn": place.column},
        }
    if finding.path or not found:
        found["logicalLocations"] = [{"fullyQualifiedName": finding.path or "mlgen"}]
    return found


def _uri(file: str) -> str:
    """A path as a reference: a blank or a colon in it is no part of one."""
    return quote(file.replace("\\", "/"))
