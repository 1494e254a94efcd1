"""Answers of all shapes."""

from __future__ import annotations

from typing import Any

import pytest

from generator.vcenter.failures import Unreadable
from generator.vcenter.rest_kinds.answers import listed, mapping


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
