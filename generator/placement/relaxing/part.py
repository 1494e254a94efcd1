"""The part of a platform in which something does not fit, placed again under changed terms.

A change counts only where placing again proves it: all of the demand runs, nothing else runs less
than before, and the copies of no service come closer. Where a platform is large, whole clusters of
it are enough: what runs outside them stays where it is.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace

from generator.catalog import Catalog
from generator.placement.engine import place
from generator.placement.hosts.stock import Host
from generator.placement.packing.asks import APART
from generator.placement.plan import Placed, Plan, Shortfall
from generator.placement.terms import Terms
from generator.record import Record, record
from generator.sizing.demand import Demand, Sized

MOST_VMS = 2_000
"""VMs of a part at most, as far as one cluster is not larger; bounds what a trial costs."""

MOST_TRIALS = 120
"""Trials for one demand at most; chosen, some seconds for a part of ``MOST_VMS``."""

Key = tuple[str, str]


@record
class Trial(Record):
    """What placing again gave: VMs of the demand, and whether all others run as before.

    They do where as many of each run, and the copies of a service on as many hosts.
    """

    placed: int
    wanted: int
    others_kept: bool

    @property
    def fits(self) -> bool:
        """Whether all of the demand runs and nothing else runs less."""
        return self.placed >= self.wanted and self.others_kept


class Part:
    """A demand that falls short with its surroundings.

    ``whole`` says whether the part is the platform. ``trials`` counts how often it was placed.
    """

    def __init__(
        self,
        plan: Plan,
        demands: Sequence[Demand],
        hosts: Sequence[Host],
        catalog: Catalog,
        terms: Terms,
        shortfall: Shortfall,
    ) -> None:
        self.catalog, self.terms = catalog, terms
        self.key: Key = (shortfall.environment, shortfall.demand)
        self.trials = 0
        self.demand = next(d for d in demands if (d.environment, d.name) == self.key)
        self.whole = sum(demand.count for demand in demands) <= MOST_VMS
        if self.whole:
            self.hosts, self.demands = tuple(hosts), tuple(demands)
            self._before = Counter((vm.environment, vm.demand) for vm in plan.placed)
            self._spread = _spread(plan.placed)
            return
        self.hosts = tuple(_clusters(plan, hosts, self.demand))
        names = {(host.site, host.name) for host in self.hosts}
        here = [vm for vm in plan.placed if (vm.site, vm.host) in names]
        self._before = Counter((vm.environment, vm.demand) for vm in here)
        self._spread = _spread(here)
        missing = shortfall.wanted - shortfall.placed
        self.demand = replace(self.demand, count=self._before[self.key] + missing)
        others = [d for d in demands if (d.environment, d.name) != self.key]
        counted = [(d, self._before[d.environment, d.name]) for d in others]
        self.demands = (self.demand, *(replace(d, count=n) for d, n in counted if n))

    def placed_of(self, demand: Demand) -> int:
        """How many VMs of a demand the plan places here."""
        return self._before[demand.environment, demand.name]

    def others(self) -> list[Demand]:
        """Every other demand of the part."""
        return [d for d in self.demands if (d.environment, d.name) != self.key]

    def tried(
        self,
        demand: Demand | None = None,
        *,
        others: Sequence[Demand] | None = None,
        hosts: Sequence[Host] | None = None,
        terms: Terms | None = None,
    ) -> Trial:
        """The part placed again with what is changed; all else is as it is.

        Others that are handed over with fewer VMs are meant to run fewer.
        """
        demand = demand or self.demand
        kept = self.others() if others is None else list(others)
        if self.trials >= MOST_TRIALS:
            return Trial(placed=0, wanted=demand.count, others_kept=False)
        self.trials += 1
        sized = Sized(demands=(demand, *kept), ledger=(), findings=())
        supply = self.hosts if hosts is None else tuple(hosts)
        plan = place(sized, supply, self.catalog, terms or self.terms)
        after = Counter((vm.environment, vm.demand) for vm in plan.placed)
        spread = _spread(plan.placed)
        return Trial(
            placed=after[self.key],
            wanted=demand.count,
            others_kept=all(
                after[key] >= min(d.count, self._before[key])
                and (d.phase not in APART or spread[key] >= min(d.count, self._spread[key]))
                for d in kept
                for key in ((d.environment, d.name),)
            ),
        )


def _spread(placed: Iterable[Placed]) -> Counter[Key]:
    """On how many hosts each demand has VMs."""
    return Counter(
        (environment, demand)
        for environment, demand, _, _ in sorted(
            {(vm.environment, vm.demand, vm.site, vm.host) for vm in placed}
        )
    )


def _clusters(plan: Plan, hosts: Sequence[Host], demand: Demand) -> list[Host]:
    """Whole clusters of the demand's site until they hold enough VMs, those that it uses first."""
    vms = Counter((vm.site, vm.cluster) for vm in plan.placed)
    used = Counter((vm.site, vm.cluster) for vm in plan.placed if vm.demand == demand.name)
    clusters: dict[tuple[str, str], list[Host]] = {}
    for host in hosts:
        if demand.site in ("", host.site):
            clusters.setdefault((host.site, host.cluster), []).append(host)
    found: list[Host] = []
    carried = 0
    for key in sorted(clusters, key=lambda key: (-used[key], key)):
        if found and carried + vms[key] > MOST_VMS:
            continue
        found += clusters[key]
        carried += vms[key]
    return found
