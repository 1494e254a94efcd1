"""Answers of all shapes."""

from __future__ import annotations

from typing import Any

import pytest

from generator.vcenter.calls import check_rest
from generator.vcenter.failures import Unreadable
from generator.vcenter.rest_kinds.answers import known, listed, mapping, part


@pytest.mark.parametrize(
    ("found", "expected"), [(None, []), ([1], [1]), ({"items": [1]}, [1]), ({"items": None}, [])]
)
def test_a_list_has_three_shapes(found: Any, expected: list[int]) -> None:
    assert listed(found) == expected


@pytest.mark.parametrize("found", ["text", 7, {"a": 1}])
def test_what_is_no_list_is_unreadable(found: Any) -> None:
    with pytest.raises(Unreadable, match="no list"):
        listed(found)


def test_null_is_an_empty_object() -> None:
    assert mapping(None) == {}


def test_what_is_no_object_is_unreadable() -> None:
    with pytest.raises(Unreadable, match="no object"):
        mapping([])


@pytest.mark.parametrize("identity", ["../../session", "a?action=delete", "a b\r\nX: y", "%2e%2e"])
def test_a_hostile_id_stays_one_part_of_the_path(identity: str) -> None:
    path = f"/api/content/library/{part(identity)}"
    check_rest("GET", path)
    assert path.count("/") == 4


def test_an_id_of_a_tag_keeps_its_colons() -> None:
    identity = "urn:vmomi:InventoryServiceTag:8f4d:GLOBAL"
    assert part(identity) == identity


@pytest.mark.parametrize("identity", ["", None, 7])
def test_an_id_that_is_missing_is_unreadable(identity: object) -> None:
    with pytest.raises(Unreadable, match="id is missing"):
        part(identity)


@pytest.mark.parametrize("found", [[{}], [None], ["x"], [{"id": 5}], [{"id": ""}], [{"name": "x"}]])
def test_an_object_without_its_id_makes_the_list_unreadable(found: list[Any]) -> None:
    with pytest.raises(Unreadable, match=r"is missing|no object"):
        known(found, "id")


def test_objects_with_their_names_come_as_they_are() -> None:
    assert known([{"id": "a", "name": "b"}], "id", "name") == [{"id": "a", "name": "b"}]
