"""What runs at the same time: the peak of work that recurs, and the capacity for it.

A window recurs within a week, and what ends at a moment does not meet what starts at it. The peak
is what matters: staggered work needs less than the sum of it. Sources: requirements S2-9 (sum over
overlapping windows, not over all) and S4-5 (permanent work never comes and goes).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from math import fsum, inf

from generator.record import Record, record
from generator.sizing.nonsense import Nonsense, not_negative, positive, ratio
from generator.sizing.queueing.whole import rounded_down, rounded_up

DAY_S = 86_400
WEEK_S = 7 * DAY_S
ALL_WEEK = ((0.0, float(WEEK_S)),)
"""The span, as (start, length), of what never ends."""


@record
class Window(Record):
    """``amount`` of something (GPUs, slots, vCPUs, bytes) for ``duration_s`` from ``start_s`` on.

    ``start_s`` counts from the beginning of the cycle (Monday 00:00 for a week), and the window
    comes again every ``period_s``. One that lasts longer than its period meets its own next run.
    """

    name: str
    start_s: float
    duration_s: float
    amount: float = 1.0
    period_s: float = WEEK_S


@record
class Peak(Record):
    """The most at once, the first moment of it, and the names of what runs then, sorted."""

    amount: float
    at_s: float
    names: tuple[str, ...]


@record
class Capacity(Record):
    """Capacity that suffices: all permanent work and the peak of what comes and goes."""

    permanent: float
    ephemeral: Peak
    total: float


@record
class Fit(Record):
    """How a run of some duration fits its schedule.

    ``runs_at_once`` above 1 means that a run starts before the one before it has ended.
    ``late_s`` is the time by which a run exceeds its window, None where it has none.
    """

    runs_at_once: int
    late_s: float | None


@record
class Overflow(Record):
    """What exceeds a capacity in a cycle: the most at once, for how long, and amount x time.

    ``amount_s`` is the work that has to wait or go elsewhere: slot-seconds where amounts are slots.
    """

    most: float
    lasts_s: float
    amount_s: float


def peak(windows: Iterable[Window], *, cycle_s: float = WEEK_S) -> Peak:
    """The most that runs at once in a cycle, in O(n log n) of the runs in it.

    Raises ``Nonsense`` for a duration or an amount that cannot be, and for a period that does not
    go into the cycle.
    """
    known = tuple(windows)
    most, at_s = -1.0, 0.0
    for moment, level in _levels(known, cycle_s):
        if level > most * _TOLERANT:
            most, at_s = level, moment
    return _running(known, at_s)


def overflow(
    windows: Iterable[Window], capacity_amount: float, *, cycle_s: float = WEEK_S
) -> Overflow:
    """How much of the demand of a cycle exceeds a capacity: demand - capacity over time.

    Raises ``Nonsense`` for a negative capacity and as ``peak`` does.
    """
    not_negative("capacity", capacity_amount)
    most = lasts = amount = 0.0
    levels = [*_levels(tuple(windows), cycle_s), (cycle_s, 0.0)]
    for (moment, level), (until, _) in pairwise(levels):
        excess = level - capacity_amount
        if excess > capacity_amount * (_TOLERANT - 1.0):
            most = max(most, excess)
            lasts += until - moment
            amount += excess * (until - moment)
    return Overflow(most=most, lasts_s=lasts, amount_s=amount)


def bursts(
    *, allocated: float, capacity_amount: float, pending: float, threshold_ratio: float = 1.0
) -> bool:
    """Whether work may leave for rented capacity: all is allocated and something still waits.

    Source: requirements S2-16, on-premises is filled first. Raises ``Nonsense`` for negative
    amounts and a threshold outside 0 to 1.
    """
    not_negative("allocated", allocated)
    not_negative("pending", pending)
    positive("capacity", capacity_amount)
    ratio("burst.threshold", threshold_ratio)
    return pending > 0 and allocated * _TOLERANT >= threshold_ratio * capacity_amount


def capacity(permanent: Iterable[float], ephemeral: Iterable[Window]) -> Capacity:
    """What permanent work takes all the time, and the peak of ephemeral work on top of it.

    Raises ``Nonsense`` for a negative amount and as ``peak`` does.
    """
    amounts = [not_negative("permanent", amount) for amount in permanent]
    most = peak(ephemeral)
    standing = fsum(amounts)
    return Capacity(permanent=standing, ephemeral=most, total=standing + most.amount)


def fit(duration_s: float, *, period_s: float, window_s: float | None = None) -> Fit:
    """Whether runs of a duration meet their own next run, and how much they exceed their window.

    Raises ``Nonsense`` for times that are not above zero.
    """
    positive("pipelines.duration", duration_s)
    positive("pipelines.schedule", period_s)
    late = None
    if window_s is not None:
        late = max(0.0, duration_s - positive("pipelines.window", window_s))
    return Fit(runs_at_once=max(1, rounded_up(duration_s / period_s)), late_s=late)


def merged(spans: list[tuple[float, float]]) -> tuple[tuple[float, float], ...]:
    """Spans of a week, as (start, length), sorted and without overlaps.

    What passes the end of the week begins it too.
    """
    ends = [(start, start + length) for start, length in sorted(spans)]
    over = max((end for _, end in ends), default=0.0) - WEEK_S
    if over > 0:
        ends.insert(0, (0.0, over))
    joined: list[tuple[float, float]] = []
    since, until = ends[0] if ends else (0.0, 0.0)
    for start, end in ends:
        if start > until:
            joined.append((since, until - since))
            since, until = start, end
        elif end > until:
            until = end
    joined.append((since, min(until, float(WEEK_S)) - since))
    return tuple(joined)


_TOLERANT = 1.0 + 1e-12
"""Two sums of the same amounts in another order are one peak, not two."""


def _levels(windows: Sequence[Window], cycle_s: float) -> Iterator[tuple[float, float]]:
    """The moments at which the amount that runs changes, with the amount from then on."""
    edges: list[tuple[float, float]] = [(0.0, 0.0)]
    level = 0.0
    for window in windows:
        _check(window, cycle_s)
        overlapping, rest = _own_overlap(window)
        level += overlapping * window.amount
        for start, end in _runs(window, rest, cycle_s):
            wraps = end > cycle_s
            level += wraps * window.amount
            edges.append((start, window.amount))
            edges.append((end - wraps * cycle_s, -window.amount))
    edges.sort(key=lambda edge: edge[0])
    for (moment, change), (following, _) in pairwise([*edges, (inf, 0.0)]):
        level += change
        if following > moment:
            yield moment, max(0.0, level)


def _check(window: Window, cycle_s: float) -> None:
    positive(f"{window.name}.duration", window.duration_s)
    not_negative(f"{window.name}.amount", window.amount)
    not_negative(f"{window.name}.start", window.start_s)
    positive(f"{window.name}.period", window.period_s)
    times = cycle_s / window.period_s
    if abs(times - round(times)) > _WHOLE or times < 1:
        raise Nonsense(
            f"{window.name}.period",
            f"{window.period_s:g} s do not go into a cycle of {cycle_s:g} s",
            "state one window for each run of the cycle",
        )


_WHOLE = 1e-9
"""How far from whole a count of runs may be."""


def _own_overlap(window: Window) -> tuple[int, float]:
    """How many runs of a window are always on, and how long one more is on in each period."""
    always = rounded_down(window.duration_s / window.period_s)
    return always, max(0.0, window.duration_s - always * window.period_s)


def _runs(window: Window, lasts_s: float, cycle_s: float) -> Iterator[tuple[float, float]]:
    if not lasts_s:
        return
    for run in range(round(cycle_s / window.period_s)):
        start = (window.start_s + run * window.period_s) % cycle_s
        yield start, start + lasts_s


def _running(windows: Sequence[Window], at_s: float) -> Peak:
    """What runs at a moment, summed without the drift of a running total."""
    amounts: list[float] = []
    names: set[str] = set()
    for window in windows:
        always, rest = _own_overlap(window)
        since = (at_s - window.start_s) % window.period_s
        runs = always + (since < rest)
        if runs and window.amount:
            amounts.append(runs * window.amount)
            names.add(window.name)
    return Peak(amount=fsum(amounts), at_s=at_s, names=tuple(sorted(names)))
