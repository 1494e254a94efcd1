"""VKS clusters and their node pools: one per Supervisor namespace that carries work."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from generator.blueprint.labels import dns_label
from generator.blueprint.model.blueprint import Blueprint
from generator.blueprint.model.resource_management import Orchestrator
from generator.catalog import Catalog, UnknownRow
from generator.placement.plan import Chosen, Plan
from generator.platform.naming import Namer
from generator.platform.objects import Manage, NodePool, NodeVolume, VksCluster, VmClass
from generator.platform.sites import Home
from generator.platform.stamps import stamp
from generator.record import Record, record
from generator.sizing.clusters import CONTROL_PLANE
from generator.sizing.demand import Demand

GPU_TAINT = ("nvidia.com/gpu", "present", "NoSchedule")
GPU_VOLUMES = (
    NodeVolume(name="containerd", mount_path="/var/lib/containerd", capacity_gib=150),
    NodeVolume(name="kubelet", mount_path="/var/lib/kubelet", capacity_gib=50),
)
"""GPU container images are tens of GB; the root disk of a node is not made for them. Assumed
sizes."""


@record
class Group(Record):
    """The work of one namespace in one environment."""

    environment: str
    name: str
    orchestrator: str
    namespace: str
    chosen: tuple[Chosen, ...]


def groups(plan: Plan, namers: Mapping[str, Namer]) -> tuple[Group, ...]:
    """The groups of a plan, sorted; environments without a namer (no home) are left out."""
    found: dict[tuple[str, str, str], list[Chosen]] = {}
    for chosen in plan.chosen:
        demand = chosen.demand
        found.setdefault((demand.environment, demand.group, demand.orchestrator), []).append(chosen)
    return tuple(
        Group(
            environment=environment,
            name=group,
            orchestrator=orchestrator,
            namespace=namers[environment].name("namespace", env=environment, team=group),
            chosen=tuple(members),
        )
        for (environment, group, orchestrator), members in sorted(found.items())
        if environment in namers
    )


def vks_cluster(
    group: Group,
    *,
    home: Home,
    blueprint: Blueprint,
    plan: Plan,
    catalog: Catalog,
    namer: Namer,
    classes: Mapping[tuple[str, str], VmClass],
    storage_classes: Sequence[str],
) -> VksCluster:
    """The cluster of a group; every fact that it needs must be known (see ``missing_facts``)."""
    orchestrator = orchestrator_of(blueprint, group)
    targets = blueprint.platform.targets
    class_name = orchestrator.cluster_class or targets.cluster_class or ""
    name = namer.name("vks_cluster", env=group.environment, team=group.name)
    control = next(c.demand for c in group.chosen if c.demand.phase == CONTROL_PLANE)
    return VksCluster(
        name=name,
        manage=Manage(orchestrator.manage or Manage.CREATE),
        namespace=group.namespace,
        environment=group.environment,
        stamp=stamp(blueprint.metadata.name, f"vks-cluster/{name}"),
        cluster_class=class_name,
        class_namespace=class_namespace(class_name, catalog),
        kubernetes_version=f"v{(orchestrator.kubernetes or targets.kubernetes or '').lstrip('v')}",
        pod_cidr=orchestrator.pod_cidr or "",
        service_cidr=orchestrator.service_cidr or "",
        control_plane_replicas=control.count,
        control_plane_class=classes[control.environment, control.name].name,
        storage_class=storage_classes[0],
        storage_classes=tuple(storage_classes),
        pools=tuple(
            pool
            for chosen in group.chosen
            if chosen.demand.phase != CONTROL_PLANE
            for pool in _pools(
                chosen,
                home,
                plan,
                classes[chosen.demand.environment, chosen.demand.name],
                namer.name("node_pool", env=group.environment, name=chosen.demand.name),
            )
        ),
    )


def orchestrator_of(blueprint: Blueprint, group: Group) -> Orchestrator:
    """The blueprint's orchestrator that a group runs on."""
    return next(
        o for o in blueprint.resource_management.orchestrators if o.name == group.orchestrator
    )


def class_namespace(name: str, catalog: Catalog) -> str:
    """Where the ClusterClass lives; "" where it is copied into every namespace or unknown."""
    try:
        return catalog.cluster_class(name).namespace or ""
    except UnknownRow:
        return ""


def _pools(
    chosen: Chosen, home: Home, plan: Plan, vm_class: VmClass, name: str
) -> Iterator[NodePool]:
    """The pools of a demand: one, or one per zone where its GPUs lie in several.

    A pool has one failure domain, and a GPU node elsewhere would find no GPU.
    """
    demand = chosen.demand
    gpu = demand.gpu is not None
    spots: dict[str, int] = {}
    for spot in plan.placed:
        if (spot.environment, spot.demand) == (demand.environment, demand.name):
            zone = home.zone(spot.cluster) if gpu else ""
            spots[zone] = spots.get(zone, 0) + 1
    for zone, count in sorted(spots.items()):
        yield NodePool(
            name=name if len(spots) == 1 else dns_label(f"{name}-{zone}"),
            vm_class=vm_class.name,
            minimum=count if demand.permanent else 0,
            maximum=count,
            gpu=gpu,
            labels=_labels(demand),
            taints=(GPU_TAINT,) if gpu else (),
            volumes=GPU_VOLUMES if gpu else (),
            failure_domain=zone,
        )


def _labels(demand: Demand) -> tuple[tuple[str, str], ...]:
    return (("mlgen/workload", dns_label(demand.name)), ("mlgen/phase", demand.phase))
