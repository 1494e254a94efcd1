"""A plan is read by its shape; what has another shape is refused with a sentence."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.finding import CannotRun
from generator.guard import judge, read_planned
from generator.guard.planned import Effect
from tests.guard.plans import AS_OF, plan, row

ZONE = "vsphere_zone"

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda below: st.lists(below, max_size=3) | st.dictionaries(st.text(max_size=8), below),
    max_leaves=8,
)
KINDS = st.sampled_from([
    "vsphere_namespace", "vsphere_zone", "vsphere_entity_permissions", "vsphere_role",
    "vsphere_compute_cluster", "vsphere_virtual_machine", "vsphere_resource_pool",
    "vsphere_folder", "vsphere_tag", "vsphere_tag_category", "vsphere_nas_datastore",
])  # fmt: skip
ATTRIBUTES = st.dictionaries(
    st.sampled_from([
        "name", "path", "permissions", "role_privileges", "vm_service", "storage_policies", "disk",
        "memory_limit", "description", "cluster_ids", "drs_advanced_options", "pci_device_id",
    ]),
    VALUES,
)  # fmt: skip


@pytest.mark.parametrize(
    ("actions", "effect"),
    [
        (["no-op"], Effect.NOTHING),
        (["read"], Effect.NOTHING),
        (["create"], Effect.CREATE),
        (["update"], Effect.UPDATE),
        (["delete"], Effect.DELETE),
        (["delete", "create"], Effect.REPLACE),
        (["create", "delete"], Effect.REPLACE),
        (["forget"], Effect.FORGET),
        (["forget", "create"], Effect.FORGET),
        (["levitate"], Effect.UNKNOWN),
        ([], Effect.UNKNOWN),
    ],
)
def test_actions_have_one_effect_whatever_their_order(actions: list[str], effect: Effect) -> None:
    (change,) = read_planned(plan(row(ZONE, {}, {}, actions=actions)))
    assert change.effect is effect


def test_data_sources_are_not_judged() -> None:
    assert read_planned(plan({"mode": "data"})) == ()


def test_a_plan_without_changes_is_a_plan() -> None:
    assert read_planned({"format_version": "1.2", "planned_values": {}}) == ()


def test_a_deposed_object_is_told_from_the_current_one() -> None:
    (change,) = read_planned(plan({**row(ZONE, {}, None), "deposed": "ab12"}))
    assert change.address == "vsphere_zone.x (deposed ab12)"


def test_what_is_null_empty_or_missing_is_the_same() -> None:
    (change,) = read_planned(plan(row(ZONE, {"a": None, "b": [], "c": 1}, {"a": "", "c": 2})))
    assert change.changed == ("c",)


def test_what_is_known_after_apply_may_change() -> None:
    marks = {"cluster_ids": [False, True], "description": False}
    (change,) = read_planned(plan(row(ZONE, {"id": "z"}, {}, after_unknown=marks)))
    assert change.changed == ("cluster_ids",)


@pytest.mark.parametrize(
    ("tree", "because"),
    [
        (None, "is no object"),
        ([], "is no object"),
        ({}, "this is no plan"),
        ({"format_version": "1.0", "values": {}}, "this is a state"),
        ({"planned_values": {}}, "format_version"),
        ({"planned_values": {}, "format_version": 1.2}, "format_version"),
        ({"planned_values": {}, "format_version": "2.0"}, "format_version"),
        ({**plan(), "errored": True}, "ended with an error"),
        ({**plan(), "deferred_changes": [{}]}, "defers changes"),
        ({**plan(), "resource_changes": {}}, "is no list"),
        (plan([]), r"resource_changes\[0\] is no object"),
        (plan({}), "mode is no text"),
        (plan({**row(ZONE, {}, {}), "address": 7}), "address is no text"),
        (plan({**row(ZONE, {}, {}), "change": None}), "change is no object"),
        (plan({**row(ZONE, {}, {}), "change": {"actions": "delete"}}), "no list of words"),
        (plan({**row(ZONE, {}, {}), "change": {"actions": [[]]}}), "no list of words"),
        (plan(row(ZONE, {}, {}, after_unknown=[])), "after_unknown is no object"),
        (plan(row(ZONE, [], {})), "before is no object"),  # type: ignore[arg-type]
        (plan(row(ZONE, {}, {}, replace_paths={"a": 1})), "replace_paths is no list"),
        (plan(row(ZONE, {}, {}, replace_paths=[7])), "holds no path"),
    ],
)
def test_another_shape_is_refused(tree: object, because: str) -> None:
    with pytest.raises(CannotRun, match=because):
        read_planned(tree)


@given(VALUES)
def test_no_tree_is_a_crash(tree: Any) -> None:
    for wrapped in (tree, plan(tree), plan({**row(ZONE, {}, {}), "change": tree})):
        with pytest.raises(CannotRun):
            read_planned(wrapped)


@given(kind=KINDS, before=ATTRIBUTES, after=ATTRIBUTES, marks=ATTRIBUTES)
def test_no_value_of_an_attribute_is_a_crash(
    kind: str, before: dict[str, Any], after: dict[str, Any], marks: dict[str, Any]
) -> None:
    changes = read_planned(plan(row(kind, before, after, after_unknown=marks)))
    verdict = judge(changes, as_of=AS_OF)
    assert len(verdict.stops) + len(verdict.passed) >= 1
