"""Changes of settings, hours and boundaries that need nothing to be bought."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from generator.blueprint.model.workloads import Workload
from generator.placement.constraint import Constraint
from generator.placement.hosts.stock import IN_MAINTENANCE, left_out, stock
from generator.placement.moments import moments
from generator.placement.relaxing.deadlines import ends_within
from generator.placement.relaxing.lifting import freed
from generator.placement.relaxing.part import Part, Trial
from generator.placement.relaxing.relaxation import Cost, Relaxation, proved, smallest
from generator.placement.terms import MIXED_SIZE
from generator.sizing.demand import Demand, RunWindow, Sharing
from generator.sizing.queueing.windows import WEEK_S
from generator.supply.model import SiteInventory

MOST_TIMES = 6
"""Sets of hours that are tried for a demand, those with the most hours first."""

MOST_HELD = 8
"""Held GPUs that are tried one by one."""


def settings(part: Part) -> Iterator[Relaxation]:
    """Freeing a GPU, another version, another site, and who gives way."""
    held = [(h, g) for h in part.hosts for g in h.gpus if g.held_by or g.tenants]
    for host, gpu in held[:MOST_HELD]:
        trial = part.tried(hosts=[freed(h, gpu.name) if h is host else h for h in part.hosts])
        holder = gpu.held_by or ", ".join(tenant.vm for tenant in gpu.tenants)
        yield from proved(
            trial,
            lambda t, gpu=gpu, host=host, holder=holder: Relaxation(  # type: ignore[misc]
                lifts=Constraint.HELD,
                cost=Cost.SETTING,
                path=f"hosts[{host.name}].gpus[{gpu.index}].held_by",
                before=holder,
                after="free",
                sentence=f"free {gpu.name} of {holder}",
                placed=t.placed,
                wanted=t.wanted,
                in_inventory=True,
            ),
        )
    if not part.terms.mixed_size:
        yield from _version(part)
    yield from _preempting(part)


def returning(part: Part, sites: Mapping[str, SiteInventory]) -> Iterator[Relaxation]:
    """The fewest hosts in maintenance that are enough once they are back, in the order of names."""
    away = {(h.site, h.host) for h in left_out(sites) if h.why == IN_MAINTENANCE}
    near = {(host.site, host.cluster) for host in part.hosts}
    back = [
        host for host in stock({name: _all_back(site) for name, site in sites.items()})
        if (host.site, host.name) in away and (part.whole or (host.site, host.cluster) in near)
    ]  # fmt: skip
    found = smallest(len(back), lambda n: part.tried(hosts=[*part.hosts, *back[:n]]))
    if found is not None:
        count, trial = found
        names = ", ".join(host.name for host in back[:count])
        yield Relaxation(
            lifts=Constraint.MAINTENANCE,
            cost=Cost.SETTING,
            path=f"hosts[{back[0].name}].maintenance",
            before="in maintenance",
            after="in use",
            sentence=f"take {names} out of maintenance",
            placed=trial.placed,
            wanted=trial.wanted,
            in_inventory=True,
            least=True,
        )


def _all_back(site: SiteInventory) -> SiteInventory:
    return replace(site, hosts=tuple(replace(host, maintenance=False) for host in site.hosts))


def _version(part: Part) -> Iterator[Relaxation]:
    requires = part.catalog.versions.feature(MIXED_SIZE).requires
    needed = ", ".join(f"{name} {requires[name]['min']}" for name in sorted(requires))
    stated = ", ".join(f"{name} {version}" for name, version in sorted(part.terms.targets.items()))
    verb = "go to" if part.catalog.versions.lacking(MIXED_SIZE, part.terms.targets) else "state"
    yield from proved(
        part.tried(terms=replace(part.terms, mixed_size=True)),
        lambda t: Relaxation(
            lifts=Constraint.VERSION,
            cost=Cost.SETTING,
            path="platform.targets",
            before=stated or "not stated",
            after=needed,
            sentence=f"{verb} versions that have mixed-size mode: at least {needed}",
            placed=t.placed,
            wanted=t.wanted,
        ),
    )


def _preempting(part: Part) -> Iterator[Relaxation]:
    """The fewest VMs of those that may give way, the last of the priorities first."""
    giving = [
        replace(d, count=part.placed_of(d))
        for d in part.others()
        if d.gives_way is not None and d.priority > part.demand.priority and part.placed_of(d)
    ]
    giving.sort(key=lambda d: (d.gives_way or 0, -d.priority, d.environment, d.name))
    most = sum(d.count for d in giving)

    def without(stopped: int) -> Trial:
        return part.tried(others=[*fewer(giving, stopped), *_rest(part, giving)])

    found = smallest(most, without)
    if found is not None:
        stopped, trial = found
        names = ", ".join(dict.fromkeys(d.name for d in giving))
        yield Relaxation(
            lifts=Constraint.FRAMEBUFFER if part.demand.gpu else Constraint.CORES,
            cost=Cost.SETTING,
            path="resource_management.failover.preempt",
            before="nobody is stopped",
            after=f"{stopped} of {names}",
            sentence=f"stop {stopped} VM(s) of {names}, which give way, while it runs",
            placed=trial.placed,
            wanted=trial.wanted,
            least=True,
        )


def fewer(giving: Sequence[Demand], stopped: int) -> Iterator[Demand]:
    """The demands with so many VMs less, taken from the first."""
    for demand in giving:
        less = min(stopped, demand.count)
        stopped -= less
        if demand.count > less:
            yield replace(demand, count=demand.count - less)


def _rest(part: Part, giving: Sequence[Demand]) -> list[Demand]:
    names = {(d.environment, d.name) for d in giving}
    return [d for d in part.others() if (d.environment, d.name) not in names]


def times(part: Part, workload: Workload | None = None) -> Iterator[Relaxation]:
    """The most hours of the week in which it would fit, for what may run at any time.

    ``workload`` is what the blueprint says of it: hours in which it misses its deadline are no
    help.
    """
    if part.demand.permanent or part.demand.windows:
        return
    week = moments(part.others())
    levels = sorted({(m.load.gpus, m.load.framebuffer_bytes, m.load.millicores) for m in week})
    for level in reversed(levels[:-1][-MOST_TIMES:]):
        windows = tuple(
            RunWindow(start_s=m.start_s, duration_s=m.duration_s)
            for m in week
            if (m.load.gpus, m.load.framebuffer_bytes, m.load.millicores) <= level
        )
        if workload is not None and not ends_within(workload, windows, part.demand.count):
            continue
        trial = part.tried(replace(part.demand, windows=windows))
        if trial.fits:
            hours = sum(window.duration_s for window in windows) / 3600
            yield Relaxation(
                lifts=Constraint.WINDOWS,
                cost=Cost.TIME,
                path=f"workloads[{part.demand.name}]",
                before=f"at any time ({WEEK_S // 3600} h a week)",
                after=f"{len(windows)} window(s), {hours:g} h a week",
                sentence=f"run it in the {hours:g} h a week in which others do not",
                placed=trial.placed,
                wanted=trial.wanted,
            )
            return


def guards(part: Part) -> Iterator[Relaxation]:
    """Less strict boundaries: between environments, of sharing, between sites."""
    demand, terms = part.demand, part.terms
    for looser in _looser(terms.isolation):
        trial = part.tried(terms=replace(terms, isolation=looser))
        if trial.fits:
            yield Relaxation(
                lifts=Constraint.ISOLATION,
                cost=Cost.GUARD,
                path="governance.isolation.prod_vs_dev",
                before=terms.isolation,
                after=looser,
                sentence=f"let environments meet: isolation {looser} instead of {terms.isolation}",
                placed=trial.placed,
                wanted=trial.wanted,
                least=True,
            )
            break
    if demand.gpu is not None and demand.gpu.sharing is Sharing.MIG:
        shared = replace(demand.gpu, sharing=Sharing.TIME_SLICED)
        yield from proved(
            part.tried(replace(demand, gpu=shared)),
            lambda t: Relaxation(
                lifts=Constraint.MODE,
                cost=Cost.GUARD,
                path=f"resource_management.gpu.sharing.{demand.environment}",
                before=Sharing.MIG.value,
                after=Sharing.TIME_SLICED.value,
                sentence="share its GPUs by time instead of by MIG",
                placed=t.placed,
                wanted=t.wanted,
            ),
        )
    if demand.site:
        yield from proved(
            part.tried(replace(demand, site="")),
            lambda t: Relaxation(
                lifts=Constraint.SITE,
                cost=Cost.GUARD,
                path=f"environments.{demand.environment}.sites",
                before=demand.site,
                after="any site",
                sentence=f"let it run at another site than {demand.site}",
                placed=t.placed,
                wanted=t.wanted,
            ),
        )


def _looser(isolation: str) -> tuple[str, ...]:
    """The boundaries that are less strict, the strictest first."""
    order = ("cluster", "host", "gpu", "none")
    return order[order.index(isolation) + 1 :]
