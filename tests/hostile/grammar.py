"""Hostile inputs from a seeded grammar over the language: one or a few wrong turns each."""

from __future__ import annotations

import json
from collections.abc import Iterator
from random import Random
from typing import Any

from tests.hostile.written import Hostile, as_yaml, blueprint, site

SCALARS: tuple[Any, ...] = (
    None, True, 0, -1, 1e308, 2**63, "", " ", "0", "-1GiB", "1e9GiB", "99999999999999999999GiB",
    "NaN", "../x", "${x}", "{{x}}", "a" * 5000, "x\x00y", "\ud83d\ude00", [], {}, [[]], [None],
    {"": 1},
)  # fmt: skip
HOMOGLYPHS = str.maketrans({"a": "\u0430", "e": "\u0435", "o": "\u043e", "p": "\u0440"})


def generated(count: int, seed: int = 1) -> Iterator[Hostile]:
    """``count`` inputs, the same for every run with the seed."""
    for number in range(count):
        random = Random(f"{seed}-{number}")
        documents: dict[str, Any] = {"blueprint": blueprint(), "site": site()}
        for _ in range(random.randint(1, 3)):
            _mutate(random, documents[random.choice(["blueprint", "blueprint", "site"])])
        texts = {name: _bytes(random, content) for name, content in documents.items()}
        yield Hostile(f"grammar-{seed}-{number}", texts["blueprint"], texts["site"])


def _mutate(random: Random, root: Any) -> None:
    parent, key = random.choice(list(_slots(root)))
    turn = random.choice(("swap", "delete", "nest", "megabyte", "homoglyph", "wrap", "copy"))
    if turn == "swap":
        parent[key] = random.choice(SCALARS)
    elif turn == "delete":
        del parent[key]
    elif turn == "nest":
        parent[key] = _nested(random.choice([10, 63, 64, 500]))
    elif turn == "megabyte":
        parent[key] = "m" * (1 << 20)
    elif turn == "homoglyph" and isinstance(parent, dict):
        parent[str(key).translate(HOMOGLYPHS) + "\u200b"] = parent.pop(key)
    elif turn == "wrap":
        parent[key] = [parent[key]] if random.random() < 0.5 else {"value": parent[key]}
    else:
        parent[key] = random.choice(list(_slots(root)))[0]


def _slots(node: Any) -> Iterator[tuple[Any, Any]]:
    """Every (container, key) below a node, containers copied from nowhere."""
    keys = list(node) if isinstance(node, dict) else range(len(node))
    for key in keys:
        yield node, key
        if isinstance(node[key], dict | list):
            yield from _slots(node[key])


def _nested(depth: int) -> Any:
    node: Any = "x"
    for level in range(depth):
        node = [node] if level % 2 else {"k": node}
    return node


def _bytes(random: Random, content: Any) -> bytes:
    try:
        text = as_yaml(content)
    except (RecursionError, ValueError):
        text = json.dumps({"loop": "the mutation closed a circle"}).encode()
    shape = random.randrange(8)
    if shape == 0:
        return b"\xef\xbb\xbf" + text
    if shape == 1:
        return text.replace(b", ", b",\r\n")
    if shape == 2:
        cut = random.randrange(len(text))
        return text[:cut] + bytes([random.randrange(256)]) + text[cut + 1 :]
    if shape == 3:
        return text[: random.randrange(len(text))]
    return text
