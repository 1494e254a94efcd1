"""How long the table of failures takes on a platform of many hosts, beside its plain placement.

Usage: python benchmarks/placement/failing.py [--hosts 1000] [--vms 10000] [--cluster 20] [--full].
``--full`` leaves no GPU free, so that much waits and much is preempted. Prints seconds and counts.
"""

from __future__ import annotations

import argparse
import random
import time

from generator.catalog import Catalog
from generator.placement.engine import place
from generator.placement.failures.failing import Failing
from generator.placement.hosts.stock import Gpu, Host
from generator.placement.terms import Terms
from generator.quantity import GIB
from generator.sizing.demand import Demand, GpuNeed, Sharing, Sized

H100 = "nvidia-h100-pcie-80"
SIZES_GIB = (4, 9, 16, 27.7, 60)


def hosts(count: int, cluster: int) -> list[Host]:
    """Hosts of eight H100 with 128 cores and 2 TiB, ``cluster`` of them to a cluster."""
    return [
        Host(
            name=f"esx-{n:04}",
            site="s",
            cluster=f"c{n // cluster:03}",
            vcenter="v",
            zone="z",
            numa_nodes=2,
            free_cores=128,
            free_memory_bytes=2048 * GIB,
            numa_cores=64,
            numa_memory_bytes=1024 * GIB,
            nvlink="bridge-pair",
            gpus=tuple(
                Gpu(
                    host=f"esx-{n:04}",
                    index=i,
                    pci=f"0000:{i}7:00.0",
                    model=H100,
                    numa=i // 4,
                    mode="",
                    held_by="",
                )
                for i in range(8)
            ),
        )
        for n in range(count)
    ]


def demands(vms: int, rng: random.Random, *, full: bool) -> list[Demand]:
    """Demands of one to six VMs until there are enough; a third gives way."""
    made: list[Demand] = []
    while sum(demand.count for demand in made) < vms:
        count = rng.randint(1, 6)
        hpo = rng.random() < 1 / 3
        serving = not hpo and rng.random() < 1 / 3
        prod = serving and rng.random() < 1 / 2
        sharing = Sharing.MIG if prod else Sharing.TIME_SLICED
        size = rng.choice(SIZES_GIB[: 4 if prod else 5][2 if full else 0 :])
        phase = "hpo" if hpo else "serving" if serving else "training"
        made.append(
            Demand(
                name=f"d{len(made):05}",
                environment="prod" if prod else "dev",
                orchestrator="k",
                group="all",
                site="",
                team="t",
                phase=phase,
                count=count,
                minimum=1,
                vcpus=rng.choice((2, 4, 8)),
                memory_bytes=rng.choice((16, 32, 64)) * GIB,
                priority=4 if hpo else 0 if serving else 2,
                permanent=serving,
                gives_way=0 if hpo else None,
                gpu=GpuNeed(memory_bytes=int(size * GIB), sharing=sharing),
            )
        )
    return made


def main() -> None:
    """Places once, then loses every host and every GPU."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--hosts", type=int, default=1000)
    arguments.add_argument("--vms", type=int, default=10_000)
    arguments.add_argument("--cluster", type=int, default=20)
    arguments.add_argument("--full", action="store_true")
    told = arguments.parse_args()
    catalog, terms = Catalog.builtin(), Terms()
    supply = hosts(told.hosts, told.cluster)
    rng = random.Random(1)
    wanted = demands(told.vms * (2 if told.full else 1), rng, full=told.full)
    began = time.perf_counter()
    sized = Sized(demands=tuple(wanted), ledger=(), findings=())
    plan = place(sized, supply, catalog, terms)
    print(f"placement      {time.perf_counter() - began:.2f} s, {len(plan.placed)} VMs placed")
    began = time.perf_counter()
    failing = Failing(plan, supply, catalog, terms)
    print(f"plan replayed  {time.perf_counter() - began:.2f} s")
    total = time.perf_counter() - began
    for name, table in (
        ("hosts", lambda: [failing.hosts((n,)) for n in range(told.hosts)]),
        ("GPUs", lambda: [failing.gpu(n, i) for n in range(told.hosts) for i in range(8)]),
        ("maintenance", lambda: [failing.maintenance(n) for n in range(told.hosts)]),
    ):
        began = time.perf_counter()
        losses = table()
        taken = time.perf_counter() - began
        total += taken
        print(
            f"{name:14} {taken:.2f} s, {len(losses)} losses, "
            f"{sum(len(loss.restarts) for loss in losses)} VMs start again, "
            f"{sum(len(loss.preempted) for loss in losses)} preempted, "
            f"{sum(len(loss.waits) for loss in losses)} wait, "
            f"{sum(not loss.holds for loss in losses)} losses break a service"
        )
    print(f"all            {total:.2f} s")


if __name__ == "__main__":
    main()
