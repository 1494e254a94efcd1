"""An online cluster without departures: each task goes to the best ranked place, or is dropped."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from heapq import heapify, heappop, heappush

from arrivals import WHOLE, State, Task

Rank = Callable[[State, State], float]
"""How unwelcome the step from a host's first state to its second is; the least wins."""


def outcomes(state: State, task: Task) -> Iterator[State]:
    """The states that the task can leave a host in, one for each different GPU it may take."""
    cores = state.cores_milli - task.cores_milli
    memory = state.memory_mib - task.memory_mib
    if cores < 0 or memory < 0:
        return
    free = state.free_milli
    if not task.gpus:
        yield State(cores, memory, free)
    elif task.gpus > 1:
        if free.count(WHOLE) >= task.gpus:  # whole GPUs sort last
            yield State(cores, memory, (0,) * task.gpus + free[: len(free) - task.gpus])
    else:
        for index, milli in enumerate(free):
            if milli >= task.gpu_milli and (not index or free[index - 1] != milli):
                left = sorted((*free[:index], milli - task.gpu_milli, *free[index + 1 :]))
                yield State(cores, memory, tuple(left))


@dataclass(slots=True)
class Line:
    """The hosts that fit one kind of task, best first, as of a point in the log of changes.

    An entry is the rank, the host's place in the file, its version when ranked and its next state.
    """

    heap: list[tuple[float, int, int, State]] = field(default_factory=list)
    seen: int = 0


class Cluster:
    """Hosts that fill up; a host is ranked again for a task only after it changed."""

    def __init__(self, hosts: Iterable[State], rank: Rank) -> None:
        self._states = list(hosts)
        self._rank = rank
        self._versions = [0] * len(self._states)
        self._log: list[int] = []
        self._lines: dict[Task, Line] = {}

    def place(self, task: Task) -> bool:
        """Places the task where the rank is least, the earlier host first; False if it fits none.

        Equal ranks within a host go to the GPU with the least left.
        """
        heap = self._line(task).heap
        while heap and heap[0][2] != self._versions[heap[0][1]]:
            heappop(heap)
        if not heap:
            return False
        _, host, _, after = heap[0]
        self._states[host] = after
        self._versions[host] += 1
        self._log.append(host)
        return True

    def _line(self, task: Task) -> Line:
        line = self._lines.get(task)
        if line is None:
            line = self._lines[task] = Line(self._first(task), len(self._log))
            return line
        for host in dict.fromkeys(self._log[line.seen :]):
            best = self._best(self._states[host], task)
            if best is not None:
                heappush(line.heap, (best[0], host, self._versions[host], best[1]))
        line.seen = len(self._log)
        return line

    def _first(self, task: Task) -> list[tuple[float, int, int, State]]:
        """The entries of every host; hosts in one state share one answer."""
        known = {state: self._best(state, task) for state in dict.fromkeys(self._states)}
        heap = [
            (best[0], host, self._versions[host], best[1])
            for host, state in enumerate(self._states)
            if (best := known[state]) is not None
        ]
        heapify(heap)
        return heap

    def _best(self, state: State, task: Task) -> tuple[float, State] | None:
        best = None
        for after in outcomes(state, task):
            rank = self._rank(state, after)
            if best is None or rank < best[0]:
                best = rank, after
        return best
