"""The fast validator says what the reference validator of JSON Schema says."""

from __future__ import annotations

import json
from functools import cache
from itertools import cycle
from typing import Any

import jsonschema
import jsonschema_rs
import pytest

from generator.blueprint.schema import check, schema
from tests.blueprint.documents import (
    NAMES,
    all_fixtures,
    changed,
    deleting,
    document,
    fixtures,
    parts,
    paths,
    plain,
    renaming,
    replacing,
)

OTHERS = (None, 0, -1, 1.5, "", "x y", [], [1], {}, {"x": 1}, True, "25GiB", "2026-02-30", "none")


def small() -> list[tuple[str, dict[str, Any]]]:
    """Every fixture in small parts, each with its kind."""
    roots = [plain(one.root) for one in all_fixtures()]
    return [(root["kind"], part) for root in roots for part in parts(root)]


def corpus(how: str) -> list[tuple[str, dict[str, Any]]]:
    """The small parts, each changed at every path."""
    others = cycle(OTHERS)
    ways = {
        "delete": lambda: deleting,
        "rename": lambda: renaming,
        "swap": lambda: replacing(next(others)),
    }
    return [
        (kind, changed(part, path, ways[how]()))
        for kind, part in small()
        for path in paths(part)
        if path not in (("apiVersion",), ("kind",))
    ]


@cache
def validators(kind: Any) -> tuple[Any, Any]:
    """The reference and the fast validator."""
    checker = jsonschema.Draft202012Validator.FORMAT_CHECKER
    return (
        jsonschema.Draft202012Validator(schema(kind), format_checker=checker),
        jsonschema_rs.Draft202012Validator(schema(kind), validate_formats=True),
    )


def verdicts(kind: Any, root: Any) -> tuple[set[Any], set[Any]]:
    """The instance paths of all errors, by the reference and by the fast validator."""
    slow, fast = validators(kind)
    return (
        {tuple(error.absolute_path) for error in slow.iter_errors(root)},
        {tuple(error.instance_path) for error in fast.iter_errors(root)},
    )


@pytest.mark.parametrize("name", NAMES)
def test_the_frozen_documents_are_valid_by_both(name: str) -> None:
    """What was released once stays valid."""
    assert [verdicts(one.root["kind"], plain(one.root)) for one in fixtures(name)] == [
        (set(), set()) for _ in fixtures(name)
    ]


@pytest.mark.parametrize("how", ["delete", "rename", "swap"])
def test_both_find_the_same_faults_at_the_same_paths(how: str) -> None:
    """Over every path of every frozen document."""
    changed_documents = corpus(how)
    assert len(changed_documents) > 800
    differing = [
        (root, *both)
        for kind, root in changed_documents
        for both in [verdicts(kind, root)]
        if both[0] != both[1]
    ]
    assert differing == []


@pytest.mark.parametrize("how", ["delete", "rename", "swap"])
def test_the_words_leave_no_fault_out(how: str) -> None:
    """Findings are where errors are, and each says what, where, why and how to mend."""
    for_all = [
        (root, bool(verdicts(kind, root)[1]), check(document(json.dumps(root))))
        for kind, root in corpus(how)
    ]
    assert [root for root, wrong, findings in for_all if wrong != bool(findings)] == []
    said = [finding for _, _, findings in for_all for finding in findings]
    assert [f for f in said if not (f.message and f.mend and f.why and f.places and f.path)] == []
