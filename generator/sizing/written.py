"""How a figure in base units is written for people."""

from __future__ import annotations

from generator.quantity import GIB, MIB


def written(value: float | str | None, unit: str) -> str:
    """A figure with a unit of a fitting size; a dash for what is not known.

    ``unit`` is the base unit: ``B``, ``s``, ``/s``, ``h``, or empty for counts and words.
    """
    if value is None:
        return "-"
    if isinstance(value, str) or not unit:
        return str(value)
    if unit == "B":
        if value < MIB / 10:
            return f"{value:.0f} B"
        return f"{value / GIB:.2f} GiB" if value >= GIB / 10 else f"{value / MIB:.2f} MiB"
    if unit == "s" and value < 1:
        return f"{value * 1e3:.4g} ms"
    return f"{value:.4g}{unit}" if unit.startswith("/") else f"{value:.4g} {unit}"
