"""The worst full state of every catalogue, by all orders of arrival and all legal places."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from generator.catalog import Catalog
from generator.catalog.accelerator import Accelerator
from generator.placement.devices.mig_layouts import mig_layouts
from generator.placement.devices.shapes import NO_START
from generator.placement.devices.stranding import worst_stranded

CATALOG = Catalog.builtin()
H100 = CATALOG.accelerator("nvidia-h100-pcie-80")
NVL = CATALOG.accelerator("nvidia-h100-nvl-94")
L40S = CATALOG.accelerator("nvidia-l40s")
H200 = CATALOG.accelerator("nvidia-h200-sxm-141")
IDS_80 = {
    80: [0],
    40: [0, 40],
    20: [0, 20, 40, 60],
    16: [0, 24, 40, 64],
    10: [0, 10, 20, 30, 40, 50, 60, 70],
    8: [0, 12, 20, 32, 40, 52, 60, 72],
    5: list(range(0, 80, 5)),
    4: [0, 6, 10, 16, 20, 26, 30, 36, 40, 46, 50, 56, 60, 66, 70, 76],
}
"""The placement ids of the 80 GB boards, typed from NVIDIA's guide: the catalogue is not asked."""
PLAIN = tuple(f"nvidia_h100-{code}" for code in ("1-10c", "2-20c", "3-40c", "4-40c", "7-80c"))


def names(board: Accelerator, *sizes: int) -> list[str]:
    """The time-sliced profiles of a board by size."""
    found = {p.size_gb: p.name for p in board.profiles if not p.is_mig}
    return [found[size] for size in sizes]


@pytest.mark.parametrize(
    ("model", "sizes", "gb"),
    [
        ("nvidia-h100-pcie-80", (10, 20, 40, 80), 0),
        ("nvidia-h100-pcie-80", (5, 10, 20, 40), 0),
        ("nvidia-h100-pcie-80", (8, 10, 20, 40, 80), 16),
        ("nvidia-h100-pcie-80", (10, 16, 20, 40, 80), 16),
        ("nvidia-h100-pcie-80", (4, 10, 20, 40, 80), 16),
        ("nvidia-h100-pcie-80", (8, 10, 20), 16),
        ("nvidia-h100-pcie-80", (10, 20), 0),
        ("nvidia-l40s", (6, 12, 24), 0),
        ("nvidia-l40s", (8, 12, 24), 16),
        ("nvidia-h100-nvl-94", (11, 23, 47), 6),
        ("nvidia-h100-nvl-94", (23, 47), 2),
        ("nvidia-h100-nvl-94", (15, 23), 34),
    ],
    ids=str,
)
def test_the_worst_case_of_mixed_sizes_on_nvidias_boards(
    model: str, sizes: tuple[int, ...], gb: int
) -> None:
    """By the placement ids of the vGPU guide."""
    board = CATALOG.accelerator(model)
    assert worst_stranded(board, names(board, *sizes)).gb == gb


def arrivals(sizes: tuple[int, ...]) -> tuple[int, int, int]:
    """Lets VMs arrive one by one at every legal id: the worst, all states and the full ones."""
    spans = [(((1 << size) - 1) << at, (size, at)) for size in sizes for at in IDS_80[size]]
    seen = {frozenset[tuple[int, int]](): 0}
    todo = [frozenset[tuple[int, int]]()]
    worst = full = 0
    while todo:
        state = todo.pop()
        mask = seen[state]
        following = [(state | {place}, mask | span) for span, place in spans if not mask & span]
        if not following:
            full += 1
            worst = max(worst, 80 - mask.bit_count())
        for after, taken in following:
            if after not in seen:
                seen[after] = taken
                todo.append(after)
    return worst, len(seen), full


@given(st.sets(st.sampled_from((80, 40, 20, 16, 10)), min_size=1))
@settings(max_examples=31, deadline=None)
def test_counting_from_left_to_right_misses_no_order_of_arrival(sizes: set[int]) -> None:
    """The same worst case and the same numbers of states as letting VMs arrive one by one."""
    found = worst_stranded(H100, names(H100, *sorted(sizes)))
    assert (found.gb, found.states, found.full) == arrivals(tuple(sorted(sizes)))


@given(st.sets(st.sampled_from(tuple(IDS_80)), min_size=1))
def test_the_witness_is_a_legal_state_that_nothing_can_join(sizes: set[int]) -> None:
    """And it leaves what the figure says."""
    found = worst_stranded(H100, names(H100, *sorted(sizes)))
    size = {name: gb for gb, name in zip(sorted(sizes), names(H100, *sorted(sizes)), strict=True)}
    taken = [unit for name, at in found.witness for unit in range(at, at + size[name])]
    assert len(taken) == len(set(taken)) == 80 - found.gb
    assert all(at in IDS_80[size[name]] for name, at in found.witness)
    assert all(set(taken) & set(range(at, at + gb)) for gb in sizes for at in IDS_80[gb])


def test_without_mixed_sizes_a_gpu_carries_one_size() -> None:
    """Ten 8C fill 80 GB where nothing else may come; eight 11C leave 6 of 94."""
    assert worst_stranded(H100, names(H100, 8, 10, 20), mixed_size=False).gb == 0
    found = worst_stranded(NVL, names(NVL, 11, 47), mixed_size=False)
    assert (found.gb, found.witness) == (6, (("nvidia_h100l-11c", NO_START),) * 8)


def test_a_board_whose_ids_are_unknown_is_judged_in_same_size_mode() -> None:
    """H200: eight 17C leave 5 of 141."""
    assert worst_stranded(H200, names(H200, 17, 35)).gb == 5


def test_seven_slices_have_19_full_layouts_of_37_mixes_of_which_12_can_grow_no_more() -> None:
    """The enumeration of NVIDIA's table, plain profiles only."""
    layouts = mig_layouts(H100, PLAIN)
    mixes = {layout.profiles for layout in layouts.all} - {()}
    grown = [m for m in mixes if not any(Counter(m) < Counter(other) for other in mixes)]
    assert (len(layouts.full), len(mixes), len(grown)) == (19, 37, 12)


@pytest.mark.parametrize(
    ("profiles", "gb", "compute", "count"),
    [(PLAIN[:1], 10, 0, 7), (PLAIN[2:3], 0, 1, 2), (PLAIN[1:2], 20, 1, 3), (PLAIN, 10, 1, 4)],
)
def test_mig_strands_memory_or_compute(
    profiles: tuple[str, ...], gb: int, compute: int, count: int
) -> None:
    """Seven 1g leave 10 GB, two 3g one compute slice, a 3g at slice 0 and 1g beside it both."""
    found = worst_stranded(H100, profiles)
    assert (found.gb, found.compute_slices, len(found.witness)) == (gb, compute, count)


def test_a_gpu_is_in_one_mode_so_the_worse_counts() -> None:
    """MIG strands 10 GB, whatever time-sliced sizes stand in the catalogue."""
    assert worst_stranded(H100, [*PLAIN, *names(H100, 10, 20)]).gb == 10


def test_no_profile_strands_everything() -> None:
    """That is no catalogue."""
    with pytest.raises(ValueError, match="empty catalogue"):
        worst_stranded(H100, [])


def test_the_state_is_said_in_words() -> None:
    """How many of which profile."""
    assert worst_stranded(H100, names(H100, 8, 10)).words == "8 x nvidia_h100-8c"
