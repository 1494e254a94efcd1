"""The time to place workloads on hosts with eight GPUs each, and how it grows.

Usage: python benchmarks/placement/speed.py [--runs 5]. Every workload is a demand of its own: GPU
and plain VMs of three environments, four sharing modes' profiles, priorities and phases. Prints
seconds (medians) and the ratio of each size to ``n log n`` of the smallest in the same run; then
the largest once more with places, levers, NUMA nodes, ledger, bound, the failure of every host and
GPU, and the reserve for one host, with the memory that all of this took. The collector of cyclic
garbage is off, as ``mlgen`` runs without it. Ends 1 above a bar.
"""

from __future__ import annotations

import argparse
import gc
import math
import resource
import sys
import time
from pathlib import Path
from random import Random
from statistics import median

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from generator.catalog import Catalog  # noqa: E402
from generator.placement.bound.proof import bound  # noqa: E402
from generator.placement.engine import ANY_TERMS, place  # noqa: E402
from generator.placement.failures.failing import Failing  # noqa: E402
from generator.placement.failures.promises import ClusterHa  # noqa: E402
from generator.placement.failures.reserve import reserves  # noqa: E402
from generator.placement.failures.table import table  # noqa: E402
from generator.placement.hosts.stock import Gpu, Host  # noqa: E402
from generator.placement.packing.asks import Models  # noqa: E402
from generator.placement.packing.attempt import key_of  # noqa: E402
from generator.placement.packing.best import best_attempt  # noqa: E402
from generator.placement.packing.replay import by_demand  # noqa: E402
from generator.quantity import GIB  # noqa: E402
from generator.sizing.demand import Demand, GpuNeed, Sharing, Sized  # noqa: E402

SIZES = ((200, 20), (1_000, 100), (3_000, 300), (10_000, 1_000))
WHOLE_BAR_S, WHOLE_BAR_MIB = 5.0, 500
BARS_S = {200: 0.2, 10_000: 0.5}
MODELS = ("nvidia-h100-pcie-80", "nvidia-h100-sxm5-80", "nvidia-l40s")
USABLE_GIB = (4, 8, 8, 16, 16, 16, 35, 35, 40, 0)
"""What a workload must find usable on its GPU; 0 is a workload without one."""


def main() -> int:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--runs", type=int, default=5)
    runs = arguments.parse_args().runs
    gc.disable()
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
    start = time.perf_counter()
    known = whole_answer(sized, hosts, catalog)
    seconds = time.perf_counter() - start
    mib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(
        f"{workloads:6} workloads with everything: {seconds:6.3f} s, bar {WHOLE_BAR_S} s; "
        f"{mib:.0f} MiB, bar {WHOLE_BAR_MIB} MiB; {known}"
    )
    return int(missed or seconds > WHOLE_BAR_S or mib > WHOLE_BAR_MIB)


def whole_answer(sized: Sized, hosts: tuple[Host, ...], catalog: Catalog) -> str:
    """All that ``mlgen size`` says of a plan that fits, in a line of counts."""
    plan = place(sized, hosts, catalog)
    ha = {("s", f"c{n}"): ClusterHa(host_failures=1) for n in range(len(MODELS))}
    failing = Failing(plan, hosts, catalog, ANY_TERMS, ha=ha)
    by_kind = by_demand(failing.replayed).values()
    placed = [(vms[0].ask, [vm.spot for vm in vms]) for vms in by_kind]
    least = bound(hosts, failing.boards, placed, spare=1)
    losses, kept = table(failing), reserves(failing, ha)
    return (
        f"{len(plan.placed)} placed on {least.used} GPUs ({least.by}: at least {least.gpus}), "
        f"{len(plan.ledger)} figures, {len(losses.hosts)} hosts and {len(losses.gpus)} GPUs lost, "
        f"{sum(reserve.survives for reserve in kept)} of {len(kept)} clusters survive"
    )


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
