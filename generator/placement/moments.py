"""What runs together in a week: its moments, the worst of them, and time slots for a packer.

A host must carry its VMs at the worst moment, not the sum of all that it ever carries (requirements
S2-9). Two VMs that never run together may take the same place.

Moments are swept in the order of time, so they cost O(n log n) of the windows. Slots are the few
sets of demands that decide: a moment at which no more runs than at another decides nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from heapq import heapify, heappop, heappush
from itertools import pairwise
from operator import add, neg
from typing import NamedTuple

from generator.record import Record, record
from generator.sizing.demand import Demand
from generator.sizing.queueing.windows import WEEK_S, merged

MILLI = 1000
"""Cores are counted in thousandths, so that sums are exact."""

MOST_SLOTS = 64
"""Slots that a plan has at most: as many as fit a machine word; chosen."""

MOST_COMPARED = 256
"""Sets of demands up to which each is held against each; chosen, for the time that it takes."""

Pattern = tuple[tuple[int, int], ...]
"""The windows of a demand, as (start, duration) in seconds; empty for always."""


class Load(NamedTuple):
    """What VMs take at once: framebuffer and memory in bytes, thousandths of cores, GPUs, VMs.

    A tuple, as a week of many schedules has tens of thousands of them.
    """

    framebuffer_bytes: int = 0
    millicores: int = 0
    memory_bytes: int = 0
    gpus: int = 0
    vms: int = 0


NOTHING = Load()
RESOURCES = Load._fields[:-1]
"""What may be short: the fields of a load without the count of VMs."""


class Moment(NamedTuple):
    """A time of the week in which one set of demands runs, and what it takes in all."""

    start_s: int
    duration_s: int
    load: Load


def load_of(demand: Demand) -> Load:
    """What all VMs of a demand take. A whole GPU takes no framebuffer of its own, but the GPU.

    Cores are vCPUs over the ratio at which they share cores, rounded up to a thousandth.
    """
    need = demand.gpu
    return Load(
        framebuffer_bytes=demand.count * need.gpus * need.memory_bytes if need else 0,
        millicores=demand.count * millicores_of(demand),
        memory_bytes=demand.count * demand.memory_bytes,
        gpus=demand.count * need.gpus if need else 0,
        vms=demand.count,
    )


def millicores_of(demand: Demand) -> int:
    """Thousandths of cores that one VM takes of its host."""
    if demand.cpu_overcommit == 1.0:
        return demand.vcpus * MILLI
    return -int(-demand.vcpus * MILLI // demand.cpu_overcommit)


def moments(
    demands: Iterable[Demand], load: Callable[[Demand], Load] = load_of
) -> tuple[Moment, ...]:
    """The week as the intervals in which one set of demands runs, in the order of time.

    ``load`` says what all VMs of a demand take; a packer that has chosen profiles knows better.
    ``running`` names the demands of a moment.
    """
    changes: dict[int, Load] = {0: NOTHING}
    for pattern, taken in _together(demands, load).items():
        given_back = Load(*map(neg, taken))
        for start, end in _spans(pattern):
            changes[start] = _sum(changes.get(start, NOTHING), taken)
            changes[end] = _sum(changes.get(end, NOTHING), given_back)
    level = NOTHING
    found: list[Moment] = []
    for start, end in pairwise(sorted({*changes, WEEK_S})):
        level = _sum(level, changes[start])
        found.append(Moment(start, end - start, level))
    return tuple(found)


def running(demands: Iterable[Demand], moment: Moment) -> tuple[Demand, ...]:
    """The demands that run in a moment, in their order."""
    at_s = moment.start_s
    return tuple(
        demand
        for demand in demands
        if any(start <= at_s < end for start, end in _spans(_pattern(demand)))
    )


def worst(week: Sequence[Moment]) -> Mapping[str, Moment]:
    """For each resource the moment with most of it, the first where several have as much."""
    # ``max`` keeps the first of equals, and the week is in the order of time.
    return {
        resource: max(week, key=lambda moment: moment.load[place])
        for place, resource in enumerate(RESOURCES)
    }


@record
class Slots(Record):
    """The times of a week that a packer has to tell apart.

    A demand takes its place in the slots of its ``mask``; a host carries what it carries in the
    fullest of its slots. ``joined`` counts the slots that were merged with one that is not equal:
    demands then count in slots in which they do not run, never the other way. 0 is exact.
    """

    count: int
    masks: Mapping[Pattern, int]
    joined: int = 0

    def mask(self, demand: Demand) -> int:
        """The slots in which a demand runs, as bits; windows that are not known count as always."""
        return self.masks.get(_pattern(demand), (1 << self.count) - 1)

    def apart(self, one: Demand, other: Demand) -> bool:
        """Whether two demands never run at the same time, so that they may take one place."""
        return not self.mask(one) & self.mask(other)

    def turns(self, demand: Demand, others: Iterable[Demand]) -> tuple[Demand, ...]:
        """Those of ``others`` that never run together with a demand, in their order."""
        mine = self.mask(demand)
        return tuple(other for other in others if not mine & self.mask(other))


def slots(demands: Iterable[Demand], most: int = MOST_SLOTS) -> Slots:
    """The time slots of demands, at most ``most`` of them (1 or more).

    Two demands share a slot where they run together at some time. Of moments at which the same
    demands run, and of those at which others run as well, one slot is left. Where there are more
    than ``most``, neighbours in time that differ least become one slot with the demands of both.
    """
    patterns = sorted({_pattern(demand) for demand in demands})
    sets = _largest(list(dict.fromkeys(_peaks(patterns))))
    fewer = _largest(_joined(sets, most))
    masks = [0] * len(patterns)
    for slot, together in enumerate(fewer):
        for place in _places(together):
            masks[place] |= 1 << slot
    return Slots(
        count=max(1, len(fewer)),
        masks=dict(zip(patterns, masks, strict=True)),
        joined=len(sets) - len(fewer),
    )


def _together(demands: Iterable[Demand], load: Callable[[Demand], Load]) -> dict[Pattern, Load]:
    """What all demands with the same windows take."""
    taken: dict[Pattern, Load] = {}
    for demand in demands:
        pattern = _pattern(demand)
        taken[pattern] = _sum(taken.get(pattern, NOTHING), load(demand))
    return taken


def _sum(one: Load, other: Load) -> Load:
    return Load(*map(add, one, other))


def _pattern(demand: Demand) -> Pattern:
    if not demand.windows:
        return ()
    return tuple((window.start_s, window.duration_s) for window in demand.windows)


def _spans(pattern: Pattern) -> tuple[tuple[int, int], ...]:
    """Starts and ends within the week, sorted and apart; the whole week for no windows."""
    if not pattern:
        return ((0, WEEK_S),)
    found = merged([(float(start % WEEK_S), float(lasts)) for start, lasts in pattern])
    return tuple((int(start), int(start + lasts)) for start, lasts in found)


def _peaks(patterns: Sequence[Pattern]) -> Iterator[int]:
    """The sets of patterns, as bits, after which one of them ends before another starts.

    Between two of these sets only more or only less runs, so every set is part of one of them.
    """
    starting: dict[int, int] = {}
    ending: dict[int, int] = {}
    for place, pattern in enumerate(patterns):
        for start, end in _spans(pattern):
            starting[start] = starting.get(start, 0) ^ 1 << place
            ending[end] = ending.get(end, 0) ^ 1 << place
    together, grown = 0, False
    for at_s in sorted({*starting, *ending}):
        if grown and at_s in ending:
            yield together
            grown = False
        together &= ~ending.get(at_s, 0)
        if at_s in starting:
            together |= starting[at_s]
            grown = True


def _largest(sets: list[int]) -> list[int]:
    """The sets that are part of no other; all of them where there are too many to compare."""
    if len(sets) > MOST_COMPARED:
        return sets
    return [
        one
        for place, one in enumerate(sets)
        if not any(
            one & other == one and (one != other or before < place)
            for before, other in enumerate(sets)
            if before != place
        )
    ]


def _joined(sets: list[int], most: int) -> list[int]:
    """At most ``most`` sets, of which each of the given ones is a part of one."""
    if len(sets) <= most:
        return sets
    alive: dict[int, int] = dict(enumerate(sets))
    after = {place: place + 1 for place in range(len(sets) - 1)}
    before = {follower: place for place, follower in after.items()}
    pairs = [((sets[one] ^ sets[two]).bit_count(), one, two) for one, two in after.items()]
    heapify(pairs)
    while len(alive) > most:
        differ, one, two = heappop(pairs)
        current = after.get(one) == two and (alive[one] ^ alive[two]).bit_count() == differ
        if not current:
            continue
        alive[one] |= alive.pop(two)
        _unlink(one, two, after, before)
        for left, right in ((before.get(one), one), (one, after.get(one))):
            if left is not None and right is not None:
                heappush(pairs, ((alive[left] ^ alive[right]).bit_count(), left, right))
    return [alive[place] for place in sorted(alive)]


def _unlink(one: int, two: int, after: dict[int, int], before: dict[int, int]) -> None:
    """Takes ``two``, the follower of ``one``, out of the row."""
    del after[one], before[two]
    follower = after.pop(two, None)
    if follower is not None:
        after[one], before[follower] = follower, one


def _places(together: int) -> Iterator[int]:
    """The places of the bits that are set, the lowest first."""
    digits = f"{together:b}"[::-1]
    place = digits.find("1")
    while place >= 0:
        yield place
        place = digits.find("1", place + 1)
