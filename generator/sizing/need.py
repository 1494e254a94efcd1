"""What one workload needs wherever it runs, before its environment is known."""

from __future__ import annotations

from generator.record import Record, record
from generator.sizing.demand import GpuNeed


@record
class Need(Record):
    """``count`` equal VMs of ``vcpus`` and ``memory_bytes`` each; see ``Demand`` for the rest."""

    count: int
    minimum: int
    vcpus: int
    memory_bytes: int
    permanent: bool
    whole_numa_node: bool = False
    extra_memory_bytes: int = 0
    gpu: GpuNeed | None = None
