"""What is said about a value that should be a quantity."""

from __future__ import annotations

from typing import Any

import pytest

from generator.blueprint.units import mend, message
from generator.quantity import UNITS, Dimension


@pytest.mark.parametrize(
    ("value", "dimension", "start"),
    [
        (25, Dimension.DATA, "write 25GiB;"),
        ("25", Dimension.DATA, "write 25GiB;"),
        ("25gb", Dimension.DATA, "write 25GB;"),
        ("25Gi", Dimension.DATA, "write 25GiB;"),
        ("25 Mi", Dimension.DATA, "write 25MiB;"),
        (10, Dimension.DATA_RATE, "write 10Gbps or 10GB/s;"),
        ("25gbps", Dimension.DATA_RATE, "write 25Gbps;"),
        ("25Gbit/s", Dimension.DATA_RATE, "write 25Gbps;"),
        (1.5, Dimension.DURATION, "write 1.5m or 1.5h;"),
        ("2 hours", Dimension.DURATION, "write 2h;"),
        ("24 months", Dimension.DURATION, "write 24mo;"),
        (500, Dimension.FREQUENCY, "write 500/s;"),
        (0.25, Dimension.SHARE, "write 25%;"),
        (25, Dimension.SHARE, "write 25%;"),
        ("25 percent", Dimension.SHARE, "write 25%;"),
        ("7b", Dimension.PARAMETERS, "write 7B;"),
        ("soon", Dimension.DURATION, "write a number with its unit;"),
        ("5 parsecs", Dimension.DURATION, "write a number with its unit;"),
        (True, Dimension.DATA, "write a number with its unit;"),
        ([1], Dimension.DATA, "write a number with its unit;"),
        (None, Dimension.DATA, "write a number with its unit;"),
        ("-5GiB", Dimension.DATA, "write a number with its unit;"),
    ],
    ids=str,
)
def test_the_mend_is_what_was_probably_meant(value: Any, dimension: Any, start: str) -> None:
    """The nearest spelling where there is one, else what a quantity is."""
    assert mend(value, dimension).startswith(start)


@pytest.mark.parametrize("dimension", Dimension)
def test_the_mend_lists_every_unit_that_fits(dimension: Dimension) -> None:
    """So that nobody has to look them up."""
    assert mend("x", dimension).endswith(f"units that fit: {', '.join(UNITS[dimension])}")


def test_the_message_says_what_the_value_is_not() -> None:
    """In words, not in types."""
    assert message(25, Dimension.DATA) == "25 is no amount of data"
    assert message("5GiB", Dimension.DURATION) == "'5GiB' is no duration"
