"""What the parts of a comparison share: one vCenter, what of it is gone, and what is found."""

from __future__ import annotations

from typing import NamedTuple

from generator.diff.aliases import Aliases
from generator.diff.differences import Difference, Unreadable
from generator.diff.index import Absence, Index
from generator.diff.pairs import Pair
from generator.platform.stamps import STAMP_CATEGORY


class Compared(NamedTuple):
    """What comparing one vCenter gave.

    ``ours`` are the live objects that somebody states, by kind and key; ``fields`` counts what was
    held against what.
    """

    differences: list[Difference]
    unreadable: list[Unreadable]
    ours: dict[tuple[str, str], Pair]
    fields: int


class Ways(NamedTuple):
    """One vCenter with all that judging a pair needs.

    ``lost`` are objects that are gone, with how much went along; ``roots`` say with which of them.
    ``absent`` are all that are not there for certain, ``unseen`` those that may only be hidden.
    """

    there: Index
    aliases: Aliases
    lost: dict[tuple[str, str], int]
    roots: dict[tuple[str, str], tuple[str, str]]
    absent: set[tuple[str, str]]
    unseen: dict[tuple[str, str], Absence]
    out: Compared
    running: dict[str, int]
    whole: bool

    @property
    def stampless(self) -> bool:
        """Whether the attribute that carries stamps is gone."""
        return ("custom-attribute", STAMP_CATEGORY) in self.absent
