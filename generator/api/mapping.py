"""The map of a plan: what stands where on every host, ready to be drawn."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

from generator.api.assessing import Project
from generator.catalog import Catalog
from generator.placement.failures.reserve import Reserve
from generator.placement.failures.slices import (
    FREE,
    HELD,
    RESERVED,
    STRANDED,
    Slice,
    Span,
    kept_spans,
    sliced,
)
from generator.placement.hosts.stock import Host, left_out, stock
from generator.placement.moments import slots
from generator.placement.plan import GpuPlan, Plan, Standing
from generator.quantity import GIB
from generator.report.map import (
    MapGpu,
    MapHost,
    MapLeftOut,
    MapSlice,
    MapTotals,
    PlatformMap,
    idle,
)
from generator.sizing.demand import Demand

Reserved = Mapping[tuple[str, str], Sequence[Span]]
"""By site and GPU: spans that are kept free for a failure, in the GPU's units."""


def map_of(project: Project, reserves: Iterable[Reserve] = ()) -> PlatformMap:
    """The map of a project's plan on the hosts of its sites; ``reserves`` are those of its outlook.

    Without them nobody knows what a failure would take, and all that is free is drawn as free.
    """
    plan, sites = project.assessed.plan, project.sites.inventories
    kept = _kept(plan, reserves, project.catalog)
    drawn = platform_map(plan, stock(sites), project.catalog, kept)
    out = tuple(
        MapLeftOut(site=one.site, cluster=one.cluster, name=one.host, gpus=one.gpus, why=one.why)
        for one in left_out(sites)
    )
    return replace(drawn, left_out=out)


def _kept(plan: Plan, reserves: Iterable[Reserve], catalog: Catalog) -> Reserved:
    """The spans of every GPU on which something starts after a loss that HA promises to survive."""
    places: dict[tuple[str, str], list[tuple[str, int]]] = {}
    for reserve in reserves:
        for place in reserve.places:
            places.setdefault((place.site, place.gpu), []).append((place.profile, place.start))
    gpus = {(gpu.site, gpu.name): gpu for gpu in plan.gpus}
    return {
        key: kept_spans(gpus[key], catalog.accelerator(gpus[key].model), some)
        for key, some in places.items()
    }


def platform_map(
    plan: Plan, hosts: Sequence[Host], catalog: Catalog, reserved: Reserved | None = None
) -> PlatformMap:
    """The map of a plan on the hosts that it was made for; ``reserved`` is kept for failures."""
    drawing = _Drawing(plan, catalog, reserved or {})
    ordered = sorted(hosts, key=lambda host: (host.site, host.cluster, host.name))
    drawn = tuple(drawing.host(host) for host in ordered)
    waiting = {
        choice.demand.name
        for choice in plan.chosen
        if choice.demand.gpu is not None
        for short in plan.shortfalls
        if (short.demand, short.environment) == (choice.demand.name, choice.demand.environment)
    }
    return PlatformMap(hosts=drawn, totals=_totals(drawn, waits=bool(waiting)))


class _Use(NamedTuple):
    vms: int
    vcpus: int
    memory_bytes: int


class _Drawing:
    def __init__(self, plan: Plan, catalog: Catalog, reserved: Reserved) -> None:
        self._catalog = catalog
        self._known = set(catalog.ids("accelerators"))
        self._reserved = reserved
        self._gpus: dict[tuple[str, str], list[GpuPlan]] = {}
        for gpu in plan.gpus:
            self._gpus.setdefault((gpu.site, gpu.host), []).append(gpu)
        self._used: dict[str, set[str]] = {}
        for choice in plan.chosen:
            self._used.setdefault(choice.model, set()).add(choice.profile)
        self._use = _uses(plan)

    def host(self, host: Host) -> MapHost:
        use = self._use.get((host.site, host.name), _Use(0, 0, 0))
        return MapHost(
            site=host.site,
            cluster=host.cluster,
            name=host.name,
            vms=use.vms,
            vcpus=use.vcpus,
            cores=host.free_cores,
            planned_memory_bytes=use.memory_bytes,
            memory_bytes=host.free_memory_bytes,
            gpus=tuple(self._gpu(gpu) for gpu in self._gpus.get((host.site, host.name), ())),
        )

    def _gpu(self, gpu: GpuPlan) -> MapGpu:
        accelerator = self._catalog.accelerator(gpu.model) if gpu.model in self._known else None
        cut = sliced(
            gpu,
            accelerator,
            self._used.get(gpu.model, ()),
            self._reserved.get((gpu.site, gpu.name), ()),
        )
        return MapGpu(
            name=gpu.name,
            model=gpu.model,
            today=gpu.today,
            mode=gpu.mode.value,
            held_by=gpu.held_by,
            framebuffer_mib=gpu.framebuffer_mib,
            units=cut.units,
            unit=cut.unit,
            slices=tuple(_slice(one, gpu.held_by) for one in cut.slices),
        )


def _slice(one: Slice, held_by: str) -> MapSlice:
    owners = {_owner(standing) for standing in one.standing}
    owners |= {held_by} if one.kind == HELD and held_by not in ("", "unknown") else set()
    return MapSlice(
        kind=one.kind,
        start=one.start,
        size=one.size,
        owners=tuple(sorted(owners)),
        profile=", ".join(sorted({standing.profile for standing in one.standing})),
        vms=tuple(standing.vm for standing in one.standing),
    )


def _owner(standing: Standing) -> str:
    if standing.demand:
        return f"{standing.demand} ({standing.environment})"
    return f"{standing.vm} (not of the plan)"


def _uses(plan: Plan) -> dict[tuple[str, str], _Use]:
    """What the VMs of the plan take of each host at its worst moments of the week."""
    demands = {(c.demand.environment, c.demand.name): c.demand for c in plan.chosen}
    week = slots(demands.values())
    masks = {key: week.mask(demand) for key, demand in demands.items()}
    by_host: dict[tuple[str, str], list[tuple[int, Demand]]] = {}
    for spot in plan.placed:
        key = spot.environment, spot.demand
        by_host.setdefault((spot.site, spot.host), []).append((masks[key], demands[key]))
    found = {}
    for where, vms in by_host.items():
        together = [
            [demand for mask, demand in vms if mask >> slot & 1] for slot in range(week.count)
        ]
        found[where] = _Use(
            len(vms),
            max(sum(demand.vcpus for demand in some) for some in together),
            max(sum(demand.memory_bytes for demand in some) for some in together),
        )
    return found


def _totals(hosts: Sequence[MapHost], *, waits: bool) -> MapTotals:
    gpus = [gpu for host in hosts for gpu in host.gpus]
    mib = _framebuffer(gpus)
    allocated = sum(mib.values()) - mib[FREE] - mib[STRANDED] - mib[RESERVED] - mib[HELD]
    unused = [(host, gpu) for host in hosts for gpu in host.gpus if idle(gpu)]
    return MapTotals(
        hosts=len(hosts),
        hosts_used=sum(1 for host in hosts if host.vms),
        gpus=len(gpus),
        gpus_used=len(gpus) - len(unused),
        vms=sum(host.vms for host in hosts),
        vcpus=sum(host.vcpus for host in hosts),
        cores=sum(host.cores for host in hosts),
        planned_memory_bytes=sum(host.planned_memory_bytes for host in hosts),
        memory_bytes=sum(host.memory_bytes for host in hosts),
        framebuffer_mib=sum(gpu.framebuffer_mib for gpu in gpus),
        allocated_mib=allocated,
        held_mib=mib[HELD],
        reserved_mib=mib[RESERVED],
        free_mib=mib[FREE],
        stranded_mib=mib[STRANDED],
        allocatable_mib=allocated + (0 if waits else mib[FREE]),
        idle_gpus=len(unused),
        idle_shut_gpus=sum(1 for host, _ in unused if _shut(host)),
        idle_reserved_gpus=sum(
            1 for _, gpu in unused if any(one.kind == RESERVED for one in gpu.slices)
        ),
    )


def _shut(host: MapHost) -> bool:
    """Whether a host has no core left, or less memory than a GPU VM reserves at least."""
    return host.vcpus >= host.cores or host.memory_bytes - host.planned_memory_bytes < GIB


def _framebuffer(gpus: Iterable[MapGpu]) -> Counter[str]:
    """Framebuffer by kind of slice; what rounding leaves of a GPU goes to its last slice."""
    found: Counter[str] = Counter()
    for gpu in gpus:
        for one in gpu.slices:
            first = gpu.framebuffer_mib * one.start // gpu.units
            last = gpu.framebuffer_mib * (one.start + one.size) // gpu.units
            found[one.kind] += last - first
    return found
