"""Models described by a config.json beside the document."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from generator.blueprint.configs import with_configs
from generator.catalog import Catalog
from generator.finding import Refused
from generator.source import read

LLAMA = {
    "model_type": "llama",
    "hidden_size": 4096,
    "num_hidden_layers": 32,
    "num_attention_heads": 32,
    "num_key_value_heads": 8,
    "intermediate_size": 14336,
    "vocab_size": 128256,
    "max_position_embeddings": 131072,
}


def known(folder: Path, text: str) -> Catalog:
    """The catalogue as a document in ``folder`` sees it."""
    path = folder / "w.yaml"
    path.write_text(text, encoding="utf-8")
    (document,) = read(path)
    return with_configs(Catalog.builtin(), document)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A repository with a configuration."""
    home = tmp_path / "repository"
    (home / ".git").mkdir(parents=True)
    (home / "config.json").write_text(json.dumps(LLAMA), encoding="utf-8")
    return home


def test_a_config_describes_a_model(folder: Path) -> None:
    """By the path that the document uses."""
    model = known(folder, "model: {config: config.json}").model_of_file("config.json")
    assert (model.layers, model.hidden_size, model.kv_heads) == (32, 4096, 8)


def test_workloads_of_a_blueprint_name_configs(folder: Path) -> None:
    """Each by its own path."""
    text = "workloads: [{name: a, model: {config: config.json}}, {name: b}]"
    assert known(folder, text).model_of_file("config.json").layers == 32


def test_no_config_leaves_the_catalogue_as_it_is(folder: Path) -> None:
    """The shipped one, shared."""
    assert known(folder, "model: {family: llama-3.1-8b}") is Catalog.builtin()


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("../outside.json", json.dumps(LLAMA), "outside"),
        ("missing.json", None, "not there"),
        ("text.json", "hello", "no JSON"),
        ("list.json", "[1]", "no mapping"),
        ("deep.json", "[" * 100_000, "no JSON"),
        ("poor.json", "{}", "cannot be used"),
        ("odd.json", json.dumps(LLAMA | {"num_hidden_layers": -1}), "cannot be used"),
        ("nan.json", json.dumps(LLAMA | {"hidden_size": float("nan")}), "cannot be used"),
    ],
)
def test_what_is_no_config_is_refused(
    folder: Path, name: str, content: str | None, words: str
) -> None:
    """With the place in the document that names it."""
    if content is not None:
        (folder / name).write_text(content, encoding="utf-8")
    with pytest.raises(Refused) as refused:
        known(folder, f"model: {{config: {name}}}")
    (finding,) = refused.value.findings
    assert finding.rule == "MLG-S015"
    assert words in finding.message
    assert finding.places[0].line == 1
    assert finding.path == "model.config"
