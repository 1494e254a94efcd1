"""Waivers lift what they name, where they name it, until their day."""

from __future__ import annotations

import pytest

from generator.blueprint.model.blueprint import Waiver
from generator.blueprint.waivers import apply_waivers, covers
from generator.finding import Finding, Severity
from tests.rules.judging import findings_in

DAY = "2026-11-20"


def _finding(path: str, rule: str = "MLG-B042") -> Finding:
    return Finding(rule=rule, severity=Severity.ERROR, message="m", path=path)


def _waiver(path: str | None = None, expires: str = DAY, rule: str = "MLG-B042") -> Waiver:
    return Waiver(rule=rule, path=path, reason="r", expires=expires)


@pytest.mark.parametrize(
    ("pattern", "path", "covered"),
    [
        (None, "workloads[w]", True),
        ("workloads[w]", "workloads[w]", True),
        ("workloads[w]", "workloads[w].model.precision", True),
        ("workloads[w]", "workloads[ww]", False),
        ("workloads[*].model", "workloads[a.b].model.precision", True),
        ("workloads[*].model", "workloads[a.b].serving", False),
        ("environments.*.replicas", "environments.dev.replicas", True),
        ("workloads", "workloads[w]", True),
        ("workloads[w].model", "workloads[w]", False),
        ("work.oads", "workloads", False),
    ],
)
def test_a_path_covers_its_object_and_what_is_within(
    pattern: str | None, path: str, *, covered: bool
) -> None:
    """A star stands for one step, all else for itself."""
    assert covers(pattern, path) is covered


def test_a_waiver_lifts_on_its_last_day() -> None:
    """Only the findings of its rule."""
    other = _finding("workloads[w]", rule="MLG-B043")
    assert apply_waivers([_finding("workloads[w]"), other], [_waiver()], DAY) == (other,)


def test_a_waiver_past_its_day_lifts_nothing_and_is_an_error() -> None:
    """What it lifted comes back beside it."""
    found = apply_waivers([_finding("x")], [_waiver(expires="2026-11-19")], DAY)
    assert [(f.rule, f.severity) for f in found] == [
        ("MLG-B042", Severity.ERROR),
        ("MLG-B098", Severity.ERROR),
    ]


def test_a_waiver_that_lifts_nothing_is_a_warning() -> None:
    """Two waivers of one finding are both used."""
    waivers = [_waiver("x"), _waiver(), _waiver("y")]
    (unused,) = apply_waivers([_finding("x")], waivers, DAY)
    assert (unused.rule, unused.severity, unused.path) == (
        "MLG-B099",
        Severity.WARNING,
        "waivers[2]",
    )
    assert "at y" in unused.message


def test_an_unknown_rule_is_named_with_the_near_one() -> None:
    """Unknown is all that is said of it, even where it is past its day."""
    waiver = _waiver(rule="MLG-B420", expires="2020-01-01")
    (found,) = apply_waivers([], [waiver], DAY, known=["MLG-B042"])
    assert (found.rule, found.mend) == ("MLG-B097", "did you mean MLG-B042?")


def test_a_blueprint_waives_its_own_findings() -> None:
    """From the document, with the place of what is wrong with a waiver."""
    text = """
workloads: [{name: w, owner: ml-eng, phase: validation}]
waivers:
  - {rule: MLG-B042, path: "workloads[w]", reason: bought last week, expires: 2026-12-31}
  - {rule: MLG-B042, path: "workloads[v]", reason: bought last week, expires: 2026-12-31}
"""
    (unused,) = findings_in(text)
    assert unused.rule == "MLG-B099"
    assert [place.line for place in unused.places] == [5]
