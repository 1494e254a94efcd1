"""What a row of a source prints, by whichever of its spellings."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from generator.catalog import UnknownRow
from generator.catalog.names import find_accelerator

Inputs = Mapping[str, Any]


def first(inputs: Inputs, *names: str, default: Any = None) -> Any:
    return next((inputs[name] for name in names if name in inputs), default)


def known_board(inputs: Inputs) -> str | None:
    """The GPU that a row names; None where it names none, or none of the catalogue."""
    try:
        return find_accelerator(inputs["gpu"]) if "gpu" in inputs else None
    except UnknownRow:
        return None
