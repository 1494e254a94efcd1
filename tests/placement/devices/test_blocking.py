"""The least price that closes a GPU is what trying every state finds."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.catalog import Catalog
from generator.placement.devices.blocking import NEVER, closing_price, overlapped
from generator.placement.devices.geometry import Board
from generator.placement.devices.shapes import EMPTY, Fixed, Mode

CATALOG = Catalog.builtin()
H100 = Board(CATALOG.accelerator("nvidia-h100-pcie-80"))
L40S = Board(CATALOG.accelerator("nvidia-l40s"))
A30 = Board(CATALOG.accelerator("nvidia-a30"))
RTX = Board(CATALOG.accelerator("nvidia-rtx-pro-6000-blackwell-se"))


def cheapest(board: Board, mode: Mode, wanted: int, prices: Mapping[int, int]) -> int:
    """The least price of a state without a place for ``wanted``, by trying every state."""
    best, seen, open_ = NEVER, set[tuple[Fixed, ...]](), [((), 0)]
    while open_:
        running, price = open_.pop()
        if running in seen:
            continue
        seen.add(running)
        if not board.legal_starts(running, mode, wanted):
            best = min(best, price)
        for shape, more in prices.items():
            starts = board.legal_starts(running, mode, shape)
            after = (tuple(sorted((*running, Fixed(shape, start)))) for start in starts)
            open_.extend((state, price + more) for state in after)
    return best


def numbers(board: Board, *names: str) -> list[int]:
    """Shapes by the ends of their names."""
    return [next(n for n, s in enumerate(board.shapes) if s.name.endswith(e)) for e in names]


SMALL = {
    (H100, Mode.SAME_SIZE): numbers(H100, "-80c", "-40c", "-20c", "-16c"),
    (H100, Mode.MIXED_SIZE): numbers(H100, "h100-80c", "h100-40c", "h100-20c", "h100-16c"),
    (H100, Mode.MIG): numbers(H100, "-4-40c", "-3-40c", "-2-20c", "-1-20c"),
    (L40S, Mode.MIXED_SIZE): numbers(L40S, "-24c", "-16c", "-12c", "-8c"),
    (A30, Mode.MIG): numbers(A30, "-4-24c", "-2-12c", "-1-6c"),
}


@given(st.sampled_from(sorted(SMALL, key=str)), st.data())
def test_no_set_of_vgpus_closes_a_gpu_for_less(
    at: tuple[Board, Mode], found: st.DataObject
) -> None:
    board, mode = at
    shapes = found.draw(st.lists(st.sampled_from(SMALL[at]), min_size=1, unique=True))
    prices = {shape: found.draw(st.integers(1, 5)) for shape in shapes}
    wanted = found.draw(st.sampled_from(shapes))
    assert closing_price(board, mode, EMPTY, wanted, prices) == cheapest(
        board, mode, wanted, prices
    )


@pytest.mark.parametrize(
    ("wanted", "by", "price"),
    [("-4-40c", "-1-10c", 1), ("-3-40c", "-1-10c", 2), ("-1-10c", "-1-10c", 7)],
)
def test_a_small_instance_in_the_wrong_place_closes_a_gpu(wanted: str, by: str, price: int) -> None:
    """A 4g starts only at slice 0; a 3g at 0 or 4."""
    big, small = numbers(H100, wanted, by)
    assert closing_price(H100, Mode.MIG, EMPTY, big, {big: 9, small: 1} | {small: 1}) == price


def test_what_runs_leaves_less_to_close() -> None:
    """A vGPU of 40 at id 0 leaves two places of 20."""
    forty, twenty = numbers(H100, "h100-40c", "h100-20c")
    layout = H100.occupied([Fixed(forty, 0)], Mode.MIXED_SIZE)
    assert closing_price(H100, Mode.MIXED_SIZE, layout, twenty, {twenty: 1}) == 2


def test_on_hopper_a_lone_half_goes_high() -> None:
    """So the 3g before a 2g leaves slices 0 to 3, if nothing ever stops."""
    half, two = numbers(H100, "-3-40c", "-2-20c")
    prices = {half: 1, two: 9}
    assert closing_price(H100, Mode.MIG, EMPTY, two, prices) == 2
    low = H100.occupied([Fixed(half, 0)], Mode.MIG)
    assert H100.legal_starts([Fixed(half, 0)], Mode.MIG, two) == (4,)
    assert closing_price(H100, Mode.MIG, low, two, prices, in_order=True) == 1


@pytest.mark.parametrize(
    ("wanted", "other", "places"), [("h100-10c", "h100-40c", 4), ("h100-40c", "h100-10c", 1)]
)
def test_how_many_places_one_vgpu_takes(wanted: str, other: str, places: int) -> None:
    one, two = numbers(H100, wanted, other)
    assert overlapped(H100, one, two) == places


def test_instances_of_shared_time_must_all_be_full() -> None:
    """A first vGPU of its profile opens an instance for its like."""
    shared = next(n for n, s in enumerate(RTX.shapes) if s.is_mig and s.per_instance > 1)
    shape = RTX.shapes[shared]
    price = closing_price(RTX, Mode.MIG_TIME_SLICED, EMPTY, shared, {shared: 1})
    assert price == shape.alone
