"""Places demands on hosts: choose a profile, then first fit, the most constrained first."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from generator.catalog import Catalog
from generator.catalog.accelerator import Accelerator
from generator.catalog.vgpu import VgpuProfile
from generator.finding import Finding
from generator.ledger import Entry
from generator.placement import rules
from generator.placement.levers import grade
from generator.placement.packing import Packing, Spot
from generator.placement.plan import Chosen, Placed, Plan, Shortfall
from generator.placement.profiles import choose
from generator.placement.shape import shaped
from generator.placement.stock import Host
from generator.sizing.demand import Demand, Sized
from generator.sizing.figures import Figures


def place(sized: Sized, hosts: Sequence[Host], catalog: Catalog, *, isolation: str = "gpu") -> Plan:
    """Puts every demand on hosts as far as it fits. Pure and deterministic.

    ``isolation`` is the boundary between environments: ``none``, ``gpu``, ``host`` or ``cluster``.
    """
    models = _models(hosts, catalog)
    packing = Packing(hosts, models, isolation)
    chosen: list[Chosen] = []
    taken: list[tuple[Chosen, list[Spot]]] = []
    shortfalls: list[Shortfall] = []
    ledger: list[Entry] = []
    findings: list[Finding] = []
    profiles = {_key(d): _profile(d, _of_site(d, hosts, models)) for d in sized.demands}
    for demand in sorted(sized.demands, key=lambda d: _order(d, profiles[_key(d)])):
        found = profiles[_key(demand)]
        if demand.gpu is not None and found is None:
            findings.append(rules.NoProfile.of(demand, sorted(models)))
            shortfalls.append(_shortfall(demand, 0, "no GPU of the site has a profile for it"))
            continue
        accelerator, profile = found or (None, None)
        figures = Figures(demand.name)
        final = shaped(demand, profile, packing.able(accelerator, demand), figures)
        group = (
            accelerator.device_group_name(demand.gpu.gpus)
            if accelerator and demand.gpu and demand.gpu.nvlink
            else ""
        )
        chosen.append(
            Chosen(
                demand=final,
                model=accelerator.id if accelerator else "",
                profile=profile.name if profile else "",
                device_group=group,
            )
        )
        spots = list(packing.put(final, chosen[-1].model, profile))
        taken.append((chosen[-1], spots))
        if len(spots) < final.count:
            shortfalls.append(_shortfall(final, len(spots), packing.missing(final, profile)))
        ledger += figures.entries
    placed = list(_placed(taken))
    return Plan(
        chosen=tuple(sorted(chosen, key=lambda c: (c.demand.environment, c.demand.name))),
        placed=tuple(sorted(placed, key=lambda p: (p.environment, p.demand, p.index))),
        shortfalls=tuple(shortfalls),
        ledger=tuple(ledger),
        findings=(*findings, *rules.no_hope(chosen, placed)),
    )


def _placed(taken: Sequence[tuple[Chosen, Sequence[Spot]]]) -> Iterator[Placed]:
    """The VMs with their levers, which depend on what else came to their GPUs."""
    profiles: dict[str, set[str]] = {}
    for choice, spots in taken:
        for spot in spots:
            for gpu in spot.gpus:
                profiles.setdefault(gpu.name, set()).add(choice.profile)
    for choice, spots in taken:
        demand = choice.demand
        gpus = [gpu.name for spot in spots for gpu in spot.gpus]
        lever, how_sure = grade(demand, several_profiles=any(len(profiles[g]) > 1 for g in gpus))
        for index, spot in enumerate(spots):
            yield Placed(
                demand=demand.name,
                environment=demand.environment,
                index=index,
                host=spot.host.name,
                cluster=spot.host.cluster,
                profile=choice.profile,
                gpus=tuple(gpu.name for gpu in spot.gpus),
                start=spot.start,
                lever=lever,
                grade=how_sure,
            )


def _key(demand: Demand) -> tuple[str, str]:
    return demand.environment, demand.name


def _models(hosts: Iterable[Host], catalog: Catalog) -> dict[str, Accelerator]:
    """The accelerators that the hosts have and the catalogue knows, smallest board first."""
    known = set(catalog.ids("accelerators"))
    ids = {gpu.model for host in hosts for gpu in host.gpus} & known
    rows = sorted(
        (catalog.accelerator(model) for model in ids), key=lambda a: (a.framebuffer_mib or 0, a.id)
    )
    return {row.id: row for row in rows}


def _of_site(
    demand: Demand, hosts: Iterable[Host], models: dict[str, Accelerator]
) -> list[Accelerator]:
    """The accelerators of the demand's own site, smallest board first."""
    here = {gpu.model for host in hosts if demand.site in ("", host.site) for gpu in host.gpus}
    return [accelerator for model, accelerator in models.items() if model in here]


def _profile(
    demand: Demand, models: Iterable[Accelerator]
) -> tuple[Accelerator, VgpuProfile] | None:
    """The first board that can do the work and its profile; None where there is none."""
    need = demand.gpu
    if need is None:
        return None
    for accelerator in models:
        if need.model and accelerator.id != need.model:
            continue
        if need.nvlink and need.gpus not in accelerator.device_group_sizes:
            continue
        precision = need.precision.removesuffix("-mixed")
        if precision and precision not in accelerator.precisions:
            continue
        profile = choose(need, accelerator)
        if profile is not None:
            return accelerator, profile
    return None


def _order(
    demand: Demand, found: tuple[Accelerator, VgpuProfile] | None
) -> tuple[bool, int, int, str, str]:
    """NVLink groups need whole pairs and go first; then by priority, large before small."""
    nvlink = demand.gpu is not None and demand.gpu.nvlink
    size = found[1].framebuffer_mib if found else 0
    return (not nvlink, demand.priority, -size, demand.environment, demand.name)


def _shortfall(demand: Demand, placed: int, because: str) -> Shortfall:
    return Shortfall(
        demand=demand.name,
        environment=demand.environment,
        wanted=demand.count,
        placed=placed,
        minimum=demand.minimum,
        fatal=placed < demand.minimum,
        because=because,
    )
