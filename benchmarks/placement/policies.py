"""Two yardsticks for ranking a place: BestFit and Fragmentation Gradient Descent (FGD).

They are written after their definitions in "Beware of Fragmentation: Scheduling
GPU-Sharing Workloads with Fragmentation Gradient Descent" (USENIX ATC 2023) and keep the whole
scores from 0 to 100 of the scheduler it was measured on; the rank of all is least for the best.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable
from itertools import accumulate

from arrivals import WHOLE, State, Task

LARGEST_CORES_MILLI = 128_000
LARGEST_GPU_MILLI = 8 * WHOLE
"""The largest host, by which BestFit weighs cores against GPUs, half and half."""

TYPICAL = 0.95
"""FGD looks at the most popular classes, until they are this share of the tasks."""


def best_fit(_: State, after: State) -> float:
    """Least left of cores and GPUs after the task; equal scores take the tightest GPU."""
    left = after.cores_milli / LARGEST_CORES_MILLI + sum(after.free_milli) / LARGEST_GPU_MILLI
    return -int((1 - left / 2) * 100)


class Fragmentation:
    """FGD: the place whose host loses least to fragments, for a task drawn from the list.

    For a class that a host cannot take, all its free milli-GPU are fragments; else those on GPUs
    with less left than the class asks for. A task without a GPU can use none.
    """

    def __init__(self, listed: Iterable[Task]) -> None:
        by_need: dict[tuple[int, int], list[tuple[int, int]]] = {}
        total = 0
        counts = Counter(listed)
        enough = TYPICAL * counts.total()
        for task, count in sorted(counts.items(), key=lambda item: (-item[1], item[0])):
            if total >= enough:
                break
            total += count
            if task.gpus:
                need = by_need.setdefault((task.gpus, task.gpu_milli), [])
                need.append((task.cores_milli, count))
        self._needs = [
            (gpus, milli, [cores for cores, _ in sorted(need)], _running(need, total))
            for (gpus, milli), need in sorted(by_need.items())
        ]
        self._known: dict[State, float] = {}

    def __call__(self, before: State, after: State) -> float:
        """The score of the step, negated: a hundred times the sigmoid of GPUs saved."""
        saved = (self.fragments(before) - self.fragments(after)) / WHOLE
        return -int(100 / (1 + math.exp(-saved)))

    def fragments(self, state: State) -> float:
        """Milli-GPU of the host that a task of the list is expected not to be able to use."""
        known = self._known.get(state)
        if known is None:
            known = self._known[state] = self._fragments(state)
        return known

    def _fragments(self, state: State) -> float:
        fragments = float(sum(state.free_milli))
        for gpus, milli, cores, shares in self._needs:
            fitting = [free for free in state.free_milli if free >= milli]
            if len(fitting) >= gpus:
                fragments -= shares[bisect_right(cores, state.cores_milli)] * sum(fitting)
        return fragments


def _running(need: list[tuple[int, int]], total: int) -> list[float]:
    """Shares of the tasks of one GPU need up to each of their core counts, from none to all."""
    return [0.0, *(count / total for count in accumulate(count for _, count in sorted(need)))]
