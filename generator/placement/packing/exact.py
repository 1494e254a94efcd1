"""The exact answer where it can be had: whole numbers of loads, chosen by an integer program.

The loads are those of the configuration LP; of GPUs whose hosts never run short they are all, and
the answer is then the best there is. Each is put on hosts by ``Packing.take``, what is left over by
packing itself, and the plan of before stays where this opens no fewer GPUs.

Deterministic: one thread, one seed, and a search that ends after so many nodes. A deadline may end
it sooner; then, and only then, a faster machine may find more, and the answer says so.

Source: F. Vanderbeck, On Dantzig-Wolfe decomposition in integer programming and ways to perform
branching in a branch-and-price algorithm, Operations Research 48 (2000).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import islice
from typing import NamedTuple

from generator.placement.bound.bins import GpuBin, Kind, Load, loosened
from generator.placement.bound.cases import Case, bins_of, cases, without_too_many
from generator.placement.bound.columns import Master, Whole, available
from generator.placement.bound.host_bins import HostBin
from generator.placement.bound.proof import Bound, bound, opened
from generator.placement.devices.patterns import TooMany
from generator.placement.devices.shapes import Geometry
from generator.placement.hosts.ask import Spot
from generator.placement.hosts.stock import Host
from generator.placement.packing.consolidate import Placed, better, consolidated
from generator.placement.packing.packing import Packing
from generator.placement.packing.repacking import repacked

MOST_NODES = 20_000
"""Nodes of the search tree; a plan of 200 VMs needs far fewer."""

MOST_COLUMNS = 50_000
"""Loads that an integer program is given at most."""


class Exact(NamedTuple):
    """Spots in the order of what was placed, and the bound on them.

    ``least`` is the bound, or what the solver's search over all loads of GPUs says where that is
    more; it is as exact as floating point. ``proved`` if the plan opens no more.
    ``ended`` says why the search ended: ``proved``, ``nodes`` or ``deadline``; ``loads`` where all
    was searched but the hosts cannot feed what would be best, or ``not searched``.
    """

    spots: tuple[tuple[Spot, ...], ...]
    bound: Bound
    least: int
    ended: str

    @property
    def proved(self) -> bool:
        """Whether no plan opens fewer GPUs."""
        return self.bound.used <= self.least


class NoSolver(Exception):
    """The extra ``mlgen[exact]`` is not installed."""


def required() -> None:
    """Raises ``NoSolver`` where HiGHS is not installed."""
    if not available():
        raise NoSolver


def exact(
    hosts: Sequence[Host],
    boards: Mapping[str, Geometry],
    placed: Placed,
    make: Callable[[], Packing],
    *,
    isolation: str = "gpu",
    seconds: float | None = None,
) -> Exact:
    """The fewest GPUs for the VMs that a plan places; never more than the plan opens.

    ``make`` makes an empty packing, ``seconds`` is the deadline of the search (None: none).

    Raises:
        NoSolver: without HiGHS.
    """
    required()
    found = consolidated(hosts, boards, placed, make, isolation)
    now: Placed = _again(placed, found.spots) if found else placed
    limit = bound(hosts, boards, now, isolation=isolation, solver=True)
    whole = None
    if limit.used > limit.gpus and isolation != "cluster":
        now, whole = _searched(hosts, boards, now, make, isolation, seconds, limit.used)
        limit = bound(hosts, boards, now, isolation=isolation, solver=True)
    least = max(limit.gpus, whole.least if whole else 0)
    ended = "proved" if limit.used <= least else _ended(whole)
    return Exact(tuple(tuple(spots) for _, spots in now), limit, least, ended)


def _ended(whole: Whole | None) -> str:
    if whole is None:
        return "not searched"
    if not whole.on_time:
        return "deadline"
    return "loads" if whole.proved else "nodes"


def _again(placed: Placed, spots: Sequence[Sequence[Spot]]) -> Placed:
    return [(ask, new) for (ask, _), new in zip(placed, spots, strict=True)]


def _searched(
    hosts: Sequence[Host],
    boards: Mapping[str, Geometry],
    placed: Placed,
    make: Callable[[], Packing],
    isolation: str,
    seconds: float | None,
    used: int,
) -> tuple[Placed, Whole | None]:
    """The best of the plan and what integer programs find, and how the first search went.

    The first is over the loads of GPUs alone: what it opens at least, any plan does. Where hosts
    run short of cores or memory, the second is over the loads of hosts that the LP has found.
    """
    asked = [(ask, len(spots)) for ask, spots in placed]
    case, *more = cases(hosts, boards, asked, isolation)
    if more:
        return placed, None  # a week with several slots: the LP has no loads for all at once
    first: Whole | None = None
    for kinds, bins in _programs(case):
        whole, loads = _solved(kinds, bins, used, seconds)
        first = first or whole
        found = repacked(make, asked, kinds, bins, loads, isolation)
        if better(hosts, boards, placed, found, used):
            placed = _again(placed, found.spots)
            used = opened(hosts, boards, placed)
        if used <= first.least:
            break
    return placed, first


def _programs(case: Case) -> Iterator[tuple[dict[Kind, int], Sequence[GpuBin | HostBin]]]:
    kinds = without_too_many(case)
    if sum(kinds.values()) == sum(case.kinds.values()):
        yield kinds, loosened(case.stations, tuple(kinds), case.boards)
    try:
        kinds, bins = bins_of(case)
    except TooMany:
        return
    if any(isinstance(each, HostBin) for each in bins):
        yield kinds, bins


def _solved(
    kinds: Mapping[Kind, int],
    bins: Sequence[GpuBin | HostBin],
    used: int,
    seconds: float | None,
) -> tuple[Whole, tuple[Load, ...]]:
    """One integer program."""
    master = Master(kinds, bins)
    master.solve(used)
    for which, each in enumerate(bins):
        if isinstance(each, GpuBin):
            for column in islice(each.columns(), MOST_COLUMNS):
                master.add(which, column)
    whole = master.in_whole(seconds, MOST_NODES)
    return whole, whole.loads
