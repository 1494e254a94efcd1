"""Answers about hosts as they are before anything is lost, found as they are needed and kept.

A loss changes few hosts. A lane answers for all others from what it knows, and names the changed
ones in their turn, so that only they are looked at again.
"""

from __future__ import annotations

from bisect import insort
from collections.abc import Callable, Iterator, Sequence
from typing import Generic, TypeVar

Answer = TypeVar("Answer")


class Lane(Generic[Answer]):
    """Hosts in a fixed order with what ``judge`` says of each; None is no answer.

    ``judge`` sees a host as it is when it is asked, so it is never asked for a changed one.
    """

    def __init__(self, orders: Sequence[int], judge: Callable[[int], Answer | None]) -> None:
        self._orders, self._judge = orders, judge
        self._place = {order: place for place, order in enumerate(orders)}
        self._found: list[tuple[int, Answer]] = []
        self._gaps: list[int] = []
        self._read = 0

    def walk(self, changed: set[int]) -> Iterator[tuple[int, Answer | None]]:
        """The hosts in their order: those with an answer, and each changed one with None."""
        self._close_gaps(changed)
        marks = sorted([self._place[order] for order in changed & self._place.keys()])
        at = mark = 0
        while True:
            while at == len(self._found) and self._read < len(self._orders):
                self._read_on(changed)
            known = self._found[at][0] if at < len(self._found) else len(self._orders)
            while mark < len(marks) and marks[mark] <= known:
                yield self._orders[marks[mark]], None
                mark += 1
            if at == len(self._found):
                return
            place, answer = self._found[at]
            if self._orders[place] not in changed:
                yield self._orders[place], answer
            at += 1

    def _read_on(self, changed: set[int]) -> None:
        place = self._read
        self._read += 1
        if self._orders[place] in changed:
            self._gaps.append(place)
        else:
            self._judged(place)

    def _close_gaps(self, changed: set[int]) -> None:
        """What was changed when it was its turn is judged now."""
        if self._gaps:
            ready = [place for place in self._gaps if self._orders[place] not in changed]
            self._gaps = [place for place in self._gaps if self._orders[place] in changed]
            for place in ready:
                self._judged(place)

    def _judged(self, place: int) -> None:
        answer = self._judge(self._orders[place])
        if answer is not None:
            insort(self._found, (place, answer), key=lambda known: known[0])
