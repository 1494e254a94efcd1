"""VKS: one ``Cluster`` with a managed topology per Supervisor namespace, buildable by kustomize."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from generator.platform.objects import DesiredState, Manage, NodePool, VksCluster
from generator.render.engine import fill
from generator.render.tanzu import autoscaling, cluster_class
from generator.render.tanzu.topology import class_reference, node_care, rollout
from generator.render.target import RenderedFile

OS_IMAGE = "run.tanzu.vmware.com/resolve-os-image"

NEVER_PRUNE = {
    "argocd.argoproj.io/sync-options": "Prune=false,Delete=false",
    "kustomize.toolkit.fluxcd.io/prune": "disabled",
}
"""A Git mistake must not delete a cluster (F11)."""


def files(state: DesiredState) -> Iterator[RenderedFile]:
    """A folder per environment: its clusters and their kustomization."""
    ours = [cluster for cluster in state.clusters if cluster.manage is Manage.CREATE]
    for environment in dict.fromkeys(cluster.environment for cluster in ours):
        clusters = [c for c in ours if c.environment == environment]
        for cluster in clusters:
            yield RenderedFile(
                f"{environment}/tanzu/{cluster.name}.yaml",
                fill("tanzu/cluster.yaml.j2", **cluster_view(cluster)),
            )
        resources = [f"{cluster.name}.yaml" for cluster in clusters]
        yield RenderedFile(
            f"{environment}/tanzu/kustomization.yaml",
            fill("tanzu/kustomization.yaml.j2", resources=resources),
        )


def cluster_view(cluster: VksCluster) -> dict[str, Any]:
    """A cluster as the template prints it."""
    return {
        "api_version": f"cluster.x-k8s.io/{cluster.api_version}",
        "name": cluster.name,
        "namespace": cluster.namespace,
        "annotations": {
            "mlgen/stamp": cluster.stamp,
            **NEVER_PRUNE,
            **{f"labels.mlgen/{key}": value for key, value in cluster.labels},
        },
        "pod_cidr": cluster.pod_cidr,
        "service_cidr": cluster.service_cidr,
        "topology": {**class_reference(cluster), "version": cluster.kubernetes_version},
        "variables": cluster_class.cluster_variables(cluster),
        "control_plane": {
            "replicas": cluster.control_plane_replicas,
            "metadata": {"annotations": {OS_IMAGE: "os-name=photon"}},
            **node_care(cluster.control_plane_care, cluster.api_version),
            "variables": {"overrides": cluster_class.control_plane_overrides(cluster)},
        },
        "pools": [_pool(cluster, pool) for pool in cluster.pools],
    }


SEVERAL_UBUNTU = (1, 33)
"""From this Kubernetes on a release ships several Ubuntu images, and exactly one must match."""


def os_image(cluster: VksCluster, pool: NodePool) -> str:
    """The image selector of a pool's nodes: GPU drivers are built for Ubuntu."""
    if not pool.gpu:
        return "os-name=photon"
    parts = [int(part) for part in re.findall(r"[0-9]+", cluster.kubernetes_version)[:2]]
    several = tuple(parts) >= SEVERAL_UBUNTU
    return "os-name=ubuntu,os-version=24.04" if several else "os-name=ubuntu"


def _pool(cluster: VksCluster, pool: NodePool) -> dict[str, Any]:
    annotations = {OS_IMAGE: os_image(cluster, pool), **autoscaling.pool_annotations(pool)}
    elastic = pool.minimum != pool.maximum
    return {
        "class": "node-pool",
        "name": pool.name,
        **({"failureDomain": pool.failure_domain} if pool.failure_domain else {}),
        # The autoscaler owns the replicas of an elastic pool: stating them would undo its work.
        **({} if elastic else {"replicas": pool.maximum}),
        "metadata": {"annotations": annotations},
        **node_care(pool.care, cluster.api_version),
        **rollout(cluster.api_version, gpu=pool.gpu),
        "variables": {"overrides": cluster_class.pool_overrides(cluster, pool)},
    }
