"""The final shape of a demand's VMs, once their GPU and the hosts are known."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from generator.catalog.vgpu import VgpuProfile
from generator.ledger import Basis
from generator.placement.stock import Host
from generator.quantity import GIB
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


def shaped(
    demand: Demand, profile: VgpuProfile | None, hosts: Sequence[Host], figures: Figures
) -> Demand:
    """The demand with its vCPUs and memory settled; ``hosts`` are those that could carry it."""
    if demand.gpu is None or profile is None:
        return demand
    vcpus, memory = demand.vcpus, demand.memory_bytes
    framebuffer = profile.framebuffer_bytes * demand.gpu.gpus
    if not memory:
        memory = _derived(demand, framebuffer, figures)
    if demand.whole_numa_node and hosts:
        cores = min(host.numa_cores for host in hosts)
        node = min(host.numa_memory_bytes for host in hosts)
        vcpus = max(vcpus, cores - cores // NUMA_HEADROOM)
        memory = max(memory, (node - node // NUMA_HEADROOM) // GIB * GIB)
        figures.note(
            "vCPUs",
            vcpus,
            "",
            rule="cores of a NUMA node less one eighth: the VM has all GPUs of the node",
            source="F. Denneman, Sub-NUMA Clustering and CPU Topology (2022)",
        )
        figures.gib(
            "RAM",
            memory,
            rule="memory of a NUMA node less one eighth",
            source="F. Denneman, Large memory VMs (2022)",
            basis=Basis.ANALYTIC,
        )
    figures.gib(
        "reserved RAM",
        memory,
        rule="all of it: a device reaches any page of its VM, so none may be swapped",
        source="Broadcom, KB 309986",
        basis=Basis.PUBLISHED,
    )
    return replace(demand, vcpus=vcpus, memory_bytes=memory)


def _derived(demand: Demand, framebuffer_bytes: int, figures: Figures) -> int:
    """RAM from the framebuffer, with what loader and offload take on top of it."""
    extra = demand.extra_memory_bytes
    if demand.phase in _INFERENCE:
        base, rule = INFERENCE_RAM_BASE_BYTES, "framebuffer + 32 GiB"
        memory = framebuffer_bytes + base
        _, fewest, most = STAGING_RATIO[Purpose.INFERENCE]
        low = fewest * framebuffer_bytes + base - SERVER_BYTES + SERVER_BYTES_LOW
        high = most * framebuffer_bytes + base - SERVER_BYTES + SERVER_BYTES_HIGH
    else:
        memory, rule = framebuffer_bytes * TRAINING_RAM_PER_FRAMEBUFFER, "2 x framebuffer"
        _, fewest, most = STAGING_RATIO[Purpose.TRAINING]
        low, high = fewest * framebuffer_bytes, most * framebuffer_bytes
    figures.note(
        "RAM",
        round((memory + extra) / GIB, 2),
        "GiB",
        rule=f"{rule}, and what loader and offload take on top" if extra else rule,
        source="confirm on site",
        basis=Basis.ASSUMED,
        low=round((low + extra) / GIB, 2),
        high=round((high + extra) / GIB, 2),
        effect="RAM of the VM's class, all of it reserved on its host",
    )
    return memory + extra
