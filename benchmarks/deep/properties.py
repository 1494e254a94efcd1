"""The sizing engine's properties on many random cases each.

Usage: python benchmarks/deep/properties.py [--cases 10000] [--seed 0] [NAME ...]. Each property of
``tests/sizing/estimate/properties.py`` is tried on that many cases; a seed makes a run repeatable,
without one each run tries others. Ends 1 where one does not hold, with its smallest case.
"""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

from hypothesis import HealthCheck, Phase, Verbosity, given, seed, settings
from hypothesis import strategies as st

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from tests.sizing.estimate.claims import Property  # noqa: E402
from tests.sizing.estimate.properties import by_name  # noqa: E402

PHASES = (Phase.explicit, Phase.generate, Phase.shrink)


def main() -> int:
    """Prints each property with its cases and time, and what breaks it."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("names", nargs="*")
    arguments.add_argument("--cases", type=int, default=10_000)
    arguments.add_argument("--seed", type=int)
    asked = arguments.parse_args()
    proposed = by_name(asked.names)
    broken = tried = 0
    start = time.perf_counter()
    for one in proposed:
        count, fault, seconds = attempt(one, asked.cases, asked.seed)
        tried += count
        broken += bool(fault)
        print(f"{'BROKEN' if fault else 'holds':7}{count:7} cases {seconds:7.1f} s  {one.name}")
        if fault:
            print(fault)
        sys.stdout.flush()
    seconds = time.perf_counter() - start
    print(f"{len(proposed)} properties, {tried} cases, {broken} broken, {seconds:.0f} s")
    return int(broken > 0)


def attempt(one: Property, cases: int, chosen: int | None) -> tuple[int, str, float]:
    """How many cases were tried, what broke the property (nothing: ``""``), and the seconds."""
    count = 0

    @settings(
        max_examples=cases,
        deadline=None,
        database=None,
        phases=PHASES,
        verbosity=Verbosity.quiet,
        suppress_health_check=list(HealthCheck),
    )
    @given(st.data())
    def holds(found: st.DataObject) -> None:
        nonlocal count
        case = found.draw(one.cases)
        one.holds(case)
        count += 1

    start = time.perf_counter()
    try:
        (holds if chosen is None else seed(chosen)(holds))()
    except Exception as error:  # noqa: BLE001 (whatever breaks a property is shown)
        notes = "\n".join(getattr(error, "__notes__", ()))
        return count, f"{type(error).__name__}: {error}\n{notes}", time.perf_counter() - start
    return count, "", time.perf_counter() - start


if __name__ == "__main__":
    sys.exit(main())
