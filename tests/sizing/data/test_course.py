"""generator.sizing.data.course: what something holds, month by month."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.sizing.data.course import Addition, Course

sizes = st.floats(min_value=0, max_value=1e15)
growths = st.floats(min_value=0, max_value=0.5)
additions = st.lists(
    st.builds(
        lambda size, kept: Addition(bytes_per_month=size, kept_months=kept),
        sizes,
        st.none() | st.floats(min_value=0.1, max_value=60),
    ),
    max_size=3,
).map(tuple)
courses = st.builds(
    lambda start, growth, added: Course(start_bytes=start, growth_ratio=growth, additions=added),
    sizes,
    growths,
    additions,
)


def test_growth_compounds() -> None:
    course = Course(start_bytes=1404.0, growth_ratio=0.02)

    assert course.at(12) == pytest.approx(1780.6, abs=0.05)


def test_additions_pile_up_until_the_oldest_expire() -> None:
    course = Course(additions=(Addition(bytes_per_month=10.0, kept_months=3),))

    assert course.by_month(5) == (10, 20, 30, 30, 30, 30)
    assert course.full_bytes == 30


def test_what_is_kept_for_good_never_stops_growing() -> None:
    course = Course(start_bytes=5.0, additions=(Addition(bytes_per_month=10.0),))

    assert course.at(99) == 5 + 100 * 10
    assert course.full_bytes is None


@given(courses, st.integers(min_value=0, max_value=36))
def test_by_month_is_each_month_and_never_shrinks_where_it_grows(
    course: Course, months: int
) -> None:
    found = course.by_month(months)

    assert found == pytest.approx([course.at(month) for month in range(months + 1)])
    assert all(later >= earlier for earlier, later in pairwise(found))


@given(courses)
def test_it_never_holds_more_than_when_it_is_full(course: Course) -> None:
    full = course.full_bytes

    if full is not None and not course.growth_ratio:
        assert course.at(60) <= full * (1 + 1e-9)
