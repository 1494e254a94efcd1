"""A reader of the Terraform that mlgen renders: blocks, literals, lists and references."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any, NamedTuple

_TOKEN = re.compile(
    r'\s+|#[^\n]*|(?P<text>"(?:[^"\\]|\\.)*")|(?P<number>-?[0-9]+)|(?P<word>[A-Za-z_][\w-]*(?:\.[\w-]+|\[[0-9]+\])*)'
    r"|(?P<sign>==|!=|[{}\[\]=,()?:*/+>!&|<])"
)


class Reference(str):
    """An expression that names another object, as it is written."""

    __slots__ = ()


class Block(NamedTuple):
    """A block with its labels, its arguments and the blocks in it."""

    kind: str
    labels: tuple[str, ...]
    arguments: dict[str, Any]
    blocks: tuple[Block, ...]

    def block(self, kind: str) -> Block:
        """The first block of a kind in it."""
        return next(one for one in self.blocks if one.kind == kind)


def blocks(text: str) -> Iterator[Block]:
    """The blocks at the top of a file."""
    tokens = [(match.lastgroup, match[0]) for match in _TOKEN.finditer(text) if match.lastgroup]
    at = 0
    while at < len(tokens):
        one, at = _block(tokens, at)
        yield one


def _block(tokens: list[tuple[str, str]], at: int) -> tuple[Block, int]:
    kind, at = tokens[at][1], at + 1
    labels = []
    while tokens[at][0] == "text":
        labels.append(json.loads(tokens[at][1]))
        at += 1
    at += 1  # {
    arguments: dict[str, Any] = {}
    inside: list[Block] = []
    while tokens[at][1] != "}":
        if tokens[at + 1][1] == "=":
            arguments[tokens[at][1]], after = _expression(tokens, at + 2)
            at = after
        else:
            one, at = _block(tokens, at)
            inside.append(one)
    return Block(kind, tuple(labels), arguments, tuple(inside)), at + 1


def _expression(tokens: list[tuple[str, str]], at: int) -> tuple[Any, int]:
    """A value; an operator makes the whole expression a reference that nobody resolves."""
    value, at = _value(tokens, at)
    while tokens[at][1] in ("==", "!=", "?", ":", "*", "/", "+", ">", "("):
        if tokens[at][1] == "(":
            at = _closing(tokens, at)
        else:
            _, at = _value(tokens, at + 1)
        value = Reference("expression")
    return value, at


def _closing(tokens: list[tuple[str, str]], at: int) -> int:
    depth = 0
    while True:
        depth += {"(": 1, ")": -1}.get(tokens[at][1], 0)
        at += 1
        if not depth:
            return at


def _value(tokens: list[tuple[str, str]], at: int) -> tuple[Any, int]:
    kind, text = tokens[at]
    if kind == "text":
        return json.loads(text), at + 1
    if kind == "number":
        return int(text), at + 1
    if kind == "word":
        return {"true": True, "false": False, "null": None}.get(text, Reference(text)), at + 1
    if text == "[":
        found, at = [], at + 1
        while tokens[at][1] != "]":
            one, at = _expression(tokens, at)
            found.append(one)
            at += tokens[at][1] == ","
        return found, at + 1
    if text == "{":
        made, at = {}, at + 1
        while tokens[at][1] != "}":
            name = tokens[at][1].strip('"')
            # A key in parentheses is an expression.
            at = _closing(tokens, at) if name == "(" else at + 1
            made[name], at = _expression(tokens, at + 1)
            at += tokens[at][1] == ","
        return made, at + 1
    return Reference(text), _closing(tokens, at)
