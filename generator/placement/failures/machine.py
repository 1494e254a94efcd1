"""What a host of a plan and its GPUs have left in every slot of the week while VMs run."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from generator.placement.devices.geometry import Board
from generator.placement.devices.shapes import CLOSED, Fixed, Mode
from generator.placement.hosts.ask import Ask
from generator.placement.hosts.local import Local
from generator.placement.hosts.room import Room
from generator.placement.hosts.standing import MODE_OF_FACTS


class Device:
    """A GPU: its mode, and what stands on it in each slot of the week."""

    __slots__ = ("board", "closed", "fixed", "free_mib", "mode", "model", "numa", "tenants")

    def __init__(self, room: Room, index: int) -> None:
        gpu, board, layouts = room.host.gpus[index], room.boards[index], room.layouts[index]
        self.model, self.numa = gpu.model, gpu.numa
        self.board = board if isinstance(board, Board) else None
        self.closed = self.board is None or CLOSED in layouts
        self.tenants: Counter[str] = Counter()
        self.fixed: list[tuple[Fixed, ...]] = [()] * len(layouts)
        self.mode = MODE_OF_FACTS.get(gpu.mode, Mode.SAME_SIZE)
        if self.mode is Mode.SAME_SIZE and gpu.mixed_size:
            self.mode = Mode.MIXED_SIZE
        if self.board is not None and not self.closed:
            modes = sorted({self.board.mode(layout) for layout in layouts} - {Mode.EMPTY})
            self.mode = modes[0] if modes else self.mode
            self.fixed = [self._foreign(layout) for layout in layouts]
        self.free_mib = [self._free_mib(fixed) for fixed in self.fixed]

    def _foreign(self, layout: int) -> tuple[Fixed, ...]:
        """The vGPUs of others, which run already."""
        assert self.board is not None
        seats = self.board.seats(layout)
        return tuple(sorted(Fixed(seat.shape, seat.start) for seat in seats if seat.runs))

    def empty(self, slots: Sequence[int]) -> bool:
        """Whether nothing stands on it in these slots."""
        return not any(self.fixed[slot] for slot in slots)

    def _free_mib(self, standing: Sequence[Fixed]) -> int:
        if self.board is None or self.closed:
            return 0
        shapes = self.board.shapes
        return self.board.total_mib - sum(shapes[f.shape].framebuffer_mib for f in standing)

    def least_free_mib(self) -> int:
        """The framebuffer that is free in every slot."""
        return min(self.free_mib)

    def _size_mib(self, ask: Ask) -> int:
        assert self.board is not None
        return self.board.shapes[ask.shape].framebuffer_mib

    def has(self, ask: Ask) -> bool:
        """Whether there is framebuffer for one of its vGPUs, in whatever place."""
        if self.closed or self.model != ask.model:
            return False
        size = self._size_mib(ask)
        if len(self.free_mib) == 1:
            return self.free_mib[0] >= size
        return all(self.free_mib[slot] >= size for slot in ask.slots)

    def put(self, ask: Ask, start: int) -> None:
        """A vGPU comes to a place that ``Running.start`` found."""
        standing, size = Fixed(ask.shape, start), self._size_mib(ask)
        for slot in ask.slots:
            self.fixed[slot] = tuple(sorted((*self.fixed[slot], standing)))
            self.free_mib[slot] -= size
        self.tenants[ask.environment] += 1

    def take_off(self, ask: Ask, start: int) -> None:
        """It goes again."""
        size = self._size_mib(ask)
        for slot in ask.slots:
            left = list(self.fixed[slot])
            left.remove(Fixed(ask.shape, start))
            self.fixed[slot] = tuple(left)
            self.free_mib[slot] += size
        self.tenants[ask.environment] -= 1
        if not self.tenants[ask.environment]:
            del self.tenants[ask.environment]


class Machine:
    """A host: cores and memory in each slot, its GPUs, and who is on it."""

    __slots__ = (
        "cluster", "devices", "environments", "giving", "groups", "host", "local", "memory_bytes",
        "millicores", "order", "present",
    )  # fmt: skip

    def __init__(self, room: Room) -> None:
        self.host, self.order, self.groups = room.host, room.order, room.groups
        self.cluster = (room.host.site, room.host.vcenter, room.host.cluster)
        self.millicores = [room.host.free_cores * 1000] * len(room.millicores)
        self.memory_bytes = [room.host.free_memory_bytes] * len(room.millicores)
        self.devices = [Device(room, index) for index in range(len(room.models))]
        self.present: Counter[tuple[str, str]] = Counter()
        self.environments: Counter[str] = Counter()
        self.giving: dict[int, None] = {}
        self.local = Local(room.host, len(room.millicores))

    def has(self, ask: Ask) -> bool:
        """Whether cores, memory and what else it asks for suffice in every slot of the ask."""
        own = not (ask.nvme_bytes or ask.ports) or self.local.has(ask)
        return own and self.has_cores(ask) and self.has_memory(ask)

    def has_cores(self, ask: Ask) -> bool:
        """Whether its cores suffice."""
        if len(self.millicores) == 1:
            return self.millicores[0] >= ask.millicores
        return all(self.millicores[slot] >= ask.millicores for slot in ask.slots)

    def has_memory(self, ask: Ask) -> bool:
        """Whether its memory suffices."""
        if len(self.memory_bytes) == 1:
            return self.memory_bytes[0] >= ask.memory_bytes
        return all(self.memory_bytes[slot] >= ask.memory_bytes for slot in ask.slots)

    def count(self, ask: Ask, sign: int) -> None:
        """Cores, memory and neighbours of a VM that comes (1) or goes (-1)."""
        for slot in ask.slots:
            self.millicores[slot] -= sign * ask.millicores
            self.memory_bytes[slot] -= sign * ask.memory_bytes
        if ask.nvme_bytes or ask.ports:
            self.local.count(ask, sign)
        if ask.apart is not None:
            self.present[ask.apart] += sign
        if ask.environment:
            self.environments[ask.environment] += sign
