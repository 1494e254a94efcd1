"""Every rule about data has a good and a bad fixture, and they tell."""

from __future__ import annotations

import pytest

from generator.api import all_rules
from generator.finding import Finding, Severity
from generator.sizing.data.engine import size_data
from generator.sizing.data.rules import RULES
from tests.sizing.data.lab import CATALOG, FIXTURES, document_of, read_blueprint, supply_of

IDS = tuple(rule.id for rule in RULES)


def findings_of(rule: str, which: str) -> tuple[Finding, ...]:
    document = document_of(FIXTURES / rule / f"{which}.yaml")
    return size_data(read_blueprint(document), CATALOG, supply_of(document)).findings


def test_every_rule_has_a_good_and_a_bad_fixture_and_is_registered() -> None:
    folders = {path.parent.name for path in FIXTURES.glob("*/good.yaml")}

    assert folders == {path.parent.name for path in FIXTURES.glob("*/bad.yaml")} == set(IDS)
    assert set(RULES) <= set(all_rules())


@pytest.mark.parametrize("rule", IDS)
def test_the_bad_fixture_breaks_this_rule_and_no_other(rule: str) -> None:
    assert {finding.rule for finding in findings_of(rule, "bad")} == {rule}


@pytest.mark.parametrize("rule", IDS)
def test_the_good_fixture_breaks_no_rule(rule: str) -> None:
    assert findings_of(rule, "good") == ()


@pytest.mark.parametrize("rule", IDS)
def test_each_finding_says_what_why_how_to_mend_and_points_into_the_fixture(rule: str) -> None:
    document = document_of(FIXTURES / rule / "bad.yaml")

    for finding in findings_of(rule, "bad"):
        assert finding.message
        assert finding.why
        assert finding.mend
        place = document.find(finding.path)
        assert place is not None, finding.path
        assert rule in place.file or "base.yaml" in place.file


@pytest.mark.parametrize(
    ("rule", "severity"),
    [
        ("MLG-Z010", Severity.WARNING),
        ("MLG-Z011", Severity.ERROR),
        ("MLG-Z012", Severity.WARNING),
        ("MLG-Z013", Severity.ERROR),
        ("MLG-Z014", Severity.WARNING),
        ("MLG-Z015", Severity.ERROR),
    ],
)
def test_what_cannot_work_is_an_error_and_what_costs_is_a_warning(
    rule: str, severity: Severity
) -> None:
    assert {finding.severity for finding in findings_of(rule, "bad")} == {severity}


@pytest.mark.parametrize(
    ("rule", "says"),
    [
        ("MLG-Z010", "logs lies on fast, which is over-specified: disks costs less"),
        ("MLG-Z011", "at 523 MB/s and lies on disks: random reads that repeat each epoch starve"),
        ("MLG-Z012", "fc-1 is full in month 5: what lies on bulk takes 10,455 GiB in month 5"),
        ("MLG-Z013", "video finds no tier: no tier gives 30,000 MB/s; the best gives 20,000 MB/s"),
        ("MLG-Z014", "fc-1 gives 3.00 GB/s, and the readers of images, video on bulk ask for 4.00"),
        ("MLG-Z015", "tier fast: ESA RAID-6 4+2 needs 6 hosts and 4 contribute storage"),
    ],
)
def test_each_finding_carries_its_number(rule: str, says: str) -> None:
    assert says in findings_of(rule, "bad")[0].message


def test_the_mend_of_a_slow_tier_names_one_that_is_fast_enough() -> None:
    assert findings_of("MLG-Z011", "bad")[0].mend == "write bulk"
