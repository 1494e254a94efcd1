"""Places for pieces of several sizes: what a plain search finds, without its millions of tries."""

from __future__ import annotations

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.placement.devices.places import Piece, Places, span

IDS: dict[int, tuple[int, ...]] = {
    24: (0,),
    12: (0, 12),
    8: (0, 16),
    6: (0, 6, 12, 18),
    4: (0, 8, 12, 20),
}
"""The placement ids of a 24 GB board (NVIDIA AI Enterprise vGPU user guide)."""

H100: dict[int, tuple[int, ...]] = {
    40: (0, 40),
    20: (0, 20, 40, 60),
    16: (0, 24, 40, 64),
    10: tuple(range(0, 80, 10)),
    8: (0, 12, 20, 32, 40, 52, 60, 72),
    5: tuple(range(0, 80, 5)),
    4: (0, 6, 10, 16, 20, 26, 30, 36, 40, 46, 50, 56, 60, 66, 70, 76),
}


def pieces(ids: dict[int, tuple[int, ...]], *sizes: int) -> list[Piece]:
    """Pieces of these sizes, the largest first."""
    return [(size, ids[size]) for size in sorted(sizes, reverse=True)]


def apart(taken: int, wanted: list[Piece], starts: tuple[int, ...]) -> bool:
    """Whether the starts are allowed and no two pieces share a unit, nor one that is taken."""
    units = [span(size, at) for (size, _), at in zip(wanted, starts, strict=True)]
    return sum(units) + taken == sum_of_bits(taken, units)


def sum_of_bits(taken: int, units: list[int]) -> int:
    """All units as one mask."""
    for each in units:
        taken |= each
    return taken


@given(st.lists(st.sampled_from(sorted(IDS)), max_size=5), st.integers(0, 2**24 - 1))
def test_places_are_found_where_there_are_any(sizes: list[int], taken: int) -> None:
    wanted = pieces(IDS, *sizes)
    tries = product(*(starts for _, starts in wanted))
    possible = [starts for starts in tries if apart(taken, wanted, starts)]
    found = Places().of(taken, wanted)
    assert (found is None) == (not possible)
    assert found is None or found in possible


def test_high_places_come_first() -> None:
    """Hopper puts a 3g at slice 4 and keeps 0 for a 4g."""
    assert Places().of(0, [(4, (0, 4))]) == (4,)
    assert Places().of(0, [(4, (0,)), (4, (0, 4))]) == (0, 4)


@pytest.mark.parametrize(
    "sizes",
    [
        (16, 10, 10, 8, 8, 8, 5, 5, 4, 4, 4),
        (16, 16, 10, 8, 8, 5, 5, 5, 4, 4, 4, 4),
        (20, 16, 8, 8, 8, 5, 5, 4, 4, 4, 4, 4),
    ],
)
def test_sizes_that_do_not_divide_one_another_are_settled_in_few_steps(
    sizes: tuple[int, ...],
) -> None:
    """A plan with seven sizes on an 80 GB board took a minute before."""
    places = Places()
    places.of(0, pieces(H100, *sizes))
    assert len(places._known) < 1000
