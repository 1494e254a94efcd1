"""The short sources of the ledger, and the works that they stand for."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from itertools import combinations
from pathlib import Path

import pytest

from generator.ledger import Basis, Entry
from generator.sizing import bibliography
from generator.sizing.bibliography import catalogue_keys, cited, unresolved, works
from generator.sizing.serve.calibration import ORIGINS
from tests.sizing.estimate.asked import CATALOG

SIZING = Path(bibliography.__file__).parent
KNOWN = CATALOG.ids("sources")


def entry(source: str, basis: Basis = Basis.ANALYTIC) -> Entry:
    """A line with a source."""
    return Entry(subject="w", name="total", value=1, unit="B", rule="r", source=source, basis=basis)


def keys_of(source: str) -> list[str]:
    """The keys of the works that a source names."""
    return [work.key for work in cited(source)]


def test_a_source_may_go_on_to_name_a_section() -> None:
    """The key is what it begins with."""
    assert keys_of("ZeRO, section 3.1") == ["ZeRO"]
    assert keys_of("Rajbhandari et al., ZeRO, section 5") == ["ZeRO"]


def test_a_source_may_name_several_works() -> None:
    """In its order, each once, also behind the word that says that constants were fitted on it."""
    source = "fitted: LitGPT; vLLM EngineArgs; fitted: LitGPT, tables; state serving.engine"
    assert keys_of(source) == ["LitGPT", "vLLM"]


def test_the_longest_key_counts() -> None:
    """Megatron-LM is a repository and a paper."""
    assert keys_of("Shoeybi et al., Megatron-LM, section 3") == ["Shoeybi et al., Megatron-LM"]
    assert keys_of("Megatron-LM, functional tests") == ["Megatron-LM"]


def test_a_key_is_whole_words() -> None:
    """PaLMs are trees."""
    assert keys_of("PaLMs of Elche") == []
    assert unresolved(entry("PaLMs of Elche"), KNOWN) == ("PaLMs of Elche",)


@pytest.mark.parametrize("word", bibliography.OWN_WORDS)
def test_own_words_need_no_work(word: str) -> None:
    """They say what a figure rests on."""
    assert unresolved(entry(f"{word} something"), KNOWN) == ()


@pytest.mark.parametrize("source", ["", "a colleague", "ZeRO; hearsay", "ZeRO,section; ; state x"])
def test_hearsay_leads_nowhere(source: str) -> None:
    """Every part must lead somewhere."""
    assert unresolved(entry(source), KNOWN)


def test_a_document_vouches_for_what_it_states() -> None:
    """Whatever it calls the source; but there must be one."""
    assert unresolved(entry("load test 14", Basis.MEASURED), KNOWN) == ()
    assert unresolved(entry("", Basis.STATED), KNOWN)


def test_sources_of_the_catalogue_are_named_by_their_keys() -> None:
    """An unknown key is lost."""
    assert catalogue_keys("catalogue: HF, LLAMA; ZeRO") == ("HF", "LLAMA")
    assert unresolved(entry("catalogue: HF, LLAMA"), KNOWN) == ()
    assert unresolved(entry("catalogue: HF, NOBODY"), KNOWN) == ("catalogue: NOBODY",)


def test_every_work_says_who_what_and_where() -> None:
    """A citation that nobody can follow is none."""
    for work in works():
        assert work.authors, work
        assert work.title, work
        assert work.url.startswith("https://") or work.where, work
        assert work.year is None or 1950 <= work.year <= 2026, work


def test_no_key_is_given_twice() -> None:
    """Neither as a key nor as another key of a work."""
    keys = [key for work in works() for key in (work.key, *work.also)]
    assert [pair for pair in combinations(keys, 2) if pair[0] == pair[1]] == []


def test_every_fitted_constant_of_serving_names_works() -> None:
    """The rows that it was fitted on."""
    named = {source for origin in ORIGINS.values() for source in origin.fitted_on}
    assert named
    assert [source for source in named if not cited(source)] == []


def written_sources() -> Iterator[tuple[str, str]]:
    """Every source that the sizing rooms give as a literal, with its file."""
    for path in sorted(SIZING.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.keyword) and node.arg == "source":
                value = node.value.value if isinstance(node.value, ast.Constant) else None
                # What is missing has no source: nothing is computed from it.
                if isinstance(value, str) and value:
                    yield path.name, value


def test_every_source_that_is_written_in_the_engine_leads_somewhere() -> None:
    """Whether the example meets it or not."""
    written = list(written_sources())
    assert len(written) > 200
    assert [(file, source) for file, source in written if unresolved(entry(source), KNOWN)] == []
