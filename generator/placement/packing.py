"""First-fit packing onto real geometry: same-size vGPU, MIG, NVLink groups, CPU and memory.

The packer's state changes as it goes; what leaves this module is frozen.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from generator.catalog.accelerator import Accelerator
from generator.catalog.vgpu import VgpuProfile
from generator.placement.devices import NO_START, Device
from generator.placement.stock import Gpu, Host
from generator.quantity import MIB
from generator.sizing.demand import Demand

MMIO_OVERHEAD_BYTES = 97 * MIB
"""What a 512 GB MMIO window costs the host per GPU VM: 83 MB for 128 GB and 14 more.
Source: F. Denneman, BIOS, VM and vCenter settings (2023)."""


@dataclass(frozen=True, slots=True)
class Spot:
    """Where one VM goes: its host, its GPUs and the start of its MIG instance (else -1)."""

    host: Host
    gpus: tuple[Gpu, ...]
    start: int


class Packing:
    """The hosts of a plan while it is made."""

    def __init__(
        self, hosts: Sequence[Host], models: Mapping[str, Accelerator], isolation: str
    ) -> None:
        self._hosts = hosts
        self._isolation = isolation
        self._cores = {host.name: host.free_cores for host in hosts}
        self._memory = {host.name: host.free_memory_bytes for host in hosts}
        self._devices = {
            host.name: [Device(gpu, models[gpu.model]) for gpu in host.gpus if gpu.model in models]
            for host in hosts
        }
        self._inhabitants: dict[str, Counter[tuple[str, str]]] = {h.name: Counter() for h in hosts}
        self._environments: dict[str, str] = {}

    def able(self, accelerator: Accelerator | None, demand: Demand) -> list[Host]:
        """The hosts whose hardware could carry the demand if it were empty."""
        if accelerator is None or demand.gpu is None:
            return list(self._hosts)
        return [
            host
            for host in self._hosts
            if sum(gpu.model == accelerator.id for gpu in host.gpus) >= demand.gpu.gpus
            and (host.nvlink or not demand.gpu.nvlink)
        ]

    def put(self, demand: Demand, model: str, profile: VgpuProfile | None) -> Iterator[Spot]:
        """Places up to ``demand.count`` VMs and stops at the first that does not fit.

        ``profile`` is one of the accelerator ``model``, both empty for a demand without a GPU.
        """
        for _ in range(demand.count):
            spot = self._find(demand, model, profile)
            if spot is None:
                return
            self._take(spot, demand, profile)
            yield spot

    def missing(self, demand: Demand, profile: VgpuProfile | None) -> str:
        """What stops the next VM of the demand, in words."""
        roomy = [host for host in self._hosts if self._has_room(host, demand)]
        if not roomy:
            memory_gib = demand.memory_bytes >> 30
            return f"no host has {demand.vcpus} cores and {memory_gib} GiB of memory left"
        if profile is None:
            return f"no host of {demand.environment} has room left"
        return f"every GPU that may take {profile.name} is full or holds something else"

    def _find(self, demand: Demand, model: str, profile: VgpuProfile | None) -> Spot | None:
        best: tuple[tuple[object, ...], Spot] | None = None
        for host in self._hosts:
            if not self._has_room(host, demand) or not self._may_share(host, demand):
                continue
            for rank, spot in self._spots(host, demand, model, profile):
                key = (*self._preference(host, demand), *rank)
                if best is None or key < best[0]:
                    best = (key, spot)
        return best[1] if best else None

    def _has_room(self, host: Host, demand: Demand) -> bool:
        memory = demand.memory_bytes + (MMIO_OVERHEAD_BYTES if demand.gpu else 0)
        return self._cores[host.name] >= demand.vcpus and self._memory[host.name] >= memory

    def _may_share(self, host: Host, demand: Demand) -> bool:
        if demand.site and host.site != demand.site:
            return False
        if self._isolation not in ("host", "cluster"):
            return True
        container = host.name if self._isolation == "host" else f"cluster:{host.cluster}"
        return self._environments.get(container, demand.environment) == demand.environment

    def _preference(self, host: Host, demand: Demand) -> tuple[int, ...]:
        """Replicas that serve, and nodes of a control plane, keep apart; all else fills up."""
        if demand.phase in ("serving", "control-plane", "system"):
            return (self._inhabitants[host.name][demand.environment, demand.name],)
        return (0,)

    def _spots(
        self, host: Host, demand: Demand, model: str, profile: VgpuProfile | None
    ) -> Iterator[tuple[tuple[object, ...], Spot]]:
        if demand.gpu is None or profile is None:
            gpus = len(self._devices[host.name])
            yield (gpus > 0, host.name), Spot(host, (), NO_START)
            return
        devices = self._devices[host.name]
        environment = demand.environment if self._isolation != "none" else ""
        fitting = [
            (device, start)
            for device in devices
            if device.gpu.model == model
            and (start := device.start_for(profile, demand.gpu.sharing, environment)) is not None
        ]
        if demand.gpu.gpus > 1:
            yield from self._groups(host, demand, [device for device, _ in fitting])
            return
        for device, start in fitting:
            # Keep pairs whole: first a device in use, then one whose neighbour is, then the rest.
            lone = all(other.empty for other in devices if other is not device)
            rank = (device.empty, device.empty and lone and len(devices) > 1, host.name)
            yield (*rank, device.gpu.index), Spot(host, (device.gpu,), start)

    def _groups(
        self, host: Host, demand: Demand, devices: Sequence[Device]
    ) -> Iterator[tuple[tuple[object, ...], Spot]]:
        """The GPUs of one VM: whole and empty, one NUMA node before two, joined where asked."""
        assert demand.gpu is not None
        empty = [device.gpu for device in devices if device.empty]
        if demand.gpu.nvlink and not host.nvlink:
            return
        for numa in sorted({gpu.numa for gpu in empty}):
            local = [gpu for gpu in empty if gpu.numa == numa][: demand.gpu.gpus]
            if len(local) == demand.gpu.gpus:
                yield (False, host.name, numa), Spot(host, tuple(local), NO_START)
        if len(empty) >= demand.gpu.gpus:
            gpus = tuple(empty[: demand.gpu.gpus])
            yield (True, host.name, 0), Spot(host, gpus, NO_START)

    def _take(self, spot: Spot, demand: Demand, profile: VgpuProfile | None) -> None:
        name = spot.host.name
        self._cores[name] -= demand.vcpus
        self._memory[name] -= demand.memory_bytes + (MMIO_OVERHEAD_BYTES if demand.gpu else 0)
        self._inhabitants[name][demand.environment, demand.name] += 1
        self._environments[name] = demand.environment
        self._environments[f"cluster:{spot.host.cluster}"] = demand.environment
        if demand.gpu is None or profile is None:
            return
        environment = demand.environment if self._isolation != "none" else ""
        for device in self._devices[name]:
            if device.gpu in spot.gpus:
                device.take(profile, demand.gpu.sharing, environment, spot.start)
