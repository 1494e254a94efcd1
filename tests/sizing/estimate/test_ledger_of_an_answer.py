"""Each number of an answer has a line, each line a source that leads somewhere."""

from __future__ import annotations

from functools import cache
from typing import Any

import pytest

from generator.cli.estimate import estimate_body
from generator.ledger import Basis, Entry
from generator.sizing.bibliography import unresolved
from generator.sizing.estimate import Estimate
from generator.sizing.estimate.answer_ledger import LINES, explained
from generator.sizing.nonsense import Nonsense
from tests.sizing.estimate import corpus
from tests.sizing.estimate.asked import CATALOG, Document, ask

KINDS = {
    "services": corpus.services,
    "batches": corpus.batches,
    "cpus": corpus.on_cpus,
    "runs": corpus.runs,
}
each_kind = pytest.mark.parametrize("kind", KINDS)


@cache
def answers(kind: str) -> tuple[tuple[Document, Estimate], ...]:
    """The documents of a kind with their answers; all of them are answered."""
    return tuple((document, ask(document)) for document in KINDS[kind]())


def leaves(node: dict[str, Any], at: str = "") -> dict[str, float]:
    """The numbers of an answer in JSON by their keys; bounds are one figure."""
    found: dict[str, float] = {}
    for key, value in node.items():
        if key == "ledger":
            continue
        if isinstance(value, dict) and set(value) != {"low", "high"}:
            found |= leaves(value, f"{at}{key}.")
        elif isinstance(value, dict):
            found[f"{at}{key}"] = value["low"]
        elif isinstance(value, int | float) and not isinstance(value, bool):
            found[f"{at}{key}"] = value
    return found


@each_kind
def test_every_source_leads_somewhere(kind: str) -> None:
    """To the bibliography, to the catalogue's sources, or to an own word."""
    known = CATALOG.ids("sources")
    lost = {
        (entry.name, part)
        for _, answer in answers(kind)
        for entry in answer.ledger
        for part in unresolved(entry, known)
    }
    assert lost == set()


@each_kind
def test_every_number_has_a_line_of_its_value(kind: str) -> None:
    """Under the key that JSON has for it."""
    without = set()
    for _, answer in answers(kind):
        for key, value in leaves(estimate_body(answer)).items():
            lines = list(explained(answer, key))
            bounded = key == "serving.ttft_s"
            if not lines or not (bounded or near(lines[0], value)):
                without.add((key, lines[0].name if lines else None))
    assert without == set()


def near(entry: Entry, value: float) -> bool:
    """Whether a line says the number; lines of bytes are whole."""
    assert isinstance(entry.value, int | float)
    return abs(entry.value - value) <= max(1.0 if entry.unit == "B" else 0.0, 1e-9 * abs(value))


@each_kind
def test_every_assumption_has_its_range_and_its_effect(kind: str) -> None:
    """Low and high for a number, other words for a word; and what they would change."""
    bare = {
        entry.name
        for _, answer in answers(kind)
        for entry in answer.ledger
        if entry.basis is Basis.ASSUMED
        and not (entry.effect and (ranged(entry) or (isinstance(entry.value, str))))
    }
    assert bare == set()


def ranged(entry: Entry) -> bool:
    """Whether a number lies within its own range."""
    if entry.low is None or entry.high is None or isinstance(entry.value, str):
        return False
    return entry.low <= entry.value <= entry.high and entry.low < entry.high


@each_kind
def test_no_line_is_written_twice(kind: str) -> None:
    """A figure has one value."""
    for document, answer in answers(kind):
        names = [entry.name for entry in answer.ledger]
        assert len(set(names)) == len(names), (document, sorted(names))


def test_the_lines_are_named_once() -> None:
    """A key of JSON, and its line."""
    keys = [line.key for line in LINES]
    assert len(set(keys)) == len(keys)


def test_words_say_what_the_alternatives_come_to() -> None:
    """An engine is no number: its assumption says what another one would need."""
    answer = ask({"model": {"family": "llama-3.1-8b"}, "serving": {"context": 4096}})
    (engine,) = [entry for entry in answer.ledger if entry.name == "engine"]
    assert "with trtllm" in engine.effect
    assert "with vllm" in engine.effect


def test_a_measured_part_says_who_measured_it() -> None:
    """And no longer how it would be computed."""
    document = {
        "model": {"family": "llama-3.1-8b"},
        "serving": {"context": 4096},
        "assume": {"weights": {"value": "15GiB", "source": "vllm log"}, "runtime": "1GiB"},
    }
    lines = {entry.name: entry for entry in ask(document).ledger}
    assert (lines["weights"].source, lines["weights"].basis) == ("vllm log", Basis.MEASURED)
    assert (lines["runtime"].source, lines["runtime"].rule) == ("blueprint, assume", "as measured")


def test_unknown_work_is_no_case_of_the_corpus() -> None:
    """The corpus proves nothing about documents that are refused."""
    with pytest.raises(Nonsense):
        ask({"model": {"family": "llama-3.1-8b"}})
