"""Each field rule that the vSphere side promises has a test that names it."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

import pytest

TESTS = Path(__file__).resolve().parents[1]
PROMISED = (
    "F1", "F2", "F3", "F5", "F6", "F7", "F8", "F9", "F10", "F12", "F13", "F14", "F15", "F16",
    "F18", "F19", "F20", "F22", "F23", "F24", "F25", "F26", "F27", "F28", "F29", "F30", "F31",
    "F32", "F38",
)  # fmt: skip
"""The rules of ownership and of Terraform, of what is rendered for a site, and of comparing."""


@cache
def named() -> frozenset[str]:
    """The rules that a test function names, in its name (``test_f16_``) or in its docstring."""
    found = set[str]()
    for path in sorted(TESTS.rglob("test_*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
                said = ast.get_docstring(node) or ""
                found |= {f"F{n}" for n in re.findall(r"_f([0-9]+)_", node.name)}
                found |= set(re.findall(r"\bF[0-9]+\b", said))
    return frozenset(found)


@pytest.mark.parametrize("rule", PROMISED)
def test_every_promised_field_rule_is_named_by_a_test(rule: str) -> None:
    assert rule in named()
