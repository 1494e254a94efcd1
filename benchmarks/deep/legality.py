"""Every plan for random platforms, judged by the independent checker of the tests.

Usage: python benchmarks/deep/legality.py [--platforms 20000] [--first 0] [--processes 2]. Prints
how often each board, mode, NVLink shape and kind of occupancy occurred, and how many platforms
ended above 90 % of framebuffer. Ends 1 where a plan is illegal, something occurred fewer than
200 times in 20,000 (as many in proportion otherwise), or fewer than half ended that full.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections import Counter
from collections.abc import Iterator
from multiprocessing import Pool
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from tests.placement.legality.checker import violations  # noqa: E402
from tests.placement.legality.coverage import EVERY, filled_ratio, tried  # noqa: E402
from tests.placement.legality.judged import (  # noqa: E402
    facts_of,
    judged_after_a_change,
    placements_of,
    plan_of,
)
from tests.placement.legality.platforms import platform  # noqa: E402

FULL_RATIO = 0.9
RAREST = 200 / 20_000
CHUNK = 50
KEPT = 4
"""Of every so many platforms one is placed a second time, keeping what stands; it takes twice."""


class Judged(NamedTuple):
    """What some platforms have shown."""

    seen: Counter[str]
    platforms: int
    vms: int
    full: int
    illegal: tuple[str, ...]


def main() -> int:
    """Prints the coverage and every illegal plan."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--platforms", type=int, default=20_000)
    arguments.add_argument("--first", type=int, default=0)
    arguments.add_argument("--processes", type=int, default=2)
    asked = arguments.parse_args()
    last = asked.first + asked.platforms
    chunks = [range(n, min(n + CHUNK, last)) for n in range(asked.first, last, CHUNK)]
    start = time.perf_counter()
    with Pool(asked.processes) as pool:
        found = list(pool.imap_unordered(judge, chunks))
    seen: Counter[str] = sum((chunk.seen for chunk in found), Counter())
    platforms = sum(chunk.platforms for chunk in found)
    full = sum(chunk.full for chunk in found)
    illegal = sorted(text for chunk in found for text in chunk.illegal)
    least = RAREST * platforms
    rare = [name for name in EVERY if seen[name] < least]
    for name in EVERY:
        print(f"{seen[name]:7}  {name}{'  TOO RARE' if name in rare else ''}")
    print(*illegal, sep="\n")
    print(f"{platforms} platforms, {sum(chunk.vms for chunk in found)} VMs placed, "
          f"{time.perf_counter() - start:.0f} s")  # fmt: skip
    print(f"{full / platforms:.1%} ended above {FULL_RATIO:.0%} of framebuffer")
    print(f"{len(illegal)} illegal, {len(rare)} too rare (fewer than {least:.0f})")
    return int(bool(illegal or rare) or 2 * full < platforms)


def judge(seeds: range) -> Judged:
    """The platforms of some seeds."""
    seen: Counter[str] = Counter()
    vms = full = 0
    illegal: list[str] = []
    for seed in seeds:
        made = platform(seed)
        facts, placements = facts_of(made), placements_of(plan_of(made))
        seen.update(tried(made, facts, placements))
        vms += len(placements)
        full += (filled_ratio(facts, placements) or 0.0) > FULL_RATIO
        illegal += _named(seed, violations(facts, placements))
        if not seed % KEPT:
            illegal += _named(seed, judged_after_a_change(made))
    return Judged(seen, len(seeds), vms, full, tuple(illegal))


def _named(seed: int, found: list[str]) -> Iterator[str]:
    return (f"ILLEGAL seed {seed}: {text}" for text in found)


if __name__ == "__main__":
    sys.exit(main())
