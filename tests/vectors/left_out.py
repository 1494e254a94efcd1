"""How well a group is predicted by constants that were fitted without it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

ALLOWED = 1.5
"""How many times the fitted error a group may have that the fit has not seen."""

SHARE = 0.10
"""Of how many groups that need not hold."""


class Group(NamedTuple):
    """Rows of one group, and its median error with them in the fit and without."""

    rows: int
    fitted: float
    left_out: float


def above(groups: Mapping[str, Group], usual: float) -> set[str]:
    """Groups whose error without them is too much larger; ``usual`` is that of all rows fitted.

    Too much is measured at the larger of the group's own fitted error and ``usual``: a group that
    no constants predict well says nothing about overfitting.
    """
    return {
        name
        for name, group in groups.items()
        if group.left_out > ALLOWED * max(group.fitted, usual)
    }


def listed(title: str, groups: Mapping[str, Group], usual: float) -> Iterator[str]:
    """A line for each group; one above ``usual`` alone is marked as well."""
    yield f"{title}: fitted median {usual:.1%}"
    over = above(groups, usual)
    for name, group in groups.items():
        alone = " above the median" if group.left_out > ALLOWED * usual else ""
        yield (
            f"  {name:48} {group.rows:4} rows  fitted {group.fitted:6.1%}"
            f"  left out {group.left_out:6.1%}{' ABOVE' if name in over else alone}"
        )
