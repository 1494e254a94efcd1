"""Which Supervisor of a site carries the platform's environments, and which clusters it covers.

A namespace is made on one Supervisor, and its VMs run on that Supervisor's clusters only (vSphere
reference, Supervisor and zones), so of several Supervisors of a site one is the home of all
environments there; what another one covers is a site of its own.
"""

from __future__ import annotations

from generator.supply.model import SiteInventory, Supervisor


def covered_by(supervisor: Supervisor, site: SiteInventory) -> frozenset[str]:
    """The clusters under a Supervisor, by name and by zone; empty where the facts do not say."""
    zones = set(supervisor.zones)
    return frozenset(
        {
            *supervisor.clusters,
            *(name for zone in site.zones if zone.name in zones for name in zone.clusters),
            *(cluster.name for cluster in site.clusters if cluster.zone in zones),
        }
    )


def home_supervisor(site: SiteInventory) -> Supervisor | None:
    """The Supervisor over clusters with GPUs, else the first by name; None where there is none."""
    with_gpus = {host.cluster for host in site.hosts if host.gpus}
    return min(
        site.supervisors,
        key=lambda one: (not with_gpus & covered_by(one, site), one.ref),
        default=None,
    )


def other_supervisor(cluster: str, site: SiteInventory) -> Supervisor | None:
    """The Supervisor over a cluster that is not the home's; None where there is none."""
    home = home_supervisor(site)
    if home is None or cluster in covered_by(home, site):
        return None
    others = (one for one in site.supervisors if cluster in covered_by(one, site))
    return min(others, key=lambda one: one.ref, default=None)
