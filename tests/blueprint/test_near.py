"""Guesses at what somebody meant, and values in sentences."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.blueprint.near import did_you_mean, lookalikes, short, shown


@pytest.mark.parametrize(
    ("word", "known", "near"),
    [
        ("nmae", ("name", "owner"), "name"),
        ("vsk", ("vks", "vm"), "vks"),
        ("storageCompute", ("storage_compute", "workloads"), "storage_compute"),
        ("Platform-Blueprint", ("PlatformBlueprint",), "PlatformBlueprint"),
        ("zebra", ("name", "owner"), None),
        ("x" * 1_000_000, ("x",), None),
        ("name", (), None),
    ],
    ids=["swap", "short", "camel", "hyphen", "far", "endless", "none-known"],
)
def test_the_nearest_known_word_is_found(word: str, known: tuple[str, ...], near: Any) -> None:
    """Case and separators do not count; what is far is no guess."""
    assert did_you_mean(word, known) == near


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("25", "'25'"),
        (25, "25"),
        (True, "true"),
        (False, "false"),
        (None, "nothing"),
        ({}, "a mapping"),
        ([1], "a list"),
        ("a\nb\x07", r"'a\nb\x07'"),
    ],
    ids=repr,
)
def test_a_value_is_shown_as_its_author_wrote_it(value: Any, expected: str) -> None:
    """In the words of YAML, on one line."""
    assert shown(value) == expected


@given(st.text())
def test_a_shown_text_stays_short(text: str) -> None:
    """Whatever somebody wrote, a message stays readable."""
    assert len(short(text)) <= 60
    assert "\n" not in shown(text)


def test_a_character_that_only_looks_right_is_named() -> None:
    """A Cyrillic o in a Latin word cannot be seen."""
    assert lookalikes("n\u043ede") == "cyrillic small letter o"
    assert lookalikes("node") == ""
    assert lookalikes("a\U000f0000") == "u+f0000"
