"""Every maximal layout, once."""

from __future__ import annotations

from itertools import product

import pytest

from generator.placement.devices import patterns as module
from generator.placement.devices.patterns import TooMany, fills, patterns
from generator.placement.devices.shapes import EMPTY, NOWHERE
from tests.placement.bound.test_proof import board
from tests.placement.build import H100, L40S


def shapes(model: str, *ends: str) -> list[int]:
    """The shapes of a model by the ends of their names."""
    return [n for n, s in enumerate(board(model).shapes) if s.name.partition("-")[2] in ends]


def legal(model: str, kinds: list[int], counts: tuple[int, ...]) -> bool:
    """Whether so many of each shape may stand on an empty GPU."""
    layout = EMPTY
    for shape, count in zip(kinds, counts, strict=True):
        for _ in range(count):
            layout = NOWHERE if layout == NOWHERE else board(model).join(layout, shape)
    return layout != NOWHERE


@pytest.mark.parametrize(
    ("model", "ends"), [(L40S, ("24c", "16c", "12c")), (H100, ("40c", "3-40c", "1-20c"))]
)
def test_the_layouts_are_those_that_trying_every_count_finds(
    model: str, ends: tuple[str, ...]
) -> None:
    kinds = shapes(model, *ends)
    tried = {c for c in product(range(5), repeat=len(kinds)) if legal(model, kinds, c)}
    found = [counts for counts, _ in fills(board(model), EMPTY, kinds)]
    assert {tuple(dict(c).get(k, 0) for k in kinds) for c in found} == tried
    assert len(found) == len(tried)


def test_to_a_maximal_layout_nothing_can_be_added() -> None:
    """Two 40C; one 40C with two 20C; four 20C."""
    kinds = shapes(H100, "40c", "20c")
    big, small = kinds
    assert set(patterns(board(H100), EMPTY, kinds)) == {
        ((big, 2),),
        ((big, 1), (small, 2)),
        ((small, 4),),
    }


def test_too_many_layouts_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_LAYOUTS", 3)
    with pytest.raises(TooMany):
        list(fills(board(H100), EMPTY, shapes(H100, "20c")))
