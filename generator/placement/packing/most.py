"""The most that fits, the most important first: an integer program over all hosts and GPUs.

Asked where something is short and a solver is there. What it proves is true of every plan of VMs
that always run; a plan on less hardware is one of its plans too, so a GPU more never places less.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from generator.placement.devices.patterns import TooMany
from generator.placement.hosts.ask import Spot
from generator.placement.hosts.room import Room
from generator.placement.packing.most_program import Program, Terms, Wanted


class Most(NamedTuple):
    """For each demand the number of its board and its spots. ``proved`` if no plan has more."""

    found: tuple[tuple[int, tuple[Spot, ...]], ...]
    proved: bool


def most(
    rooms: Sequence[Room],
    wanted: Sequence[Wanted],
    isolation: str,
    seconds: float,
) -> Most | None:
    """The most VMs on empty rooms, by priority: first what minima lack, then all that lacks.

    None where a program would be too large, where VMs ask for rates of ports, or where no answer is
    found in time.
    """
    if any(ask.ports or ask.slots != (0,) for each in wanted for ask in each.asks):
        return None
    try:
        program = Program(rooms, wanted, isolation)
    except TooMany:
        return None
    return _Search(program).solved(seconds)


class _Search:
    """Solves a program and reads the spots of its solution."""

    def __init__(self, program: Program) -> None:
        self._program = program

    def solved(self, seconds: float) -> Most | None:
        """Level by level, each no worse than the last one left it."""
        import highspy

        model = self._program.model
        model.setOptionValue("solver", "choose")
        model.setOptionValue("time_limit", model.getRunTime() + seconds)
        model.setOptionValue("mip_rel_gap", 0.0)
        values: list[float] = []
        for terms in self._levels():
            for column in range(self._program.columns):
                model.changeColCost(column, 0.0)
            for column, cost in terms:
                model.changeColCost(column, cost)
            model.run()
            if model.getModelStatus() != highspy.HighsModelStatus.kOptimal:
                return self._read(values, proved=False) if values else None
            values = list(model.getSolution().col_value)
            self._program.at_most(round(sum(values[n] * cost for n, cost in terms)), terms)
        return self._read(values, proved=True)

    def _levels(self) -> Iterator[Terms]:
        ranks = sorted({each.priority for each in self._program.wanted})
        by_rank = {
            rank: [n for n, each in enumerate(self._program.wanted) if each.priority == rank]
            for rank in ranks
        }
        for rank in ranks:
            yield [(self._program.lacks[n], 1.0) for n in by_rank[rank]]
        for rank in ranks:
            yield [
                (column, -1.0)
                for (_, number, _), column in self._program.vms.items()
                if number in by_rank[rank]
            ]

    def _read(self, values: Sequence[float], *, proved: bool) -> Most:
        """The spots of a solution."""
        whole = [round(value) for value in values]
        spots: dict[tuple[int, int], list[Spot]] = {}
        for room in self._program.rooms:
            seats, free = self._seats(room, whole)
            for (order, number, board), column in self._program.vms.items():
                ask = self._program.wanted[number].asks[board]
                for _ in range(whole[column] if order == room.order else 0):
                    gpus: tuple[int, ...] = ()
                    if ask.gpus == 1:
                        gpus = (seats[ask.environment, ask.model, ask.shape].pop(),)
                    elif ask.gpus:
                        gpus = self._whole_gpus(room, number, board, whole, free)
                    spots.setdefault((number, board), []).append(Spot(order, gpus, -1))
        found = []
        for number in range(len(self._program.wanted)):
            mine = [(board, some) for (n, board), some in spots.items() if n == number]
            board, some = mine[0] if mine else (0, [])
            found.append((board, tuple(some)))
        return Most(tuple(found), proved)

    def _seats(
        self, room: Room, whole: Sequence[int]
    ) -> tuple[dict[tuple[str, str, int], list[int]], dict[int, list[int]]]:
        """The GPUs for single vGPUs by kind, and those of each cell that are not filled."""
        seats: dict[tuple[str, str, int], list[int]] = {}
        free: dict[int, list[int]] = {}
        for at, cell in enumerate(self._program.cells):
            if cell.order != room.order:
                continue
            left = list(cell.gpus)
            for column, environment, counts in cell.fills:
                for _ in range(whole[column]):
                    gpu = left.pop()
                    for shape, count in counts:
                        kind = environment, room.models[gpu], shape
                        seats.setdefault(kind, []).extend([gpu] * count)
            free[at] = left
        return seats, free

    def _whole_gpus(
        self,
        room: Room,
        number: int,
        board: int,
        whole: list[int],
        free: dict[int, list[int]],
    ) -> tuple[int, ...]:
        """Whole GPUs for one VM: those of a group, or any that the solution gives to its demand."""
        key = room.order, number, board
        for (*mine, group), column in self._program.groups.items():
            if tuple(mine) == key and whole[column]:
                whole[column] = 0
                return group
        found: list[int] = []
        for at, gpus in free.items():
            column_of = self._program.wholes.get((*key, at))
            while (
                column_of is not None
                and whole[column_of]
                and len(found) < self._program.wanted[number].asks[board].gpus
            ):
                whole[column_of] -= 1
                found.append(gpus.pop())
        return tuple(sorted(found))
