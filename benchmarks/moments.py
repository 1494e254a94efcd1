"""The time to find moments, worst moments and slots of a week, against n log n.

Usage: python benchmarks/moments.py [--counts 1000 10000] [--patterns 200 10000] [--runs 5]. Prints
for each count of demands and of different schedules the median in milliseconds, the moments and
slots that were found, and how the time grew from the first count against n log n. Demands without
windows are a third of all.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable
from math import log2
from pathlib import Path
from random import Random
from statistics import median

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from generator.placement.moments import moments, slots, worst  # noqa: E402
from generator.sizing.demand import Demand, RunWindow  # noqa: E402
from generator.sizing.queueing.windows import DAY_S, WEEK_S  # noqa: E402


def main() -> int:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--counts", type=int, nargs="+", default=[1000, 10_000])
    arguments.add_argument("--patterns", type=int, nargs="+", default=[200, 10_000])
    arguments.add_argument("--runs", type=int, default=5)
    asked = arguments.parse_args()
    for patterns in asked.patterns:
        first: tuple[int, float] | None = None
        for count in asked.counts:
            demands = week(count, patterns, Random(count))
            week_ms = timed(lambda: worst(moments(demands)), asked.runs)  # noqa: B023
            slots_ms = timed(lambda: slots(demands), asked.runs)  # noqa: B023
            first = first or (count, week_ms + slots_ms)
            grown = (week_ms + slots_ms) / first[1]
            expected = count * log2(count) / (first[0] * log2(first[0]))
            found = slots(demands)
            print(
                f"{count:6} demands, {patterns:6} schedules: moments and worst {week_ms:6.1f} ms, "
                f"slots {slots_ms:6.1f} ms, {len(moments(demands))} moments, {found.count} slots "
                f"({found.joined} joined), grown {grown:.1f}, n log n {expected:.1f}"
            )
    return 0


def week(count: int, patterns: int, chance: Random) -> list[Demand]:
    """Demands of which each follows one of so many random schedules."""
    schedules = [schedule(chance) for _ in range(patterns)]
    return [
        Demand(
            name=f"d{number}",
            environment="dev",
            orchestrator="dev",
            group="all",
            site="",
            team="t",
            phase="training",
            count=1,
            minimum=1,
            vcpus=4,
            memory_bytes=1 << 35,
            priority=1,
            permanent=False,
            windows=chance.choice(schedules) if number % 3 else (),
        )
        for number in range(count)
    ]


def schedule(chance: Random) -> tuple[RunWindow, ...]:
    """One to three nights a week, from ten minutes to six hours each."""
    start_s, lasts_s = chance.randrange(DAY_S), chance.randrange(600, 21_600)
    days = sorted(chance.sample(range(7), chance.randint(1, 3)))
    return tuple(
        RunWindow(start_s=(day * DAY_S + start_s) % WEEK_S, duration_s=lasts_s) for day in days
    )


def timed(work: Callable[[], object], runs: int) -> float:
    """The median time of some runs in milliseconds."""
    taken = []
    for _ in range(runs):
        start = time.perf_counter()
        work()
        taken.append((time.perf_counter() - start) * 1e3)
    return median(taken)


if __name__ == "__main__":
    sys.exit(main())
