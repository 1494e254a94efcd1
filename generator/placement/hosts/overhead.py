"""What a host keeps of its own memory beside that of a VM, so that the VM can be powered on.

The line through the published figures and its sources are those of ``sizing.machine.ram``; here
each shape of VM is computed once, however many demands have it.
"""

from __future__ import annotations

from functools import lru_cache

from generator.catalog.accelerator import Accelerator
from generator.ledger import Basis, Entry
from generator.quantity import MIB
from generator.sizing.demand import Demand
from generator.sizing.machine.mmio import VKS_WINDOW_GIB
from generator.sizing.machine.ram import overhead

_SHAPES = 1 << 14
"""Shapes of VMs whose overhead is remembered; chosen, more than a platform has."""


def overhead_bytes(demand: Demand, accelerator: Accelerator | None) -> int:
    """The bytes that a host keeps for one VM of a demand with its final vCPUs and memory."""
    window = window_gib(demand, accelerator)
    return _bytes(demand.memory_bytes, demand.vcpus, window)


def window_gib(demand: Demand, accelerator: Accelerator | None) -> int:
    """The 64-bit MMIO window of a demand's VMs; 0 without a GPU.

    The VM Service gives 512 GiB to any VM with a PCI device, and more where its class says so.
    Source: vm-operator, provider constants.
    """
    if accelerator is None or demand.gpu is None:
        return 0
    return max(VKS_WINDOW_GIB, accelerator.mmio_gib(demand.gpu.gpus))


def overhead_entry(demand: Demand, accelerator: Accelerator | None) -> Entry:
    """The overhead of one VM of a demand, for the ledger."""
    window = window_gib(demand, accelerator)
    return Entry(
        subject=demand.name,
        name="VM overhead",
        value=round(_bytes(demand.memory_bytes, demand.vcpus, window) / MIB, 1),
        unit="MiB",
        rule=_WITH_WINDOW.format(window) if window else _PLAIN,
        source=_SOURCE_WITH_WINDOW if window else _SOURCE,
        basis=Basis.ANALYTIC,
    )


_PLAIN = "14.4 MiB + 4 MiB per vCPU + 7.5 MiB per GiB of RAM, beside the VM's own memory"
_WITH_WINDOW = _PLAIN + "; 78.3 MiB + 0.036 MiB per GiB for an MMIO window of {} GiB"
_SOURCE = "VMware, vSphere Resource Management, Overhead Memory (fitted line)"
_SOURCE_WITH_WINDOW = f"{_SOURCE}; F. Denneman, BIOS, VM and vCenter Settings"


@lru_cache(maxsize=_SHAPES)
def _bytes(memory_bytes: int, vcpus: int, mmio_gib: int) -> int:
    return int(overhead(memory_bytes, vcpus, mmio_gib).total)
