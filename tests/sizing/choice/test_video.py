"""Video engines."""

from __future__ import annotations

import pytest

from generator.catalog import Catalog
from generator.sizing.choice.video import ENCODERS, encoders


@pytest.mark.parametrize("board", ["nvidia-a30", "nvidia-a100-pcie-80", "nvidia-h100-sxm5-80"])
def test_compute_boards_cannot_encode(board: str) -> None:
    assert encoders(board) == 0


def test_graphics_boards_can() -> None:
    assert encoders("nvidia-t4") == 1
    assert encoders("nvidia-l40s") == 3


def test_what_nobody_said_is_unknown_and_not_none() -> None:
    assert encoders("intel-flex-170") is None


def test_every_board_with_engines_is_in_the_catalogue() -> None:
    assert set(ENCODERS) <= set(Catalog.builtin().ids("accelerators"))
