"""VKS clusters and their node pools."""

from __future__ import annotations

from typing import ClassVar

from generator.platform.objects.ownership import Manage
from generator.record import Record, record


@record
class NodeVolume(Record):
    """An extra disk of a node of one StorageClass; ``capacity_gib`` is whole GiB."""

    name: str
    mount_path: str
    capacity_gib: int
    storage_class: str


@record
class NodeCare(Record):
    """How long what happens to a node may take, in seconds.

    ``drain_s``, ``volume_detach_s`` and ``deletion_s`` bound the three steps of its removal,
    ``startup_s`` its way from power-on to joining; ``unhealthy_s`` is how long it may be not ready
    before it is replaced.
    """

    drain_s: int
    volume_detach_s: int
    deletion_s: int
    startup_s: int
    unhealthy_s: int


@record
class NodePool(Record):
    """The nodes of one VM class in a VKS cluster.

    ``minimum == maximum`` is a fixed pool; anything else is the autoscaler's. ``gpu`` says whether
    its nodes need the Ubuntu image and room for GPU container images. ``vcpus``, ``memory_mib`` and
    ``gpus`` are one node's; ``care`` bounds its replacement.
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
    vcpus: int
    memory_mib: int
    gpus: int
    care: NodeCare


@record
class VksCluster(Record):
    """A VKS cluster: a Cluster API ``Cluster`` with a managed topology.

    ``api_version`` is the version of that API (``v1beta1`` or ``v1beta2``). ``ntp`` lists time
    servers, ``trusted_cas`` the keys of the Secret ``trust_secret`` with certificates that nodes
    trust; ``proxy_url`` ("" for none) is their way out, but to ``no_proxy``. ``snapshot_class`` is
    the VolumeSnapshotClass of its block volumes, "" where its versions have none.
    """

    kind: ClassVar[str] = "vks-cluster"
    name: str
    manage: Manage
    namespace: str
    environment: str
    stamp: str
    api_version: str
    cluster_class: str
    class_namespace: str
    kubernetes_version: str
    pod_cidr: str
    service_cidr: str
    control_plane_replicas: int
    control_plane_class: str
    storage_class: str
    storage_classes: tuple[str, ...]
    ntp: tuple[str, ...]
    trust_secret: str
    trusted_cas: tuple[str, ...]
    proxy_url: str
    no_proxy: tuple[str, ...]
    control_plane_care: NodeCare
    pools: tuple[NodePool, ...]
    snapshot_class: str = ""
