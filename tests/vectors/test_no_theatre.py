"""The runner converts units and asks; it computes nothing that the engine should have computed."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

HERE = Path(__file__).parent
TOPICS = sorted((HERE / "topics").glob("*.py"))
ALLOWED = (ast.Sub, ast.Div)


def operations(path: Path) -> list[ast.AST]:
    """Every piece of arithmetic in a module."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    kinds = (ast.BinOp, ast.AugAssign, ast.UnaryOp)
    return [node for node in ast.walk(tree) if isinstance(node, kinds)]


def is_answer(node: ast.expr) -> bool:
    """Whether an operand is something that was asked for, and no number of the test's own."""
    return not any(isinstance(part, ast.Constant) and isinstance(part.value, int | float)
                   for part in ast.walk(node) if not isinstance(part, ast.Subscript))  # fmt: skip


@pytest.mark.parametrize("path", TOPICS, ids=lambda path: path.stem)
def test_topics_do_no_arithmetic(path: Path) -> None:
    """Only the difference or the ratio of two answers."""
    for node in operations(path):
        where = f"{path.name}:{getattr(node, 'lineno', 0)}"
        if isinstance(node, ast.UnaryOp):
            assert isinstance(node.op, ast.Not | ast.USub), where
            assert not isinstance(node.op, ast.USub) or isinstance(node.operand, ast.Constant)
            continue
        assert isinstance(node, ast.BinOp), where
        if isinstance(node.op, ast.BitOr):
            continue
        assert isinstance(node.op, ALLOWED), where
        assert is_answer(node.left), where
        assert is_answer(node.right), where


@pytest.mark.parametrize("path", TOPICS, ids=lambda path: path.stem)
def test_topics_know_no_row(path: Path) -> None:
    """A topic answers by what a row says, never by which row it is."""
    from tests.vectors.runner import rows

    text = path.read_text(encoding="utf-8")
    assert not [row.id for row in rows() if f'"{row.id}"' in text]


MEASURED = ("training_memory.", "training_time.", "inference_memory.", "inference_latency.",
            "inference_throughput.", "cpu.decode")  # fmt: skip


def test_measured_rows_go_through_the_command() -> None:
    """Every tier-B and tier-C row of memory, latency, throughput and time does."""
    from tests.vectors import ask
    from tests.vectors.runner import rows, score

    excused = (HERE.parents[1] / "docs" / "sizing-disagreements.md").read_text(encoding="utf-8")
    bypassed = []
    for row in rows():
        if row.tier in "BC" and row.topic.startswith(MEASURED):
            ask._asked.cache_clear()
            score(row)
            if not ask._asked.cache_info().misses and f"`{row.id}`" not in excused:
                bypassed.append(row.id)
    assert bypassed == []
