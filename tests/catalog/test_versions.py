"""generator.catalog.versions: how versions compare and what a row says."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.catalog import Catalog, IllFormedRow
from generator.catalog.row import Row
from generator.catalog.versions import in_words, meets, nearest, order, read_feature, read_version

CATALOG = Catalog.builtin()
ROW: dict[str, Any] = {"sources": ["X"]}


@pytest.mark.parametrize(
    ("version", "key"),
    [
        ("8.0U3", (8, 0, 3)),
        ("8.0U3g", (8, 0, 3, 7)),
        ("1.33", (1, 33)),
        ("v1.33.6---vmware.1-vkr.2", (1, 33, 6)),
        ("3.4.0+v1.33", (3, 4, 0)),
        ("builtin-generic-v3.4.0", (3, 4, 0)),
        ("tanzukubernetescluster", ()),
        ("18", (18,)),
    ],
)
def test_versions_sort_by_their_numbers(version: str, key: tuple[int, ...]) -> None:
    """A patch letter counts, a build suffix does not."""
    assert order(version) == key


@pytest.mark.parametrize(
    ("stated", "bounds", "answer"),
    [
        ("1.33", {"min": "1.29", "max": "1.33"}, True),
        ("1.33.6", {"min": "1.29", "max": "1.33"}, True),
        ("1.34", {"min": "1.29", "max": "1.33"}, False),
        ("1.9", {"min": "1.29"}, False),
        ("8.0U3", {"min": "8.0U3g"}, True),
        ("8.0U2", {"min": "8.0U3g"}, False),
        ("9.0", {"min": "8.0U3g"}, True),
        ("19.2", {"any_of": ["18", "19"]}, True),
        ("20", {"any_of": ["18", "19"]}, False),
        ("8", {"any_of": ["8.2"]}, True),
        ("9", {"any_of": ["8.2"]}, False),
    ],
)
def test_bounds_compare_as_far_as_both_are_precise(
    stated: str, bounds: dict[str, Any], answer: bool
) -> None:
    """``8.0U3`` may be its patch g: what is not said is not held against it."""
    assert meets(stated, bounds) is answer


@given(minor=st.integers(0, 60), low=st.integers(0, 60), high=st.integers(0, 60))
def test_a_version_within_its_bounds_is_never_refused(minor: int, low: int, high: int) -> None:
    """Numbers decide, not letters: 1.9 is older than 1.10."""
    bounds = {"min": f"1.{low}", "max": f"1.{high}"}

    assert meets(f"1.{minor}", bounds) is (low <= minor <= high)


@pytest.mark.parametrize(
    ("stated", "found"),
    [("1.33.6", "1.33"), ("v1.33", "1.33"), ("1.3", None), ("1.331", None), ("8.0U3g", "8.0U3")],
)
def test_a_stated_version_belongs_to_the_most_precise_known_one(
    stated: str, found: str | None
) -> None:
    """At a boundary between numbers."""
    assert nearest(stated, dict.fromkeys(["1.33", "1.34", "8.0", "8.0U3"])) == found


@pytest.mark.parametrize(
    ("bounds", "words"),
    [
        ({"min": "1.29", "max": "1.33"}, "1.29 to 1.33"),
        ({"min": "8.0U3"}, "8.0U3 or later"),
        ({"max": "1.32"}, "1.32 or earlier"),
        ({"any_of": ["18", "19"]}, "18 or 19"),
    ],
)
def test_bounds_are_said_in_words(bounds: dict[str, Any], words: str) -> None:
    """Findings quote them."""
    assert in_words(bounds) == words


@pytest.mark.parametrize(
    ("dates", "as_of", "over"),
    [
        ({"supported_until": "2026-03-31"}, "2026-03-31", False),
        ({"supported_until": "2026-03-31"}, "2026-04-01", True),
        ({"ended_by": "2026-09-09"}, "2026-11-20", True),
        ({"ended_by": "2026-09-09"}, "2026-01-01", False),
        ({}, "2099-01-01", False),
    ],
)
def test_support_ends_after_its_last_day_and_never_by_guess(
    dates: dict[str, str], as_of: str, over: bool
) -> None:
    """An unknown end is not an end."""
    version = read_version("vks", "3.9", Row("row", ROW | dates))

    assert version.expired(as_of) is over


@pytest.mark.parametrize(
    ("row", "complaint"),
    [
        ({"supported_until": "March 2026"}, "must be a day"),
        ({"requires": {"kubernets": {"min": "1"}}}, "no target"),
        ({"requires": {"vks": {"minimum": "1"}}}, "did you mean min"),
        ({"facts": 7}, "mapping"),
        ({"end": "2026-01-01"}, "no field"),
    ],
)
def test_an_ill_formed_row_is_refused(row: dict[str, Any], complaint: str) -> None:
    """Each message names the field."""
    with pytest.raises(IllFormedRow, match=complaint):
        read_version("vks", "3.9", Row("row", ROW | row))


def test_a_feature_names_what_it_needs() -> None:
    """The same bounds as a version's."""
    row = Row("row", {"title": "t", "requires": {"esx": {"min": "8.0"}}, "sources": ["X"]})

    assert read_feature("f", row).requires == {"esx": {"min": "8.0"}}
