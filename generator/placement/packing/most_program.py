"""All plans of VMs that always run, as the rows of an integer program.

There is a variable for the VMs of each demand on each host, and one for each way to fill each GPU,
so that cores, memory, NVMe, boundaries, link groups and geometry all count.

Source of the formulation: P. C. Gilmore and R. E. Gomory, A linear programming approach to the
cutting-stock problem, Operations Research 9 (1961), with the hosts' resources as further rows.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from generator.placement.bound.columns import quiet
from generator.placement.devices.patterns import Counts, TooMany, patterns
from generator.placement.devices.shapes import CLOSED, NOWHERE, Geometry
from generator.placement.hosts.ask import Ask
from generator.placement.hosts.room import Room
from generator.quantity import MIB

MOST_COLUMNS = 20_000
"""Variables of a program at most; chosen for the time it takes."""

Terms = list[tuple[int, float]]
"""Variables with their coefficients."""


class Wanted(NamedTuple):
    """VMs of a demand: what one asks for on each of the boards that would do."""

    asks: tuple[Ask, ...]
    vms: int
    minimum: int
    priority: int


class Cell(NamedTuple):
    """Equal GPUs of one host, and how many of them each filling takes, by environment."""

    order: int
    gpus: tuple[int, ...]
    fills: tuple[tuple[int, str, Counts], ...]


class Program:
    """Variables and rows; each row says what one host, GPU, demand or boundary allows.

    ``vms`` by host, demand and board; ``wholes`` GPUs of a cell for VMs with several, ``groups``
    likewise by link group; ``lacks`` what the minimum of a demand lacks.

    Raises:
        TooMany: for more variables than ``MOST_COLUMNS`` or too many fillings of a board.
    """

    def __init__(self, rooms: Sequence[Room], wanted: Sequence[Wanted], isolation: str) -> None:
        self.rooms, self.wanted = rooms, wanted
        self.model = quiet()
        self.columns = 0
        self.vms: dict[tuple[int, int, int], int] = {}
        self.groups: dict[tuple[int, int, int, tuple[int, ...]], int] = {}
        self.wholes: dict[tuple[int, int, int, int], int] = {}
        self.cells: list[Cell] = []
        self.linked = any(ask.nvlink for each in wanted for ask in each.asks)
        self._boards(wanted)
        for room in rooms:
            if not room.down:
                self._host(room)
        self._counts()
        if isolation in ("host", "cluster"):
            self._boundaries(by_cluster=isolation == "cluster")

    def _column(self, most: float) -> int:
        import highspy

        if self.columns >= MOST_COLUMNS:
            raise TooMany
        self.model.addCol(0.0, 0.0, float(most), 0, [], [])
        self.model.changeColIntegrality(self.columns, highspy.HighsVarType.kInteger)
        self.columns += 1
        return self.columns - 1

    def _row(self, least: float, most: float, terms: Terms) -> None:
        numbers, values = [n for n, _ in terms], [float(v) for _, v in terms]
        self.model.addRow(float(least), float(most), len(terms), numbers, values)

    def at_most(self, most: float, terms: Terms) -> None:
        """The sum of some variables is no more than so much."""
        self._row(-_endless(), most, terms)

    def _boards(self, wanted: Sequence[Wanted]) -> None:
        """Each demand takes one of its boards."""
        self.takes = {
            (number, board): self._column(1)
            for number, each in enumerate(wanted)
            for board in range(len(each.asks))
        }
        for number, each in enumerate(wanted):
            boards = range(len(each.asks))
            self.at_most(1, [(self.takes[number, board], 1) for board in boards])

    def _host(self, room: Room) -> None:
        here = [
            (number, board, ask)
            for number, each in enumerate(self.wanted)
            for board, ask in enumerate(each.asks)
            if ask.site in ("", room.host.site) and (not ask.model or ask.model in room.models)
        ]
        for number, board, _ in here:
            self.vms[room.order, number, board] = self._column(self.wanted[number].vms)
        for total, needs in (
            (room.millicores[0], [ask.millicores for _, _, ask in here]),
            (room.memory_bytes[0] / MIB, [ask.memory_bytes / MIB for _, _, ask in here]),
            (_mib(room.host.nvme_bytes), [ask.nvme_bytes / MIB for _, _, ask in here]),
        ):
            vms = [self.vms[room.order, number, board] for number, board, _ in here]
            if total is not None:
                terms = [(n, float(need)) for n, need in zip(vms, needs, strict=True) if need]
                self.at_most(total, terms)
        self._gpus(room, [each for each in here if each[2].model])

    def _gpus(self, room: Room, here: Sequence[tuple[int, int, Ask]]) -> None:
        """What GPUs carry: single vGPUs are in a filling, a VM with several has whole ones."""
        given: dict[tuple[str, str, int], Terms] = {}
        free: dict[int, int] = {}
        for cell in _alike(room, apart=self.linked):
            model, layout = room.models[cell[0]], room.layouts[cell[0]][0]
            geometry = room.boards[cell[0]]
            if geometry is None or layout == CLOSED:
                continue
            mine = [ask for _, _, ask in here if ask.model == model]
            fills = []
            for environment, counts in _fillings(geometry, layout, mine):
                column = self._column(len(cell))
                fills.append((column, environment, counts))
                for shape, count in counts:
                    given.setdefault((environment, model, shape), []).append((column, count))
            at = len(self.cells)
            self.cells.append(Cell(room.order, cell, tuple(fills)))
            whole = [(column, 1.0) for column, _, _ in fills]
            if not layout:
                free[at] = len(cell)
                whole += [(column, 1.0) for column in self._whole(room, at, model, here)]
            self.at_most(len(cell), whole)
        self._groups_of(room, here)
        self._placed(room, here, given, free)

    def _whole(
        self, room: Room, at: int, model: str, here: Sequence[tuple[int, int, Ask]]
    ) -> Iterator[int]:
        """GPUs of a cell that VMs with several have to themselves."""
        cell = self.cells[at]
        for number, board, ask in here:
            joins = room.joined(cell.gpus[0], ask) is not None
            if ask.gpus > 1 and ask.model == model and joins:
                column = self.wholes[room.order, number, board, at] = self._column(len(cell.gpus))
                yield column

    def _groups_of(self, room: Room, here: Sequence[tuple[int, int, Ask]]) -> None:
        """Linked GPUs: a VM has all of one group, each of them whole."""
        at = {self.cells[n].gpus[0]: n for n, c in enumerate(self.cells) if c.order == room.order}
        for number, board, ask in here:
            if not ask.nvlink or ask.gpus == 1:
                continue
            for group in room.groups:
                key = room.order, number, board
                parts = [self.wholes.get((*key, at.get(gpu, -1))) for gpu in group]
                if len(group) == ask.gpus and None not in parts:
                    self.groups[*key, group] = self._column(1)
            for gpu, cell in at.items():
                whole = self.wholes.get((room.order, number, board, cell))
                if whole is not None:
                    around = [
                        (column, -1.0)
                        for (*key, group), column in self.groups.items()
                        if tuple(key) == (room.order, number, board) and gpu in group
                    ]
                    self._row(0, 0, [(whole, 1.0), *around])

    def _placed(
        self,
        room: Room,
        here: Sequence[tuple[int, int, Ask]],
        given: Mapping[tuple[str, str, int], Terms],
        free: Mapping[int, int],
    ) -> None:
        """VMs of a host have what they ask for on its GPUs."""
        singles: dict[tuple[str, str, int], Terms] = {}
        for number, board, ask in here:
            vms = self.vms[room.order, number, board]
            if ask.gpus == 1:
                kind = (ask.environment, ask.model, ask.shape)
                singles.setdefault(kind, []).append((vms, 1.0))
                continue
            keys = [(room.order, number, board, at) for at in free]
            parts = [(self.wholes[key], -1.0) for key in keys if key in self.wholes]
            self._row(0, 0, [(vms, float(ask.gpus)), *parts])
        for kind, terms in singles.items():
            self.at_most(0, [*terms, *((n, -float(v)) for n, v in given.get(kind, []))])

    def _counts(self) -> None:
        """No demand has more VMs than it wants; what a minimum lacks is counted."""
        self.lacks: list[int] = []
        for number, each in enumerate(self.wanted):
            for board in range(len(each.asks)):
                here = self._of(number, board)
                self.at_most(0, [*here, (self.takes[number, board], -float(each.vms))])
            lack = self._column(each.minimum)
            self.lacks.append(lack)
            every = [term for board in range(len(each.asks)) for term in self._of(number, board)]
            self._row(each.minimum, _endless(), [(lack, 1.0), *every])

    def _of(self, number: int, board: int) -> Terms:
        return [
            (column, 1.0) for (_, n, b), column in self.vms.items() if (n, b) == (number, board)
        ]

    def _boundaries(self, *, by_cluster: bool) -> None:
        """A host, or a cluster, has VMs of one environment."""
        theirs: dict[object, dict[str, int]] = {}
        for (order, number, board), vms in self.vms.items():
            host, each = self.rooms[order].host, self.wanted[number]
            where = (host.site, host.vcenter, host.cluster) if by_cluster else order
            here = theirs.setdefault(where, {})
            environment = each.asks[board].environment
            if environment not in here:
                here[environment] = self._column(1)
            self.at_most(0, [(vms, 1.0), (here[environment], -float(each.vms))])
        for here in theirs.values():
            self.at_most(1, [(column, 1.0) for column in here.values()])


def _mib(amount: int | None) -> float | None:
    return None if amount is None else amount / MIB


def _endless() -> float:
    import highspy

    return float(highspy.kHighsInf)


def _alike(room: Room, *, apart: bool) -> list[tuple[int, ...]]:
    """GPUs of a host that are the same to a VM; each by itself where links tell them apart."""
    found: dict[object, list[int]] = {}
    for gpu, model in enumerate(room.models):
        found.setdefault(gpu if apart else (model, room.layouts[gpu][0]), []).append(gpu)
    return [tuple(gpus) for gpus in found.values()]


def _fillings(geometry: Geometry, layout: int, asks: Sequence[Ask]) -> Iterator[tuple[str, Counts]]:
    """Every way to fill a GPU with single vGPUs of one environment."""
    for environment in sorted({ask.environment for ask in asks}):
        shapes = sorted({a.shape for a in asks if a.environment == environment and a.gpus == 1})
        some = [shape for shape in shapes if geometry.join(layout, shape) != NOWHERE]
        yield from ((environment, counts) for counts in patterns(geometry, layout, some))
