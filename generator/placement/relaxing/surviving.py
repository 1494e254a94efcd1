"""What would let a service of production hold after a loss that HA promises to survive.

Each change is placed again, and the losses of the cluster are played through with it: it counts
where the service holds after every one, nothing else runs less, and no other service of production
breaks. The cheapest come first.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from generator.blueprint.model.blueprint import Blueprint
from generator.catalog import Catalog
from generator.placement.engine import place
from generator.placement.failures.failing import Failing
from generator.placement.failures.promises import (
    ClusterHa,
    ClusterKey,
    promises_of,
    sessions_per_replica,
)
from generator.placement.failures.reserve import Reserve, Short, reserves
from generator.placement.hosts.stock import Host
from generator.placement.plan import Plan
from generator.placement.relaxing.loosening import fewer
from generator.placement.relaxing.part import Trial
from generator.placement.relaxing.purchases import another
from generator.placement.relaxing.relaxation import smallest
from generator.placement.terms import Terms
from generator.sizing.demand import Demand, Sized

MOST_SERVICES = 3
"""Services that are asked for, those first that are found first; each takes several plans."""

MOST_VMS = 500
"""VMs of a platform up to which it is planned again; chosen, a second or two for all services."""

MOST_TRIALS = 24
"""Plans that are made at most; chosen likewise."""

MORE_HOSTS = 4
"""Hosts of a kind more that are tried; chosen, as a plan is made for each half of the way."""

Key = tuple[str, str]


class Surviving:
    """A platform whose plan breaks a promise, to be planned again under changed terms."""

    def __init__(
        self,
        plan: Plan,
        demands: Sequence[Demand],
        hosts: Sequence[Host],
        catalog: Catalog,
        terms: Terms,
        blueprint: Blueprint,
        ha: Mapping[ClusterKey, ClusterHa],
    ) -> None:
        self._demands, self._hosts = tuple(demands), tuple(hosts)
        self._catalog, self._terms = catalog, terms
        self._blueprint, self._ha = blueprint, ha
        self._before = Counter((vm.environment, vm.demand) for vm in plan.placed)
        self._asked: set[Key] = set()
        self._trials = 0

    def mends(self, reserve: Reserve, short: Short) -> tuple[str, ...]:
        """What was proved to help a service; () on platforms that are too large to plan again."""
        key = short.level.environment, short.level.demand
        self._asked.add(key)
        if len(self._asked) > MOST_SERVICES or sum(d.count for d in self._demands) > MOST_VMS:
            return tuple(self._fewer_sessions(reserve, key))
        return (
            *self._less_beside(reserve, key),
            *self._fewer_sessions(reserve, key),
            *self._more_hosts(reserve, key),
        )

    def _less_beside(self, reserve: Reserve, key: Key) -> Iterator[str]:
        """Fewer VMs of those that give way, so that it has room before anything fails."""
        mine = next(d for d in self._demands if (d.environment, d.name) == key)
        giving = [
            d for d in self._demands
            if d.gives_way is not None and d.priority > mine.priority and self._placed(d)
        ]  # fmt: skip
        giving.sort(key=lambda d: (d.gives_way or 0, -d.priority, d.environment, d.name))
        rest = [d for d in self._demands if d not in giving]
        today = [_counting(d, self._placed(d)) for d in giving]

        def without(stopped: int) -> Trial:
            return self._tried(reserve, key, [*fewer(today, stopped), *rest], self._hosts)

        found = smallest(sum(d.count for d in today), without)
        if found is not None:
            stopped = found[0]
            left = {(d.environment, d.name): d.count for d in fewer(today, stopped)}
            said = [
                f"{left.get((d.environment, d.name), 0)} VM(s) of {d.name} instead of {d.count}"
                for d in today
                if left.get((d.environment, d.name), 0) < d.count
            ]
            yield f"run {' and '.join(said)}, which give way anyhow"

    def _fewer_sessions(self, reserve: Reserve, key: Key) -> Iterator[str]:
        """The sessions that the replicas left carry; a service without sessions has no such key."""
        workload = next((w for w in self._blueprint.workloads if w.name == key[1]), None)
        serving = workload.serving if workload else None
        here = [s.level for s in reserve.short if (s.level.environment, s.level.demand) == key]
        left = min(level.running for level in here)
        if serving is not None and serving.sessions and left:
            sessions = left * sessions_per_replica(serving)
            yield (
                f"accept serving.degraded_sessions: {sessions}, which {left} of "
                f"{here[0].before} replicas carry"
            )

    def _more_hosts(self, reserve: Reserve, key: Key) -> Iterator[str]:
        """The fewest hosts of a kind that the cluster has already."""
        kinds: dict[object, Host] = {}
        for host in self._hosts:
            if (host.site, host.cluster) == (reserve.site, reserve.cluster):
                models = tuple(sorted(gpu.model for gpu in host.gpus))
                kinds.setdefault((models, host.nvlink, host.numa_cores), host)
        for like in kinds.values():

            def more(count: int, like: Host = like) -> Trial:
                bought = (another(like, number) for number in range(count))
                return self._tried(reserve, key, self._demands, [*self._hosts, *bought])

            found = smallest(MORE_HOSTS, more)
            if found is not None:
                yield f"add {found[0]} host(s) like {like.name} to {reserve.cluster}"

    def _placed(self, demand: Demand) -> int:
        return self._before[demand.environment, demand.name]

    def _tried(
        self, reserve: Reserve, key: Key, demands: Sequence[Demand], hosts: Sequence[Host]
    ) -> Trial:
        """The plan of some demands on some hosts: 1 of 1 where the service holds in it."""
        self._trials += 1
        if self._trials > MOST_TRIALS:
            return Trial(placed=0, wanted=1, others_kept=False)
        sized = Sized(demands=tuple(demands), ledger=(), findings=())
        plan = place(sized, hosts, self._catalog, self._terms)
        after = Counter((vm.environment, vm.demand) for vm in plan.placed)
        kept = all(after[d.environment, d.name] >= min(d.count, self._placed(d)) for d in demands)
        if not kept:
            return Trial(placed=0, wanted=1, others_kept=False)
        chosen = tuple(choice.demand for choice in plan.chosen)
        promises = promises_of(self._blueprint, chosen)
        failing = Failing(plan, hosts, self._catalog, self._terms, promises=promises, ha=self._ha)
        where = reserve.site, reserve.cluster
        breaks = {
            (short.level.environment, short.level.demand)
            for found in reserves(failing, {where: self._ha[where]})
            for short in found.short
        }
        today = {(short.level.environment, short.level.demand) for short in reserve.short}
        worse = any(other[0] == "prod" for other in breaks - today)
        return Trial(placed=int(key not in breaks), wanted=1, others_kept=not worse)


def _counting(demand: Demand, count: int) -> Demand:
    return replace(demand, count=count, minimum=min(demand.minimum, count))
