"""VKS clusters and their node pools as they ought to be."""

from __future__ import annotations

import json
from collections.abc import Iterator

from generator.diff.asserted.ground import Ground, owner
from generator.diff.asserted.record import Asserted
from generator.platform.objects import Manage, NodeCare, NodePool, VksCluster
from generator.render.tanzu.autoscaling import CAPACITY, pool_annotations
from generator.render.tanzu.cluster_class import cluster_variables, pool_overrides
from generator.render.tanzu.clusters import os_image
from generator.vcenter.snapshot import Value


def vks_cluster(ground: Ground, it: VksCluster) -> Iterator[Asserted]:
    """A VKS cluster; replicas of an elastic pool are the autoscaler's, its bounds are ours."""
    ours = it.manage is Manage.CREATE
    yield Asserted(
        kind="vks-cluster",
        key=f"{it.namespace}/{it.name}",
        vcenter=ground.vcenter.name,
        owner=owner(it.manage),
        fields=_fields(it) if ours else {},
        stamp=it.stamp if ours else "",
        within=(("namespace", it.namespace),),
        mends={"": ground.kubectl(it.environment, it.name, it.namespace)},
    )


def _fields(it: VksCluster) -> dict[str, Value]:
    fields: dict[str, Value] = {
        "stamp": it.stamp,
        "deleting": False,
        "cluster_class": it.cluster_class,
        "class_namespace": it.class_namespace or None,
        "kubernetes_version": it.kubernetes_version,
        "control_plane_replicas": it.control_plane_replicas,
        "pod_cidrs": (it.pod_cidr,),
        "service_cidrs": (it.service_cidr,),
    }
    fields |= {f"label.{key}": value for key, value in it.labels}
    fields |= {f"care.{name}": value for name, value in _care(it.control_plane_care).items()}
    for variable in cluster_variables(it):
        fields[f"variable.{variable['name']}"] = variable_text(variable["value"])
    for pool in it.pools:
        found = _pool(it, pool)
        fields |= {f"pool.{pool.name}.{name}": value for name, value in found.items()}
    return fields


def _pool(cluster: VksCluster, pool: NodePool) -> dict[str, Value]:
    """What makes the nodes of a pool, and how many; variables beside its class by their names."""
    fields: dict[str, Value] = {"vm_class": pool.vm_class, "os_image": os_image(cluster, pool)}
    if pool.failure_domain:
        fields["failure_domain"] = pool.failure_domain
    if pool.minimum == pool.maximum:
        fields["replicas"] = pool.maximum
    else:
        fields["minimum"], fields["maximum"] = pool.minimum, pool.maximum
    for name, value in pool_annotations(pool).items():
        if name.startswith(CAPACITY):
            fields[f"capacity.{name.removeprefix(CAPACITY)}"] = value
    for variable in pool_overrides(cluster, pool):
        if variable["name"] != "vmClass":
            fields[f"variable.{variable['name']}"] = variable_text(variable["value"])
    return fields | _care(pool.care)


def _care(care: NodeCare) -> dict[str, Value]:
    """Seconds by the names of their fields; health is always checked."""
    return {
        "drain_s": care.drain_s,
        "volume_detach_s": care.volume_detach_s,
        "deletion_s": care.deletion_s,
        "startup_s": care.startup_s,
        "unhealthy_s": care.unhealthy_s,
        "health_check": True,
    }


def variable_text(value: object) -> str:
    """A variable's value as a snapshot writes it."""
    if isinstance(value, str):
        return value
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
