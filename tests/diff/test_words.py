"""Differences in words, the same in every format."""

from __future__ import annotations

import pytest

from generator.diff.differences import Difference, Unreadable
from generator.diff.verdict import path_of, rule_of, shown_path
from generator.diff.words import sentence, shown
from generator.record import altered
from generator.vcenter.snapshot import Value
from tests.diff.worlds import judged, with_field, world

AT = ("vm-class", "h100-40c-r10da02")


def drift(**changes: object) -> Difference:
    """A difference, with some of it otherwise."""
    (found,) = judged(with_field(world(), AT, "vcpus", 9)).differences
    return altered(found, consequence="", **changes)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({}, "vm-class h100-40c-r10da02: vcpus is 9, the plan states 4"),
        ({"basis": "site"}, "vm-class h100-40c-r10da02: vcpus is 9, the site inventory states 4"),
        ({"basis": "snapshot"}, "vm-class h100-40c-r10da02: vcpus is 9, it was 4"),
        ({"standing": "pending", "applied": 2},
         "vm-class h100-40c-r10da02: vcpus is 9, the plan states 4, applied was 2"),
        ({"what": "missing", "along": 3}, "vm-class h100-40c-r10da02 is missing, with 3 in it"),
        ({"what": "missing", "standing": "pending"}, "vm-class h100-40c-r10da02 is not made yet"),
        ({"what": "superfluous"}, "vm-class h100-40c-r10da02 is no longer wanted"),
        ({"what": "renamed", "desired": "a", "live": "b"}, "vm-class a is called b"),
        ({"field": ""}, "vm-class h100-40c-r10da02 is there already"),
        ({"kind": "vcenter", "key": "", "field": "setting.x", "live": None},
         "vcenter: setting.x is unset, the plan states 4"),
    ],
)  # fmt: skip
def test_a_difference_is_one_sentence(changes: dict[str, object], words: str) -> None:
    """Whose word it is, and both values."""
    assert sentence(drift(**changes)) == words


def test_the_consequence_ends_the_sentence() -> None:
    """What it leads to."""
    assert sentence(altered(drift(), consequence="it breaks")).endswith("states 4: it breaks")


@pytest.mark.parametrize(
    ("value", "field", "text"),
    [
        (None, "x", "unset"),
        ("", "x", "unset"),
        ((), "x", "[]"),
        (("a", "b"), "x", "[a, b]"),
        (True, "x", "true"),
        (False, "x_bytes", "false"),
        (1 << 40, "memory_bytes", "1 TiB"),
        ((1 << 40) + 1, "memory_bytes", "1099511627777 B"),
        (1 << 40, "vlan", "1099511627776"),
        ("two words", "x", '"two words"'),
        ("one", "x", "one"),
    ],
)
def test_a_value_is_shown_as_people_read_it(value: Value, field: str, text: str) -> None:
    """With its unit where it is whole in it."""
    assert shown(value, field) == text


@pytest.mark.parametrize(
    ("changes", "rule"),
    [
        ({}, "MLG-V002"),
        ({"what": "missing"}, "MLG-V001"),
        ({"what": "renamed"}, "MLG-V005"),
        ({"standing": "conflict"}, "MLG-V003"),
        ({"standing": "pending"}, "MLG-V004"),
        ({"kind": "storage-policy", "field": "compatible_datastores", "live": ()}, "MLG-V020"),
    ],
)
def test_a_difference_breaks_one_rule(changes: dict[str, object], rule: str) -> None:
    """By its standing first, then by what it is."""
    assert rule_of(drift(**changes)).id == rule


def test_places_name_vcenter_kind_key_and_field() -> None:
    """For formats that want one line."""
    assert path_of(drift()) == "vc-ams1/vm-class/h100-40c-r10da02#vcpus"


@pytest.mark.parametrize(
    ("key", "field", "hidden", "words"),
    [
        ("a", "", True, "vm a is missing or hidden"),
        ("a", "vgpus", False, "vm a vgpus is unreadable"),
        ("", "", False, "vm (all) is unreadable"),
    ],
)
def test_what_was_not_read_in_words(key: str, field: str, words: str, *, hidden: bool) -> None:
    """F9: never missing."""
    one = Unreadable(vcenter="v", kind="vm", key=key, field=field, reason="hidden", detail="",
                     hidden=hidden)  # fmt: skip
    assert shown_path(one) == words
