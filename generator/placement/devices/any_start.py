"""A device without geometry: a GPU that schedulers share in thousandths."""

from __future__ import annotations

from collections.abc import Sequence

from generator.placement.devices.shapes import CLOSED, EMPTY, NOWHERE, Mode


class AnyStart:
    """A device whose capacity is one number of units, of which any piece fits anywhere.

    Schedulers that share a GPU in thousandths without geometry are such a device; the layout is the
    number of units taken, shifted past ``CLOSED``. ``sizes`` are the pieces by shape.
    """

    def __init__(self, total: int, sizes: Sequence[int]) -> None:
        self.total_mib = total
        self.sizes = tuple(sizes)

    def join(self, layout: int, shape: int) -> int:
        """The layout after one more piece, ``NOWHERE`` where it is too large."""
        taken = self.total_mib - self.free_mib(layout) + self.sizes[shape]
        return NOWHERE if taken > self.total_mib else (taken + 1 if taken else EMPTY)

    def leave(self, layout: int, shape: int) -> int:
        """The layout after a piece has gone."""
        taken = self.total_mib - self.free_mib(layout) - self.sizes[shape]
        return taken + 1 if taken else EMPTY

    def room(self, layout: int, shape: int) -> int:
        """How many more pieces of a shape fit."""
        return self.free_mib(layout) // self.sizes[shape] if self.sizes[shape] else 0

    def free_mib(self, layout: int) -> int:
        """The units that are free."""
        if layout == CLOSED:
            return 0
        return self.total_mib - (layout - 1 if layout else 0)

    def setting(self, layout: int) -> Mode:  # noqa: ARG002 - the protocol's question
        """Nothing: there are no such modes here."""
        return Mode.SAME_SIZE
