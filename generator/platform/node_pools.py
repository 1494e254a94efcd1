"""The node pools of a VKS cluster: GPU pools differ from plain ones in image, room and patience."""

from __future__ import annotations

from collections.abc import Iterator

from generator.blueprint.labels import dns_label
from generator.placement.plan import Chosen, Plan
from generator.platform.objects import NodeCare, NodePool, NodeVolume, VmClass
from generator.platform.sites import Home

GPU_TAINT = ("nvidia.com/gpu", "present", "NoSchedule")

VOLUMES = (
    ("containerd", "/var/lib/containerd", 150),
    ("kubelet", "/var/lib/kubelet", 50),
)
"""Name, mount path and GiB of the disks of a GPU node: its container images are tens of GB, and
the root disk of a node is not made for them. Assumed sizes."""

PLAIN_CARE = NodeCare(
    drain_s=600, volume_detach_s=300, deletion_s=300, startup_s=1200, unhealthy_s=300
)
"""Bounds for nodes without a GPU. Assumed: without a bound one pod that cannot be evicted stops an
upgrade for good (Cluster API: 0 waits for ever)."""

GPU_CARE = NodeCare(
    drain_s=1800, volume_detach_s=300, deletion_s=300, startup_s=2400, unhealthy_s=600
)
"""The same for GPU nodes. Assumed: time for a training job to write its checkpoint, and for a VM
with all memory reserved to start and join."""


def node_pools(
    chosen: Chosen, *, home: Home, plan: Plan, vm_class: VmClass, name: str, storage_class: str
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
            labels=_labels(chosen),
            taints=(GPU_TAINT,) if gpu else (),
            volumes=_volumes(storage_class) if gpu else (),
            failure_domain=zone,
            vcpus=vm_class.vcpus,
            memory_mib=vm_class.memory_mib,
            gpus=len(vm_class.vgpus) + len(vm_class.pci_devices),
            care=GPU_CARE if gpu else PLAIN_CARE,
        )


def _volumes(storage_class: str) -> tuple[NodeVolume, ...]:
    return tuple(
        NodeVolume(name=name, mount_path=path, capacity_gib=gib, storage_class=storage_class)
        for name, path, gib in VOLUMES
    )


def _labels(chosen: Chosen) -> tuple[tuple[str, str], ...]:
    """What work selects its nodes by: its own name, its phase, and the GPU and its cut."""
    demand = chosen.demand
    labels = [("mlgen/workload", dns_label(demand.name)), ("mlgen/phase", demand.phase)]
    if chosen.model:
        labels.append(("mlgen/gpu-model", dns_label(chosen.model)))
    if chosen.profile:
        labels.append(("mlgen/vgpu-profile", chosen.profile))
    return tuple(labels)
