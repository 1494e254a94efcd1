"""The checker accepts what is at the edge, rejects what is beyond it, and knows no product."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from tests.placement.legality.cases import Case
from tests.placement.legality.checker import violations
from tests.placement.legality.devices import version
from tests.placement.legality.illegal import illegal
from tests.placement.legality.legal import legal
from tests.placement.legality.tables import BOARDS, MIXED_SIZE_IDS

HERE = Path(__file__).parent
INDEPENDENT = ("tables.py", "facts.py", "devices.py", "checker.py")
ALLOWED = {"__future__", "collections", "collections.abc", "dataclasses", "fractions"}


@pytest.mark.parametrize("name", INDEPENDENT)
def test_the_checker_shares_nothing_with_the_product(name: str) -> None:
    tree = ast.parse((HERE / name).read_text(encoding="utf-8"))
    froms = {n.module or "" for n in ast.walk(tree) if isinstance(n, ast.ImportFrom)}
    plain = {a.name for n in ast.walk(tree) if isinstance(n, ast.Import) for a in n.names}
    own = {f"tests.placement.legality.{other.removesuffix('.py')}" for other in INDEPENDENT}
    calls = {n.func.id for n in ast.walk(tree) if isinstance(n, ast.Call)
             and isinstance(n.func, ast.Name)}  # fmt: skip
    assert froms | plain <= ALLOWED | own
    assert not calls & {"open", "__import__", "eval", "exec"}


@pytest.mark.parametrize("case", tuple(legal()), ids=lambda case: case.name)
def test_what_is_at_the_edge_is_legal(case: Case) -> None:
    assert violations(case.facts, case.placements) == []


def test_a_hundred_plans_are_illegal() -> None:
    names = [case.name for case in illegal()]
    assert len(names) >= 100
    assert len(set(names)) == len(names)


@pytest.mark.parametrize("case", tuple(illegal()), ids=lambda case: case.name)
def test_what_is_beyond_it_breaks_its_own_rule(case: Case) -> None:
    found = violations(case.facts, case.placements)
    assert {text.partition(":")[0] for text in found} == {case.rule}


@pytest.mark.parametrize("kind", MIXED_SIZE_IDS)
def test_placement_ids_of_a_size_lie_apart_and_on_the_board(kind: str) -> None:
    for size, ids in MIXED_SIZE_IDS[kind].items():
        units = [unit for at in ids for unit in range(at, at + size)]
        assert len(units) == len(set(units))
        assert max(units) < int(kind)


@pytest.mark.parametrize("model", BOARDS)
def test_a_board_has_a_type_for_all_of_it(model: str) -> None:
    board = BOARDS[model]
    assert board.counts[board.gb] == 1


@pytest.mark.parametrize(
    ("text", "expected"), [("8.0U3", (8, 0, 3)), ("9.0", (9, 0)), ("17.4", (17, 4))]
)
def test_versions_are_read(text: str, expected: tuple[int, ...]) -> None:
    assert version(text) == expected
