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
    return set(above_own(groups)) & set(above_usual(groups, usual))


def above_usual(groups: Mapping[str, Group], usual: float) -> list[str]:
    """Groups whose error without them is too much larger than the fitted one of all rows."""
    return [name for name, group in groups.items() if group.left_out > ALLOWED * usual]


def above_own(groups: Mapping[str, Group]) -> list[str]:
    """Groups whose error without them is too much larger than their own with them."""
    return [name for name, group in groups.items() if group.left_out > ALLOWED * group.fitted]


def listed(title: str, groups: Mapping[str, Group], usual: float) -> Iterator[str]:
    """A line for each group, then the groups above their limit in each way to read it."""
    yield f"{title}: fitted median {usual:.1%}"
    for name, group in groups.items():
        yield (
            f"  {name:48} {group.rows:4} rows  fitted {group.fitted:6.1%}"
            f"  left out {group.left_out:6.1%}"
        )
    for reading, over in (
        ("the larger of its own fitted error and the median", sorted(above(groups, usual))),
        ("the fitted median alone", above_usual(groups, usual)),
        ("its own fitted error alone", above_own(groups)),
    ):
        names = ": " + ", ".join(over) if over else ""
        yield f"  above {ALLOWED} x {reading}: {len(over)} of {len(groups)}{names}"
