"""Names are cleaned to labels."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.blueprint.labels import dns_label
from tests.rules.judging import broken, findings_in


@pytest.mark.parametrize(
    ("name", "label"),
    [
        ("vision-cnn", "vision-cnn"),
        ("Vision_CNN.2", "vision-cnn-2"),
        ("Zoë", "zoe"),
        ("a--b", "a-b"),
        ("日本", ""),
    ],
)
def test_a_name_is_cleaned_to_a_label(name: str, label: str) -> None:
    """Accents go, letters are lowered, all else that is illegal becomes one hyphen."""
    assert dns_label(name) == label


@given(st.text())
def test_a_label_is_legal_or_empty(text: str) -> None:
    """Whatever goes in."""
    assert re.fullmatch(r"([a-z0-9]([a-z0-9-]*[a-z0-9])?)?", dns_label(text))


def test_names_that_differ_in_case_only_are_one_object() -> None:
    """The finding says what both become and points at both."""
    rest = "goal: g, owner: ml-eng, phase: concept"
    text = f"workloads: [{{name: RAG.1, {rest}}}, {{name: rag_1, {rest}}}]"
    (finding,) = findings_in(text)
    assert finding.rule == "MLG-B002"
    assert "rag-1" in finding.message
    assert len(finding.places) == 2


def test_equal_names_are_reported_once() -> None:
    """By the rule of unique names, not by that of distinct labels as well."""
    text = "organisation: {teams: [{name: x}, {name: x}]}"
    assert broken(text) == {"MLG-B001": "organisation.teams[x].name"}
