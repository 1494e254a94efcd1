"""Findings as JUnit XML, which pipelines show as test results.

Source: the schema of Apache Ant's JUnit task, as Jenkins and GitLab read it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from xml.sax.saxutils import escape, quoteattr

from generator.finding import Finding, Severity

_ILLEGAL = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_FAILING = (Severity.ERROR, Severity.WARNING)


def junit(name: str, findings: Sequence[Finding], passed: Sequence[str]) -> str:
    """A suite with a case per finding and one per name of what passed.

    Errors and warnings are failures; what weighs less is a case that passed, with its words.
    """
    failures = sum(finding.severity in _FAILING for finding in findings)
    counts = f'tests="{len(findings) + len(passed)}" failures="{failures}"'
    suite = _attribute(name)
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        f"<testsuites {counts}>",
        f'  <testsuite name={suite} {counts} errors="0">',
        *(f"    <testcase classname={suite} name={_attribute(one)}/>" for one in passed),
        *(line for finding in findings for line in _case(name, finding)),
        "  </testsuite>",
        "</testsuites>",
    ]
    return "\n".join(lines) + "\n"


def _case(name: str, finding: Finding) -> list[str]:
    about = f"{finding.rule} {finding.path}".strip()
    head = f"    <testcase classname={_attribute(name)} name={_attribute(about)}>"
    body = _text(f"{finding.message}\nwhy: {finding.why}\nmend: {finding.mend}")
    if finding.severity in _FAILING:
        kind, message = _attribute(finding.severity.value), _attribute(finding.message)
        inside = f"      <failure type={kind} message={message}>{body}</failure>"
    else:
        inside = f"      <system-out>{body}</system-out>"
    return [head, inside, "    </testcase>"]


def _text(text: str) -> str:
    return escape(_ILLEGAL.sub("\ufffd", text))


def _attribute(text: str) -> str:
    return quoteattr(_ILLEGAL.sub("\ufffd", text))
