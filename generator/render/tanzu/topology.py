"""The managed topology of a ``Cluster`` in the shapes of Cluster API v1beta1 and v1beta2.

The two differ in the class reference, in health checks and in how timeouts are written
(kubernetes-sigs/cluster-api, ``api/core/v1beta1`` and ``v1beta2``, ``cluster_types.go``); v1beta2
refuses empty lists and objects, so neither is written.
"""

from __future__ import annotations

from typing import Any

from generator.platform.objects import NodeCare, VksCluster

_NOT_READY = ("False", "Unknown")


def class_reference(cluster: VksCluster) -> dict[str, Any]:
    """Which ClusterClass, and where it lives if not in the cluster's own namespace."""
    if cluster.api_version == "v1beta1":
        where = {"classNamespace": cluster.class_namespace} if cluster.class_namespace else {}
        return {"class": cluster.cluster_class, **where}
    where = {"namespace": cluster.class_namespace} if cluster.class_namespace else {}
    return {"classRef": {"name": cluster.cluster_class, **where}}


def node_care(care: NodeCare, api_version: str) -> dict[str, Any]:
    """Timeouts of a node's removal and the check that replaces a node that stays not ready."""
    if api_version == "v1beta1":
        return {
            "nodeDrainTimeout": duration(care.drain_s),
            "nodeVolumeDetachTimeout": duration(care.volume_detach_s),
            "nodeDeletionTimeout": duration(care.deletion_s),
            "machineHealthCheck": {
                "enable": True,
                "nodeStartupTimeout": duration(care.startup_s),
                "unhealthyConditions": [
                    {"type": "Ready", "status": status, "timeout": duration(care.unhealthy_s)}
                    for status in _NOT_READY
                ],
            },
        }
    return {
        "deletion": {
            "nodeDrainTimeoutSeconds": care.drain_s,
            "nodeVolumeDetachTimeoutSeconds": care.volume_detach_s,
            "nodeDeletionTimeoutSeconds": care.deletion_s,
        },
        "healthCheck": {
            "enabled": True,
            "checks": {
                "nodeStartupTimeoutSeconds": care.startup_s,
                "unhealthyNodeConditions": [
                    {"type": "Ready", "status": status, "timeoutSeconds": care.unhealthy_s}
                    for status in _NOT_READY
                ],
            },
        },
    }


def rollout(api_version: str, *, gpu: bool) -> dict[str, Any]:
    """How nodes are replaced; empty where the ClusterClass decides (one more first, then one less).

    A GPU node goes before its successor comes: the plan has a GPU for each node and none for one
    more (F4). That one would wait for ever, or take what is promised to another pool. Source:
    Cluster API, ``MachineRollingUpdateDeployment`` (``maxSurge`` 0 wants ``maxUnavailable``).
    """
    if not gpu:
        return {}
    strategy = {
        "type": "RollingUpdate",
        "rollingUpdate": {"maxSurge": 0, "maxUnavailable": 1},
    }
    return (
        {"strategy": strategy} if api_version == "v1beta1" else {"rollout": {"strategy": strategy}}
    )


def duration(seconds: int) -> str:
    """Seconds as the API server writes a duration back (``600``: ``10m0s``).

    Any other spelling would show up as a difference for ever.
    """
    hours, rest = divmod(seconds, 3600)
    minutes, left = divmod(rest, 60)
    if hours:
        return f"{hours}h{minutes}m{left}s"
    return f"{minutes}m{left}s" if minutes else f"{left}s"
