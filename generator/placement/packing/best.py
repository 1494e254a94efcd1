"""Several tries at placing the same demands, of which the best is kept.

Where everything fits at the first try there is no second. Else priorities decide who goes short,
and a try counts for as much as it places of the most important first.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from generator.placement.hosts.stock import Host
from generator.placement.moments import slots
from generator.placement.packing.asks import Models, Option
from generator.placement.packing.attempt import Attempt, Key, key_of
from generator.placement.packing.kept import Kept
from generator.placement.packing.policy import ExpectedUse, Tightest, mix_of
from generator.placement.packing.repair import repair
from generator.placement.plan import Placed
from generator.placement.terms import Terms
from generator.sizing.demand import Demand

MOST_TRIED_VMS = 2000
"""VMs up to which a shortage is worth several further tries; chosen, for the time that they take.
"""

Options = Mapping[Key, Sequence[Option]]
Worth = tuple[tuple[int, ...], ...]


def best_attempt(
    demands: Sequence[Demand],
    options: Options,
    hosts: Sequence[Host],
    models: Models,
    terms: Terms,
    keep: Sequence[Placed] = (),
) -> Attempt:
    """The best of several tries; ``keep`` are placements that the first of them follows."""
    week = slots(demands)
    by_size = sorted(demands, key=lambda d: _by_size(d, options[key_of(d)]))
    first = Attempt(
        hosts, models, terms, week, kept=Kept(keep, hosts, models.boards) if keep else None
    )
    first.fill(by_size, options)
    if keep:
        repair(first)
    if not _short(first):
        return first
    by_rank = sorted(by_size, key=lambda d: d.priority)
    tries = [first] if keep else []
    few = sum(demand.count for demand in demands) <= MOST_TRIED_VMS
    mix = mix_of([(f.ask, f.choice.demand.count) for f in first.filled])
    for policy in (Tightest(), ExpectedUse(mix, models.boards))[: 1 + few]:
        for without in _left_out(hosts) if few else (None,):
            ranked = Attempt(hosts, models, terms, week, policy=policy)
            if without is not None:
                ranked.packing.close(without)
            ranked.fill(by_rank, options)
            tries.append(ranked)
    best = min(tries, key=_worth)
    repair(best)
    return best


def with_most(attempt: Attempt, options: Options, seconds: float) -> Attempt:
    """The attempt, or where something is short what an integer program finds to be more."""
    found = attempt.most(options, seconds) if _short(attempt) else None
    return found[0] if found and _worth(found[0])[:-1] < _worth(attempt)[:-1] else attempt


def _left_out(hosts: Sequence[Host]) -> Iterator[int | None]:
    """No host, then the newest of each cluster: one more of them must never place less."""
    yield None
    yield from {(h.site, h.vcenter, h.cluster): order for order, h in enumerate(hosts)}.values()


def _short(attempt: Attempt) -> bool:
    return any(found.missing for found in attempt.filled)


def _worth(attempt: Attempt) -> Worth:
    """Less is better: by priority, VMs that the minimum lacks, then any that lack; then GPUs."""
    lack: dict[int, list[int]] = {}
    for found in attempt.filled:
        demand = found.choice.demand
        of_rank = lack.setdefault(demand.priority, [0, 0])
        of_rank[0] += max(0, demand.minimum - len(found.spots))
        of_rank[1] += found.missing
    ranks = sorted(lack)
    used = sum(any(layouts) for room in attempt.packing.rooms for layouts in room.layouts)
    return (
        tuple(lack[rank][0] for rank in ranks),
        tuple(lack[rank][1] for rank in ranks),
        (used,),
    )


def _by_size(demand: Demand, options: Sequence[Option]) -> tuple[object, ...]:
    """NVLink groups need whole pairs and go first; then large before small."""
    need = demand.gpu
    profile = options[0][1] if need and options else None
    return (
        not (need and need.nvlink),
        -profile.framebuffer_mib * need.gpus if need and profile else 0,
        profile.name if profile else "",
        demand.environment,
        -demand.memory_bytes,
        -demand.vcpus,
        demand.name,
    )
