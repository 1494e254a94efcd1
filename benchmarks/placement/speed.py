"""The time to place workloads on hosts with eight GPUs each, and how it grows.

Usage: python benchmarks/placement/speed.py [--runs 5]. Every workload is a demand of its own: GPU
and plain VMs of three environments, four sharing modes' profiles, priorities and phases. Prints
seconds (medians) and the ratio of each size to ``n log n`` of the smallest in the same run, and
ends 1 above a bar: 200 workloads 0.2 s, 10,000 on 1,000 hosts 0.5 s.
"""

from __future__ import annotations

import argparse
import math
import sys
import time
from pathlib import Path
from random import Random
from statistics import median

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from generator.catalog import Catalog  # noqa: E402
from generator.placement.asks import Models  # noqa: E402
from generator.placement.attempt import key_of  # noqa: E402
from generator.placement.best import best_attempt  # noqa: E402
from generator.placement.engine import ANY_TERMS, place  # noqa: E402
from generator.placement.stock import Gpu, Host  # noqa: E402
from generator.quantity import GIB  # noqa: E402
from generator.sizing.demand import Demand, GpuNeed, Sharing, Sized  # noqa: E402

SIZES = ((200, 20), (1_000, 100), (3_000, 300), (10_000, 1_000))
BARS_S = {200: 0.2, 10_000: 0.5}
MODELS = ("nvidia-h100-pcie-80", "nvidia-h100-sxm5-80", "nvidia-l40s")
USABLE_GIB = (4, 8, 8, 16, 16, 16, 35, 35, 40, 0)
"""What a workload must find usable on its GPU; 0 is a workload without one."""


def main() -> int:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--runs", type=int, default=5)
    runs = arguments.parse_args().runs
    catalog = Catalog.builtin()
    least, missed = 0.0, False
    for workloads, count in SIZES:
        sized, hosts = demands(workloads), stock(count)
        taken, whole = list[float](), list[float]()
        for _ in range(runs):
            start = time.perf_counter()
            placed = plain(sized, hosts, catalog)
            middle = time.perf_counter()
            place(sized, hosts, catalog)
            taken.append(middle - start)
            whole.append(time.perf_counter() - middle)
        seconds = median(taken)
        per = seconds / (workloads * math.log(workloads))
        least = least or per
        bar = BARS_S.get(workloads)
        missed |= bar is not None and seconds > bar
        print(
            f"{workloads:6} workloads on {count:5} hosts: {seconds:6.3f} s, "
            f"{per / least:4.2f} x n log n, {placed} placed; "
            f"with places, levers, GPUs and ledger {median(whole):6.3f} s"
            + (f", bar {bar} s" if bar else ""),
            flush=True,
        )
    return int(missed)


def plain(sized: Sized, hosts: tuple[Host, ...], catalog: Catalog) -> int:
    """Finds a profile, a host and GPUs for each VM, and counts those that have them."""
    models = Models(hosts, catalog, ANY_TERMS)
    options = {key_of(demand): models.options(demand) for demand in sized.demands}
    attempt = best_attempt(sized.demands, options, hosts, models, ANY_TERMS)
    return sum(len(found.spots) for found in attempt.filled)


def stock(count: int) -> tuple[Host, ...]:
    """Hosts of 128 cores, 2 TiB and eight GPUs; a third of each model."""
    return tuple(_host(number) for number in range(count))


def _host(number: int) -> Host:
    name, model = f"esx-{number:04}", MODELS[number % len(MODELS)]
    return Host(
        name=name,
        site="s",
        cluster=f"c{number % len(MODELS)}",
        vcenter="v",
        zone="z",
        numa_nodes=2,
        free_cores=128,
        free_memory_bytes=2048 * GIB,
        numa_cores=64,
        numa_memory_bytes=1024 * GIB,
        nvlink="nvswitch" if "sxm" in model else "",
        gpus=tuple(
            Gpu(host=name, index=n, pci="", model=model, numa=n // 4, mode="", held_by="")
            for n in range(8)
        ),
    )


def demands(count: int, seed: int = 1) -> Sized:
    """As many workloads of one VM each, drawn by a seed."""
    rng = Random(seed)
    return Sized(
        demands=tuple(_demand(number, rng) for number in range(count)), ledger=(), findings=()
    )


def _demand(number: int, rng: Random) -> Demand:
    usable = rng.choice(USABLE_GIB)
    sharing = rng.choice((Sharing.TIME_SLICED, Sharing.TIME_SLICED, Sharing.MIG))
    return Demand(
        name=f"w{number:05}",
        environment=rng.choice(("dev", "dev", "prod")),
        orchestrator="o",
        group="all",
        site="",
        team="t",
        phase=rng.choice(("training", "serving", "hpo")),
        count=1,
        minimum=1,
        vcpus=rng.choice((4, 8, 12)),
        memory_bytes=rng.choice((32, 64, 96)) * GIB,
        priority=rng.randint(0, 4),
        permanent=False,
        gpu=GpuNeed(memory_bytes=usable * GIB, sharing=sharing) if usable else None,
    )


if __name__ == "__main__":
    raise SystemExit(main())
