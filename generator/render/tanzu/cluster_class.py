"""The variables of a ClusterClass: names and shapes differ between its versions.

``builtin-generic-v3.1.0`` and ``tanzukubernetescluster`` take flat variables (``nodePoolLabels`` as
a list, capacity as an object); ``builtin-generic-v3.2`` and later take nested ones.
"""

from __future__ import annotations

from typing import Any

from generator.platform.objects import NodePool, VksCluster

_FLAT = ("builtin-generic-v3.1.", "tanzukubernetescluster")

Variables = list[dict[str, Any]]


def cluster_variables(cluster: VksCluster) -> Variables:
    """The variables of the whole cluster."""
    common = [
        _variable("vmClass", cluster.control_plane_class),
        _variable("storageClass", cluster.storage_class),
    ]
    if _flat(cluster):
        return [
            *common,
            _variable("storageClasses", list(cluster.storage_classes)),
            _variable("defaultStorageClass", cluster.storage_class),
            *_present(
                volumeSnapshotClasses=_snapshots(cluster),
                defaultVolumeSnapshotClass=cluster.snapshot_class,
            ),
            *_flat_system(cluster),
        ]
    volumes = {
        "availableStorageClasses": list(cluster.storage_classes),
        "defaultStorageClass": cluster.storage_class,
    }
    if cluster.snapshot_class:
        volumes["availableVolumeSnapshotClasses"] = _snapshots(cluster)
        volumes["defaultVolumeSnapshotClass"] = cluster.snapshot_class
    return [
        *common,
        _variable("vsphereOptions", {"persistentVolumes": volumes}),
        *_present(osConfiguration=_operating_system(cluster)),
    ]


def _snapshots(cluster: VksCluster) -> list[str]:
    return [cluster.snapshot_class] if cluster.snapshot_class else []


def _flat_system(cluster: VksCluster) -> Variables:
    """Time, trust and proxy of the old classes; they take one time server."""
    cas = [{"name": key} for key in cluster.trusted_cas]
    url = cluster.proxy_url
    return _present(
        ntp=cluster.ntp[0] if cluster.ntp else "",
        trust={"additionalTrustedCAs": cas} if cas else {},
        proxy={"httpProxy": url, "httpsProxy": url, "noProxy": list(cluster.no_proxy)}
        if url
        else {},
    )


def _operating_system(cluster: VksCluster) -> dict[str, Any]:
    """The same for the nested classes; certificates are named by Secret and key, never printed."""
    cas = [
        {"caCert": {"secretRef": {"name": cluster.trust_secret, "key": key}}}
        for key in cluster.trusted_cas
    ]
    url = cluster.proxy_url
    proxy = {"http": url, "https": url, "noProxy": list(cluster.no_proxy)}
    return {
        **({"ntp": {"servers": list(cluster.ntp)}} if cluster.ntp else {}),
        **({"trust": {"additionalTrustedCAs": cas}} if cas else {}),
        **({"systemProxy": proxy} if url else {}),
    }


def control_plane_overrides(cluster: VksCluster) -> Variables:
    """What differs for the control plane."""
    return [_variable("vmClass", cluster.control_plane_class)]


def pool_overrides(cluster: VksCluster, pool: NodePool) -> Variables:
    """What differs for the nodes of one pool; empty lists are left out."""
    variables = _flat_pool(pool) if _flat(cluster) else _nested_pool(pool)
    return [_variable("vmClass", pool.vm_class), *variables]


def _flat(cluster: VksCluster) -> bool:
    return cluster.cluster_class.startswith(_FLAT)


def _nested_pool(pool: NodePool) -> Variables:
    node: dict[str, Any] = {}
    if pool.labels:
        node["labels"] = dict(pool.labels)
    if pool.taints:
        node["taints"] = _taints(pool)
    volumes = [
        {
            "name": v.name,
            "mountPath": v.mount_path,
            "capacity": f"{v.capacity_gib}Gi",
            "storageClass": v.storage_class,
        }
        for v in pool.volumes
    ]
    return _present(node=node, volumes=volumes)


def _flat_pool(pool: NodePool) -> Variables:
    return _present(
        nodePoolLabels=[{"key": key, "value": value} for key, value in pool.labels],
        nodePoolTaints=_taints(pool),
        nodePoolVolumes=[
            {
                "name": v.name,
                "mountPath": v.mount_path,
                "capacity": {"storage": f"{v.capacity_gib}Gi"},
                "storageClass": v.storage_class,
            }
            for v in pool.volumes
        ],
    )


def _taints(pool: NodePool) -> list[dict[str, str]]:
    return [{"key": key, "value": value, "effect": effect} for key, value, effect in pool.taints]


def _present(**variables: Any) -> Variables:
    return [_variable(name, value) for name, value in variables.items() if value]


def _variable(name: str, value: Any) -> dict[str, Any]:
    return {"name": name, "value": value}
