"""What the cluster autoscaler reads of a node pool: its bounds, and what a node of it would be.

A pool without a node shows the autoscaler nothing to judge pods by. The capacity annotations say
it instead (kubernetes/autoscaler, ``cluster-autoscaler/cloudprovider/clusterapi``,
``clusterapi_utils.go`` and README, scaling from zero).
"""

from __future__ import annotations

from generator.platform.objects import NodePool

MIN_NODES = "cluster.x-k8s.io/cluster-api-autoscaler-node-group-min-size"
MAX_NODES = "cluster.x-k8s.io/cluster-api-autoscaler-node-group-max-size"
CAPACITY = "capacity.cluster-autoscaler.kubernetes.io/"
GPU_RESOURCE = "nvidia.com/gpu"
ZONE_LABEL = "topology.kubernetes.io/zone"


def pool_annotations(pool: NodePool) -> dict[str, str]:
    """The annotations of an elastic pool; none for a fixed one."""
    if pool.minimum == pool.maximum:
        return {}
    bounds = {MIN_NODES: str(pool.minimum), MAX_NODES: str(pool.maximum)}
    return bounds if pool.minimum else {**bounds, **_capacity(pool)}


def _capacity(pool: NodePool) -> dict[str, str]:
    """What a node would offer, and its labels and taints."""
    labels = [*pool.labels, *([(ZONE_LABEL, pool.failure_domain)] if pool.failure_domain else [])]
    found = {
        "cpu": str(pool.vcpus),
        "memory": f"{pool.memory_mib}Mi",
        **({"gpu-type": GPU_RESOURCE, "gpu-count": str(pool.gpus)} if pool.gpus else {}),
        "labels": ",".join(f"{key}={value}" for key, value in labels),
        "taints": ",".join(f"{key}={value}:{effect}" for key, value, effect in pool.taints),
    }
    return {f"{CAPACITY}{name}": value for name, value in found.items() if value}
