"""Every rule of the blueprint and supply rooms has a good and a bad fixture, and they tell."""

from __future__ import annotations

import re

import pytest

from tests.rules.judging import HERE, IDS, RULES, findings_of


def test_every_rule_has_a_good_and_a_bad_fixture() -> None:
    """A folder per rule, no folder without a rule."""
    folders = {path.parent.name for path in HERE.glob("*/good.yaml")}
    assert folders == {path.parent.name for path in HERE.glob("*/bad.yaml")} == set(IDS)


@pytest.mark.parametrize("rule", IDS)
def test_the_bad_fixture_breaks_this_rule_and_no_other(rule: str) -> None:
    """Exactly the rule's own id is reported."""
    assert {finding.rule for finding in findings_of(HERE / rule / "bad.yaml")} == {rule}


@pytest.mark.parametrize("rule", IDS)
def test_the_good_fixture_breaks_no_rule(rule: str) -> None:
    """Nothing at all is reported."""
    assert findings_of(HERE / rule / "good.yaml") == ()


@pytest.mark.parametrize("rule", IDS)
def test_each_finding_says_what_where_why_and_how_to_mend(rule: str) -> None:
    """No part of a finding is empty, and its place is in the fixture or its site."""
    for finding in findings_of(HERE / rule / "bad.yaml"):
        assert finding.message
        assert finding.path
        assert finding.why
        assert finding.mend
        assert finding.places
        assert f"tests/rules/{rule}/bad" in finding.places[0].file


def test_ids_are_well_formed_and_never_used_twice() -> None:
    """The room's letter and three digits."""
    assert len(set(IDS)) == len(IDS)
    assert [rule for rule in IDS if not re.fullmatch(r"MLG-[BF][0-9]{3}", rule)] == []


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_every_rule_explains_itself(rule: type) -> None:
    """Title, reason and source are there and no two rules share a title."""
    assert rule.__doc__
    assert all((rule.title, rule.reason, rule.source))
    assert [other for other in RULES if other.title == rule.title] == [rule]
