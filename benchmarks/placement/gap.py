"""How far plans are from their proven bound, family by family.

Usage: python benchmarks/placement/gap.py [--counts 100,300,1000] [--seeds 3] [--exact SECONDS]
[--family NAME]. Prints per family and overall the median and the 95th percentile of
(used - bound) / bound, the share of plans within one GPU of the bound, and the seconds of the
slowest: of ``place`` alone, after ``consolidated``, and with ``--exact`` of the exact answer.
Where a host must be able to fail, plan and bound are on the hosts that are left.
"""

from __future__ import annotations

import argparse
import random
import time
from collections.abc import Sequence

from families import CATALOG, FAMILIES, Case

from generator.placement.bound.proof import bound
from generator.placement.engine import place
from generator.placement.hosts.ask import Ask, Spot
from generator.placement.hosts.stock import Host
from generator.placement.packing.asks import Models, ask_for
from generator.placement.packing.consolidate import consolidated
from generator.placement.packing.exact import exact
from generator.placement.packing.packing import Packing
from generator.placement.plan import Plan
from generator.placement.terms import Terms
from generator.sizing.demand import Sized

TERMS = Terms(mixed_size=True)
Spots = list[tuple[Ask, tuple[Spot, ...]]]


def spots_of(plan: Plan, hosts: Sequence[Host], models: Models) -> Spots:
    """What a plan places, as packing sees it."""
    order = {host.name: n for n, host in enumerate(hosts)}
    spots: dict[tuple[str, str], list[Spot]] = {}
    for each in plan.placed:
        gpus = tuple(int(name.rpartition("gpu")[2]) for name in each.gpus)
        spot = Spot(order[each.host], gpus, each.numa)
        spots.setdefault((each.environment, each.demand), []).append(spot)
    found: Spots = []
    for choice in plan.chosen:
        board = CATALOG.accelerator(choice.model)
        option = board, board.profile(choice.profile)
        ask = ask_for(choice.demand, option, models, TERMS)
        found.append((ask, tuple(spots.get((choice.demand.environment, choice.demand.name), ()))))
    return found


class Tally:
    """Gaps of one way to plan, in GPUs and as a share of the bound."""

    def __init__(self) -> None:
        self.ratios: list[float] = []
        self.over: list[int] = []
        self.misses = 0
        self.slowest_s = 0.0

    def add(self, over: int, least: int, seconds: float) -> None:
        """Counts one plan."""
        self.ratios.append(over / least)
        self.over.append(over)
        self.misses += over > max(1, 0.05 * least)
        self.slowest_s = max(self.slowest_s, seconds)

    def join(self, other: Tally) -> None:
        """Counts the plans of another family."""
        self.ratios += other.ratios
        self.over += other.over
        self.misses += other.misses
        self.slowest_s = max(self.slowest_s, other.slowest_s)

    def __str__(self) -> str:
        ordered = sorted(self.ratios)
        median = ordered[len(ordered) // 2]
        late = ordered[min(len(ordered) - 1, int(0.95 * len(ordered)))]
        within = sum(over <= 1 for over in self.over) / len(self.over)
        return (
            f"median {median:6.2%}  p95 {late:6.2%}  within a GPU {within:4.0%}  "
            f"beyond 5 % and a GPU {self.misses:2d}  slowest {self.slowest_s:5.2f} s"
        )


def measured(case: Case, seconds: float | None) -> dict[str, tuple[int, int, float]]:
    """For each way to plan: GPUs beyond the bound, the bound, seconds."""
    hosts = case.hosts[: len(case.hosts) - case.spare]
    models = Models(hosts, CATALOG, TERMS)
    start = time.perf_counter()
    plan = place(Sized(demands=case.demands, ledger=(), findings=()), hosts, CATALOG, TERMS)
    placed_s = time.perf_counter() - start
    assert not plan.shortfalls, plan.shortfalls[0].sentence
    found = {}
    ways = [("place", spots_of(plan, hosts, models), placed_s)]

    def fresh() -> Packing:
        return Packing(hosts, models.boards, TERMS.isolation, 1)

    start = time.perf_counter()
    again = consolidated(hosts, models.boards, ways[0][1], fresh, TERMS.isolation)
    took_s = time.perf_counter() - start
    better = ways[0][1]
    if again:
        better = [(ask, tuple(s)) for (ask, _), s in zip(better, again.spots, strict=True)]
    ways.append(("consolidated", better, took_s))
    for name, placed, spent_s in ways:
        limit = bound(hosts, models.boards, placed)
        found[name] = limit.used - limit.gpus, limit.gpus, spent_s
    if seconds is not None:
        start = time.perf_counter()
        answer = exact(hosts, models.boards, ways[0][1], fresh, seconds=seconds)
        took_s = time.perf_counter() - start
        found["exact"] = answer.bound.used - answer.least, answer.least, took_s
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--counts", default="100,300,1000,3000,10000")
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--exact", type=float, default=None, metavar="SECONDS")
    parser.add_argument("--family", choices=FAMILIES, default=None)
    options = parser.parse_args()
    counts = [int(count) for count in options.counts.split(",")]
    overall: dict[str, Tally] = {}
    for name in [options.family] if options.family else FAMILIES:
        tallies: dict[str, Tally] = {}
        for count in counts:
            for seed in range(options.seeds):
                case = FAMILIES[name](random.Random(f"{name} {count} {seed}"), count)
                for way, figures in measured(case, options.exact).items():
                    tallies.setdefault(way, Tally()).add(*figures)
        for way, tally in tallies.items():
            print(f"{name:15} {way:13} {tally}", flush=True)
            overall.setdefault(way, Tally()).join(tally)
    for way, tally in overall.items():
        print(f"{'all':15} {way:13} {tally}  plans {len(tally.ratios)}")


if __name__ == "__main__":
    main()
