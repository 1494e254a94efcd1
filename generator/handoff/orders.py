"""Hosts and clusters that are ordered from whoever keeps a vCenter (F25).

Only what the inventory states goes into an order; what its keeper alone knows (workload domain,
network pool, physical NICs, passwords) stays a variable of the input.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from generator.record import Record, record
from generator.supply.keepers import keeper_name, ordered_clusters, ordered_hosts
from generator.supply.model import Cluster, Datastore, SiteInventory, VCenter

STORAGE = {
    "vsan-esa": "VSAN_ESA",
    "vsan-osa": "VSAN",
    "nfs3": "NFS",
    "nfs41": "NFS",
    "vmfs-fc": "VMFS_FC",
    "vvol": "VVOL",
}
"""The inventory's kind of a datastore, and the provider's storage type of a host, principal storage
first. Source: vmware/vcf provider 0.18.1, ``vcf_host.storage_type``."""


@record
class OrderedCluster(Record):
    """A cluster that is made of ``hosts``, or that gets them where ``new`` is false.

    ``present`` hosts are in it already. ``storage`` is the provider's type of its principal
    storage, "" where it is unknown, ``datastores`` are their names.
    """

    name: str
    new: bool
    present: int
    hosts: tuple[str, ...]
    storage: str
    datastores: tuple[str, ...]
    high_availability: bool | None
    evc: str
    overlay_vlan: int | None


@record
class Order(Record):
    """What the keeper of one vCenter is asked for; ``free`` are hosts without a cluster."""

    vcenter: str
    keeper: str
    clusters: tuple[OrderedCluster, ...]
    free: tuple[str, ...]


def orders(inventories: Mapping[str, SiteInventory]) -> Iterator[Order]:
    """An order for each vCenter whose keeper takes the provider's input, by the vCenter's name."""
    found: dict[str, Order] = {}
    for _, inventory in sorted(inventories.items()):
        for vcenter in inventory.vcenters:
            if vcenter.requests == "provider-input":
                order = _order(inventory, vcenter)
                if order.clusters or order.free:
                    found[vcenter.ref] = _joined(found.get(vcenter.ref), order)
    yield from (found[name] for name in sorted(found))


def asked_keepers(inventories: Mapping[str, SiteInventory]) -> dict[str, str]:
    """Who is asked for hosts or clusters, by the vCenter that they are for."""
    return {
        vcenter.ref: keeper_name(vcenter.lifecycle or "")
        for inventory in inventories.values()
        for vcenter in inventory.vcenters
        if ordered_hosts(inventory, vcenter.ref) or ordered_clusters(inventory, vcenter.ref)
    }


def _order(inventory: SiteInventory, vcenter: VCenter) -> Order:
    hosts = ordered_hosts(inventory, vcenter.ref)
    made = {cluster.name for cluster in ordered_clusters(inventory, vcenter.ref)}
    wanted = made | {host.cluster for host in hosts if host.cluster}
    return Order(
        vcenter=vcenter.ref,
        keeper=keeper_name(vcenter.lifecycle or ""),
        clusters=tuple(
            _cluster(inventory, cluster, vcenter.ref, new=cluster.name in made)
            for cluster in inventory.clusters
            if cluster.name in wanted
        ),
        free=tuple(host.name for host in hosts if not host.cluster),
    )


def _joined(one: Order | None, other: Order) -> Order:
    """Two sites' orders to one keeper; a cluster that both state is that of the first."""
    if one is None:
        return other
    known = {cluster.name for cluster in one.clusters}
    return Order(
        vcenter=one.vcenter,
        keeper=one.keeper,
        clusters=(*one.clusters, *(c for c in other.clusters if c.name not in known)),
        free=(*one.free, *(name for name in other.free if name not in one.free)),
    )


def _cluster(
    inventory: SiteInventory, cluster: Cluster, vcenter: str, *, new: bool
) -> OrderedCluster:
    principal = principal_datastores(inventory, cluster.name)
    inside = [host for host in inventory.hosts if host.cluster == cluster.name]
    ordered = {host.name for host in ordered_hosts(inventory, vcenter)}
    return OrderedCluster(
        name=cluster.name,
        new=new,
        present=sum(host.name not in ordered for host in inside),
        hosts=tuple(host.name for host in inside if host.name in ordered),
        storage=STORAGE[principal[0].kind or ""] if principal else "",
        datastores=tuple(datastore.name for datastore in principal),
        high_availability=None if cluster.ha is None else cluster.ha.enabled is not False,
        evc=cluster.evc or "",
        overlay_vlan=_overlay_vlan(inventory, vcenter),
    )


def principal_datastores(inventory: SiteInventory, cluster: str) -> tuple[Datastore, ...]:
    """The datastores of the storage that a cluster is built on: of one kind, vSAN before others."""
    seen = [d for d in inventory.datastores if cluster in d.clusters]
    for kind in STORAGE:
        found = tuple(datastore for datastore in seen if datastore.kind == kind)
        if found:
            return found
    return ()


def _overlay_vlan(inventory: SiteInventory, vcenter: str) -> int | None:
    """The VLAN of the hosts' tunnel endpoints, where the site has one such network."""
    vlans = {
        network.vlan
        for network in inventory.networks
        if network.role == "tep" and network.vcenter in (None, vcenter)
    }
    return next(iter(vlans)) if len(vlans) == 1 else None
