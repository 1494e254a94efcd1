"""IP addresses: what each network needs, and the smallest range that holds it.

Source of the counts: field rule F18 (an IP plan is capacity); Broadcom, Supervisor networking
requirements. All are IPv4.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil

from generator.ledger import Basis
from generator.record import Record, record
from generator.sizing.machine.bill import Bill, Part
from generator.sizing.network.cluster_shape import ClusterShape
from generator.sizing.nonsense import Nonsense, not_negative

_F18 = "field rule F18"
_SUPERVISOR = "Broadcom, Supervisor: requirements of the management network"

CONTROL_PLANE_SIZES = (1, 3)
"""Control-plane VMs that a Supervisor may have: simple, or highly available."""

CLUSTER_SIZES = (*CONTROL_PLANE_SIZES, 5)
"""Control-plane nodes that a Kubernetes cluster may have: odd, so that etcd keeps a majority.
Published: Kubernetes, Operating etcd clusters."""

BLOCK_EXTRAS = 2
"""Addresses of a Supervisor's consecutive block beside its VMs: one floating, one for upgrades.
Published for three VMs (five in all); for one VM derived by the same count."""

ROUTED_RESERVED = 3
"""Addresses of a routed range that no VM can have: network, broadcast and gateway."""

NODE_POD_PREFIX = 24
"""The pod range that each node takes out of its cluster's, immutable once made. Published:
Kubernetes, kube-controller-manager, node-cidr-mask-size."""

SYSTEM_SERVICES, SYSTEM_SERVICES_LOW, SYSTEM_SERVICES_HIGH = 10, 5, 25
"""Service addresses of a cluster's own parts (API, DNS, metrics, operators); assumed."""

GROWTH_RATIO, GROWTH_RATIO_LOW, GROWTH_RATIO_HIGH = 0.25, 0.10, 0.50
"""Room for growth where the blueprint states none; assumed."""

ADDRESS_BITS = 32
SMALLEST_PREFIX, LARGEST_PREFIX = 8, 30


@record
class AddressDemand(Record):
    """The addresses of one network and the smallest range that holds them."""

    network: str
    bill: Bill
    prefix_length: int

    @property
    def addresses(self) -> int:
        """All addresses, growth included."""
        return int(self.bill.total)

    def missing(self, free: int | None) -> int | None:
        """How many addresses are missing where ``free`` are left; None while that is unknown."""
        return None if free is None else max(0, self.addresses - free)


def prefix_length(addresses: int, reserved: int = ROUTED_RESERVED) -> int:
    """The longest prefix whose range holds so many addresses beside the reserved ones."""
    not_negative("addresses", addresses)
    length = ADDRESS_BITS - max(0, (addresses + reserved - 1).bit_length())
    if length < SMALLEST_PREFIX:
        raise Nonsense(
            "networks.cidr", f"{addresses} addresses need a /{length}", "split the platform"
        )
    return min(length, LARGEST_PREFIX)


def management(*, supervisors: Sequence[int], others: int = 0) -> AddressDemand:
    """The management network: a consecutive block per Supervisor, and ``others`` as stated.

    ``supervisors`` holds the control-plane size of each: 3 takes five addresses in a row. Others
    are load balancer controllers, licence servers and hosts. They grow only by being stated.
    """
    parts = [
        Part(
            name="Supervisor control plane",
            value=_control_plane("supervisors.control_plane", size) + BLOCK_EXTRAS,
            rule=f"{size} control-plane VMs + 1 floating + 1 for upgrades, consecutive",
            source=_SUPERVISOR,
            basis=Basis.PUBLISHED if size == max(CONTROL_PLANE_SIZES) else Basis.ANALYTIC,
        )
        for size in supervisors
    ]
    if not_negative("networks.management.others", others):
        parts.append(Part(name="others", value=others, rule="as stated", source="blueprint"))
    return _demand("management", parts, 0.0)


def workload(
    *,
    supervisors: Sequence[int],
    clusters: Sequence[ClusterShape],
    vms: int = 0,
    growth_ratio: float | None = None,
) -> AddressDemand:
    """The workload network: one address per node and VM, with rollout surge and autoscaling.

    The control plane of each Supervisor has a second foot here, and one more while it is upgraded.
    """
    parts = [
        Part(
            name="Supervisor control plane",
            value=_control_plane("supervisors.control_plane", size) + 1,
            rule=f"{size} control-plane VMs + 1 during an upgrade",
            source=_SUPERVISOR,
        )
        for size in supervisors
    ]
    for cluster in clusters:
        parts.extend(_cluster_nodes(cluster))
    if not_negative("vms", vms):
        parts.append(Part(name="VMs", value=vms, rule="1 per VM", source=_F18))
    return _demand("workload", parts, growth_ratio)


def frontend(
    *,
    supervisors: int,
    clusters: Sequence[ClusterShape],
    growth_ratio: float | None = None,
) -> AddressDemand:
    """The network of virtual addresses: one per API server and one per LoadBalancer service."""
    parts = [
        Part(
            name="Supervisor API",
            value=not_negative("supervisors", supervisors),
            rule="1 virtual address per Supervisor",
            source=_F18,
        ),
        Part(
            name="cluster APIs",
            value=len(clusters),
            rule="1 virtual address per cluster",
            source=_F18,
        ),
    ]
    parts += [
        Part(
            name="load balancers",
            value=not_negative("load_balancers", cluster.load_balancers),
            rule=f"1 per LoadBalancer service of {cluster.name}",
            source=_F18,
        )
        for cluster in clusters
        if cluster.load_balancers
    ]
    return _demand("frontend", parts, growth_ratio)


def pods(
    cluster: ClusterShape,
    *,
    node_prefix: int = NODE_POD_PREFIX,
    growth_ratio: float | None = None,
) -> AddressDemand:
    """The pod range of one cluster: a whole range per node, also while nodes are replaced.

    The range cannot be changed later, and a cluster out of node ranges makes no further node.
    """
    if not SMALLEST_PREFIX <= node_prefix < ADDRESS_BITS:
        raise Nonsense("pod_cidr", f"/{node_prefix} is no range of a node", "state /24 to /27")
    each = 1 << (ADDRESS_BITS - node_prefix)
    growth = ceil(cluster.nodes * _growth_ratio(growth_ratio))
    parts = [
        Part(
            name="nodes",
            value=cluster.nodes * each,
            rule=f"{cluster.nodes} x /{node_prefix}, surge and autoscaling included",
            source=_F18,
        )
    ]
    if growth:
        own = cluster.nodes * each
        parts.append(_growth(growth * each, own, growth_ratio, f"{growth} x /{node_prefix}"))
    bill = Bill(name="addresses", unit="addresses", parts=tuple(parts))
    return AddressDemand(
        network=f"pods of {cluster.name}",
        bill=bill,
        prefix_length=prefix_length(int(bill.total), 0),
    )


def services(cluster: ClusterShape, *, growth_ratio: float | None = None) -> AddressDemand:
    """The service range of one cluster; it cannot be changed later either."""
    own = Part(
        name="cluster's own",
        value=SYSTEM_SERVICES,
        rule="API, DNS, metrics and operators",
        source="assumed",
        basis=Basis.ASSUMED,
        low=SYSTEM_SERVICES_LOW,
        high=SYSTEM_SERVICES_HIGH,
    )
    stated = not_negative("services", cluster.services + cluster.load_balancers)
    asked = Part(name="services", value=stated, rule="1 per service", source=_F18)
    return _demand(f"services of {cluster.name}", [own, asked], growth_ratio)


def _cluster_nodes(cluster: ClusterShape) -> list[Part]:
    field = f"clusters.{cluster.name}.control_plane"
    size = _control_plane(field, cluster.control_plane, CLUSTER_SIZES)
    parts = [
        Part(
            name=f"{cluster.name} control plane",
            value=size + 1,
            rule=f"{size} nodes + 1 during a rollout",
            source=_F18,
        )
    ]
    for pool in cluster.pools:
        most = int(not_negative(f"clusters.{cluster.name}.{pool.name}.nodes", pool.most))
        surge = int(not_negative(f"clusters.{cluster.name}.{pool.name}.surge", pool.surge))
        if most:
            parts.append(
                Part(
                    name=f"{cluster.name} {pool.name}",
                    value=most + surge,
                    rule=f"{most} nodes at most + {surge} during a rollout",
                    source=_F18,
                )
            )
    return parts


def _control_plane(field: str, size: int, offered: tuple[int, ...] = CONTROL_PLANE_SIZES) -> int:
    if size not in offered:
        sizes = " or ".join(map(str, offered))
        raise Nonsense(field, f"{size} control-plane VMs are not offered", f"state {sizes}")
    return size


def _demand(network: str, parts: list[Part], growth_ratio: float | None) -> AddressDemand:
    counted = sum(part.value for part in parts)
    growth = ceil(counted * _growth_ratio(growth_ratio))
    kept = [part for part in parts if part.value]
    if growth:
        kept.append(_growth(growth, counted, growth_ratio, f"{growth} more"))
    bill = Bill(name="addresses", unit="addresses", parts=tuple(kept))
    return AddressDemand(network=network, bill=bill, prefix_length=prefix_length(int(bill.total)))


def _growth_ratio(stated: float | None) -> float:
    return GROWTH_RATIO if stated is None else not_negative("growth", stated)


def _growth(value: int, grows_from: float, stated: float | None, amount: str) -> Part:
    """Room for growth: assumed with its range where nobody stated it."""
    assumed = stated is None
    return Part(
        name="growth",
        value=value,
        rule=f"{amount}: {_growth_ratio(stated):.0%} of the rest, rounded up",
        source="assumed" if assumed else "blueprint",
        basis=Basis.ASSUMED if assumed else Basis.STATED,
        low=GROWTH_RATIO_LOW * grows_from if assumed else None,
        high=GROWTH_RATIO_HIGH * grows_from if assumed else None,
    )
