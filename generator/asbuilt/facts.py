"""What the checks of a first look judge: one vCenter's snapshot and what was made of it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from generator.asbuilt.model import ClusterSeen, VersionSeen
from generator.catalog import Catalog
from generator.vcenter.snapshot import Seen, VcenterSeen


class Facts(NamedTuple):
    """One vCenter, judged as of the ISO ``day``."""

    day: str
    seen: VcenterSeen
    catalog: Catalog
    clusters: tuple[ClusterSeen, ...]
    versions: tuple[VersionSeen, ...]
    unknown_devices: tuple[tuple[str, str], ...]

    def of(self, kind: str) -> Iterator[Seen]:
        """The objects of a kind, in the order of their keys."""
        return iter(sorted((o for o in self.seen.objects if o.kind == kind), key=lambda o: o.key))

    def one(self, kind: str, key: str) -> Seen | None:
        """The object of that key."""
        return next((one for one in self.of(kind) if one.key == key), None)

    def gpu_clusters(self) -> Iterator[tuple[ClusterSeen, Seen]]:
        """The clusters in which a host has GPUs, with vCenter's word about them."""
        known = {one.key: one for one in self.of("cluster")}
        for cluster in self.clusters:
            if cluster.hosts and cluster.name in known:
                yield cluster, known[cluster.name]

    def was_read(self, kind: str, key: str, field: str) -> bool:
        """Whether a field that is absent is known to be unset."""
        return not any(
            one.kind == kind and one.key in ("", key) and one.field in ("", field)
            for one in self.seen.unread
            if one.reason != "hidden"
        )
