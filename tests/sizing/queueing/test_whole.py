"""Rounding that binary fractions cannot mislead."""

from __future__ import annotations

from fractions import Fraction
from math import ceil, floor

from hypothesis import given
from hypothesis import strategies as st

from generator.sizing.queueing.whole import rounded_down, rounded_up


@given(people=st.integers(1, 100_000), hundredths=st.integers(1, 100))
def test_a_share_of_people_is_rounded_as_on_paper(people: int, hundredths: int) -> None:
    exact = Fraction(people * hundredths, 100)
    assert rounded_up(people * (hundredths / 100)) == ceil(exact)
    assert rounded_down(people * (hundredths / 100)) == floor(exact)


def test_plain_rounding_would_have_bought_one_more() -> None:
    assert ceil(100 * 0.07) == 8
    assert rounded_up(100 * 0.07) == 7
    assert floor(0.3 / 0.1) == 2
    assert rounded_down(0.3 / 0.1) == 3
