"""Findings as the annotations of GitHub's and GitLab's pipelines.

Sources: GitHub, workflow commands (``::error file=...::``); GitLab, Code Quality report format.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence

from generator.finding import Finding, Severity

_GITHUB = {Severity.ERROR: "error", Severity.WARNING: "warning"}
_GITLAB = {Severity.ERROR: "critical", Severity.WARNING: "major", Severity.NOTICE: "minor"}


def github(findings: Sequence[Finding]) -> str:
    """One workflow command per finding."""
    return "".join(f"{_command(finding)}\n" for finding in findings)


def _command(finding: Finding) -> str:
    about = {"title": f"{finding.rule} {finding.path}".strip()}
    if finding.places:
        place = finding.places[0]
        about = {"file": place.file, "line": str(place.line), "col": str(place.column), **about}
    stated = ",".join(f"{key}={_property(value)}" for key, value in about.items())
    word = _GITHUB.get(finding.severity, "notice")
    return f"::{word} {stated}::{_data(f'{finding.message}. Mend: {finding.mend}')}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")


def gitlab(findings: Sequence[Finding], file: str) -> str:
    """A Code Quality report; what has no place in a file stands at the top of ``file``."""
    entries = [
        {
            "description": finding.message,
            "check_name": finding.rule,
            "fingerprint": hashlib.sha256(
                f"{finding.rule}|{finding.path}|{finding.message}".encode()
            ).hexdigest(),
            "severity": _GITLAB.get(finding.severity, "info"),
            "location": {
                "path": finding.places[0].file if finding.places else file,
                "lines": {"begin": finding.places[0].line if finding.places else 1},
            },
        }
        for finding in findings
    ]
    return json.dumps(entries, indent=2, ensure_ascii=False) + "\n"
