"""The truth table of three ways (F7)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.diff import equality as by
from generator.diff.threeway import standing


@pytest.mark.parametrize(
    ("desired", "applied", "live", "expected"),
    [
        (1, 1, 1, "same"),
        (1, 1, 2, "drift"),
        (2, 1, 1, "pending"),
        (2, 1, 2, "already-there"),
        (2, 1, 3, "conflict"),
    ],
)
def test_a_value_has_one_of_five_standings(
    desired: int, applied: int, live: int, expected: str
) -> None:
    """F7."""
    assert standing(by.exact, desired, applied, live) == expected


@pytest.mark.parametrize(
    ("desired", "applied", "live", "expected"),
    [
        ("ab", "ab", "abx", "same"),
        ("ab", "ab", "a", "drift"),
        ("abc", "ab", "ab", "pending"),
        ("abc", "ab", "abc", "already-there"),
        ("a", "ab", "ab", "pending"),
        ("a", "ab", "a", "already-there"),
        ("abc", "ab", "a", "conflict"),
        ("abc", "ab", "axc", "drift"),
    ],
)
def test_a_set_is_judged_by_its_own_entries(
    desired: str, applied: str, live: str, expected: str
) -> None:
    """F10: foreign entries are nobody's drift."""
    sides = (tuple(side) for side in (desired, applied, live))
    assert standing(by.contains, *sides) == expected


@given(st.frozensets(st.sampled_from("abcd")), st.frozensets(st.sampled_from("wxyz")))
def test_foreign_entries_never_change_the_verdict(
    own: frozenset[str], foreign: frozenset[str]
) -> None:
    """F10: whatever others write."""
    stated = tuple(sorted(own))
    assert standing(by.contains, stated, stated, tuple(sorted(own | foreign))) == "same"


def test_a_prefix_is_held_by_what_it_resolves_to() -> None:
    """A new version that is wanted is pending while the old one runs."""
    verdict = standing(by.version_prefix, "v1.37", "v1.36", "v1.36.1---vmware.4")
    assert verdict == "pending"
