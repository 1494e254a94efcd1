"""Small hosts and demands for the placement tests."""

from __future__ import annotations

from dataclasses import replace

from generator.placement.hosts.stock import Gpu, Host
from generator.quantity import GIB
from generator.sizing.demand import Demand, GpuNeed, Sharing, Sized

H100 = "nvidia-h100-pcie-80"
L40S = "nvidia-l40s"


def host(name: str, *, gpus: int = 2, model: str = H100, **other: object) -> Host:
    """A host with 64 cores, 1 TiB and a bridged pair on its first NUMA node."""
    made = Host(
        name=name,
        site="s",
        cluster="c",
        vcenter="v",
        zone="z1",
        numa_nodes=2,
        free_cores=64,
        free_memory_bytes=1024 * GIB,
        numa_cores=32,
        numa_memory_bytes=512 * GIB,
        nvlink="bridge-pair",
        gpus=tuple(
            Gpu(host=name, index=n, pci=f"0000:{n}7:00.0", model=model, numa=0, mode="", held_by="")
            for n in range(gpus)
        ),
    )
    return replace(made, **other)  # type: ignore[arg-type]


def need(gib: float, sharing: Sharing = Sharing.TIME_SLICED, **other: object) -> GpuNeed:
    """A need of so much usable framebuffer."""
    made = GpuNeed(memory_bytes=int(gib * GIB), sharing=sharing)
    return replace(made, **other)  # type: ignore[arg-type]


def demand(name: str, gpu: GpuNeed | None = None, **other: object) -> Demand:
    """One VM of 4 vCPUs in dev, all of which must run."""
    made = Demand(
        name=name,
        environment="dev",
        orchestrator="dev",
        group="all",
        site="",
        team="t",
        phase="training",
        count=1,
        minimum=1,
        vcpus=4,
        memory_bytes=32 * GIB,
        priority=1,
        permanent=False,
        gpu=gpu,
    )
    made = replace(made, **other)  # type: ignore[arg-type]
    return made if "minimum" in other else replace(made, minimum=made.count)


def sized(*demands: Demand) -> Sized:
    """Only the demands."""
    return Sized(demands=demands, ledger=(), findings=())
