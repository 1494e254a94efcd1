"""VKS clusters and their node pools."""

from __future__ import annotations

from typing import ClassVar

from generator.platform.objects.ownership import Manage
from generator.record import Record, record


@record
class NodeVolume(Record):
    """An extra disk of a node; ``capacity_gib`` is whole GiB."""

    name: str
    mount_path: str
    capacity_gib: int


@record
class NodePool(Record):
    """The nodes of one VM class in a VKS cluster.

    ``minimum == maximum`` is a fixed pool; anything else is the autoscaler's. ``gpu`` says whether
    its nodes need the Ubuntu image and room for GPU container images.
    """

    name: str
    vm_class: str
    minimum: int
    maximum: int
    gpu: bool
    labels: tuple[tuple[str, str], ...]
    taints: tuple[tuple[str, str, str], ...]
    volumes: tuple[NodeVolume, ...]
    failure_domain: str


@record
class VksCluster(Record):
    """A VKS cluster: a Cluster API ``Cluster`` with a managed topology."""

    kind: ClassVar[str] = "vks-cluster"
    name: str
    manage: Manage
    namespace: str
    environment: str
    stamp: str
    cluster_class: str
    class_namespace: str
    kubernetes_version: str
    pod_cidr: str
    service_cidr: str
    control_plane_replicas: int
    control_plane_class: str
    storage_class: str
    storage_classes: tuple[str, ...]
    pools: tuple[NodePool, ...]
