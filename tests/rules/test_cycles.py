"""Cycles are found once each, in linear time, and printed as they run."""

from __future__ import annotations

from generator.blueprint.rules.cycles import cycles, in_words
from tests.rules.judging import findings_in


def test_what_has_an_order_has_no_cycle() -> None:
    """Unknown names are somebody else's finding."""
    assert list(cycles({"a": [], "b": ["a"], "c": ["a", "b", "unknown"]})) == []


def test_a_cycle_is_found_without_what_leads_into_it() -> None:
    """``d`` waits for the cycle and is not in it."""
    assert list(cycles({"d": ["a"], "a": ["b"], "b": ["a"]})) == [("a", "b")]


def test_two_knots_are_two_findings() -> None:
    """A loop of one counts as well."""
    found = cycles({"a": ["a"], "b": ["c"], "c": ["b"]})
    assert sorted(found) == [("a",), ("b", "c")]


def test_a_long_chain_needs_no_deep_stack() -> None:
    """Fifty thousand names in one circle."""
    count = 50_000
    needs = {str(n): [str((n + 1) % count)] for n in range(count)}
    assert [len(cycle) for cycle in cycles(needs)] == [count]


def test_a_cycle_is_written_with_its_start_at_both_ends() -> None:
    """As people draw it."""
    assert in_words(("a", "b")) == "a -> b -> a"


def test_the_cycle_of_a_pipeline_is_printed_in_running_order() -> None:
    """``after`` points back, the message forward."""
    text = """
resource_management:
  pipelines:
    - name: p
      steps:
        - {name: one, stage: data-processing, after: [three]}
        - {name: two, stage: data-processing, after: [one]}
        - {name: three, stage: data-processing, after: [two]}
"""
    (finding,) = findings_in(text)
    assert finding.message == "steps wait for one another: one -> two -> three -> one"
    assert [place.line for place in finding.places] == [6, 7, 8]
