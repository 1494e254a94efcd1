"""Who keeps the hosts, clusters and images of a vCenter, and what is asked of them (F25).

With VMware Cloud Foundation that is SDDC Manager or the Fleet: a host or cluster with
``manage: create`` is then never made here. Where the vCenter states how its keeper is asked, it is
an order; where it does not, it is a finding.
"""

from __future__ import annotations

from generator.blueprint.model.hosts import Host
from generator.supply.model import Cluster, SiteInventory, VCenter


def by_vcf(lifecycle: str | None) -> bool:
    """Whether a vCenter with this lifecycle is kept by VMware Cloud Foundation."""
    return (lifecycle or "").startswith("vcf-")


def kept(inventory: SiteInventory, vcenter: str | None) -> VCenter | None:
    """The vCenter of that name (None: the only one) where VCF keeps it, else None."""
    for item in inventory.vcenters:
        if item.ref == vcenter or (vcenter is None and len(inventory.vcenters) == 1):
            return item if by_vcf(item.lifecycle) else None
    return None


def keeper_name(lifecycle: str) -> str:
    """``vcf-9.1`` in words. Fleet management replaces SDDC Manager's own interface from 9 on."""
    release = lifecycle.removeprefix("vcf-")
    product = "Fleet" if int(release.partition(".")[0]) >= 9 else "SDDC Manager"  # noqa: PLR2004
    return f"{product} of VCF {release}"


def vcenter_of(inventory: SiteInventory, host: Host) -> str | None:
    """The vCenter of a host: that of its cluster; None means the only one."""
    return next((c.vcenter for c in inventory.clusters if c.name == host.cluster), None)


def ordered_clusters(inventory: SiteInventory, vcenter: str) -> tuple[Cluster, ...]:
    """The clusters that are asked of the keeper of a vCenter; empty where nobody may be asked."""
    return tuple(
        cluster
        for cluster in inventory.clusters
        if cluster.manage == "create" and _asked(inventory, cluster.vcenter, vcenter)
    )


def ordered_hosts(inventory: SiteInventory, vcenter: str) -> tuple[Host, ...]:
    """The hosts that are asked of the keeper of a vCenter."""
    return tuple(
        host
        for host in inventory.hosts
        if host.manage == "create" and _asked(inventory, vcenter_of(inventory, host), vcenter)
    )


def _asked(inventory: SiteInventory, stated: str | None, vcenter: str) -> bool:
    """Whether an object that states a vCenter belongs to this one, and its keeper may be asked."""
    item = kept(inventory, stated)
    return item is not None and item.ref == vcenter and item.requests is not None
