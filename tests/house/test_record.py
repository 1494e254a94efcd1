"""Records: frozen dataclasses that every room is made of."""

from __future__ import annotations

import pickle
from dataclasses import FrozenInstanceError, field, replace

import pytest

from generator.record import Record, record


@record
class Point(Record):
    """One field without a default, one with, one that each record makes for itself."""

    x: int
    label: str | None = None
    marks: list[int] = field(default_factory=list)


@record
class Pixel(Point):
    """Inherits its fields."""

    shade: int = 255


def test_what_is_not_stated_has_its_default() -> None:
    """Inherited or not."""
    assert (Point(x=1).label, Pixel(x=1).shade, Pixel(x=1, shade=7).shade) == (None, 255, 7)


def test_each_record_makes_its_own_mutable_default() -> None:
    """No two share a list."""
    assert Point(x=1).marks is not Point(x=1).marks
    given = [3]
    assert Point(x=1, marks=given).marks is given


@pytest.mark.parametrize(
    ("stated", "fault"),
    [
        ({}, "Point needs x"),
        ({"y": 1}, "Point needs x"),
        ({"x": 1, "y": 2}, "Point has no y"),
        ({"x": 1, "label": "", "marks": [], "y": 2, "z": 3}, "Point has no y, z"),
    ],
)
def test_a_field_too_few_or_too_many_is_named(stated: dict[str, object], fault: str) -> None:
    """What is missing comes first."""
    with pytest.raises(TypeError, match=f"^{fault}$"):
        Point(**stated)  # type: ignore[arg-type]


def test_a_record_never_changes() -> None:
    """Another one is made instead."""
    point = Point(x=1)
    with pytest.raises(FrozenInstanceError):
        point.x = 2
    with pytest.raises(FrozenInstanceError):
        del point.x
    assert (replace(point, x=2).x, point.x) == (2, 1)


def test_records_are_equal_by_value_and_kind() -> None:
    """A pixel is no point, whatever its fields are."""
    assert Point(x=1) == Point(x=1)
    assert Point(x=1) != Point(x=2)
    assert Point(x=1) != Pixel(x=1)


def test_a_record_survives_pickling() -> None:
    """The deep runs hand them between processes."""
    assert pickle.loads(pickle.dumps(Pixel(x=4, marks=[1]))) == Pixel(x=4, marks=[1])


def test_only_what_was_stated_is_shown() -> None:
    """None and nothing of a kind are left out."""
    assert repr(Point(x=1)) == "Point(x=1, marks=[])"
