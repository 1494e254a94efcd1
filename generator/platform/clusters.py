"""VKS clusters and their node pools: one per Supervisor namespace that carries work."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields

from generator.blueprint.model.blueprint import Blueprint, Targets
from generator.blueprint.model.resource_management import Orchestrator
from generator.catalog import Catalog, UnknownRow
from generator.placement.plan import Chosen, Plan
from generator.platform.naming import Namer
from generator.platform.node_pools import PLAIN_CARE, node_pools
from generator.platform.objects import Manage, VksCluster, VmClass
from generator.platform.sites import Home
from generator.platform.stamps import stamp
from generator.record import Record, record
from generator.sizing.clusters import CONTROL_PLANE

API = "v1beta1"
NEWER_API = "v1beta2"

TRUSTED_CAS = "{cluster}-user-trusted-ca-secret"
"""The Secret that VKS reads further CAs of a cluster from (docs.vmware.com,
GUID-3E512560-2B9F-4201-8936-7AC4AD6E2E91); a person makes it, in the cluster's namespace."""

NO_PROXY = ("localhost", "127.0.0.1", ".svc", ".svc.cluster.local")
"""What a node reaches itself, whatever its network; the cluster's own ranges come on top."""


SNAPSHOTS = "volume-snapshots"
SNAPSHOT_CLASS = "volumesnapshotclass-delete"
"""The VolumeSnapshotClass that every Supervisor and every VKS cluster comes with; none other is
supported in a cluster, so none is made (docs.vmware.com, GUID-A89CFF56)."""


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
    services = home.inventory.services if home.inventory else None
    cas = services.ca_bundles if services else ()
    proxy_url = (services.proxy_url if services else None) or ""
    control = next(c.demand for c in group.chosen if c.demand.phase == CONTROL_PLANE)
    return VksCluster(
        name=name,
        manage=Manage(orchestrator.manage or Manage.CREATE),
        namespace=group.namespace,
        environment=group.environment,
        stamp=stamp(blueprint.metadata.name, f"vks-cluster/{name}"),
        api_version=api_version(targets, catalog),
        cluster_class=class_name,
        class_namespace=class_namespace(class_name, catalog),
        kubernetes_version=f"v{(orchestrator.kubernetes or targets.kubernetes or '').lstrip('v')}",
        pod_cidr=orchestrator.pod_cidr or "",
        service_cidr=orchestrator.service_cidr or "",
        control_plane_replicas=control.count,
        control_plane_class=classes[control.environment, control.name].name,
        storage_class=storage_classes[0],
        storage_classes=tuple(storage_classes),
        ntp=services.ntp if services else (),
        trust_secret=TRUSTED_CAS.format(cluster=name) if cas else "",
        trusted_cas=cas,
        proxy_url=proxy_url,
        no_proxy=_no_proxy(orchestrator) if proxy_url else (),
        control_plane_care=PLAIN_CARE,
        pools=tuple(
            pool
            for chosen in group.chosen
            if chosen.demand.phase != CONTROL_PLANE
            for pool in node_pools(
                chosen,
                home=home,
                plan=plan,
                vm_class=classes[chosen.demand.environment, chosen.demand.name],
                name=namer.name("node_pool", env=group.environment, name=chosen.demand.name),
                storage_class=storage_classes[0],
            )
        ),
        snapshot_class=snapshot_class(targets, orchestrator, catalog),
    )


def snapshot_class(targets: Targets, orchestrator: Orchestrator, catalog: Catalog) -> str:
    """The class of volume snapshots; "" where the stated versions are not known to have any."""
    stated = _stated(targets)
    if orchestrator.kubernetes:
        stated["kubernetes"] = orchestrator.kubernetes
    return SNAPSHOT_CLASS if _served(SNAPSHOTS, stated, catalog) else ""


def _stated(targets: Targets) -> dict[str, str]:
    return {f.name: v for f in fields(targets) if (v := getattr(targets, f.name)) is not None}


def _served(feature: str, stated: Mapping[str, str], catalog: Catalog) -> bool:
    """Whether versions are known to have a feature: what nobody states is not relied on."""
    known = catalog.versions.feature(feature).requires.keys() <= stated.keys()
    return known and not catalog.versions.lacking(feature, stated)


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


def api_version(targets: Targets, catalog: Catalog) -> str:
    """The Cluster API version to write: the newer one only where the matrix says it is served."""
    return NEWER_API if _served("cluster-api-v1beta2", _stated(targets), catalog) else API


def _no_proxy(orchestrator: Orchestrator) -> tuple[str, ...]:
    """What nodes reach without the proxy: themselves, pods and services."""
    ranges = (orchestrator.pod_cidr, orchestrator.service_cidr)
    return (*NO_PROXY, *(cidr for cidr in ranges if cidr))
