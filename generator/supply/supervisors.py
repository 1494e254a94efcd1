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
    """The Supervisor over most GPUs; of equals one that is there already, then the first by name.

    None where there is none.
    """
    return min(
        site.supervisors,
        key=lambda one: (-_gpus(one, site), one.manage == "create" and not one.id, one.ref),
        default=None,
    )


def _gpus(supervisor: Supervisor, site: SiteInventory) -> int:
    covered = covered_by(supervisor, site)
    return sum(len(host.gpus) for host in site.hosts if host.cluster in covered)


def other_supervisor(cluster: str, site: SiteInventory) -> Supervisor | None:
    """The Supervisor over a cluster that is not the home's; None where there is none."""
    home = home_supervisor(site)
    if home is None or cluster in covered_by(home, site):
        return None
    others = (one for one in site.supervisors if cluster in covered_by(one, site))
    return min(others, key=lambda one: one.ref, default=None)
