"""HiGHS and CP-SAT on the same questions: which loads of GPUs, in whole numbers, open the fewest.

Both get every maximal load of the boards of a family and the same VMs, one thread and a deadline.

Usage: python benchmarks/placement/solvers.py [--count 200] [--seeds 3] [--seconds 20].
"""

from __future__ import annotations

import argparse
import random
import time
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

from families import CATALOG, FAMILIES
from gap import TERMS, spots_of

from generator.placement.bound.bins import Column, GpuBin, loosened
from generator.placement.bound.cases import Case, cases, without_too_many
from generator.placement.engine import place
from generator.placement.packing.asks import Models
from generator.sizing.demand import Sized

NAMES = ("unaligned 48", "unaligned 80", "unaligned 94", "MIG", "MIG and vGPU", "three models")


def by_highs(
    wanted: Sequence[int],
    free: Sequence[int],
    columns: Sequence[tuple[int, Column]],
    seconds: float,
) -> tuple[float, float]:
    """GPUs opened and the bound on them."""
    import highspy

    model = highspy.Highs()
    for option, value in (("output_flag", False), ("threads", 1), ("time_limit", seconds)):
        model.setOptionValue(option, value)
    for count in wanted:
        model.addRow(count, highspy.kHighsInf, 0, [], [])
    for count in free:
        model.addRow(-highspy.kHighsInf, count, 0, [], [])
    for n, (which, column) in enumerate(columns):
        rows = [*(kind for kind, _ in column.counts), len(wanted) + which]
        values = [*(float(count) for _, count in column.counts), float(column.bins)]
        model.addCol(float(column.opened), 0, highspy.kHighsInf, len(rows), rows, values)
        model.changeColIntegrality(n, highspy.HighsVarType.kInteger)
    model.run()
    figures = model.getInfo()
    return figures.objective_function_value, figures.mip_dual_bound


def by_cp_sat(
    wanted: Sequence[int],
    free: Sequence[int],
    columns: Sequence[tuple[int, Column]],
    seconds: float,
) -> tuple[float, float]:
    """The same of CP-SAT, in a process of its own: two copies of HiGHS do not live in one."""
    from ortools.sat.python import cp_model

    model = cp_model.CpModel()
    times = [
        model.new_int_var(0, free[which] // c.bins, f"x{n}") for n, (which, c) in enumerate(columns)
    ]
    for kind, count in enumerate(wanted):
        held = [
            amount * times[n]
            for n, (_, column) in enumerate(columns)
            for number, amount in column.counts
            if number == kind
        ]
        model.add(sum(held) >= count)
    for which, count in enumerate(free):
        model.add(sum(c.bins * times[n] for n, (w, c) in enumerate(columns) if w == which) <= count)
    model.minimize(sum(c.opened * times[n] for n, (_, c) in enumerate(columns)))
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    solver.parameters.random_seed = 0
    solver.parameters.max_time_in_seconds = seconds
    status = solver.solve(model)
    found = status in (cp_model.OPTIMAL, cp_model.FEASIBLE)
    return solver.objective_value if found else float("inf"), solver.best_objective_bound


def question(name: str, seed: int, count: int) -> tuple[Case, list[GpuBin], list[int]]:
    case = FAMILIES[name](random.Random(f"{name} {count} {seed}"), count)
    models = Models(case.hosts, CATALOG, TERMS)
    sized = Sized(demands=case.demands, ledger=(), findings=())
    placed = spots_of(place(sized, case.hosts, CATALOG, TERMS), case.hosts, models)
    asks = [(ask, len(spots)) for ask, spots in placed]
    (asked,) = cases(case.hosts, models.boards, asks, TERMS.isolation)
    kinds = without_too_many(asked)
    bins = loosened(asked.stations, tuple(kinds), asked.boards)
    return asked._replace(kinds=kinds), list(bins), list(kinds.values())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=200)
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=20.0)
    options = parser.parse_args()
    spawn = get_context("spawn")
    with ProcessPoolExecutor(1, spawn) as one, ProcessPoolExecutor(1, spawn) as other:
        one.submit(by_highs, [1], [1], [(0, Column(((0, 1),), 1))], 1.0).result()
        other.submit(by_cp_sat, [1], [1], [(0, Column(((0, 1),), 1))], 1.0).result()
        compare(options, one, other)


def compare(
    options: argparse.Namespace, one: ProcessPoolExecutor, other: ProcessPoolExecutor
) -> None:
    """Prints what each finds."""
    for name in NAMES:
        for seed in range(options.seeds):
            _, bins, wanted = question(name, seed, options.count)
            columns = [(w, column) for w, each in enumerate(bins) for column in each.columns()]
            free = [each.count for each in bins]
            print(f"{name:14} seed {seed}  loads {len(columns):4d}", end="")
            for label, solve, pool in (("HiGHS", by_highs, one), ("CP-SAT", by_cp_sat, other)):
                start = time.perf_counter()
                opened, least = pool.submit(solve, wanted, free, columns, options.seconds).result()
                seconds = time.perf_counter() - start
                print(f"  {label} {opened:5.0f} (least {least:6.1f}) {seconds:6.2f} s", end="")
            print(flush=True)


if __name__ == "__main__":
    main()
