"""Documents for the tests of this room: the frozen fixtures, cut small and changed on purpose."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from generator.finding import Path as ObjectPath
from generator.source import Document, parse, read

FIXTURES = Path(__file__).resolve().parents[1] / "fixtures" / "v1alpha1"
NAMES = ("platform-blueprint", "site-inventory", "workload-request", "observations")

HEAD = """\
apiVersion: mlgen/v1alpha1
kind: PlatformBlueprint
metadata: {name: p, owner: o, revision: 1}
platform: {purpose: mixed, scale: single-app}
release: {as_of: 2026-11-20}
"""
"""The least that a blueprint says: five lines."""


def document(text: str, *, file: str = "f.yaml") -> Document:
    """The only document in ``text``."""
    (only,) = parse(text.encode(), file=file)
    return only


def blueprint(text: str = "") -> Document:
    """A blueprint of the least head and ``text``, which starts at line 6."""
    return document(HEAD + text)


@cache
def fixtures(name: str) -> tuple[Document, ...]:
    """The documents of a frozen file."""
    return read(FIXTURES / f"{name}.yaml")


def all_fixtures() -> list[Document]:
    """The documents of every frozen file."""
    return [one for name in NAMES for one in fixtures(name)]


def plain(node: Any) -> Any:
    """A tree without places."""
    if isinstance(node, dict):
        return {key: plain(value) for key, value in node.items()}
    return [plain(item) for item in node] if isinstance(node, list) else node


def paths(node: Any, at: ObjectPath = ()) -> Iterator[ObjectPath]:
    """The path of every value below ``node``."""
    below = node.items() if isinstance(node, dict) else enumerate(node)
    for step, value in below:
        yield (*at, step)
        yield from paths(value, (*at, step)) if isinstance(value, dict | list) else ()


def parts(root: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """A document cut into small ones: what it must have, and one piece of one section each."""
    head = {key: root[key] for key in root if key in ("apiVersion", "kind", *_REQUIRED)}
    yield head
    sections = [(key, section) for key, section in root.items() if key not in head]
    yield from ({**head, key: item} for key, section in sections for item in _pieces(section))


_REQUIRED = ("metadata", "platform", "release", "goal", "do")


def _pieces(section: Any) -> Iterator[Any]:
    """Lists item by item, mappings of lists list by list."""
    if isinstance(section, list):
        yield from ([item] for item in section)
    elif isinstance(section, dict):
        for key, below in section.items():
            yield from ({key: piece} for piece in _pieces(below))
    else:
        yield section


def changed(root: Any, path: ObjectPath, how: Any) -> Any:
    """A copy of ``root`` in which ``how`` was applied to the parent and last step of ``path``."""
    made = copy.deepcopy(root)
    node = made
    for step in path[:-1]:
        node = node[step]
    how(node, path[-1])
    return made


def replacing(value: Any) -> Any:
    """Puts ``value`` there."""
    return lambda node, step: node.__setitem__(step, value)


def deleting(node: Any, step: Any) -> None:
    """Takes the value away."""
    del node[step]


def renaming(node: Any, step: Any) -> None:
    """Misspells the key; an item of a list is doubled instead."""
    if isinstance(node, dict):
        node[f"{step}x"] = node.pop(step)
    else:
        node.append(node[step])
