"""A Kubernetes cluster as its networks see it: nodes at most, load balancers and services."""

from __future__ import annotations

from generator.record import Record, record


@record
class NodePool(Record):
    """Equal nodes: as many as run, as many as autoscaling may make, and the surge of a rollout.

    A rolling update makes ``surge`` new nodes before it removes old ones. Published: Cluster API,
    MachineDeployment, maxSurge (1 unless stated).
    """

    name: str
    nodes: int
    maximum: int | None = None
    surge: int = 1

    @property
    def most(self) -> int:
        """Nodes at most, without the surge."""
        return max(self.nodes, self.maximum or 0)


@record
class ClusterShape(Record):
    """A Kubernetes cluster as its networks see it."""

    name: str
    control_plane: int
    pools: tuple[NodePool, ...]
    load_balancers: int = 0
    services: int = 0

    @property
    def nodes(self) -> int:
        """Nodes at most during a rollout of everything: control plane, pools and their surge."""
        pools = sum(pool.most + (pool.surge if pool.most else 0) for pool in self.pools)
        return self.control_plane + 1 + pools
