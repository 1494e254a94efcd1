"""The product's placement on the trace: devices of 1,000 units on which any piece fits anywhere."""

from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path

from arrivals import WHOLE, State, Task

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from generator.placement.devices.any_start import AnyStart
from generator.placement.hosts.ask import Ask
from generator.placement.hosts.stock import Gpu, Host
from generator.placement.packing.packing import Packing
from generator.placement.packing.policy import ExpectedUse
from generator.quantity import MIB

MILLI_GPU = "milli-gpu"
PER_CORE = 1000
"""The trace counts cores in thousandths, as the product does."""


class Product:
    """``Packing`` with ``ExpectedUse``, one task at a time."""

    def __init__(self, empty: list[State], listed: list[Task]) -> None:
        sizes = sorted({task.gpu_milli for task in listed if task.gpus})
        self._shapes = {size: shape for shape, size in enumerate(sizes)}
        boards = {MILLI_GPU: AnyStart(WHOLE, sizes)}
        mix = {self._ask(task): n for task, n in Counter(listed).items()}
        hosts = [_host(number, state) for number, state in enumerate(empty)]
        self._packing = Packing(hosts, boards, "none", policy=ExpectedUse(mix, boards))

    def place(self, task: Task) -> bool:
        """Whether the task found a place."""
        return any(True for _ in self._packing.put(self._ask(task), 1))

    def _ask(self, task: Task) -> Ask:
        return Ask(
            site="",
            environment="",
            model=MILLI_GPU if task.gpus else "",
            shape=self._shapes[task.gpu_milli] if task.gpus else -1,
            gpus=task.gpus,
            nvlink=False,
            millicores=task.cores_milli,
            memory_bytes=task.memory_mib * MIB,
        )


def _host(number: int, state: State) -> Host:
    name = f"host-{number:04}"
    return Host(
        name=name,
        site="trace",
        cluster="trace",
        vcenter="",
        zone="",
        numa_nodes=1,
        free_cores=state.cores_milli // PER_CORE,
        free_memory_bytes=state.memory_mib * MIB,
        numa_cores=state.cores_milli // PER_CORE,
        numa_memory_bytes=state.memory_mib * MIB,
        nvlink="",
        gpus=tuple(
            Gpu(host=name, index=n, pci="", model=MILLI_GPU, numa=0, mode="", held_by="")
            for n in range(len(state.free_milli))
        ),
    )
