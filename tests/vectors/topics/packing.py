"""What a board can carry, and strands: how each published figure is asked of the engine."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from generator.catalog import Catalog
from generator.catalog.accelerator import Accelerator
from generator.placement.devices.geometry import EMPTY, Board
from generator.placement.devices.stranding import worst_stranded
from tests.vectors.units import in_base

Inputs = Mapping[str, Any]

BOARDS = {"H100-80GB": "nvidia-h100-pcie-80", "A100-80GB": "nvidia-a100-pcie-80"}
"""The catalogue's ids of the boards that the sources name."""
MIXED_SIZE_BOARD = "A100-80GB"
"""Of the runs in mixed-size mode, whose rows name no board."""


def _board(name: str) -> Accelerator:
    return Catalog.builtin().accelerator(BOARDS[name])


def _mig(inputs: Inputs) -> float:
    """How many instances there is room for, or what some instances strand where they all stand."""
    board = _board(inputs["gpu"])
    named = {str(p.mig_profile): p.name for p in board.profiles if p.is_mig}
    if "profile" in inputs:
        geometry = Board(board)
        return geometry.room(EMPTY, geometry.shape(named[inputs["profile"]]))
    names = sorted(named[kind] for kind in inputs["profiles"])
    worst = worst_stranded(board, names)
    assert sorted(name for name, _ in worst.witness) == names
    if inputs["unit"].startswith("compute"):
        return worst.compute_slices
    return in_base(worst.gb, inputs["unit"].partition(" ")[0])


def _mixed_size(inputs: Inputs) -> float:
    """The most that any order of arrival strands."""
    board = _board(MIXED_SIZE_BOARD)
    sizes = inputs["catalog_gb"]
    names = [p.name for p in board.profiles if not p.is_mig and p.size_gb in sizes]
    return in_base(worst_stranded(board, names).gb, inputs["unit"].partition(" ")[0])


ANSWERS: dict[str, Callable[[Inputs], object]] = {
    "packing.mig": _mig,
    "packing.vgpu_mixed": _mixed_size,
}
