"""What the VMs of a workload take of their own host beside cores and memory: NVMe and ports.

A cache on the nodes is a disk of each node, so its host must have the room. What a VM reads from
another machine enters through the ports of its host that carry the traffic of the data's tier.

Attributed to VMs is only what certainly passes the host's ports: reads from NFS, iSCSI, NVMe-oF and
object stores. Left to the rules of the whole platform (MLG-Z020, MLG-Z021) are reads from vSAN, of
which a part lies on the host itself while others read from it; the exchange of GPUs between hosts,
which depends on which hosts; answers of services and writes, whose rates are averages; and every
reader without a rate. Nothing is counted twice: a cache answers what it holds.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from generator.blueprint.model.blueprint import Blueprint
from generator.blueprint.model.environments import Environment
from generator.blueprint.model.storage_compute import Dataset
from generator.blueprint.model.workloads import Workload
from generator.ledger import Basis, Entry
from generator.sizing.connectivity.flows import reading_rate
from generator.sizing.connectivity.places import VM_TRAFFIC, Places
from generator.sizing.data.rates import ReadRate, read_rates
from generator.sizing.data.stored import ON_NODES, StoredKind, StoredVolume
from generator.sizing.demand import Demand, PortUse
from generator.sizing.figures import Figures
from generator.sizing.storage.reading import cached_ratio

BY_VM = (VM_TRAFFIC, "nfs", "iscsi", "nvmeof")
"""Traffic of which every byte that a VM reads passes a port of its host."""

_UNMOVED = ("synthetic", "none")


def use_hosts(
    blueprint: Blueprint, demands: Iterable[Demand], volumes: Iterable[StoredVolume]
) -> tuple[list[Demand], list[Entry]]:
    """The demands with what each VM takes of its host's NVMe and ports, and the ledger of it.

    ``volumes`` are the sized data: they say how large a cache is and which tier was chosen.
    """
    readers = _Readers(blueprint, tuple(volumes))
    used, ledger = list[Demand](), list[Entry]()
    for demand in demands:
        nvme, ports = readers.nvme_bytes(demand), tuple(readers.ports(demand))
        if nvme or ports:
            used.append(replace(demand, nvme_bytes=nvme, ports=ports))
            ledger += _entries(used[-1])
        else:
            used.append(demand)
    return used, ledger


class _Readers:
    def __init__(self, blueprint: Blueprint, volumes: tuple[StoredVolume, ...]) -> None:
        self._environments = blueprint.environments
        self._workloads = {workload.name: workload for workload in blueprint.workloads}
        self._datasets = {d.name: d for d in blueprint.storage_compute.datasets}
        self._caches = {v.name: v for v in volumes if v.kind is StoredKind.CACHE}
        tiers = {v.name: v.tier for v in volumes if v.kind is StoredKind.DATASET and v.tier}
        self._places = Places(blueprint, tiers)
        self._rates: Mapping[str, ReadRate] = read_rates(blueprint)

    def nvme_bytes(self, demand: Demand) -> int:
        """Bytes of node-local caches that each VM of a demand holds."""
        return sum(
            min(cache.logical_bytes, round(dataset.size_bytes.value * share))
            for dataset, share in self._read(demand)
            if (cache := self._caches.get(f"{dataset.name}-cache"))
            and cache.tier == ON_NODES
            and cache.logical_bytes
        )

    def ports(self, demand: Demand) -> Iterator[PortUse]:
        """Bytes per second that each VM reads, by the traffic that carries them."""
        rates: dict[str, float] = {}
        for dataset, share in self._read(demand):
            rate, _, _ = reading_rate(demand.name, dataset, self._rates[dataset.name])
            if rate:
                for traffic, part in self._ways(dataset):
                    each = rate * share * part / max(1, demand.count)
                    rates[traffic] = rates.get(traffic, 0.0) + each
        for traffic, rate in sorted(rates.items()):
            if traffic in BY_VM and rate >= 1:
                yield PortUse(traffic=traffic, bytes_per_s=round(rate))

    def _read(self, demand: Demand) -> Iterator[tuple[Dataset, float]]:
        """The datasets that a demand's VMs read, each with the share that they see of it."""
        workload = self._workloads.get(demand.name)
        share = _share(self._environments.get(demand.environment))
        if workload is not None and share:
            for name in _names(workload):
                if name in self._datasets:
                    yield self._datasets[name], share

    def _ways(self, dataset: Dataset) -> Iterator[tuple[str, float]]:
        """The traffic over which a dataset is reached, with the share of the reads on each."""
        cache = self._caches.get(f"{dataset.name}-cache")
        answered = 0.0
        if cache is not None and cache.logical_bytes:
            answered = cached_ratio(
                dataset_bytes=dataset.size_bytes.value,
                cache_bytes=cache.logical_bytes,
                random_order=True,
            )
            if cache.tier and cache.tier != ON_NODES:
                yield self._places.traffic(cache.tier), answered
        store = self._places.dataset(dataset)
        if store.tier and answered < 1:
            yield store.traffic, 1 - answered


def _names(workload: Workload) -> Iterator[str]:
    for name in dict.fromkeys((workload.data, *workload.uses)):
        if name:
            yield name


def _share(environment: Environment | None) -> float:
    """How much of the data an environment sees."""
    if environment is None or environment.data in _UNMOVED:
        return 0.0
    if environment.data == "sample" and environment.sample_ratio is not None:
        return float(environment.sample_ratio.value)
    return 1.0


def _entries(demand: Demand) -> list[Entry]:
    figures = Figures(demand.name)
    if demand.nvme_bytes:
        figures.gib(
            f"NVMe of its host in {demand.environment}",
            demand.nvme_bytes,
            rule="node-local caches of the datasets that it reads, on each node",
            source="field rule F24",
            basis=Basis.ANALYTIC,
        )
    for use in demand.ports:
        figures.note(
            f"{use.traffic} ports of its host in {demand.environment}",
            use.bytes_per_s,
            "B/s",
            rule="what the workload reads and no cache answers / its VMs",
            source="requirements S0-4 and S0-6",
        )
    return figures.entries
