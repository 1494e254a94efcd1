"""The configuration LP: how few GPUs would do if loads could be put together in fractions.

Its prices are what counts: found by HiGHS in floating point, then rounded to millionths and proved
in whole numbers (``proved``), so that no rounding can make the bound too high.

Sources: P. C. Gilmore and R. E. Gomory, A linear programming approach to the cutting-stock problem,
Operations Research 9 (1961); A. A. Farley, A note on bounding a class of linear programming
problems, Operations Research 38 (1990), for bounds before the last column; P. Wentges, Weighted
Dantzig-Wolfe decomposition for linear mixed-integer programming, International Transactions in
Operational Research 4 (1997), for the smoothed prices.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

from generator.placement.bound.bins import SCALE, Bin, Column, Kind, Load

if TYPE_CHECKING:
    import highspy

MOST_ROUNDS = 400
"""Rounds of new columns before the best proof so far is taken; chosen for the time it takes."""

SMOOTHING = 0.7
"""The share of the best prices so far in those that are tried next; chosen by trying."""

TOLERANCE = 1e-6


class Proof(NamedTuple):
    """Prices in millionths of a GPU by kind, and what they prove: GPUs in millionths."""

    prices: tuple[int, ...]
    millionths: int

    @property
    def gpus(self) -> int:
        """The whole GPUs that are needed at least."""
        return max(0, -(-self.millionths // SCALE))


class Whole(NamedTuple):
    """Loads in whole numbers. ``proved`` if no others of the known columns open fewer GPUs.

    ``on_time`` is False where a deadline ended the search, ``least`` the GPUs that the known
    columns open at least, by the solver's floating point.
    """

    loads: tuple[Load, ...]
    proved: bool
    on_time: bool
    least: int


def proved(prices: Sequence[int], wanted: Sequence[int], bins: Sequence[Bin]) -> Proof:
    """What prices of VMs prove, whatever they are.

    All VMs together are worth their prices; no bin holds more worth than its best load beyond the
    GPUs that it opens. So the GPUs opened are the sum of the prices less what the bins can give.
    """
    worth = sum(count * price for count, price in zip(wanted, prices, strict=True))
    given = sum(each.count * each.best(prices)[0] for each in bins)
    return Proof(tuple(prices), worth - given)


def available() -> bool:
    """Whether the library of the extra ``mlgen[exact]`` is installed."""
    from importlib.util import find_spec

    return find_spec("highspy") is not None


class Master:
    """The LP over the columns that are known so far, and the search for more."""

    def __init__(self, kinds: Mapping[Kind, int], bins: Sequence[Bin]) -> None:
        import highspy

        self.kinds = tuple(kinds)
        self.wanted = tuple(kinds.values())
        self.bins = tuple(bins)
        self.columns: list[tuple[int, Column]] = []
        self._known: set[tuple[int, tuple[tuple[int, int], ...]]] = set()
        self._model = quiet()
        for count in self.wanted:
            self._model.addRow(count, highspy.kHighsInf, 0, [], [])
        for each in self.bins:
            self._model.addRow(-highspy.kHighsInf, each.count, 0, [], [])
        for number, kind in enumerate(self.kinds):
            # What is not carried costs twice the GPUs of a VM that has them to itself.
            self._model.addCol(2.0 * kind.gpus, 0, highspy.kHighsInf, 1, [number], [1.0])

    def add(self, which: int, column: Column) -> bool:
        """Takes a load of a bin into account; False where it is known."""
        if (which, column.counts) in self._known:
            return False
        self._known.add((which, column.counts))
        self.columns.append((which, column))
        rows = [number for number, _ in column.counts] + [len(self.kinds) + which]
        values = [float(count) for _, count in column.counts] + [float(column.bins)]
        cost = float(column.opened)
        self._model.addCol(cost, 0, 1e30, len(rows), rows, values)
        return True

    def solve(self, enough: int) -> Proof:
        """The best proof, or the first of ``enough`` GPUs."""
        best = Proof((0,) * len(self.kinds), 0)
        for _ in range(MOST_ROUNDS):
            self._model.run()
            value = self._model.getInfo().objective_function_value
            duals = list(self._model.getSolution().row_dual)
            found = self._round(duals, best)
            best = max(best, found, key=lambda proof: proof.millionths)
            done = best.gpus >= min(enough, -int(-(value - TOLERANCE) // 1))
            if done or not self._grown:
                break
        return best

    def in_whole(self, seconds: float | None, nodes: int) -> Whole:
        """The best whole numbers of the known columns, within so many nodes of the search.

        ``seconds`` stops it as well; where that happens the answer depends on the machine.
        """
        import highspy

        model = self._model
        for number in range(model.getNumCol()):
            model.changeColIntegrality(number, highspy.HighsVarType.kInteger)
        model.setOptionValue("solver", "choose")
        model.setOptionValue("mip_max_nodes", nodes)
        if seconds is not None:
            model.setOptionValue("time_limit", model.getRunTime() + seconds)
        model.run()
        figures, status = model.getInfo(), model.getModelStatus()
        values = list(model.getSolution().col_value)[len(self.kinds) :]
        loads = [
            Load(which, column, round(value))
            for (which, column), value in zip(self.columns, values, strict=False)
            if round(value)
        ]
        return Whole(
            tuple(loads),
            proved=status == highspy.HighsModelStatus.kOptimal,
            on_time=status != highspy.HighsModelStatus.kTimeLimit,
            least=max(0, int(-(-(figures.mip_dual_bound - TOLERANCE) // 1))),
        )

    def _round(self, duals: Sequence[float], best: Proof) -> Proof:
        """New columns at the LP's prices, first of all at prices between them and the best."""
        current = self._priced(duals)
        smooth = [
            round(SMOOTHING * old + (1 - SMOOTHING) * new) // kind.gpus * kind.gpus
            for old, new, kind in zip(best.prices, current, self.kinds, strict=True)
        ]
        found = best
        self._grown = False
        for prices in (smooth, current) if best.millionths else (current,):
            proof = self._price(prices, current, duals)
            found = max(found, proof, key=lambda each: each.millionths)
            if self._grown:
                break
        return found

    def _price(
        self, prices: Sequence[int], current: Sequence[int], duals: Sequence[float]
    ) -> Proof:
        """The proof of some prices; columns that pay at the LP's own prices are added."""
        millionths = sum(n * price for n, price in zip(self.wanted, prices, strict=True))
        for which, each in enumerate(self.bins):
            worth, column = each.best(prices)
            millionths -= each.count * worth
            paid = sum(count * current[number] for number, count in column.counts)
            rent = -duals[len(self.kinds) + which] * column.bins
            if column.counts and paid / SCALE - column.opened - rent > TOLERANCE:
                self._grown |= self.add(which, column)
        return Proof(tuple(prices), millionths)

    def _priced(self, duals: Sequence[float]) -> list[int]:
        """Prices in whole millionths, which the GPUs of a VM divide."""
        return [
            int(max(0.0, duals[number]) * SCALE + TOLERANCE) // kind.gpus * kind.gpus
            for number, kind in enumerate(self.kinds)
        ]


def quiet() -> highspy.Highs:
    """A model of HiGHS with one thread and one seed: the same question has the same answer."""
    import highspy

    model = highspy.Highs()  # type: ignore[no-untyped-call]
    for option, value in (
        ("output_flag", False),
        ("threads", 1),
        ("random_seed", 0),
        ("solver", "simplex"),
    ):
        model.setOptionValue(option, value)
    return model
