"""Online placement on Alibaba's public trace: BestFit, FGD, and what ``mlgen size`` places with.

The hosts stand in the order of their file. The tasks arrive in random order, then as uniform draws
from their list, until they have asked for 130 % of the GPUs; a task that fits somewhere is placed,
any other dropped, and none departs. Cores, memory and milli-GPU bind. The figure is the allocated
share of all milli-GPU. A policy knows how often each class of task is in the list, not the order.

BestFit and FGD are the yardsticks, written for this program; the third is the product's own
``Packing`` with its ranking for demands that come in an order nobody chose.

Usage: python benchmarks/placement/openb.py FOLDER [--seeds 0-9] [--policy NAME] [--jobs 1].
FOLDER holds the trace's two CSV files. Prints the figures per seed, means and seconds.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from statistics import fmean
from typing import Protocol

from arrivals import State, Task, arrivals, hosts, tasks
from cluster import Cluster
from policies import Fragmentation, best_fit
from product import Product


class Online(Protocol):
    """A cluster that takes one task at a time."""

    def place(self, task: Task) -> bool:
        """Whether the task found a place."""


PLACERS: dict[str, Callable[[list[State], list[Task]], Online]] = {
    "best-fit": lambda empty, _: Cluster(empty, best_fit),
    "fgd": lambda empty, listed: Cluster(empty, Fragmentation(listed)),
    "mlgen": Product,
}


def measure(folder: Path, policy: str, seed: int) -> tuple[float, float]:
    """The allocated percentage and the seconds that placing took."""
    empty = hosts(folder)
    listed = tasks(folder)
    capacity = sum(sum(host.free_milli) for host in empty)
    stream = arrivals(listed, capacity, seed)
    start = time.perf_counter()
    cluster = PLACERS[policy](empty, listed)
    allocated = sum(task.demand_milli for task in stream if cluster.place(task))
    return 100 * allocated / capacity, time.perf_counter() - start


def seed_range(text: str) -> range:
    first, _, last = text.partition("-")
    return range(int(first), int(last or first) + 1)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--seeds", type=seed_range, default=range(10), metavar="FIRST-LAST")
    parser.add_argument("--policy", choices=PLACERS, action="append")
    parser.add_argument("--jobs", type=int, default=1)
    options = parser.parse_args()
    names = options.policy or list(PLACERS)
    shares: dict[str, list[float]] = {}
    with ProcessPoolExecutor(options.jobs) as pool:
        for name in names:
            runs = [pool.submit(measure, options.folder, name, seed) for seed in options.seeds]
            results = [run.result() for run in runs]
            shares[name] = [share for share, _ in results]
            print(
                f"{name:<14}{fmean(shares[name]):7.3f} %  "
                + " ".join(f"{share:.2f}" for share in shares[name])
                + f"  {fmean(s for _, s in results):.1f} s a seed,"
                + f" at most {max(s for _, s in results):.1f} s",
                flush=True,
            )
    if {"fgd", "mlgen"} <= shares.keys():
        pairs = list(zip(shares["mlgen"], shares["fgd"], strict=True))
        print(
            f"mlgen - fgd: {fmean(ours - theirs for ours, theirs in pairs):+.3f} points,"
            f" ahead on {sum(ours > theirs for ours, theirs in pairs)} of {len(pairs)} seeds"
        )


if __name__ == "__main__":
    main()
