"""The tests of a root module's life. A module per command line tool runs them, so that the two
can run side by side."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import pytest

from tests.acceptance import shipped
from tests.acceptance.roots import Cli, Life, changed_attributes, changes, root_folders

INVENTIONS = json.loads((Path(__file__).parent / "simulator_inventions.json").read_text("utf-8"))

every_root = pytest.mark.parametrize("root", shipped.CREATED)


def _number_of(kinds: dict[str, int]) -> int:
    return sum(kinds.values())


class Lifecycle:
    """Subclass it with the name of the tool."""

    tool: str

    def test_the_example_has_these_roots(self, vcenter_folder: Path) -> None:
        assert [path.name for path in root_folders(vcenter_folder)] == sorted(shipped.CREATED)

    def test_every_file_is_formatted(self, cli: Cli, platform: Path) -> None:
        done = cli.run(platform, "fmt", "-check", "-diff", "-recursive")
        assert done, done.output

    @every_root
    def test_init_takes_the_provider_from_the_mirror(self, life: Life, root: str) -> None:
        assert life.initialised[root], life.initialised[root].output

    @every_root
    def test_the_configuration_is_valid(self, life: Life, root: str) -> None:
        assert life.valid[root], life.valid[root].output

    @every_root
    def test_a_first_plan_creates_and_does_nothing_else(self, life: Life, root: str) -> None:
        plan = life.planned[root]
        assert "error" not in plan, plan["error"]
        actions = [each["change"]["actions"] for each in changes(plan)]
        assert actions == [["create"]] * _number_of(shipped.CREATED[root])

    @every_root
    def test_a_first_plan_creates_the_expected_number_of_each_kind(
        self, life: Life, root: str
    ) -> None:
        kinds = [each["type"] for each in changes(life.planned[root])]
        assert {kind: kinds.count(kind) for kind in kinds} == shipped.CREATED[root]

    @every_root
    def test_apply_succeeds(self, life: Life, root: str) -> None:
        assert life.applied[root], life.applied[root].output

    @every_root
    def test_a_second_plan_is_empty_but_for_what_the_simulator_invents(
        self, life: Life, root: str
    ) -> None:
        plan = life.again[root]
        assert "error" not in plan, plan["error"]
        known = {(each["resource"], each["attribute"]) for each in INVENTIONS}
        assert changed_attributes(plan) <= known
        assert {tuple(each["change"]["actions"]) for each in changes(plan)} <= {("update",)}

    def test_no_invention_of_the_simulator_is_listed_in_vain(self, life: Life) -> None:
        known = {(each["resource"], each["attribute"]) for each in INVENTIONS}
        seen = set().union(*(changed_attributes(plan) for plan in life.again.values()))
        assert known <= seen

    def test_the_vcenter_holds_what_was_created_and_all_that_was_there(self, life: Life) -> None:
        added = {kind: len(life.between[kind]) - len(life.before[kind]) for kind in life.before}
        assert {kind: number for kind, number in added.items() if number} == shipped.ADDED
        assert all(set(life.before[kind]) <= set(life.between[kind]) for kind in life.before)

    def test_each_rest_body_reads_back_as_it_was_sent(self, life: Life) -> None:
        assert len(life.requests) == shipped.CREATED_BY_REST
        assert [{key: each["read"].get(key) for key in each["sent"]} for each in life.requests] == [
            each["sent"] for each in life.requests
        ]

    def test_each_policy_reads_back_as_it_was_sent(self, life: Life) -> None:
        assert len(life.policies) == len(shipped.CREATED_BY_SCRIPT)
        assert [sent for sent, _ in life.policies] == [shown for _, shown in life.policies]

    @every_root
    def test_destroy_is_refused(self, life: Life, root: str) -> None:
        assert life.refused[root].code == 1
        assert "prevent_destroy" in life.refused[root].output

    def test_a_refused_destroy_takes_nothing(self, life: Life) -> None:
        assert life.after_refusal == life.between

    @every_root
    def test_everything_but_tags_is_protected(self, life: Life, root: str) -> None:
        kinds = [each.partition(".")[0] for each in life.protected[root]]
        unprotected = {kind: shipped.CREATED[root].get(kind, 0) for kind in shipped.UNPROTECTED}
        assert Counter(kinds) == Counter(shipped.CREATED[root]) - Counter(unprotected)

    @every_root
    def test_destroy_is_complete_once_the_protection_is_lifted(self, life: Life, root: str) -> None:
        done = life.destroyed[root]
        assert done, done.output
        assert f"{_number_of(shipped.CREATED[root])} destroyed" in done.output

    def test_destroy_leaves_what_was_there_and_what_rest_made(self, life: Life) -> None:
        made_by_rest = [each["sent"]["id"] for each in life.requests]
        policies = sorted([*life.before["policies"], *shipped.CREATED_BY_SCRIPT])
        assert life.after == {**life.before, "classes": made_by_rest, "policies": policies}
