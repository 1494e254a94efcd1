"""Order that says nothing is removed."""

from __future__ import annotations

from generator.source import in_canonical_order, parse


def test_named_lists_are_sorted_and_keep_their_places() -> None:
    """Items move together with where they stand in the file."""
    (document,) = parse(b"teams:\n- {name: b}\n- {name: a}\n", file="f")
    in_canonical_order(document)
    assert [item["name"] for item in document.root["teams"]] == ["a", "b"]
    assert document.place(("teams", 0)).line == 3


def test_steps_and_priorities_keep_their_order() -> None:
    """Their order is part of what they say."""
    text = b"steps: [{name: b}, {name: a}]\npriorities: [z, y]\n"
    (document,) = parse(text, file="f")
    in_canonical_order(document)
    assert [step["name"] for step in document.root["steps"]] == ["b", "a"]
    assert document.root["priorities"] == ["z", "y"]
