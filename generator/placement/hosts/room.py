"""One host while packing goes on: cores, memory and the layouts of its GPUs, slot by slot.

A slot is a part of the week in which the same demands run; work that never meets may take the same
place. A platform without windows has one slot.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence

from generator.placement.devices.geometry import Board
from generator.placement.devices.shapes import EMPTY, NO_START, NOWHERE, Geometry, Mode
from generator.placement.hosts.ask import ANYWHERE, Ask, Spot
from generator.placement.hosts.local import Local
from generator.placement.hosts.standing import standing_layout
from generator.placement.hosts.stock import Host

MILLI = 1000


class Room:
    """What is left of one host. ``version`` counts its changes."""

    __slots__ = (
        "boards",
        "down",
        "environment",
        "environments",
        "groups",
        "host",
        "intact_at",
        "intact_groups",
        "layouts",
        "local",
        "memory_bytes",
        "millicores",
        "models",
        "node_memory_bytes",
        "node_millicores",
        "order",
        "present",
        "standing",
        "version",
        "vms",
    )

    def __init__(
        self,
        host: Host,
        order: int,
        slots: int,
        boards: Mapping[str, Geometry],
        groups: tuple[tuple[int, ...], ...],
    ) -> None:
        self.host = host
        self.order = order
        self.millicores = [host.free_cores * MILLI] * slots
        self.memory_bytes = [host.free_memory_bytes] * slots
        self.node_millicores = [min(host.numa_cores, host.free_cores) * MILLI] * host.numa_nodes
        self.node_memory_bytes = [
            min(host.numa_memory_bytes, host.free_memory_bytes)
        ] * host.numa_nodes
        self.models = tuple(gpu.model for gpu in host.gpus)
        self.boards = [boards.get(model) for model in self.models]
        self.layouts = [
            (standing_layout(gpu, board),) * slots
            for gpu, board in zip(host.gpus, self.boards, strict=True)
        ]
        # Who stands on each GPU in which slots: needed only where a week has several.
        self.standing: list[list[tuple[int, tuple[int, ...]]]] = [[] for _ in host.gpus]
        self.environments = [""] * len(host.gpus)
        self.environment = ""
        self.groups = groups
        self.present: Counter[tuple[str, str]] = Counter()
        self.vms = 0
        self.version = 0
        self.down = False
        self.intact_at = -1
        self.intact_groups: list[int] = []
        self.local: Local | None = None

    def has(self, ask: Ask) -> bool:
        """Whether cores, memory and what else it asks for suffice in every slot of the ask."""
        if (ask.nvme_bytes or ask.ports) and not self._local().has(ask):
            return False
        if len(self.millicores) == 1:
            return self.millicores[0] >= ask.millicores and self.memory_bytes[0] >= ask.memory_bytes
        return all(
            self.millicores[slot] >= ask.millicores and self.memory_bytes[slot] >= ask.memory_bytes
            for slot in ask.slots
        )

    def _local(self) -> Local:
        """What is left of NVMe and ports; looked at only by what asks for it."""
        if self.local is None:
            self.local = Local(self.host, len(self.millicores))
        return self.local

    def joined(self, gpu: int, ask: Ask) -> tuple[int, ...] | None:
        """The layouts of a GPU with one vGPU more in the ask's slots, or None."""
        board, before = self.boards[gpu], self.layouts[gpu]
        if board is None or (self.environments[gpu] and ask.environment != self.environments[gpu]):
            return None
        if len(before) == 1:
            after = board.join(before[0], ask.shape)
            return None if after == NOWHERE else (after,)
        found = list(before)
        for slot in ask.slots:
            found[slot] = board.join(before[slot], ask.shape)
            if found[slot] == NOWHERE:
                return None
        together = [*self.standing[gpu], (ask.shape, ask.slots)]
        if _take_turns(together):
            # MIG and mixed size are set by hand on the host: no week changes them slot by slot.
            settings = {board.setting(layout) for layout in found if layout != EMPTY}
            return tuple(found) if len(settings) == 1 else None
        # A vGPU keeps its place for as long as it runs, whoever comes and goes beside it.
        return None if self._union(gpu, together) == NOWHERE else tuple(found)

    def _union(self, gpu: int, standing: Sequence[tuple[int, tuple[int, ...]]]) -> int:
        """The layout in which all that ever stands on a GPU would stand at once."""
        board = self.boards[gpu]
        assert board is not None
        layout = standing_layout(self.host.gpus[gpu], board)
        for shape, _ in standing:
            if layout != NOWHERE:
                layout = board.join(layout, shape)
        return layout

    def starts(self, gpu: int) -> dict[tuple[int, tuple[int, ...]], list[int]]:
        """The places of the planned vGPUs of a GPU, by shape and slots."""
        board, layouts = self.boards[gpu], self.layouts[gpu]
        if not isinstance(board, Board):
            return defaultdict(lambda: [NO_START] * len(layouts))
        found: dict[tuple[int, tuple[int, ...]], list[int]] = {}
        standing = self.standing[gpu]
        if len(layouts) == 1 or not standing:
            parts: list[tuple[tuple[int, ...], int]] = [((0,), layouts[0])]
        elif _take_turns(standing):
            parts = [(slots, layouts[slots[0]]) for slots in sorted({s for _, s in standing})]
        else:
            return self._starts_of_union(gpu, board)
        for slots, layout in parts:
            for seat in board.seats(layout):
                if not seat.runs:
                    found.setdefault((seat.shape, slots), []).append(seat.start)
        return found

    def _starts_of_union(
        self, gpu: int, board: Board
    ) -> dict[tuple[int, tuple[int, ...]], list[int]]:
        places: dict[int, list[int]] = {}
        for seat in board.seats(self._union(gpu, self.standing[gpu])):
            if not seat.runs:
                places.setdefault(seat.shape, []).append(seat.start)
        found: dict[tuple[int, tuple[int, ...]], list[int]] = {}
        for shape, slots in self.standing[gpu]:
            found.setdefault((shape, slots), []).append(places[shape].pop(0))
        return found

    def is_empty(self, gpu: int) -> bool:
        """Whether nothing at all is on a GPU, neither of the plan nor of others."""
        return not any(self.layouts[gpu])

    def whole_groups(self, inner: tuple[int, ...]) -> int:
        """The link groups around ``inner``, larger than it, of which every GPU is empty."""
        if len(inner) == 1:
            return self.intact(inner[0])
        around = [g for g in self.groups if len(g) > len(inner) and set(inner) <= set(g)]
        return sum(all(self.is_empty(index) for index in group) for group in around)

    def intact(self, gpu: int) -> int:
        """The link groups with a GPU of which every GPU is empty."""
        if not self.groups:
            return 0
        if self.intact_at != self.version:
            self.intact_at = self.version
            self.intact_groups = [0] * len(self.models)
            for group in self.groups:
                if all(not any(self.layouts[index]) for index in group):
                    for index in group:
                        self.intact_groups[index] += 1
        return self.intact_groups[gpu]

    def node_for(self, ask: Ask, gpus: Sequence[int]) -> int:
        """The NUMA node that the VM fits: that of its GPUs, or for none one away from GPUs."""
        nodes = range(len(self.node_millicores))
        if gpus:
            near = {self.host.gpus[gpu].numa for gpu in gpus}
            nodes_of = [node for node in nodes if node in near]
            if len(near) != 1:
                return ANYWHERE
        else:
            beside = {gpu.numa for gpu in self.host.gpus}
            nodes_of = sorted(nodes, key=lambda n: (n in beside, -self.node_memory_bytes[n], n))
        for node in nodes_of:
            if (
                self.node_millicores[node] >= ask.millicores
                and self.node_memory_bytes[node] >= ask.memory_bytes
            ):
                return node
        return ANYWHERE

    def take(self, ask: Ask, spot: Spot) -> None:
        """Puts one VM of the ask on a spot that ``joined`` and ``has`` allow."""
        self._count(ask, spot, 1)
        for gpu in spot.gpus:
            after = self.joined(gpu, ask)
            assert after is not None, "a spot is taken once, as it was found"
            self.layouts[gpu] = after
            if len(after) > 1:
                self.standing[gpu].append((ask.shape, ask.slots))
            self.environments[gpu] = ask.environment or self.environments[gpu]
        self.environment = ask.environment or self.environment

    def hold(self, ask: Ask, spot: Spot, start: int, mode: Mode) -> bool:
        """Puts one VM where an earlier plan had it, at the place that it keeps; False if it cannot.

        Where a week has several slots the spot is held and the place on the GPU is chosen again.
        """
        if self.down or not self.has(ask):
            return False
        if any(self.joined(gpu, ask) is None for gpu in spot.gpus):
            return False
        after = dict[int, int]()
        for gpu in spot.gpus if len(self.millicores) == 1 else ():
            board = self.boards[gpu]
            assert isinstance(board, Board)
            after[gpu] = board.pin(self.layouts[gpu][0], ask.shape, start, mode)
        if NOWHERE in after.values():
            return False
        self.take(ask, spot)
        for gpu, layout in after.items():
            self.layouts[gpu] = (layout,)
        return True

    def release(self, ask: Ask, spot: Spot) -> None:
        """Takes one VM of the ask off again."""
        self._count(ask, spot, -1)
        for gpu in spot.gpus:
            board, left = self.boards[gpu], list(self.layouts[gpu])
            assert board is not None
            for slot in ask.slots:
                left[slot] = board.leave(left[slot], ask.shape)
            self.layouts[gpu] = tuple(left)
            if len(left) > 1:
                self.standing[gpu].remove((ask.shape, ask.slots))
            if not any(left):
                self.environments[gpu] = ""
        if not self.vms:
            self.environment = ""

    def _count(self, ask: Ask, spot: Spot, sign: int) -> None:
        cores, memory = sign * ask.millicores, sign * ask.memory_bytes
        for slot in ask.slots:
            self.millicores[slot] -= cores
            self.memory_bytes[slot] -= memory
        if spot.node != ANYWHERE:
            self.node_millicores[spot.node] -= cores
            self.node_memory_bytes[spot.node] -= memory
        if ask.nvme_bytes or ask.ports:
            self._local().count(ask, sign)
        if ask.apart is not None:
            self.present[ask.apart] += sign
        self.vms += sign
        self.version += 1


def _take_turns(standing: Sequence[tuple[int, tuple[int, ...]]]) -> bool:
    """Whether any two of the vGPUs run in the same slots, or in none together."""
    kinds = sorted({slots for _, slots in standing})
    seen = [slot for slots in kinds for slot in slots]
    return len(seen) == len(set(seen))
