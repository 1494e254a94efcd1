"""Random orders of arrival against what plans promise, and random occupied sites with their way.

Usage: python benchmarks/deep/arrivals.py [--orders 10000] [--sites 500] [--per-site 20] [--seed 0]
       [--processes 2].
Every shipped plan is replayed in that many orders of arrival, by every habit of DRS and of the
host's manager (the spiteful one too), half of them with the permanent VMs first. Each random site
is planned, its plan replayed, and the way from what runs there to the plan judged step by step.
Ends 1 where a promise breaks, a state is illegal, or production or NVLink is left to hope in a
shipped plan.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from functools import cache
from multiprocessing import Pool
from multiprocessing.pool import Pool as PoolOf
from pathlib import Path
from random import Random

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from generator.api import load  # noqa: E402
from generator.catalog import Catalog  # noqa: E402
from generator.placement.hosts.stock import stock  # noqa: E402
from generator.placement.levers.grading import Grading, Key, Situation  # noqa: E402
from generator.placement.levers.holding import seats_of, situation_of  # noqa: E402
from generator.placement.levers.simulator import replay  # noqa: E402
from generator.placement.levers.world import Habit, Place  # noqa: E402
from generator.placement.plan import Plan  # noqa: E402
from generator.placement.rules import NoHope  # noqa: E402
from generator.placement.steps.way import steps  # noqa: E402
from generator.placement.terms import terms_of  # noqa: E402
from tests.placement.sites import CATALOG, Judge, case  # noqa: E402

BLUEPRINTS = sorted(
    path for path in (ROOT / "blueprints").glob("*.yaml") if not path.name.endswith(".site.yaml")
)

CHUNK = 250
"""Orders that one process replays at a time."""


def main() -> int:
    """Prints what was tried and what broke."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--orders", type=int, default=10_000)
    arguments.add_argument("--sites", type=int, default=500)
    arguments.add_argument("--per-site", type=int, default=20)
    arguments.add_argument("--seed", type=int, default=0)
    arguments.add_argument("--processes", type=int, default=2)
    asked = arguments.parse_args()
    with Pool(asked.processes) as pool:
        faults = sum(shipped(pool, path, asked.orders, asked.seed) for path in BLUEPRINTS)
    faults += occupied(asked.sites, asked.per_site, asked.seed)
    print(f"{faults} faults")
    return int(faults > 0)


def shipped(pool: PoolOf, path: Path, orders: int, seed: int) -> int:
    """One blueprint: its grades, and its plan in many orders, shared among processes."""
    start = time.perf_counter()
    plan, _ = planned(path)
    hopeless = [f for f in plan.findings if f.rule == NoHope.id]
    chunks = [range(n, min(n + CHUNK, orders)) for n in range(0, orders, CHUNK)]
    parts = pool.imap_unordered(share, [(path, chunk, seed) for chunk in chunks])
    found: Counter[str] = sum(parts, Counter())
    print(f"{path.name}: {_grades(plan)}; {len(hopeless)} of prod or NVLink left to hope")
    print(_line(found, time.perf_counter() - start), flush=True)
    return len(hopeless) + found["broken"] + found["illegal"]


def share(asked: tuple[Path, range, int]) -> Counter[str]:
    """What some orders of one shipped plan came to."""
    path, orders, seed = asked
    plan, situation = planned(path)
    return played(situation, seats_of(plan, situation), orders, seed)


@cache
def planned(path: Path) -> tuple[Plan, Situation]:
    """A shipped blueprint's plan and what its VMs find."""
    (project,) = load([path])
    catalog = Catalog.builtin()
    terms = terms_of(project.blueprint, catalog)
    plan = project.assessed.plan
    return plan, situation_of(plan, stock(project.sites.inventories), catalog, terms)


def occupied(sites: int, orders: int, seed: int) -> int:
    """Random sites: their plans in some orders each, and the way to each plan."""
    start = time.perf_counter()
    total: Counter[str] = Counter()
    taken: Counter[str] = Counter()
    grades: Counter[str] = Counter()
    wrong: list[str] = []
    for number in range(seed, seed + sites):
        found = case(number)
        situation = situation_of(found.plan, found.hosts, CATALOG, found.terms)
        total.update(played(situation, seats_of(found.plan, situation), range(orders), number))
        grades.update(placed.grade.value for placed in found.plan.placed)
        listed = steps(found.plan, found.hosts, found.boards)
        taken.update(step.action.value for step in listed)
        judge = Judge(found.hosts, found.boards)
        faults = [*judge.faults(listed), *judge.missing(found.plan)]
        wrong += [f"site {number}: {fault}" for fault in faults]
    print(f"{sites} occupied sites: {dict(sorted(grades.items()))}")
    print(_line(total, time.perf_counter() - start))
    print(f"  {taken.total()} steps {dict(sorted(taken.items()))}, {len(wrong)} illegal")
    print("\n".join(wrong[:10]), end="\n" if wrong else "")
    return total["broken"] + total["illegal"] + len(wrong)


def played(
    situation: Situation, seats: Mapping[Key, Sequence[Place]], orders: range, seed: int
) -> Counter[str]:
    """What so many orders of arrival came to."""
    held = Grading(situation).held
    habits = list(Habit)
    found: Counter[str] = Counter()
    for order in orders:
        run = replay(
            situation,
            held,
            seats,
            Random(f"{seed}/{order}").randrange,
            habit=habits[order % len(habits)],
            in_order=order // len(habits) % 2 == 0,
        )
        found["orders"] += 1
        found["power-ons"] += run.tried
        found["refused"] += run.refused
        found["broken"] += len(run.broken)
        found["illegal"] += not run.legal
        if run.broken and found["shown"] < 5:
            found["shown"] += 1
            print(f"  seed {seed} order {order}: {run.broken[0]}")
    return found


def _grades(plan: Plan) -> dict[str, int]:
    return dict(sorted(Counter(placed.grade.value for placed in plan.placed).items()))


def _line(found: Mapping[str, int], seconds: float) -> str:
    return (
        f"  {found['orders']} orders of arrival, {found['power-ons']} power-ons, "
        f"{found['refused']} refused, {found['broken']} promises broken, "
        f"{found['illegal']} illegal states, {seconds:.0f} s"
    )


if __name__ == "__main__":
    sys.exit(main())
