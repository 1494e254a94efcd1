"""What one workload needs wherever it runs, before its environment is known."""

from __future__ import annotations

from dataclasses import dataclass

from generator.sizing.demand import GpuNeed


@dataclass(frozen=True, slots=True, kw_only=True)
class Need:
    """``count`` equal VMs of ``vcpus`` and ``memory_bytes`` each; see ``Demand`` for the rest."""

    count: int
    minimum: int
    vcpus: int
    memory_bytes: int
    permanent: bool
    whole_numa_node: bool = False
    gpu: GpuNeed | None = None
