"""First-fit packing onto real geometry: same-size vGPU, MIG, NVLink groups, CPU and memory.

The packer's state changes as it goes; what leaves this module is frozen.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from heapq import heapify, heappop, heappush
from operator import itemgetter
from typing import Any

from generator.catalog.accelerator import Accelerator
from generator.catalog.vgpu import VgpuProfile
from generator.placement.devices import NO_START, Device
from generator.placement.links import GROUP_SIZES, link_groups
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


Key = tuple[str, str]
"""A host by its site and name: two sites may use one name."""


def _key(host: Host) -> Key:
    return host.site, host.name


def _cluster(host: Host) -> tuple[str, ...]:
    return host.site, host.vcenter, host.cluster, "cluster"


class Packing:
    """The hosts of a plan while it is made."""

    def __init__(
        self, hosts: Sequence[Host], models: Mapping[str, Accelerator], isolation: str
    ) -> None:
        self._hosts = hosts
        self._isolation = isolation
        self._cores = {_key(host): host.free_cores for host in hosts}
        self._memory = {_key(host): host.free_memory_bytes for host in hosts}
        self._devices = {
            _key(host): [Device(gpu, models[gpu.model]) for gpu in host.gpus if gpu.model in models]
            for host in hosts
        }
        self._links = {
            _key(host): tuple(g for n in GROUP_SIZES for g in link_groups(host, n))
            for host in hosts
        }
        self._inhabitants: dict[Key, Counter[tuple[str, str]]] = {_key(h): Counter() for h in hosts}
        self._environments: dict[tuple[str, ...], str] = {}

    def able(self, accelerator: Accelerator | None, demand: Demand) -> list[Host]:
        """The hosts whose hardware could carry the demand if it were empty."""
        here = [h for h in self._hosts if not demand.site or h.site == demand.site]
        need = demand.gpu
        if accelerator is None or need is None:
            return here
        return [
            host
            for host in here
            if sum(gpu.model == accelerator.id for gpu in host.gpus) >= need.gpus
            and (not need.nvlink or any(len(g) == need.gpus for g in self._links[_key(host)]))
        ]

    def put(self, demand: Demand, model: str, profile: VgpuProfile | None) -> Iterator[Spot]:
        """Places up to ``demand.count`` VMs and stops at the first that does not fit.

        ``profile`` is one of the accelerator ``model``, both empty for a demand without a GPU.
        """
        # Placing a VM changes the rank of its own host only, so each host is ranked once.
        ranked = []
        for order, host in enumerate(self._hosts):
            ranked += self._best(order, host, demand, model, profile)
        heapify(ranked)
        for _ in range(demand.count):
            if not ranked:
                return
            _, order, spot = heappop(ranked)
            self._take(spot, demand, profile)
            for again in self._best(order, spot.host, demand, model, profile):
                heappush(ranked, again)
            yield spot

    def missing(self, demand: Demand, profile: VgpuProfile | None) -> str:
        """What stops the next VM of the demand, in words."""
        roomy = [h for h in self.able(None, demand) if self._has_room(h, demand)]
        if not roomy:
            memory_gib = demand.memory_bytes >> 30
            return f"no host has {demand.vcpus} cores and {memory_gib} GiB of memory left"
        if profile is None:
            return f"no host of {demand.environment} has room left"
        return f"every GPU that may take {profile.name} is full or holds something else"

    def _best(
        self, order: int, host: Host, demand: Demand, model: str, profile: VgpuProfile | None
    ) -> list[tuple[tuple[Any, ...], int, Spot]]:
        """The best spot of a host with its rank, or nothing."""
        if not self._has_room(host, demand) or not self._may_share(host, demand):
            return []
        preference = self._preference(host, demand)
        best = min(self._spots(host, demand, model, profile), key=itemgetter(0), default=None)
        return [] if best is None else [((*preference, *best[0]), order, best[1])]

    def _has_room(self, host: Host, demand: Demand) -> bool:
        memory = demand.memory_bytes + (MMIO_OVERHEAD_BYTES if demand.gpu else 0)
        return self._cores[_key(host)] >= demand.vcpus and self._memory[_key(host)] >= memory

    def _may_share(self, host: Host, demand: Demand) -> bool:
        if demand.site and host.site != demand.site:
            return False
        if self._isolation not in ("host", "cluster"):
            return True
        container = _key(host) if self._isolation == "host" else _cluster(host)
        return self._environments.get(container, demand.environment) == demand.environment

    def _preference(self, host: Host, demand: Demand) -> tuple[int, ...]:
        """Replicas that serve, and nodes of a control plane, keep apart; all else fills up."""
        if demand.phase in ("serving", "control-plane", "system"):
            return (self._inhabitants[_key(host)][demand.environment, demand.name],)
        return (0,)

    def _spots(
        self, host: Host, demand: Demand, model: str, profile: VgpuProfile | None
    ) -> Iterator[tuple[tuple[object, ...], Spot]]:
        if demand.gpu is None or profile is None:
            gpus = len(self._devices[_key(host)])
            yield (gpus > 0, host.name), Spot(host, (), NO_START)
            return
        devices = self._devices[_key(host)]
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
            # Keep groups whole: first a device in use, then one whose neighbour is, then the rest.
            rank = (device.empty, device.empty and self._breaks(host, device), host.name)
            yield (*rank, device.gpu.index), Spot(host, (device.gpu,), start)

    def _groups(
        self, host: Host, demand: Demand, devices: Sequence[Device]
    ) -> Iterator[tuple[tuple[object, ...], Spot]]:
        """The GPUs of one VM: whole and empty, one NUMA node before two, joined where asked."""
        assert demand.gpu is not None
        empty = [device.gpu for device in devices if device.empty]
        if demand.gpu.nvlink:
            by_index = {gpu.index: gpu for gpu in empty}
            for group in self._links[_key(host)]:
                if len(group) == demand.gpu.gpus and by_index.keys() >= set(group):
                    gpus = tuple(by_index[index] for index in group)
                    broken = self._whole_groups(host, group)
                    yield (broken, host.name, group[0]), Spot(host, gpus, NO_START)
            return
        for numa in sorted({gpu.numa for gpu in empty}):
            local = [gpu for gpu in empty if gpu.numa == numa][: demand.gpu.gpus]
            if len(local) == demand.gpu.gpus:
                yield (False, host.name, numa), Spot(host, tuple(local), NO_START)
        if len(empty) >= demand.gpu.gpus:
            gpus = tuple(empty[: demand.gpu.gpus])
            yield (True, host.name, 0), Spot(host, gpus, NO_START)

    def _breaks(self, host: Host, device: Device) -> int:
        """How many whole groups a fraction on the device would end."""
        if self._links[_key(host)]:
            return self._whole_groups(host, (device.gpu.index,))
        devices = self._devices[_key(host)]
        return len(devices) > 1 and all(d.empty for d in devices if d is not device)

    def _whole_groups(self, host: Host, inner: tuple[int, ...]) -> int:
        """The link groups around ``inner``, larger than it, of which every GPU is free."""
        free = {d.gpu.index for d in self._devices[_key(host)] if d.free}
        return sum(
            len(group) > len(inner) and set(inner) <= set(group) <= free
            for group in self._links[_key(host)]
        )

    def _take(self, spot: Spot, demand: Demand, profile: VgpuProfile | None) -> None:
        name = _key(spot.host)
        self._cores[name] -= demand.vcpus
        self._memory[name] -= demand.memory_bytes + (MMIO_OVERHEAD_BYTES if demand.gpu else 0)
        self._inhabitants[name][demand.environment, demand.name] += 1
        self._environments[name] = demand.environment
        self._environments[_cluster(spot.host)] = demand.environment
        if demand.gpu is None or profile is None:
            return
        environment = demand.environment if self._isolation != "none" else ""
        for device in self._devices[name]:
            if device.gpu in spot.gpus:
                device.take(profile, demand.gpu.sharing, environment, spot.start)
