"""The PowerCLI script, under an independent grammar."""

from __future__ import annotations

import re
from pathlib import Path

import tree_sitter_powershell
from tree_sitter import Language, Node, Parser

SCRIPT = Path(__file__).resolve().parents[3] / "templates" / "supervisor" / "apply.ps1"


def parsed(text: str) -> Node:
    """The tree of a script."""
    return Parser(Language(tree_sitter_powershell.language())).parse(text.encode()).root_node


def kinds(node: Node) -> list[str]:
    """The kind of a node and of all below it."""
    return [node.type, *(kind for child in node.children for kind in kinds(child))]


def test_the_script_parses() -> None:
    """Every function of the text is one of the tree."""
    text = SCRIPT.read_text("utf-8")
    root = parsed(text)
    assert not root.has_error
    assert kinds(root).count("function_statement") == text.count("\nfunction ") == 9


def test_the_grammar_finds_an_error_where_there_is_one() -> None:
    assert parsed(SCRIPT.read_text("utf-8") + "\nif (").has_error


def test_f3_and_f10_it_patches_nothing_and_deletes_no_namespace() -> None:
    text = SCRIPT.read_text("utf-8")
    assert "PATCH" not in text
    assert re.findall(r"'DELETE' (\S+)", text) == ["$path", "(Get-AccessPath", "'/api/session'"]
