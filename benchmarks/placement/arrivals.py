"""Alibaba's public GPU cluster trace of 2023 as hosts and a stream of tasks.

Source: github.com/alibaba/clusterdata, ``cluster-trace-gpu-v2023/csv``; published with
"Beware of Fragmentation" (USENIX ATC 2023).
"""

from __future__ import annotations

import csv
import random
from pathlib import Path
from typing import NamedTuple

WHOLE = 1000
"""Milli-GPU of a GPU that nothing is on."""

LOAD_PERCENT = 130
"""GPU demand of a stream, as a share of the cluster's GPUs."""


class Task(NamedTuple):
    """What a task asks for; a task of several GPUs takes each of them whole."""

    cores_milli: int
    memory_mib: int
    gpus: int
    gpu_milli: int

    @property
    def demand_milli(self) -> int:
        """Milli-GPU of all its GPUs."""
        return self.gpus * self.gpu_milli


class State(NamedTuple):
    """What a host has left; ``free_milli`` of its GPUs ascends, so equal hosts are equal."""

    cores_milli: int
    memory_mib: int
    free_milli: tuple[int, ...]


def hosts(folder: Path) -> list[State]:
    """The empty hosts in the order of their file."""
    with (folder / "openb_node_list_gpu_node.csv").open(encoding="utf-8", newline="") as stream:
        return [
            State(int(row["cpu_milli"]), int(row["memory_mib"]), (WHOLE,) * int(row["gpu"]))
            for row in csv.DictReader(stream)
        ]


def tasks(folder: Path) -> list[Task]:
    """The tasks in the order of their file; this list restricts none to a GPU model."""
    with (folder / "openb_pod_list_default.csv").open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    if any(row["gpu_spec"] for row in rows):
        raise SystemExit(f"{folder}: a task names a GPU model, which this program does not read")
    return [
        Task(*(int(row[name]) for name in ("cpu_milli", "memory_mib", "num_gpu", "gpu_milli")))
        for row in rows
    ]


def arrivals(listed: list[Task], capacity_milli: int, seed: int) -> list[Task]:
    """The list in random order, then uniform draws from it until the load is asked for."""
    rng = random.Random(seed)
    stream = list(listed)
    rng.shuffle(stream)
    asked = sum(task.demand_milli for task in stream)
    while asked * 100 < capacity_milli * LOAD_PERCENT:
        task = rng.choice(listed)
        stream.append(task)
        asked += task.demand_milli
    return stream
