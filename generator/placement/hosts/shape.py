"""The final shape of a demand's VMs, once their GPU and the hosts are known."""

from __future__ import annotations

from collections.abc import Sequence

from generator.catalog.vgpu import VgpuProfile
from generator.ledger import Basis, Entry
from generator.placement.hosts.stock import Host
from generator.quantity import GIB
from generator.record import altered
from generator.sizing.demand import Demand
from generator.sizing.figures import Figures
from generator.sizing.machine.ram import (
    SERVER_BYTES,
    SERVER_BYTES_HIGH,
    SERVER_BYTES_LOW,
    STAGING_RATIO,
    Purpose,
)

NUMA_HEADROOM = 8
"""A VM that takes a NUMA node leaves one eighth of it to ESXi and small neighbours; assumed."""

INFERENCE_RAM_BASE_BYTES = 32 * GIB
TRAINING_RAM_PER_FRAMEBUFFER = 2
"""RAM of a GPU VM without a stated one: training twice its framebuffer, inference its framebuffer
and 32 GiB. A default to be confirmed on site."""

_INFERENCE = ("serving", "validation", "monitoring")


def shaped(demand: Demand, profile: VgpuProfile | None, hosts: Sequence[Host]) -> Demand:
    """The demand with its vCPUs and memory settled; ``hosts`` are those that could carry it."""
    if demand.gpu is None or profile is None:
        return demand
    vcpus, memory = demand.vcpus, demand.memory_bytes or _derived(demand, profile)
    if demand.whole_numa_node and hosts:
        cores, node = _node_less_headroom(hosts)
        vcpus, memory = max(vcpus, cores), max(memory, node)
    if (vcpus, memory) == (demand.vcpus, demand.memory_bytes):
        return demand
    return altered(demand, vcpus=vcpus, memory_bytes=memory)


def shape_entries(demand: Demand, final: Demand, profile: VgpuProfile | None) -> Sequence[Entry]:
    """How ``final`` came about from ``demand``, for the ledger."""
    if demand.gpu is None or profile is None:
        return ()
    figures = Figures(demand.name)
    if not demand.memory_bytes:
        _note_derived(demand, profile, figures)
    if demand.whole_numa_node:
        _note_node(final, figures)
    figures.gib(
        "reserved RAM",
        final.memory_bytes,
        rule="all of it: a device reaches any page of its VM, so none may be swapped",
        source="Broadcom, KB 309986",
        basis=Basis.PUBLISHED,
    )
    return figures.entries


def _node_less_headroom(hosts: Sequence[Host]) -> tuple[int, int]:
    """Cores and bytes of the smallest NUMA node, less one eighth."""
    cores = min(host.numa_cores for host in hosts)
    node = min(host.numa_memory_bytes for host in hosts)
    return cores - cores // NUMA_HEADROOM, (node - node // NUMA_HEADROOM) // GIB * GIB


def _note_node(final: Demand, figures: Figures) -> None:
    figures.note(
        "vCPUs",
        final.vcpus,
        "",
        rule="cores of a NUMA node less one eighth: the VM has all GPUs of the node",
        source="F. Denneman, Sub-NUMA Clustering and CPU Topology (2022)",
    )
    figures.gib(
        "RAM",
        final.memory_bytes,
        rule="memory of a NUMA node less one eighth",
        source="F. Denneman, Large memory VMs (2022)",
        basis=Basis.ANALYTIC,
    )


def _framebuffer_bytes(demand: Demand, profile: VgpuProfile) -> int:
    return profile.framebuffer_bytes * (demand.gpu.gpus if demand.gpu else 0)


def _derived(demand: Demand, profile: VgpuProfile) -> int:
    """RAM from the framebuffer, with what loader and offload take on top of it."""
    framebuffer = _framebuffer_bytes(demand, profile)
    if demand.phase in _INFERENCE:
        return framebuffer + INFERENCE_RAM_BASE_BYTES + demand.extra_memory_bytes
    return framebuffer * TRAINING_RAM_PER_FRAMEBUFFER + demand.extra_memory_bytes


def _note_derived(demand: Demand, profile: VgpuProfile, figures: Figures) -> None:
    framebuffer, extra = _framebuffer_bytes(demand, profile), demand.extra_memory_bytes
    if demand.phase in _INFERENCE:
        base, rule = INFERENCE_RAM_BASE_BYTES, "framebuffer + 32 GiB"
        _, fewest, most = STAGING_RATIO[Purpose.INFERENCE]
        low = fewest * framebuffer + base - SERVER_BYTES + SERVER_BYTES_LOW
        high = most * framebuffer + base - SERVER_BYTES + SERVER_BYTES_HIGH
    else:
        rule = "2 x framebuffer"
        _, fewest, most = STAGING_RATIO[Purpose.TRAINING]
        low, high = fewest * framebuffer, most * framebuffer
    figures.note(
        "RAM",
        round(_derived(demand, profile) / GIB, 2),
        "GiB",
        rule=f"{rule}, and what loader and offload take on top" if extra else rule,
        source="confirm on site",
        basis=Basis.ASSUMED,
        low=round((low + extra) / GIB, 2),
        high=round((high + extra) / GIB, 2),
        effect="RAM of the VM's class, all of it reserved on its host",
    )
