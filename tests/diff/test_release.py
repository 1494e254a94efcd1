"""The applied release, and the plan of it read back."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from generator.blueprint.model.governance import DiffIgnore
from generator.diff.index import Index
from generator.diff.release import applied_release, ignore_rules_of, state_of
from generator.finding import CannotRun
from generator.render.plan import plan_file
from tests.diff import worlds
from tests.diff.worlds import FILES, with_field, world


@pytest.mark.parametrize("name", FILES)
def test_a_plan_comes_back_as_it_was_written(name: str) -> None:
    """What diff reads is what render wrote, record by record."""
    from generator.api import load
    from tests.example import ROOT

    (project,) = load([ROOT / FILES[name][0]])
    state, its = project.assessed.state, project.assessed
    text = plan_file(state, its.plan, its.sized, its.ledger).text
    back = state_of(json.loads(text))
    assert (back.vcenters, back.clusters) == (state.vcenters, state.clusters)


def plan(**changes: Any) -> dict[str, Any]:
    """The golden plan with some keys changed."""
    tree: dict[str, Any] = json.loads((worlds.golden() / "plan.json").read_text("utf-8"))
    return {**tree, **changes}


@pytest.mark.parametrize(
    "tree",
    [
        [],
        {},
        {"schema": "other"},
        plan(vcenters=7),
        plan(vcenters=[7]),
        plan(platform=None),
        plan(vcenters=[{"name": "x"}]),
        plan(clusters=[{}]),
    ],
)
def test_anything_else_is_no_plan(tree: object) -> None:
    """Said, never guessed."""
    with pytest.raises(CannotRun):
        state_of(tree)


RULE = {"kind": "cluster", "key": None, "field": "drs_*", "reason": "x", "expires": "2027-03-31"}


def test_ignore_rules_come_back_as_they_were_written() -> None:
    """With their reason and their last day."""
    from generator.api import load
    from tests.example import ROOT

    (project,) = load([ROOT / FILES[worlds.ACME][0]])
    state, its = project.assessed.state, project.assessed
    rules = (DiffIgnore(kind="cluster", key="gpu-*", reason="trial", expires="2027-03-31"),)
    text = plan_file(state, its.plan, its.sized, its.ledger, rules).text
    assert ignore_rules_of(json.loads(text)) == rules


def test_a_plan_of_before_ignore_rules_is_read_and_has_none() -> None:
    tree = plan()
    del tree["diff_ignore"]
    assert state_of(tree).platform == "acme-ml"
    assert ignore_rules_of(tree) is None


@pytest.mark.parametrize(
    "rules",
    [
        7,
        {"kind": "cluster"},
        ["cluster"],
        [{**RULE, "reason": 7}],
        [{**RULE, "expires": "never"}],
        [{**RULE, "expires": "2027-W13-3"}],
        [{"kind": "cluster", "reason": "x"}],
    ],
)
def test_ignore_rules_that_cannot_be_read_cover_nothing_by_chance(rules: object) -> None:
    """A day that is none sorts behind all days: such a rule would hold for ever."""
    with pytest.raises(CannotRun, match="ignore rules"):
        ignore_rules_of(plan(diff_ignore=rules))


def test_keys_of_other_versions_are_passed_over() -> None:
    """A plan of a newer mlgen, and one of an older that lacks what has a default."""
    tree = plan()
    tree["vcenters"][0]["something_new"] = 1
    del tree["vcenters"][0]["zones"]
    assert state_of(tree).vcenters[0].zones == ()


def test_only_the_platforms_own_folder_says_what_is_applied() -> None:
    """F7: other platforms have tags of the category too."""
    like = next(one for one in world().objects if one.kind == "folder")
    other = replace(
        like,
        key="ams1/vm/other",
        ident="other",
        fields={"tags": ("mlgen-release/other-3", "mlgen/other/folder/other")},
    )
    there = Index(worlds.with_more(world(), other))
    assert applied_release(there, "acme-ml").release == "acme-ml-7"
    assert applied_release(there, "other").release == "other-3"
    assert applied_release(there, "third").release == ""


def test_a_folder_without_tags_says_nothing() -> None:
    """Two ways are left."""
    there = Index(with_field(world(), ("folder", "ams1/vm/acme-ml"), "tags", None))
    assert "carries a tag of category mlgen-release" in applied_release(there, "acme-ml").why_not
