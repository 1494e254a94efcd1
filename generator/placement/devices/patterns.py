"""Every way to fill one GPU: the legal layouts to which nothing can be added.

They are the cutting patterns of a board. A lower bound over them knows what fractions of a
framebuffer do not: which sizes go together, and what a mode costs.

Source: P. C. Gilmore and R. E. Gomory, A linear programming approach to the cutting-stock problem,
Operations Research 9 (1961).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from generator.placement.devices.shapes import NOWHERE, Geometry

MOST_LAYOUTS = 4_000
"""Layouts of a board that are looked at before its smallest shapes are left out; chosen for the
time that it takes. Seven sizes of a 48 GB board have 354, six of an 80 GB board 210."""

Counts = tuple[tuple[int, int], ...]
"""How many vGPUs of each shape: (shape, count), by shape, without those that are not there."""


class TooMany(Exception):
    """A board has more layouts of some shapes than are looked at."""


def fills(board: Geometry, layout: int, shapes: Sequence[int]) -> Iterator[tuple[Counts, int]]:
    """Every legal addition to a layout with the layout that it makes; the empty one first.

    Any part of a legal layout is legal, so each is reached by adding shapes in their order.

    Raises:
        TooMany: after ``MOST_LAYOUTS`` of them.
    """
    waiting: list[tuple[int, int, Counts]] = [(layout, 0, ())]
    for _ in range(MOST_LAYOUTS):
        if not waiting:
            return
        at, first, counts = waiting.pop()
        yield counts, at
        for place in range(len(shapes) - 1, first - 1, -1):
            after = board.join(at, shapes[place])
            if after != NOWHERE:
                waiting.append((after, place, _with(counts, shapes[place])))
    if waiting:
        raise TooMany


def patterns(board: Geometry, layout: int, shapes: Sequence[int]) -> tuple[Counts, ...]:
    """The additions to a layout after which none of the shapes can join; none where none can.

    Raises:
        TooMany: where there are more than ``MOST_LAYOUTS`` layouts.
    """
    return tuple(
        counts
        for counts, after in fills(board, layout, shapes)
        if counts and not any(board.join(after, shape) != NOWHERE for shape in shapes)
    )


def _with(counts: Counts, shape: int) -> Counts:
    """One more of a shape that is the last of the counts, or comes after it."""
    if counts and counts[-1][0] == shape:
        return (*counts[:-1], (shape, counts[-1][1] + 1))
    return (*counts, (shape, 1))
