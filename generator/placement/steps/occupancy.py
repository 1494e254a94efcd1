"""What stands on GPUs while a site is changed: today's VMs, foreign and ours, and the plan's."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from generator.placement.devices.geometry import Board
from generator.placement.devices.shapes import CLOSED, NO_START, PASSTHROUGH, Fixed, Mode
from generator.placement.hosts.stock import Gpu, Host
from generator.placement.levers.worst_order import power_on_rank
from generator.placement.plan import Placed, Plan
from generator.record import Record, record

UNKNOWN_START = -2
"""A place that the facts do not say."""


@record
class Seat(Record):
    """What a VM holds of a GPU: the profile, and its place (-1 where the mode has none).

    ``PASSTHROUGH`` is a whole GPU by DirectPath; "" is all of it, in whatever way.
    """

    gpu: str
    profile: str
    start: int


@record
class Vm(Record):
    """A VM with its GPUs. ``planned`` for one of the plan, else it runs today."""

    site: str
    host: str
    name: str
    seats: tuple[Seat, ...]
    planned: bool = False

    @property
    def can_move(self) -> bool:
        """Whether vMotion can take it: a vGPU, never a device by DirectPath."""
        return all(seat.profile not in ("", PASSTHROUGH) for seat in self.seats)


@dataclass(slots=True)
class GpuState:
    """One GPU between two steps; ``mode`` None where nobody knows it."""

    host: str
    name: str
    model: str
    mode: Mode | None
    held_by: str
    on: list[tuple[str, Seat, bool]] = field(default_factory=list)

    def seats(self) -> list[Seat]:
        """All that stands on it."""
        return [seat for _, seat, _ in self.on]

    def foreign(self) -> list[tuple[str, Seat]]:
        """What stands on it and is not ours, by VM; a holder has all of it."""
        held = (self.held_by, Seat(gpu=self.name, profile="", start=NO_START))
        others = [(name, seat) for name, seat, ours in self.on if not ours]
        return [held, *others] if self.held_by else others

    def take_off(self, vm: str) -> None:
        """Without a VM."""
        self.on = [entry for entry in self.on if entry[0] != vm]
        if self.held_by == vm:
            self.held_by = ""

    def put_on(self, vm: Vm, seat: Seat) -> None:
        """With one VM more."""
        if not seat.profile:
            self.held_by = vm.name
        else:
            self.on.append((vm.name, seat, vm.planned))


Gpus = dict[tuple[str, str], GpuState]
"""States by site and name of the GPU."""


def today(hosts: Sequence[Host], boards: Mapping[str, Board]) -> Gpus:
    """The state of every GPU as the facts have it."""
    return {
        (host.site, gpu.name): GpuState(
            host=host.name,
            name=gpu.name,
            model=gpu.model,
            mode=(mode := _mode(gpu, boards.get(gpu.model))),
            held_by=gpu.held_by,
            on=[
                (tenant.vm, Seat(gpu=gpu.name, profile=tenant.profile, start=start), tenant.ours)
                for tenant in gpu.tenants
                for start in (_start(tenant.start, mode),)
            ],
        )
        for host in hosts
        for gpu in host.gpus
    }


def our_vms(gpus: Gpus) -> list[Vm]:
    """Our VMs that run today, by site, host and name."""
    found: dict[tuple[str, str, str], list[Seat]] = {}
    for (site, _), state in sorted(gpus.items()):
        for name, seat, ours in state.on:
            if ours:
                found.setdefault((site, state.host, name), []).append(seat)
    return [
        Vm(site=site, host=host, name=name, seats=tuple(seats))
        for (site, host, name), seats in sorted(found.items())
    ]


def planned_vms(plan: Plan, modes: Mapping[tuple[str, str], Mode]) -> Iterator[Vm]:
    """The plan's VMs that have a GPU and may run at any time; a window starts its own."""
    timed = {(c.demand.environment, c.demand.name) for c in plan.chosen if c.demand.windows}
    for spot in plan.placed:
        if spot.gpus and (spot.environment, spot.demand) not in timed:
            yield Vm(
                site=spot.site,
                host=spot.host,
                name=planned_name(spot),
                seats=tuple(_seat(spot, gpu, modes.get((spot.site, gpu))) for gpu in spot.gpus),
                planned=True,
            )


def planned_name(spot: Placed) -> str:
    """How a VM of the plan is called until it has a name: environment, demand and number."""
    return f"{spot.environment}/{spot.demand}-{spot.index}"


def footprint(vm: Vm) -> object:
    """What a VM takes where; two of one footprint can stand for one another."""
    return vm.site, vm.host, tuple(sorted((s.gpu, s.profile, s.start) for s in vm.seats))


def fits(board: Board | None, seats: Sequence[Seat], mode: Mode | None) -> bool:
    """Whether a GPU may carry some seats in a mode."""
    if not seats:
        return True
    if board is None or mode is None:
        return False
    shapes = [seat for seat in seats if board.find(seat.profile) is not None]
    if len(shapes) < len(seats) or any(seat.start == UNKNOWN_START for seat in seats):
        return False
    fixed: list[Fixed] = []
    for seat in seats:
        shape = board.shape(seat.profile)
        if seat.start not in board.legal_starts(fixed, mode, shape):
            return False
        fixed.append(Fixed(shape, seat.start))
    return board.occupied(fixed, mode) != CLOSED


def power_on_turn(plan: Plan, boards: Mapping[str, Board]) -> Callable[[Vm], tuple[object, ...]]:
    """A key that sorts the plan's VMs as they are powered on: permanent first, large first."""
    ranks: dict[str, tuple[object, ...]] = {}
    chosen = {(c.demand.environment, c.demand.name): c for c in plan.chosen}
    for spot in plan.placed:
        choice = chosen[spot.environment, spot.demand]
        need = choice.demand.gpu
        if need is not None and choice.model:
            board = boards[choice.model]
            shape = board.shape(choice.profile or PASSTHROUGH)
            rank = power_on_rank(choice.model, shape, need.gpus, board, nvlink=need.nvlink)
            turn = not choice.demand.permanent, *rank
            ranks[planned_name(spot)] = (*turn, spot.environment, spot.demand, spot.index)
    return lambda vm: ranks[vm.name]


_MODES = {
    "mig": Mode.MIG,
    "mig-time-sliced": Mode.MIG_TIME_SLICED,
    "passthrough": Mode.PASSTHROUGH,
}


def _mode(gpu: Gpu, board: Board | None) -> Mode | None:
    """The mode of a GPU today, as the facts or what runs on it say."""
    if gpu.mode in _MODES:
        return _MODES[gpu.mode]
    profiles = {tenant.profile for tenant in gpu.tenants}
    shapes = [board.find(profile) for profile in sorted(profiles)] if board else []
    if any(shape is not None and shape.is_mig for shape in shapes):
        return Mode.MIG
    if gpu.mixed_size or (gpu.mixed_size is None and len(profiles) > 1):
        return Mode.MIXED_SIZE
    return Mode.SAME_SIZE if profiles or gpu.mixed_size is False else None


def _start(start: int | None, mode: Mode | None) -> int:
    if mode is None or not (mode.is_mig or mode is Mode.MIXED_SIZE):
        return NO_START
    return UNKNOWN_START if start is None else start


def _seat(spot: Placed, gpu: str, mode: Mode | None) -> Seat:
    """A whole GPU among several starts at 0 where its mode has places."""
    whole = mode is Mode.MIXED_SIZE and len(spot.gpus) > 1
    return Seat(gpu=gpu, profile=spot.profile or PASSTHROUGH, start=0 if whole else spot.start)
