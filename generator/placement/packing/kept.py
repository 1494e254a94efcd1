"""Where an earlier plan has the VMs of each demand, for a plan that moves few of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from generator.placement.devices.geometry import Board
from generator.placement.devices.shapes import NO_START, PASSTHROUGH, Mode
from generator.placement.hosts.ask import Spot
from generator.placement.hosts.stock import Gpu, Host
from generator.placement.packing.asks import Option
from generator.placement.plan import Placed
from generator.sizing.demand import Demand


class Seated(NamedTuple):
    """A VM that stays: its number, its spot, its place on the GPU and the GPU's mode."""

    number: int
    spot: Spot
    start: int
    mode: Mode


class Kept:
    """The placements of an earlier plan on the hosts of today."""

    def __init__(
        self, placed: Sequence[Placed], hosts: Sequence[Host], boards: Mapping[str, Board]
    ) -> None:
        self._boards = boards
        self._orders = {(host.site, host.name): order for order, host in enumerate(hosts)}
        self._gpus = {
            (host.site, gpu.name): (at, gpu) for host in hosts for at, gpu in enumerate(host.gpus)
        }
        self._vms: dict[tuple[str, str], list[Placed]] = {}
        for vm in placed:
            self._vms.setdefault((vm.environment, vm.demand), []).append(vm)

    def option(self, demand: Demand, options: Sequence[Option]) -> Option | None:
        """The option that the earlier plan chose, where it is still one."""
        for vm in self._vms.get((demand.environment, demand.name), ()):
            found = self._gpus.get((vm.site, vm.gpus[0])) if vm.gpus else None
            model = found[1].model if found else ""
            for option in options:
                if (option[0].id, option[1].name) == (model, vm.profile or PASSTHROUGH):
                    return option
        return None

    def seats(self, demand: Demand) -> Iterator[Seated]:
        """The VMs of a demand whose host and GPUs are still there."""
        for vm in self._vms.get((demand.environment, demand.name), ()):
            order = self._orders.get((vm.site, vm.host))
            gpus = [found for name in vm.gpus if (found := self._gpus.get((vm.site, name)))]
            if order is not None and len(gpus) == len(vm.gpus) and vm.index < demand.count:
                spot = Spot(order, tuple(at for at, _ in gpus), vm.numa)
                mode = self._mode(vm, gpus[0][1]) if gpus else Mode.EMPTY
                yield Seated(vm.index, spot, vm.start, mode)

    def _mode(self, vm: Placed, gpu: Gpu) -> Mode:
        """The mode that the VM's GPU is in, as far as the place of one vGPU tells."""
        if not vm.profile:
            return Mode.PASSTHROUGH
        board = self._boards.get(gpu.model)
        shape = board.find(vm.profile) if board else None
        if shape is not None and shape.is_mig:
            return Mode.MIG_TIME_SLICED if shape.per_instance > 1 else Mode.MIG
        return Mode.SAME_SIZE if vm.start == NO_START else Mode.MIXED_SIZE
