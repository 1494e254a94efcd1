"""Kubernetes clusters as their networks see them, counted from the demands."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from generator.blueprint.model.blueprint import Blueprint
from generator.blueprint.model.workloads import Workload
from generator.record import Record, record
from generator.sizing.clusters import CONTROL_PLANE, SYSTEM
from generator.sizing.demand import Demand
from generator.sizing.network.cluster_shape import ClusterShape, NodePool

_ANSWERING = ("service", "streaming")
"""Modes of serving that somebody outside calls."""

VM_KIND = "vm"


@record
class Cluster(Record):
    """A cluster of a site. ``entrances`` is how few load balancers would do, and how many at most.

    With one gateway in front of all services a cluster has one; each service and component may
    have its own.
    """

    name: str
    site: str
    environment: str
    orchestrator: str
    shape: ClusterShape
    fewest_entrances: int
    most_entrances: int


@record
class SiteWork(Record):
    """The clusters of a site and the VMs beside them."""

    site: str
    clusters: tuple[Cluster, ...]
    vms: int


def site_work(blueprint: Blueprint, demands: Sequence[Demand]) -> tuple[SiteWork, ...]:
    """What stands at each site, sorted; the site is empty where nobody states it."""
    kinds = {o.name: o.kind for o in blueprint.resource_management.orchestrators}
    grouped: dict[tuple[str, str, str, str], list[Demand]] = {}
    vms: dict[str, int] = {}
    for demand in demands:
        if kinds.get(demand.orchestrator) == VM_KIND:
            vms[demand.site] = vms.get(demand.site, 0) + demand.count
        else:
            key = (demand.site, demand.environment, demand.orchestrator, demand.group)
            grouped.setdefault(key, []).append(demand)
    workloads = {workload.name: workload for workload in blueprint.workloads}
    clusters: dict[str, list[Cluster]] = {}
    for key, members in sorted(grouped.items()):
        clusters.setdefault(key[0], []).append(_cluster(key, members, workloads, blueprint))
    return tuple(
        SiteWork(site=site, clusters=tuple(clusters.get(site, ())), vms=vms.get(site, 0))
        for site in sorted({*clusters, *vms})
    )


def _cluster(
    key: tuple[str, str, str, str],
    members: Sequence[Demand],
    workloads: Mapping[str, Workload],
    blueprint: Blueprint,
) -> Cluster:
    site, environment, orchestrator, group = key
    name = f"{environment}-{group}"
    called = sum(_is_called(demand, workloads) for demand in members)
    components = sum(
        not component.runs_on or orchestrator in component.runs_on
        for component in blueprint.ml_platform.components
    )
    fixed = blueprint.environments[environment].replicas is not None
    return Cluster(
        name=name,
        site=site,
        environment=environment,
        orchestrator=orchestrator,
        shape=ClusterShape(
            name=name,
            control_plane=_control_plane(members),
            pools=tuple(_pools(members, workloads, fixed=fixed)),
            load_balancers=called,
            services=called + components,
        ),
        fewest_entrances=min(called, 1),
        most_entrances=called + components if called else 0,
    )


def _control_plane(members: Sequence[Demand]) -> int:
    return next((d.count for d in members if d.phase == CONTROL_PLANE), 1)


def _pools(
    members: Iterable[Demand], workloads: Mapping[str, Workload], *, fixed: bool
) -> Iterable[NodePool]:
    """A pool per demand; a service may grow to its maximum where nothing fixes its replicas."""
    for demand in members:
        if demand.phase == CONTROL_PLANE:
            continue
        workload = workloads.get(demand.name)
        serving = workload.serving if workload else None
        most = serving.max_replicas if serving and not fixed else None
        yield NodePool(name=demand.name, nodes=demand.count, maximum=most)


def _is_called(demand: Demand, workloads: Mapping[str, Workload]) -> bool:
    """Whether people or programs outside its cluster call it: services and notebooks."""
    if demand.phase in (CONTROL_PLANE, SYSTEM):
        return False
    workload = workloads.get(demand.name)
    if workload is None:
        return True
    return workload.serving is not None and workload.serving.mode in _ANSWERING
