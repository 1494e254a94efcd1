"""What one GPU can carry, by NVIDIA's tables."""

from __future__ import annotations

import pytest

from generator.catalog import Catalog
from generator.placement.devices.geometry import Board
from generator.placement.devices.shapes import (
    CLOSED,
    EMPTY,
    NO_START,
    NOWHERE,
    PASSTHROUGH,
    Fixed,
    Mode,
)

CATALOG = Catalog.builtin()
H100 = Board(CATALOG.accelerator("nvidia-h100-pcie-80"))
RTX = Board(CATALOG.accelerator("nvidia-rtx-pro-6000-blackwell-se"))
V100 = Board(CATALOG.accelerator("nvidia-v100-pcie-16"))


def filled(board: Board, *codes: str) -> int:
    """The layout after vGPUs of some types have joined."""
    layout = EMPTY
    for code in codes:
        layout = board.join(layout, board.shape(f"{board.accelerator.name_prefix}-{code}"))
    return layout


def seats(board: Board, layout: int) -> list[tuple[str, int]]:
    """The types and places of a layout."""
    return [(board.shapes[s.shape].name.rpartition("-")[2], s.start) for s in board.seats(layout)]


@pytest.mark.parametrize(
    ("codes", "mode", "found"),
    [
        (["40c", "20c", "20c"], Mode.MIXED_SIZE, [("40c", 40), ("20c", 20), ("20c", 0)]),
        (["16c"] * 5, Mode.SAME_SIZE, [("16c", NO_START)] * 5),
        (["3-40c", "4-40c"], Mode.MIG, [("40c", 0), ("40c", 4)]),
        (["80c"], Mode.SAME_SIZE, [("80c", NO_START)]),
    ],
)
def test_a_gpu_carries_what_its_tables_allow(
    codes: list[str], mode: Mode, found: list[tuple[str, int]]
) -> None:
    layout = filled(H100, *codes)
    assert H100.mode(layout) is mode
    assert seats(H100, layout) == found


@pytest.mark.parametrize(
    ("layout", "code"),
    [
        (filled(H100, *["16c"] * 4), "10c"),
        (filled(H100, *["16c"] * 5), "16c"),
        (filled(H100, "1-10c"), "80c"),
        (filled(H100, "3-40c", "3-40c"), "1-10c"),
        (filled(H100, "4-40c"), "4-40c"),
        (filled(H100, "1-10cme"), "1-10cme"),
    ],
    ids=["no-place-left", "count", "mig-is-no-time-slice", "slices", "one-4g", "one-me"],
)
def test_and_nothing_else(layout: int, code: str) -> None:
    assert layout > CLOSED
    assert H100.join(layout, H100.shape(f"nvidia_h100-{code}")) == NOWHERE


def test_seven_1g_leave_a_memory_slice() -> None:
    layout = filled(H100, *["1-10c"] * 7)
    assert H100.free_mib(layout) == 10 * 1024
    assert H100.usable_mib(layout, (H100.shape("nvidia_h100-1-10c"),)) == 0


def test_several_vgpus_share_an_instance_on_blackwell() -> None:
    """Three 1-8c on each 1g.24gb: four of them take two instances."""
    layout = filled(RTX, *["1-8c"] * 4, "2-12c")
    assert RTX.mode(layout) is Mode.MIG_TIME_SLICED
    assert len({start for name, start in seats(RTX, layout) if name == "8c"}) == 2
    assert RTX.join(layout, RTX.shape("nvidia_rtx_pro_6000_blackwell_dc-1-24c")) == NOWHERE


def test_volta_has_one_size_at_a_time() -> None:
    layout = filled(V100, "8c")
    assert V100.join(layout, V100.shape("grid_v100-4c")) == NOWHERE
    assert V100.room(layout, V100.shape("grid_v100-8c")) == 1


def test_directpath_takes_the_whole_gpu() -> None:
    layout = H100.join(EMPTY, H100.shape(PASSTHROUGH))
    assert H100.mode(layout) is Mode.PASSTHROUGH
    assert H100.free_mib(layout) == 0
    assert H100.room(layout, H100.shape("nvidia_h100-10c")) == 0


def test_what_runs_keeps_its_place() -> None:
    """A 40C at id 0 leaves 40 to 79, whoever comes."""
    running = [Fixed(H100.shape("nvidia_h100-40c"), 0)]
    layout = H100.occupied(running, Mode.MIXED_SIZE)
    layout = H100.join(layout, H100.shape("nvidia_h100-20c"))
    assert [(s.start, s.runs) for s in H100.seats(layout)] == [(0, True), (60, False)]


def test_facts_that_cannot_be_close_the_gpu() -> None:
    two = [Fixed(H100.shape("nvidia_h100-40c"), 0)] * 2
    assert H100.occupied(two, Mode.MIXED_SIZE) == CLOSED
    assert H100.join(CLOSED, 0) == NOWHERE
    assert H100.free_mib(CLOSED) == 0


def test_leaving_undoes_joining() -> None:
    layout = filled(H100, "40c", "20c")
    assert H100.leave(layout, H100.shape("nvidia_h100-20c")) == filled(H100, "40c")


def test_a_pinned_vgpu_fixes_the_mode() -> None:
    forty, twenty = H100.shape("nvidia_h100-40c"), H100.shape("nvidia_h100-20c")
    layout = H100.pin(EMPTY, forty, NO_START, Mode.SAME_SIZE)
    assert H100.join(layout, twenty) == NOWHERE
    assert H100.join(layout, forty) > CLOSED
