"""Cores and memory in steps: what fits still fits."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.placement.bound.host_steps import in_steps


@pytest.mark.parametrize(("needs", "total", "steps"), [((4, 8), 32, (1, 2, 8)), ((3,), 10, (1, 3))])
def test_a_common_measure_counts_exactly(
    needs: tuple[int, ...], total: int, steps: tuple[int, ...]
) -> None:
    found = in_steps(needs, total, binds=True)
    assert (*found.needs, found.total) == steps


def test_an_overhead_keeps_the_last_one_out() -> None:
    """Sixteen times a sixteenth and a little more do not fit, in steps either."""
    needs = ((64 << 30) + (97 << 20), (32 << 30) + (97 << 20) + 1)
    found = in_steps(needs, 1 << 40, binds=True)
    assert found.total // found.needs[0] == 15


@given(
    st.lists(st.integers(1, 5000), min_size=1, max_size=6),
    st.lists(st.integers(0, 6), min_size=6, max_size=6),
    st.integers(1000, 50_000),
)
def test_what_fits_still_fits_in_steps(needs: list[int], counts: list[int], total: int) -> None:
    """Steps may let more in, never less."""
    found = in_steps(needs, total, binds=True)
    taken = sum(n * c for n, c in zip(needs, counts, strict=False))
    steps = sum(n * c for n, c in zip(found.needs, counts, strict=False))
    assert steps <= found.total or taken > total
