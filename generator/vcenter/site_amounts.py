"""Counts and amounts as a SiteInventory writes them."""

from __future__ import annotations

from typing import Any

_UNITS = (("GiB", 1 << 30), ("MiB", 1 << 20), ("KiB", 1 << 10))
_MIB = 1 << 20
MOST_COUNTED = 1 << 60
"""What no count of a host or a VM reaches, in bytes either."""


def positive(number: Any) -> int | None:
    """A count that can be true; vCenter says zero of a host that it has lost."""
    return number if isinstance(number, int) and 0 < number < MOST_COUNTED else None


def percent(number: Any) -> str | None:
    """``25%``; None for what is no number."""
    return f"{number}%" if isinstance(number, int) else None


def of_mib(number: Any) -> str | None:
    """MiB in the largest unit that says them exactly."""
    return of_bytes(number * _MIB) if isinstance(number, int) else None


def of_bytes(number: Any) -> str | None:
    """Bytes in the largest unit that says them exactly."""
    if not isinstance(number, int):
        return None
    unit = next(((name, size) for name, size in _UNITS if not number % size), ("B", 1))
    return f"{number // unit[1]}{unit[0]}"
