"""Storage in the coverage contract: who makes what a tier stands on."""

from __future__ import annotations

from collections.abc import Iterator

from generator.platform.coverage.row import BY_HAND, Row
from generator.platform.objects import DesiredState
from generator.platform.scope import Scope
from generator.platform.storage import by_hand


def storage(state: DesiredState, scope: Scope) -> Iterator[Row]:
    """Policies by capability, and the tiers that no storage policy makes."""
    tiers = scope.blueprint.storage_compute.storage.tiers
    policies = [p for v in state.vcenters for p in v.storage_policies]
    scripted = sum(policy.by_script for policy in policies)
    where = "storage/policies, by apply.py or apply.ps1"
    yield "storage-policy", "vSAN rules", "script", where, "manifest", "all", scripted
    left = by_hand(tiers)
    where = f"vSphere Client, Policies and Profiles: {', '.join(left)}"
    yield "storage-policy", "other rules", "person", where, "manifest", "all", len(left)
    encrypted = [p.name for p in policies if p.encryption == "vm" and not p.by_script]
    where = f"vSphere Client, Policies and Profiles: {', '.join(encrypted)}"
    yield "storage-policy", "VM encryption", "person", where, BY_HAND, "all", len(encrypted)
    snapshots = sum(bool(cluster.snapshot_class) for cluster in state.clusters)
    where, seen = "comes with each VKS cluster", "by kubectl"
    yield "VolumeSnapshotClass", "name", "vcenter", where, BY_HAND, seen, snapshots
    names = [policy.storage_class for policy in policies]
    where = "storage/storage-classes.json lists the names"
    yield "StorageClass", "all", "vcenter", where, BY_HAND, "by REST", len(names)
    for kinds, fields in (
        (("nfs3", "nfs41"), "export, mount, RWX"),
        (("vmfs-local",), "local NVMe of the hosts"),
        (("s3",), "buckets and keys"),
    ):
        mine = sorted(tier.name for tier in tiers if tier.backing in kinds)
        where = f"owner of the storage: {', '.join(mine)}"
        yield "storage tier", fields, "person", where, BY_HAND, "nothing", len(mine)
