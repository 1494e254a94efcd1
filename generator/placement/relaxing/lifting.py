"""The binding constraint of a demand that does not fit: each is lifted alone and proved so."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

from generator.placement.constraint import Constraint
from generator.placement.directpath import profile_named
from generator.placement.hosts.stock import Host
from generator.placement.plan import Plan
from generator.placement.relaxing.part import Part, Trial
from generator.sizing.demand import Demand, GpuNeed

PLENTY = 1_000
"""By how much cores or memory are multiplied to take them out of the question."""


def lifted(part: Part, plan: Plan) -> tuple[Constraint, ...]:
    """Every constraint without which the demand would fit, the cheapest to lift first.

    Where none helps alone, it is the GPUs themselves: their framebuffer, or slices in the wrong
    place, or whole GPUs and groups of them; for a VM without a GPU it is cores and memory at once.
    """
    found = tuple(constraint for constraint, lift in _lifts(part) if lift().fits)
    return found or (_of_gpus(part, plan),)


def _lifts(part: Part) -> Iterator[tuple[Constraint, Callable[[], Trial]]]:
    demand, terms = part.demand, part.terms
    need = demand.gpu
    yield Constraint.CORES, lambda: part.tried(hosts=[_more_cores(h) for h in part.hosts])
    yield Constraint.MEMORY, lambda: part.tried(hosts=[_more_memory(h) for h in part.hosts])
    if demand.whole_numa_node:
        yield Constraint.NUMA, lambda: part.tried(replace(demand, whole_numa_node=False))
    if terms.isolation != "none":
        yield Constraint.ISOLATION, lambda: part.tried(terms=replace(terms, isolation="none"))
    if any(_is_held(host) for host in part.hosts):
        yield Constraint.HELD, lambda: part.tried(hosts=[freed(h) for h in part.hosts])
    if not terms.mixed_size:
        yield Constraint.VERSION, lambda: part.tried(terms=replace(terms, mixed_size=True))
    if any(other.windows for other in part.others()):
        yield Constraint.WINDOWS, lambda: part.tried(others=_at_other_times(part))
    if demand.site:
        yield Constraint.SITE, lambda: part.tried(replace(demand, site=""))
    if need is not None:
        yield from _of_need(part, demand, need)


def _of_need(
    part: Part, demand: Demand, need: GpuNeed
) -> Iterator[tuple[Constraint, Callable[[], Trial]]]:
    if need.nvlink:
        loose = replace(need, nvlink=False)
        yield Constraint.NVLINK, lambda: part.tried(replace(demand, gpu=loose))
    if need.model or need.profile:
        free = replace(need, model="", profile="")
        yield Constraint.PROFILE, lambda: part.tried(replace(demand, gpu=free))
    if need.precision:
        any_one = replace(need, precision="")
        yield Constraint.PRECISION, lambda: part.tried(replace(demand, gpu=any_one))


def _of_gpus(part: Part, plan: Plan) -> Constraint:
    """Which property of GPUs it is that more of them would bring."""
    need = part.demand.gpu
    if need is None:
        return Constraint.CORES_AND_MEMORY
    chosen = {(c.demand.environment, c.demand.name): c for c in plan.chosen}
    choice = chosen.get(part.key)
    if choice is None:
        return Constraint.PROFILE
    if need.gpus > 1:
        return Constraint.NVLINK if need.nvlink else Constraint.WHOLE
    board = part.catalog.accelerator(choice.model)
    profile = profile_named(board, choice.profile)
    in_mode = [g for g in plan.gpus if g.model == choice.model and g.mode.is_mig == profile.is_mig]
    if any(g.standing and g.free_mib >= profile.framebuffer_mib for g in in_mode):
        return Constraint.SLICES if profile.is_mig else Constraint.PLACEMENT
    return Constraint.FRAMEBUFFER


def _more_cores(host: Host) -> Host:
    return replace(host, free_cores=host.free_cores * PLENTY, numa_cores=host.numa_cores * PLENTY)


def _more_memory(host: Host) -> Host:
    return replace(
        host,
        free_memory_bytes=host.free_memory_bytes * PLENTY,
        numa_memory_bytes=host.numa_memory_bytes * PLENTY,
    )


def _is_held(host: Host) -> bool:
    return any(gpu.held_by or _foreign(gpu.tenants) for gpu in host.gpus)


def _foreign(tenants: tuple[object, ...]) -> bool:
    return any(not getattr(tenant, "ours", False) for tenant in tenants)


def freed(host: Host, only: str = "") -> Host:
    """A host without what others have on its GPUs, or on one of them."""
    return replace(
        host,
        gpus=tuple(
            replace(gpu, held_by="", tenants=()) if only in ("", gpu.name) else gpu
            for gpu in host.gpus
        ),
    )


def _at_other_times(part: Part) -> list[Demand]:
    """The others without those that come and go at the same times: as if they never met."""
    return [other for other in part.others() if not other.windows]
