"""generator.catalog.row: rows are read with their types, or refused by name."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.catalog import IllFormedRow
from generator.catalog.row import Row, merged

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | st.text("ab", max_size=2),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["a", "b", "name"]), inner, max_size=3)
        | st.lists(
            st.fixed_dictionaries({"name": st.sampled_from(["x", "y"]), "v": inner}), max_size=2
        )
    ),
    max_leaves=8,
)
ROWS = st.dictionaries(st.sampled_from(["a", "b", "c"]), VALUES, max_size=3)


@pytest.mark.parametrize(
    ("reader", "value"),
    [
        ("text", 7),
        ("text", ""),
        ("whole", "7"),
        ("whole", True),
        ("whole", 1.5),
        ("whole", -1),
        ("number", "1"),
        ("number", False),
        ("number", float("nan")),
        ("number", float("inf")),
        ("number", -0.5),
        ("flag", "yes"),
        ("texts", "abc"),
        ("texts", [1]),
        ("wholes", [1, "2"]),
        ("wholes", [True]),
        ("child", [1]),
        ("children", {"a": 1}),
        ("children", [1]),
        ("numbers", {"a": "b"}),
        ("table", {"a": 1}),
        ("table", {1: {}}),
    ],
)
def test_a_value_of_the_wrong_type_is_refused_by_name(reader: str, value: object) -> None:
    """The message says which row and which field."""
    row = Row("models x", {"field": value})

    with pytest.raises(IllFormedRow, match=r"models x: .*(field|must)"):
        getattr(row, reader)("field")


@pytest.mark.parametrize("reader", ["text", "whole", "number", "child"])
def test_a_missing_field_is_refused_by_name(reader: str) -> None:
    """Also one that is spelt almost right."""
    with pytest.raises(IllFormedRow, match="field is missing"):
        getattr(Row("row", {"feild": 1}), reader)("field")


@pytest.mark.parametrize(
    ("reader", "empty"),
    [
        ("text_or_none", None),
        ("whole_or_none", None),
        ("number_or_none", None),
        ("flag", False),
        ("texts", ()),
        ("wholes", ()),
        ("children", ()),
        ("numbers", {}),
        ("table", {}),
    ],
)
@pytest.mark.parametrize("fields", [{}, {"field": None}], ids=["missing", "null"])
def test_what_may_be_unknown_may_be_missing_or_null(
    reader: str, empty: object, fields: dict[str, Any]
) -> None:
    """Unknown is not zero: it has a value of its own."""
    assert getattr(Row("row", fields), reader)("field") == empty


def test_fields_inside_a_row_are_named_with_their_path() -> None:
    """As in ``a.b[1].c``."""
    row = Row("row", {"a": {"b": [{}, {"c": "x"}]}})

    with pytest.raises(IllFormedRow, match=r"row: a\.b\[1\]\.c must be a whole number"):
        row.child("a").children("b")[1].whole("c")


def test_a_stray_field_is_refused_with_a_near_name() -> None:
    """A misspelling is not ignored."""
    row = Row("row", {"size": 1, "sise": 2})
    row.whole("size")

    with pytest.raises(IllFormedRow, match="sise is no field of this row; did you mean size"):
        row.done()


def test_a_choice_outside_the_list_is_refused() -> None:
    """The message lists the choices."""
    with pytest.raises(IllFormedRow, match="must be one of a, b, not 'c'"):
        Row("row", {"kind": "c"}).one_of("kind", ("a", "b"))


def test_a_row_must_be_a_mapping() -> None:
    """Whatever else it is."""
    with pytest.raises(IllFormedRow, match="row: the row must be a mapping"):
        Row("row", ["id"])


@pytest.mark.parametrize(
    ("sources", "citations"),
    [({"a": ["X", "Y"]}, {"a": ("X", "Y")}), (["X"], {"": ("X",)}), (None, {})],
    ids=["by-field", "plain", "none"],
)
def test_sources_are_cited_by_field_or_for_the_row(sources: object, citations: object) -> None:
    """Both forms are in use."""
    assert Row("row", {"sources": sources}).citations() == citations


def test_named_items_merge_by_name_and_all_else_replaces() -> None:
    """Mappings merge deep, plain lists do not."""
    old = {"a": {"x": 1, "y": [1, 2]}, "items": [{"name": "p", "v": 1}, {"name": "q", "v": 2}]}
    new = {"a": {"y": [3]}, "items": [{"name": "q", "w": 3}, {"name": "r"}]}

    assert merged(old, new) == {
        "a": {"x": 1, "y": [3]},
        "items": [{"name": "p", "v": 1}, {"name": "q", "v": 2, "w": 3}, {"name": "r"}],
    }


@given(old=ROWS, new=ROWS)
def test_laying_a_row_over_another_twice_changes_nothing_more(
    old: dict[str, Any], new: dict[str, Any]
) -> None:
    """And leaves both as they were."""
    before = repr((old, new))
    once = merged(old, new)

    assert merged(once, new) == once
    assert repr((old, new)) == before
