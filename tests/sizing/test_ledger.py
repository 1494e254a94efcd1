"""The ledger of the shipped example, and whether effects say what a rerun says."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from generator.api import load
from generator.ledger import Basis, Entry
from generator.quantity import GIB
from generator.sizing.bibliography import unresolved
from tests.sizing.estimate.asked import CATALOG, Document, ask
from tests.sizing.test_mutations import changed

EXAMPLE = Path(__file__).resolve().parents[2] / "blueprints" / "acme-ml.yaml"
MOST_ASSUMED = 25


@cache
def ledger() -> tuple[Entry, ...]:
    """Every figure behind the example's plan."""
    (project,) = load([EXAMPLE])
    return project.assessed.ledger


def assumed() -> list[Entry]:
    """What the example leaves to the program."""
    return [entry for entry in ledger() if entry.basis is Basis.ASSUMED]


def test_few_figures_of_the_example_are_assumed() -> None:
    """At most 25; the list is what its authors could still state."""
    listed = [f"{e.subject}: {e.name} = {e.value} {e.unit} ({e.source})" for e in assumed()]
    assert len(listed) <= MOST_ASSUMED, "\n".join(listed)


def test_every_assumption_of_the_example_says_what_it_would_change() -> None:
    """A range or another word, and the effect."""
    bare = [
        (entry.subject, entry.name)
        for entry in assumed()
        if not entry.effect or (entry.low is None and not isinstance(entry.value, str))
    ]
    assert bare == []


def test_every_source_of_the_example_leads_somewhere() -> None:
    """The bibliography, the catalogue's sources, or an own word."""
    known = CATALOG.ids("sources")
    lost = {(e.subject, e.name, part) for e in ledger() for part in unresolved(e, known)}
    assert lost == set()


CHAT: Document = {
    "model": {"family": "llama-3.1-8b", "precision": "bf16"},
    "serving": {"sessions": 12},
    "gpu": "nvidia-a100-sxm4-80",
    "assume": {},
}
SMALL: Document = {**CHAT, "serving": {"context": 4096, "sessions": 2}}
"""On one GPU, where nothing but the context makes the runtime."""

TUNE: Document = {
    "model": {"family": "llama-2-7b", "precision": "bf16", "method": {"lora": {"rank": 16}}},
    "train": {},
}
IN_BATCHES: Document = {
    "model": {"family": "bge-m3"},
    "serving": {"batch": 16},
    "gpu": "nvidia-l40s",
}

NUMBERS: tuple[tuple[Document, str, str, str], ...] = (
    (CHAT, "max_num_seqs", "serving.max_num_seqs", "total"),
    (CHAT, "max_num_batched_tokens", "serving.max_num_batched_tokens", "total"),
    (CHAT, "context", "serving.context", "total"),
    (SMALL, "runtime context", "assume.runtime", "total"),
    (CHAT, "input_tokens", "serving.input_tokens", "per_token"),
    (CHAT, "output_tokens", "serving.output_tokens", "per_token"),
    (TUNE, "sequence", "train.sequence", "total"),
    (TUNE, "micro_batch", "train.micro_batch", "total"),
    (IN_BATCHES, "input_tokens", "serving.input_tokens", "total"),
)
"""Document, assumption, the field that states it, and the figure that its effect is on."""

WORDS: tuple[tuple[Document, str, str], ...] = (
    (CHAT, "engine", "serving.engine"),
    ({**CHAT, "serving": {"sessions": 12, "engine": "vllm"}}, "sampler", "serving.sampler"),
    (CHAT, "kv_precision", "model.kv_precision"),
    (TUNE, "optimizer kind", "train.optimizer"),
    (TUNE, "recompute", "train.recompute"),
)


def line(document: Document, name: str) -> Entry:
    """A line of the ledger."""
    return next(entry for entry in ask(document).ledger if entry.name == name)


def stated(document: Document, field: str, value: Any) -> Document:
    """The document that states what was assumed; the layout stays what it was."""
    if field == "assume.runtime":
        value = f"{value}B"
    other = changed(document, field, value)
    if "serving" in other:
        other["serving"].setdefault("tensor_parallel", ask(document).gpus)
        # A shorter context would shorten what a usual prompt and answer are.
        if field in ("serving.input_tokens", "serving.output_tokens") and "gpu" in other:
            other["serving"].setdefault("context", context_of(document))
    return other


def context_of(document: Document) -> int:
    """The assumed context, which stating a length would replace."""
    found = [entry.value for entry in ask(document).ledger if entry.name == "context"]
    return int(found[0]) if found else 8192


def shown(document: Document, figure: str) -> str:
    """The figure as effects print it."""
    value = line(document, figure).value
    assert isinstance(value, int | float)
    return f"{value / GIB:.2f} GiB" if figure == "total" else f"{value * 1e3:.3g} ms"


@pytest.mark.parametrize(
    ("document", "name", "field", "figure"), NUMBERS, ids=[f"{r[2]}" for r in NUMBERS]
)
def test_stating_the_ends_of_an_assumption_gives_its_effect(
    document: Document, name: str, field: str, figure: str
) -> None:
    """What the effect says is what the estimate then says."""
    assumption = line(document, name)
    assert assumption.low is not None
    assert assumption.high is not None
    ends = {
        shown(stated(document, field, int(end)), figure)
        for end in (assumption.low, assumption.high)
    }
    low, high = re.findall(r"([0-9.e+]+ (?:GiB|ms))", assumption.effect)
    assert {low, high} <= ends | {shown(document, figure)}
    assert ends <= {low, high, shown(document, figure)} | set(between(ends, low, high))


def between(ends: set[str], low: str, high: str) -> list[str]:
    """The ends that lie within the effect's range: another end went further."""
    least, most = number(low), number(high)
    return [end for end in ends if least <= number(end) <= most]


def number(printed: str) -> float:
    """What is printed before the unit."""
    return float(printed.partition(" ")[0])


@pytest.mark.parametrize(("document", "name", "field"), WORDS, ids=[row[2] for row in WORDS])
def test_stating_another_word_gives_what_the_effect_says(
    document: Document, name: str, field: str
) -> None:
    """Every alternative that it lists."""
    effect = line(document, name).effect
    alternatives = re.findall(r"([0-9.]+ GiB) with ([^,]+)", effect)
    assert len(alternatives) == 2
    for size, word in alternatives:
        assert shown(stated(document, field, word), "total") == size


def test_a_stated_figure_is_no_assumption_any_more() -> None:
    """Whatever it is; what is left is what nobody can state."""
    left = {
        entry.name
        for entry in ask(
            {
                "model": {**CHAT["model"], "kv_precision": "fp16"},
                "serving": {
                    "context": 8192,
                    "sessions": 4,
                    "engine": "vllm",
                    "max_num_seqs": 64,
                    "max_num_batched_tokens": 4096,
                    "sampler": "fused",
                    "input_tokens": 1024,
                    "output_tokens": 128,
                },
                "gpu": CHAT["gpu"],
            }
        ).ledger
        if entry.basis is Basis.ASSUMED
    }
    assert left == {"runtime context"}
