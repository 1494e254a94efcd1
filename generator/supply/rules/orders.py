"""What is asked of whoever keeps a VCF domain can be ordered there (F25)."""

from __future__ import annotations

from collections.abc import Iterator

from generator.finding import Check, Finding, Path
from generator.supply.keepers import kept, ordered_clusters
from generator.supply.model import SiteInventory, VCenter
from generator.supply.rules.subject import Supplied

PRINCIPAL = ("vsan-esa", "vsan-osa", "nfs3", "nfs41", "vmfs-fc")
"""Kinds of storage that the provider's input can state of a new cluster: a vVol takes ids of a VASA
provider that no inventory has."""

LEAST_HOSTS, LEAST_VSAN_HOSTS = 2, 3
"""Hosts that VCF makes a cluster of at least, on other storage and on vSAN."""


class OrderComplete(Check[Supplied]):
    """Something is ordered that its keeper cannot make, or nobody takes the order."""

    id = "MLG-F036"
    title = "What is asked of VCF can be ordered there"
    reason = "the order is refused when it is placed, and all that the plan puts on it waits"
    source = "field rule F25; vmware/vcf provider 0.18.1, vcf_cluster and vcf_host"

    @classmethod
    def check(cls, subject: Supplied) -> Iterator[Finding]:
        """Judges the vCenters that say how they are asked, and the clusters that are asked for."""
        for facts in subject.sites:
            for path, what, mend in _wrong(facts.inventory):
                yield cls.breach(what, **subject.at_site(facts, path), mend=mend)


RULES: tuple[type[Check[Supplied]], ...] = (OrderComplete,)


def _wrong(inventory: SiteInventory) -> Iterator[tuple[Path, str, str]]:
    """(path, what is wrong, how to mend it)."""
    for index, vcenter in enumerate(inventory.vcenters):
        if vcenter.requests is not None and kept(inventory, vcenter.ref) is None:
            stated = vcenter.lifecycle or "not stated"
            yield (
                ("vcenters", index, "requests"),
                f"vCenter {vcenter.ref} is kept by nobody to be asked (lifecycle {stated})",
                "take requests out, or state the VCF that keeps it as its lifecycle",
            )
        yield from _clusters(inventory, vcenter)


def _clusters(inventory: SiteInventory, vcenter: VCenter) -> Iterator[tuple[Path, str, str]]:
    """Ordered clusters with too few hosts, or on storage that the input has no argument for."""
    for cluster in ordered_clusters(inventory, vcenter.ref):
        at = ("clusters", inventory.clusters.index(cluster), "manage")
        kinds = [d.kind or "" for d in inventory.datastores if cluster.name in d.clusters]
        hosts = sum(host.cluster == cluster.name for host in inventory.hosts)
        least = LEAST_VSAN_HOSTS if any(k.startswith("vsan-") for k in kinds) else LEAST_HOSTS
        if hosts < least:
            yield (
                at,
                f"cluster {cluster.name} is ordered with {hosts} hosts, VCF takes {least} at least",
                f"list {least} hosts of it with manage: create",
            )
        if vcenter.requests == "provider-input" and not set(kinds) & set(PRINCIPAL):
            known = f"{', '.join(PRINCIPAL[:-1])} or {PRINCIPAL[-1]}"
            yield (
                at,
                f"cluster {cluster.name} is ordered on storage that the input cannot state",
                f"state a datastore of it of kind {known}, or ask by requests: sheet",
            )
