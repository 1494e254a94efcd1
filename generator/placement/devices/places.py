"""Places on a GPU for pieces of several sizes: placement ids, or memory slices of MIG.

Possible starts of one size never overlap, which is what NVIDIA's tables have in common.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import groupby

Piece = tuple[int, tuple[int, ...]]
"""What needs a place: its size in the units of the board, and where it may start."""

_Groups = tuple[tuple[int, tuple[int, ...], int], ...]
_Piece = tuple[int, int]
_Parts = tuple[tuple[_Piece, ...], ...]


class Places:
    """The answers for one board, each found once. Units that are taken are bits of a mask."""

    def __init__(self) -> None:
        self._known: dict[tuple[int, _Groups], tuple[int, ...] | None] = {}
        self._hopeless: set[tuple[_Parts, tuple[int, ...]]] = set()

    def of(self, taken: int, pieces: Iterable[Piece]) -> tuple[int, ...] | None:
        """A start for each piece, equal ones in a row, or None where not all find room.

        High places are tried first: that is how Hopper puts a 3g at slice 4 and keeps 0 for a 4g.
        """
        grouped = ((*piece, len(list(equal))) for piece, equal in groupby(pieces))
        return self._solve(taken, tuple(grouped))

    def _solve(self, taken: int, groups: _Groups) -> tuple[int, ...] | None:
        if not groups:
            return ()
        at = (taken, groups)
        if at not in self._known:
            self._known[at] = self._search(taken, groups)
        return self._known[at]

    def _search(self, taken: int, groups: _Groups) -> tuple[int, ...] | None:
        free = [[at for at in starts if not taken & span(size, at)] for size, starts, _ in groups]
        if any(len(left) < n for left, (_, _, n) in zip(free, groups, strict=True)):
            return None
        (size, starts, count), rest = groups[0], groups[1:]
        if not rest:
            return tuple(reversed(free[0][-count:]))
        alike = (_parts(free, groups), tuple(n for _, _, n in groups))
        if alike in self._hopeless:
            return None
        lower = ((size, starts, count - 1),) if count > 1 else ()
        for start in reversed(free[0]):
            found = self._solve(taken | span(size, start), (*lower, *rest))
            if found is not None:
                return (start, *found)
        self._hopeless.add(alike)
        return None


def _parts(free: Sequence[Sequence[int]], groups: _Groups) -> _Parts:
    """The stretches of a board that share no piece, as (start within, size) of what fits there.

    Boards are alike in their halves and quarters: what finds no room in one order of them finds
    none in another, and sizes that do not divide one another have millions of orders.
    """
    pieces = sorted(
        (start, size) for starts, (size, _, _) in zip(free, groups, strict=True) for start in starts
    )
    parts: list[tuple[_Piece, ...]] = []
    part: list[_Piece] = []
    base = end = 0
    for start, size in pieces:
        if start >= end and part:
            parts.append(tuple(part))
            part = []
        if not part:
            base = start
        part.append((start - base, size))
        end = max(end, start + size)
    parts.append(tuple(part))
    return tuple(sorted(parts))


def span(size: int, start: int) -> int:
    """The units from ``start`` on, as bits."""
    return ((1 << size) - 1) << start
