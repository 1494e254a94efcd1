"""generator.catalog.store: the data files, and how little of them is read."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from generator.catalog import store
from generator.catalog.store import DATA, FILES, FOLDERS, KINDS, TARGETS

ROOT = Path(DATA)
FOUND = sorted(ROOT.rglob("*.json"))


def run(code: str) -> Any:
    """What a fresh interpreter prints, as JSON."""
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT.parents[1],
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    return json.loads(done.stdout)


@pytest.mark.parametrize("path", FOUND, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_a_data_file_is_plain_json_that_diffs_well(path: Path) -> None:
    """UTF-8, Unix line ends, no tabs, a last line end, no duplicate keys."""
    text = path.read_bytes().decode("utf-8")
    pairs: list[list[str]] = []
    json.loads(text, object_pairs_hook=lambda items: pairs.append([k for k, _ in items]))

    assert text.endswith("\n")
    assert "\r" not in text
    assert "\t" not in text
    assert all(len(keys) == len(set(keys)) for keys in pairs)


def test_every_data_file_belongs_to_a_kind() -> None:
    """Nothing lies about that nobody reads."""
    versions = {*TARGETS, "combinations", "features", "hardware_versions"}
    expected = {f"{name}.json" for name in FILES} | {f"versions/{name}.json" for name in versions}
    rows = {f"{kind}/{row_id}.json" for kind in FOLDERS for row_id in store.ids(kind)}

    assert {path.relative_to(ROOT).as_posix() for path in FOUND} == expected | rows


@pytest.mark.parametrize("kind", KINDS)
def test_every_listed_row_can_be_had(kind: str) -> None:
    """Ids are sorted; a row with an id of its own has the one of its place."""
    ids = store.ids(kind)
    rows = [store.row(kind, row_id) for row_id in ids]

    assert ids == tuple(sorted(ids))
    assert None not in rows
    assert all(
        row.get("id", row_id) == row_id for row_id, row in zip(ids, rows, strict=True) if row
    )


@pytest.mark.parametrize("kind", FOLDERS)
@pytest.mark.parametrize("row_id", ["../sources", "..\\sources", "/etc/passwd", "", "x" * 9999])
def test_an_id_never_becomes_a_path(kind: str, row_id: str) -> None:
    """Ids come from documents that somebody else wrote."""
    assert store.row(kind, row_id) is None


@pytest.mark.parametrize("row_id", ["features/mixed-size-vgpu", "vks", "vks/0.1", "/"])
def test_only_targets_have_versions(row_id: str) -> None:
    """The other files of that folder hold no versions."""
    assert store.row("versions", row_id) is None


def test_every_cited_source_exists_and_every_source_is_cited() -> None:
    """A key without a citation is worth nothing."""
    known = set(store.ids("sources"))
    lists = [sources for path in FOUND for sources in _source_lists(json.loads(path.read_bytes()))]
    cited = {key for sources in lists for key in sources}

    assert cited == known


def test_every_source_has_a_title() -> None:
    """And an address where one is known."""
    rows = [store.document("sources")[key] for key in store.ids("sources")]

    assert all(row["title"] for row in rows)
    assert all(row["url"] is None or row["url"].startswith("https://") for row in rows)


def test_importing_the_catalogue_reads_no_file_and_little_code() -> None:
    """Start-up is what people wait for."""
    loaded = run(
        "import json, sys; before = set(sys.modules); import generator.catalog;"
        "new = sorted(set(sys.modules) - before); import json; print(json.dumps(new))"
    )

    assert not {"yaml", "jsonschema", "jinja2", "numpy", "difflib", "pathlib"} & set(loaded)
    assert [name for name in loaded if name.startswith("generator.catalog.")] == [
        "generator.catalog.catalog",
        "generator.catalog.row",
        "generator.catalog.store",
    ]


def test_one_accelerator_reads_one_row() -> None:
    """Beside it the two shared tables that its row names."""
    opened = run(
        "import json, sys; opened = [];"
        "sys.addaudithook(lambda name, args: opened.append(str(args[0]))"
        " if name == 'open' and str(args[0]).endswith('.json') else None);"
        "from generator.catalog import Catalog;"
        "Catalog.builtin().accelerator('nvidia-h100-pcie-80');"
        "Catalog.builtin().accelerator('nvidia-h100-pcie-80');"
        "print(json.dumps(opened))"
    )

    assert sorted(Path(path).name for path in opened) == [
        "mig_geometries.json",
        "mixed_size_placement.json",
        "nvidia-h100-pcie-80.json",
    ]


def test_one_model_reads_one_row() -> None:
    """However many there are, and by whatever name it is asked for."""
    opened = run(
        "import json, sys; opened = [];"
        "sys.addaudithook(lambda name, args: opened.append(str(args[0]))"
        " if name == 'open' and str(args[0]).endswith('.json') else None);"
        "from generator.catalog import Catalog;"
        "from generator.catalog.names import find_model;"
        "Catalog.builtin().model(find_model('meta-llama/Llama-3.1-8B-Instruct'));"
        "print(json.dumps(opened))"
    )

    assert [Path(path).name for path in opened] == ["llama-3.1-8b.json"]


def _source_lists(node: Any) -> list[list[str]]:
    """All lists under a key ``sources``, wherever it stands."""
    children = list(node.values()) if isinstance(node, dict) else node
    inner = [
        found
        for child in (children if isinstance(children, list) else [])
        for found in _source_lists(child)
    ]
    own = node.get("sources", []) if isinstance(node, dict) else []
    return inner + (list(own.values()) if isinstance(own, dict) else [own])
