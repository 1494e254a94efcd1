"""Documents with one text in every free-text field, and what independent parsers read of files."""

from __future__ import annotations

import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml
from markdown_it import MarkdownIt

from generator import load, render
from generator.api import handoff
from generator.render.escape import yaml_scalar
from generator.render.target import RenderedFile
from tests.effects.change import value_at
from tests.effects.leaves import Leaf, leaves, resolved
from tests.effects.observed import Documents
from tests.render.powershell import faults, parsed, values
from tests.tools.hcl import read_blocks

OWN_RULES = (
    "naming.pattern",
    "naming.per_kind.*",
    "waivers[].path",
    "storage_compute.storage.tiers[].policy_name",
)
"""Texts with a grammar: patterns, object paths, and the name that a StorageClass is made of."""

Leaves = Counter[tuple[str, str]]
"""How often each value stands at each place; list indices are left out of places."""


def free_leaves(root: Mapping[str, Any]) -> list[Leaf]:
    """The properties of a document's kind that take any text."""
    return [
        leaf
        for leaf in leaves(root["kind"])
        if leaf.path not in OWN_RULES and _takes_any_text(leaf)
    ]


def _takes_any_text(leaf: Leaf) -> bool:
    node = resolved(leaf.kind, leaf.node)
    node = resolved(leaf.kind, node["items"]) if "items" in node else node
    return node.get("type") == "string" and not {"enum", "pattern", "format"} & set(node)


def filled(documents: Documents, text: str) -> tuple[Documents, int]:
    """The documents with ``text`` in every free-text field that they state, and how many.

    A name that several places say gets a number, so that references still meet.
    """
    places = {
        (file, at)
        for file, root in documents.items()
        for leaf in free_leaves(root)
        for at in _standing(root, leaf.parts, ())
    }
    # What a field with a grammar says too (a change window's scope names clusters) stays as it is.
    bound = {
        value
        for file, root in documents.items()
        for at, value in _texts(root, ())
        if (file, at) not in places
    }
    wanted = {place for place in places if value_at(documents[place[0]], place[1]) not in bound}
    olds = sorted({value_at(documents[file], at) for file, at in wanted})
    names = {old: f"{text} {number:03}" for number, old in enumerate(olds)}
    return {
        file: _renamed(root, names, (), {at for f, at in wanted if f == file})
        for file, root in documents.items()
    }, len(wanted)


def _texts(node: Any, at: tuple[Any, ...]) -> Iterator[tuple[tuple[Any, ...], str]]:
    if isinstance(node, dict | list):
        for key, item in node.items() if isinstance(node, dict) else enumerate(node):
            yield from _texts(item, (*at, key))
    elif isinstance(node, str):
        yield at, node


def _standing(node: Any, parts: tuple[str, ...], at: tuple[Any, ...]) -> Iterator[tuple[Any, ...]]:
    if not parts:
        if isinstance(node, str):
            yield at
    elif parts[0] == "[]" and isinstance(node, list):
        for index, item in enumerate(node):
            yield from _standing(item, parts[1:], (*at, index))
    elif parts[0] == "*" and isinstance(node, dict):
        for key, item in node.items():
            yield from _standing(item, parts[1:], (*at, key))
    elif isinstance(node, dict) and parts[0] in node:
        yield from _standing(node[parts[0]], parts[1:], (*at, parts[0]))


def _renamed(node: Any, names: Mapping[str, str], at: tuple[Any, ...], wanted: set[Any]) -> Any:
    if isinstance(node, dict):
        return {key: _renamed(item, names, (*at, key), wanted) for key, item in node.items()}
    if isinstance(node, list):
        return [_renamed(item, names, (*at, index), wanted) for index, item in enumerate(node)]
    return names[node] if at in wanted else node


def written(documents: Documents, folder: Path) -> list[RenderedFile]:
    """All files of the documents, the hand-off too, in ``folder``."""
    folder.mkdir()
    for name, root in documents.items():
        (folder / name).write_text(_flow(root), encoding="utf-8", newline="\n")
    main = next(name for name, root in documents.items() if root["kind"] == "PlatformBlueprint")
    projects = load([folder / main])
    (rendered,), (handed,) = render(projects), handoff(projects)
    for file in (*rendered.files, *handed.documents):
        path = folder / "out" / file.path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(file.text, encoding="utf-8", newline="\n")
    return [*rendered.files, *handed.documents]


def _flow(node: Any) -> str:
    """A document in YAML's flow style."""
    if isinstance(node, dict):
        return (
            f"{{{', '.join(f'{yaml_scalar(key)}: {_flow(item)}' for key, item in node.items())}}}"
        )
    if isinstance(node, list):
        return f"[{', '.join(map(_flow, node))}]"
    return yaml_scalar(node) if isinstance(node, str) else json.dumps(node)


def read_back(files: list[RenderedFile], folder: Path) -> dict[str, Leaves]:
    """What a parser of its language says of each file; raises where one refuses a file."""
    terraform = [folder / "out" / file.path for file in files if file.path.endswith(".tf")]
    blocks = read_blocks(terraform)
    found: dict[str, Leaves] = defaultdict(Counter)
    for file in files:
        # Some files are named by what is left of a name, and its hash.
        path = re.sub(r"(?<=/)[^/]*\.[0-9a-f]{6}(?=\.json$)", "*", file.path)
        suffix = file.path.rpartition(".")[2]
        if suffix == "tf":
            found[path] += Counter(_values(blocks[str(folder / "out" / file.path)], ""))
        elif file.path != "manifest.json":
            found[path] += Counter(_READERS[suffix](file.text))
    return found


def _values(node: Any, at: str) -> Iterator[tuple[str, str]]:
    """The literal values of the reader's answer; labels and expressions are identifiers."""
    if isinstance(node, dict):
        for key, item in node.items():
            if key not in ("labels", "expression", "references", "source", "range"):
                yield from _values(item, f"{at}.{key}")
    elif isinstance(node, list):
        for item in node:
            yield from _values(item, f"{at}[]")
    else:
        yield at, str(node)


def _json(text: str) -> Iterator[tuple[str, str]]:
    yield from _values(json.loads(text), "")


def _yaml(text: str) -> Iterator[tuple[str, str]]:
    for document in yaml.load_all(text, Loader=yaml.CSafeLoader):
        yield from _values(document, "")


def _powershell(text: str) -> Iterator[tuple[str, str]]:
    tree = parsed(text)
    assert faults(tree) == []
    yield from (("text", said) for said in values(tree))


def _python(text: str) -> Iterator[tuple[str, str]]:
    """Scripts are the same for every platform: values are in the bodies that they read."""
    compile(text, "apply.py", "exec")
    yield "script", text


def _markdown(text: str) -> Iterator[tuple[str, str]]:
    for token in MarkdownIt("commonmark").enable("table").parse(text):
        children = token.children or ()
        assert {child.type for child in children} <= {"text", "code_inline", "softbreak"}
        yield token.type, "".join(child.content for child in children).strip()


_READERS = {"json": _json, "yaml": _yaml, "ps1": _powershell, "py": _python, "md": _markdown}
