"""PowerShell by an independent grammar: whether it parses, and what its literals say."""

from __future__ import annotations

from collections.abc import Iterator

import tree_sitter_powershell
from tree_sitter import Language, Node, Parser

_PARSER = Parser(Language(tree_sitter_powershell.language()))
_QUOTES = "'\u2018\u2019\u201a\u201b"


def parsed(text: str) -> Node:
    """The tree of a script."""
    return _PARSER.parse(text.encode()).root_node


def faults(node: Node) -> list[tuple[int, int]]:
    """Lines and columns, from 0, at which the grammar did not understand a script."""
    own = [tuple(node.start_point)] if node.type == "ERROR" or node.is_missing else []
    return [(row, column) for row, column in own] + [
        fault for child in node.children for fault in faults(child)
    ]


def assigned_texts(node: Node) -> list[str]:
    """The texts of all assignments, in order: each a quoted text or a join of its parts."""
    return [_text(each) for each in _of_type(node, "assignment_expression")]


def texts(node: Node) -> list[str]:
    """Every text between single quotes in a script."""
    return [_unquoted(each) for each in _of_type(node, "verbatim_string_characters")]


def values(node: Node) -> Iterator[str]:
    """Every text that a script holds: between single quotes, or joined of quotes and codes."""
    if node.type == "verbatim_string_characters":
        yield _unquoted(node)
    elif node.type == "parenthesized_expression" and _bytes(node).startswith("(-join @("):
        yield _text(node)
    else:
        for child in node.children:
            yield from values(child)


def _of_type(node: Node, kind: str) -> Iterator[Node]:
    if node.type == kind:
        yield node
        return
    for child in node.children:
        yield from _of_type(child, kind)


def _text(assignment: Node) -> str:
    parts = []
    for kind, node in _leaves(assignment):
        parts.append(_unquoted(node) if kind == "quoted" else chr(int(_bytes(node), 16)))
    return "".join(parts)


def _leaves(node: Node) -> Iterator[tuple[str, Node]]:
    if node.type == "verbatim_string_characters":
        yield "quoted", node
    elif node.type == "hexadecimal_integer_literal":
        yield "code", node
    else:
        for child in node.children:
            yield from _leaves(child)


def _bytes(node: Node) -> str:
    assert node.text is not None
    return node.text.decode()


def _unquoted(node: Node) -> str:
    inner = _bytes(node)[1:-1]
    for quote in _QUOTES:
        inner = inner.replace(quote * 2, quote)
    return inner
