"""Every rule about the lifecycle has a good and a bad fixture, and they tell."""

from __future__ import annotations

import pytest

from generator.api import all_rules
from generator.finding import Rule, Severity
from generator.sizing.lifecycle_rules import RULES
from tests.sizing.lifecycle.lab import FIXTURES, document_of, judged

IDS = tuple(rule.id for rule in RULES)
WARNINGS = {"MLG-Z030", "MLG-Z035", "MLG-Z036", "MLG-Z037", "MLG-Z038"}


def test_every_rule_has_a_good_and_a_bad_fixture_and_is_registered() -> None:
    folders = {path.parent.name for path in FIXTURES.glob("*/good.yaml")}

    assert folders == {path.parent.name for path in FIXTURES.glob("*/bad.yaml")} == set(IDS)
    assert set(RULES) <= set(all_rules())


@pytest.mark.parametrize("rule", IDS)
def test_the_bad_fixture_breaks_this_rule_and_no_other(rule: str) -> None:
    _, findings = judged(document_of(FIXTURES / rule / "bad.yaml"))

    assert [finding.rule for finding in findings] == [rule]


@pytest.mark.parametrize("rule", IDS)
def test_the_good_fixture_breaks_no_rule(rule: str) -> None:
    assert judged(document_of(FIXTURES / rule / "good.yaml"))[1] == []


@pytest.mark.parametrize("rule", IDS)
def test_each_finding_says_what_why_how_to_mend_and_points_into_the_fixture(rule: str) -> None:
    document = document_of(FIXTURES / rule / "bad.yaml")

    (finding,) = judged(document)[1]

    assert finding.message
    assert finding.why
    assert finding.mend
    place = document.find(finding.path)
    assert place is not None, finding.path
    assert rule in place.file


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_what_cannot_run_is_an_error_and_what_is_late_or_unknown_is_a_warning(
    rule: type[Rule],
) -> None:
    expected = Severity.WARNING if rule.id in WARNINGS else Severity.ERROR

    assert rule.severity is expected


@pytest.mark.parametrize(
    ("rule", "says"),
    [
        ("MLG-Z030", "does not state the instance type in the cloud, or an export of its use"),
        ("MLG-Z031", "tagger runs in prod: loading a pickle runs whatever code it holds"),
        ("MLG-Z032", "no runtime of openvino (openvino) runs on nvidia-h100-pcie-80"),
        ("MLG-Z033", "built on nvidia-a100-pcie-80 (ampere) and does not run on nvidia-h100-pcie"),
        ("MLG-Z034", "nvidia-t4 in development has no units for 2:4 sparsity"),
        ("MLG-Z035", "cnn reserves 8 GPU-hours a month, and 1 trainings take 10"),
        ("MLG-Z036", "ends 480 trials before its deadline and leaves 20, 30 slot-hours: 10 run"),
        ("MLG-Z037", "nightly takes 5 h along read -> clean; its window is 4 h"),
        ("MLG-Z038", "nightly takes 1.5 h and starts again after 1 h: 2 runs at once"),
    ],
)
def test_each_finding_carries_its_reason_and_its_numbers(rule: str, says: str) -> None:
    assert says in judged(document_of(FIXTURES / rule / "bad.yaml"))[1][0].message


def test_the_exception_for_a_pickle_is_a_waiver_with_an_expiry() -> None:
    (finding,) = judged(document_of(FIXTURES / "MLG-Z031" / "bad.yaml"))[1]

    assert "waivers: {rule: MLG-Z031, path: 'workloads[tagger].model.format'" in finding.mend
