"""What it costs at least to close one GPU to a profile, when whoever comes may choose every place.

Each vGPU has a price. The least price of a set of vGPUs that stands legally on a GPU and leaves no
place for one of the wanted shape bounds from below what others must bring to close that GPU. The
host's manager is taken to be an adversary: it may choose any legal place.

Sources: NVIDIA AI Enterprise vGPU guide (placement ids), MIG user guide (starts, slices); first
3g at slice 4 on Hopper: F. Denneman, vSphere and MIG.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from generator.placement.devices.geometry import Board
from generator.placement.devices.shapes import CLOSED, Fixed, Mode, Shape

Prices = Mapping[int, int]
"""The price of a vGPU by its shape, each at least 1; only these shapes may come."""

NEVER = 1 << 60
"""The price of closing what cannot be closed: more than any set of VMs is worth."""

FIRST_HALF_HIGH = "hopper"
"""The architecture whose manager puts the first half-board instance on the upper slices."""


def closing_price(
    board: Board,
    mode: Mode,
    layout: int,
    wanted: int,
    prices: Prices,
    *,
    most: Mapping[int, int] | None = None,
    in_order: bool = False,
) -> int:
    """The least price of what closes a GPU to one more vGPU of the shape ``wanted``; 0: it is shut.

    ``layout`` is what runs there and stays; ``most`` bounds how many instances of a shape may come.
    With ``in_order``, instances come in the order of their size and none leaves, so that the
    manager's habits hold.
    """
    shape = board.shapes[wanted]
    running = [Fixed(seat.shape, seat.start) for seat in board.seats(layout)]
    if layout == CLOSED or not board.legal_starts(running, mode, wanted):
        return 0
    if mode is Mode.MIG or mode is Mode.MIG_TIME_SLICED:
        return _Instances(board, layout, wanted, prices, most or {}, in_order=in_order).least()
    if mode is Mode.MIXED_SIZE:
        return _closing_places(board, layout, shape, prices)
    return _closing_size(board, layout, shape, prices) if mode is Mode.SAME_SIZE else 0


def overlapped(board: Board, wanted: int, other: int) -> int:
    """How many places of ``wanted`` one vGPU of ``other`` can take at most in mixed-size mode."""
    mine, theirs = board.shapes[wanted], board.shapes[other]
    return max(
        (
            sum(start < at + theirs.size and at < start + mine.size for start in mine.starts)
            for at in theirs.starts
        ),
        default=0,
    )


def _closing_size(board: Board, layout: int, shape: Shape, prices: Prices) -> int:
    """Same-size mode: one vGPU of another size locks the GPU, or all its places are taken."""
    standing = [board.shapes[seat.shape] for seat in board.seats(layout)]
    if any(other.framebuffer_mib != shape.framebuffer_mib for other in standing):
        return 0
    left = shape.alone - len(standing)
    alike: list[int] = []
    lock: list[int] = []
    for n, price in prices.items():
        same = board.shapes[n].framebuffer_mib == shape.framebuffer_mib
        (alike if same else lock).append(price)
    full = left * min(alike, default=NEVER)
    return full if standing else min(full, min(lock, default=NEVER))


def _closing_places(board: Board, layout: int, shape: Shape, prices: Prices) -> int:
    """Mixed-size mode: every free place of the shape must be overlapped.

    Places of one size never overlap, so they are hit from the lowest to the highest.
    """
    taken = 0
    for seat in board.seats(layout):
        taken |= _span(board.shapes[seat.shape].size, seat.start)
    slots = [start for start in shape.starts if not taken & _span(shape.size, start)]
    pieces = [
        (start, board.shapes[n].size, price)
        for n, price in prices.items()
        for start in board.shapes[n].starts
        if not board.shapes[n].is_mig and not taken & _span(board.shapes[n].size, start)
    ]

    @cache
    def least(slot: int, free_from: int) -> int:
        if slot == len(slots):
            return 0
        found = NEVER
        for start, size, price in pieces:
            end = start + size
            if free_from <= start < slots[slot] + shape.size and end > slots[slot]:
                beyond = next((n for n, at in enumerate(slots) if at >= end), len(slots))
                found = min(found, price + least(max(beyond, slot + 1), end))
        return found

    return least(0, 0)


def _span(size: int, start: int) -> int:
    return ((1 << size) - 1) << max(0, start)


class _Instances:
    """All placed layouts of a GPU in MIG mode, searched for the cheapest that refuses a shape."""

    def __init__(
        self,
        board: Board,
        layout: int,
        wanted: int,
        prices: Prices,
        most: Mapping[int, int],
        *,
        in_order: bool,
    ) -> None:
        mig = board.accelerator.mig
        assert mig is not None, "only a board with MIG has its mode"
        self._limits = mig.compute_slices, mig.max_instances
        self._shapes = board.shapes
        self._wanted = wanted
        self._high_first = in_order and board.accelerator.architecture == FIRST_HALF_HIGH
        self._fixed: dict[tuple[int, int], int] = {}
        for seat in board.seats(layout):
            place = seat.shape, seat.start
            self._fixed[place] = self._fixed.get(place, 0) + 1
        shape = board.shapes[wanted]
        here = [s for s, _ in self._fixed]
        self._most = {
            n: min(board.shapes[n].at_most, here.count(n) + most.get(n, board.shapes[n].at_most))
            for n in prices
        }
        seats = [shape.per_instance - n for (s, _), n in self._fixed.items() if s == wanted]
        self._base = sum(seats) * prices.get(wanted, NEVER)
        self._pieces = sorted(
            (start, n, price * (shape.per_instance if n == wanted else 1))
            for n, price in prices.items()
            if board.shapes[n].is_mig
            for start in board.shapes[n].starts
        )
        self._best = NEVER

    def least(self) -> int:
        """The least price of a layout that refuses the shape."""
        mask = 0
        for shape, start in self._fixed:
            mask |= _span(self._shapes[shape].size, start)
        self._search(list(self._fixed), mask, self._base, 0)
        return self._best

    def _search(self, standing: list[tuple[int, int]], mask: int, price: int, first: int) -> None:
        if price >= self._best:
            return
        if self._refuses(standing, mask) and self._habitual(standing):
            self._best = price
            return
        for n in range(first, len(self._pieces)):
            start, shape, more = self._pieces[n]
            few = sum(one == shape for one, _ in standing) < self._most[shape]
            if few and self._may_stand(standing, mask, shape, start):
                span = _span(self._shapes[shape].size, start)
                self._search([*standing, (shape, start)], mask | span, price + more, n + 1)

    def _refuses(self, standing: list[tuple[int, int]], mask: int) -> bool:
        starts = self._shapes[self._wanted].starts
        return not any(self._may_stand(standing, mask, self._wanted, start) for start in starts)

    def _may_stand(
        self, standing: list[tuple[int, int]], mask: int, shape: int, start: int
    ) -> bool:
        new = self._shapes[shape]
        compute, most = self._limits
        return (
            not mask & _span(new.size, start)
            and len(standing) < most
            and sum(one == shape for one, _ in standing) < new.at_most
            and sum(self._shapes[one].compute_slices for one, _ in standing) + new.compute_slices
            <= compute
        )

    def _habitual(self, standing: list[tuple[int, int]]) -> bool:
        """Whether the manager comes to this layout: a lone half goes to the upper slices."""
        if not self._high_first:
            return True
        for shape, start in standing:
            size = self._shapes[shape].size
            low = start == 0 and self._shapes[shape].starts == (0, size)
            if low and (shape, start) not in self._fixed:
                upper = _span(size, size)
                mates = [
                    (s, at)
                    for s, at in standing
                    if (s, at) in self._fixed or (at == size and self._shapes[s].size == size)
                ]
                if not any(_span(self._shapes[s].size, at) & upper for s, at in mates):
                    return False
        return True
