"""Findings in the formats of pipelines: with and without a place in a file."""

from __future__ import annotations

import json
from xml.etree import ElementTree as ET

import pytest

from generator.diff.rules import RULES, Changed
from generator.finding import Finding, Place, Severity
from generator.report.annotations import github, gitlab
from generator.report.junit import junit
from generator.report.sarif import sarif

PLACE = Place("b.yaml", 3, 7)


def finding(*places: Place, severity: Severity = Severity.ERROR, message: str = "m") -> Finding:
    """A breach of a rule."""
    return Changed.breach(message, mend="mend it", places=places, path="a/b", severity=severity)


def test_a_place_in_a_file_is_a_physical_location() -> None:
    """SARIF 2.1.0: uri and region, beside the logical one."""
    run = json.loads(sarif([finding(PLACE)], RULES, "1"))["runs"][0]
    (location,) = run["results"][0]["locations"]
    assert location["physicalLocation"] == {
        "artifactLocation": {"uri": "b.yaml"},
        "region": {"startLine": 3, "startColumn": 7},
    }
    assert location["logicalLocations"] == [{"fullyQualifiedName": "a/b"}]


def test_only_rules_that_were_broken_are_described() -> None:
    """And results point at them."""
    run = json.loads(sarif([finding()], RULES, "1", complete=False))["runs"][0]
    assert [rule["id"] for rule in run["tool"]["driver"]["rules"]] == ["MLG-V002"]
    assert run["results"][0]["ruleIndex"] == 0
    assert run["invocations"] == [{"executionSuccessful": False}]


def test_a_rule_of_another_room_needs_no_description() -> None:
    """It is named all the same."""
    run = json.loads(sarif([finding()], (), "1"))["runs"][0]
    assert "ruleIndex" not in run["results"][0]


@pytest.mark.parametrize(
    ("severity", "level"),
    [(Severity.ERROR, "error"), (Severity.WARNING, "warning"), (Severity.NOTICE, "note")],
)
def test_levels(severity: Severity, level: str) -> None:
    """SARIF knows three."""
    run = json.loads(sarif([finding(severity=severity)], RULES, "1"))["runs"][0]
    assert run["results"][0]["level"] == level


def test_github_escapes_what_would_end_a_command() -> None:
    """Workflow commands: percent signs, line ends, and in properties colons and commas."""
    one = finding(Place("a,b:c.yaml", 1, 2), message="50 %\nnext")
    assert github([one]) == (
        "::error file=a%2Cb%3Ac.yaml,line=1,col=2,title=MLG-V002 a/b::"
        "50 %25%0Anext. Mend: mend it\n"
    )


def test_gitlab_puts_what_has_no_place_at_the_top_of_the_file() -> None:
    """A report needs a place for each."""
    found = json.loads(gitlab([finding(), finding(PLACE)], "x.yaml"))
    places = [(one["location"]["path"], one["location"]["lines"]["begin"]) for one in found]
    assert places == [("x.yaml", 1), ("b.yaml", 3)]


def test_junit_fails_for_errors_and_warnings_only() -> None:
    """A notice is a case that passed, with its words."""
    found = [finding(severity=each) for each in (Severity.ERROR, Severity.NOTICE)]
    suite = ET.fromstring(junit("s", found, ["read"]))[0]
    assert [(one.get("name"), len(one)) for one in suite] == [
        ("read", 0),
        ("MLG-V002 a/b", 1),
        ("MLG-V002 a/b", 1),
    ]
    assert suite.get("failures") == "1"
    assert suite[2][0].tag == "system-out"


def test_junit_holds_what_xml_cannot() -> None:
    """Control characters become the sign for what cannot be shown."""
    text = junit("s", [finding(message="a\x00b\x1b<")], [])
    assert "a\ufffdb\ufffd&lt;" in text
    assert ET.fromstring(text)


def test_sarif_puts_what_has_no_place_of_its_own_into_the_file_that_was_judged() -> None:
    """Code hosts show no result without a file."""
    run = json.loads(sarif([finding()], RULES, "1", file="my blueprints/a.yaml"))["runs"][0]
    place = run["results"][0]["locations"][0]
    assert place["physicalLocation"] == {"artifactLocation": {"uri": "my%20blueprints/a.yaml"}}
    assert place["logicalLocations"]


def test_sarif_keeps_the_place_that_a_finding_has() -> None:
    """And not the file that was judged."""
    run = json.loads(sarif([finding(PLACE)], RULES, "1", file="other.yaml"))["runs"][0]
    place = run["results"][0]["locations"][0]["physicalLocation"]
    assert place["artifactLocation"]["uri"] == PLACE.file
