"""Facts of a site without which less is rendered, or for others than it should be (F17)."""

from __future__ import annotations

from collections.abc import Iterator

from generator.placement.plan import Plan
from generator.platform.objects import OpenQuestion, VksCluster
from generator.platform.questions import of_home
from generator.platform.scope import Scope
from generator.platform.sites import Home


def fact_questions(scope: Scope, clusters: tuple[VksCluster, ...]) -> Iterator[OpenQuestion]:
    """What nobody stated of the sites that carry work; ``clusters`` are those that are made."""
    for environment, home in sorted(scope.homes.items()):
        if home.inventory is not None:
            yield from _of_vcenter(home)
            yield from _of_clusters(home, scope.plan)
            names = [c.name for c in clusters if c.environment == environment and not c.ntp]
            if names:
                yield of_home(
                    home,
                    f"SiteInventory {home.site}: services.ntp",
                    f"Which time servers do the nodes of {home.site} take?",
                    "a clock that is off breaks certificates and logins",
                    tuple(f"time servers of {name}" for name in names),
                )


def _of_vcenter(home: Home) -> Iterator[OpenQuestion]:
    """By what scripts know the vCenter of an environment, and who keeps its hosts."""
    for item in home.inventory.vcenters if home.inventory else ():
        at = f"SiteInventory {home.site}: vcenters[{item.ref}]"
        if item.ref == home.vcenter and not item.instance_uuid:
            yield of_home(
                home,
                f"{at}.instance_uuid",
                f"What is the instance UUID of {item.ref}?",
                "a name may lead to any vCenter, so the scripts ask for its own id",
                (f"apply.py and apply.ps1 on {item.ref}",),
            )
        if item.ref == home.vcenter and not item.lifecycle:
            yield of_home(
                home,
                f"{at}.lifecycle",
                f"Who keeps hosts, clusters and switches of {item.ref}: its VI team, or a VCF?",
                "what SDDC Manager or the Fleet owns is ordered there and changed by nobody else",
                (f"the request sheet of {item.ref}, if there is a keeper",),
            )


def _of_clusters(home: Home, plan: Plan) -> Iterator[OpenQuestion]:
    """Who shares the clusters that the plan uses: unknown counts as shared (F5)."""
    stated = {c.name: c.shared for c in home.inventory.clusters} if home.inventory else {}
    here = {s.cluster for s in plan.placed if s.site == home.site and s.gpus and s.cluster}
    for name in sorted(here):
        if stated.get(name) is None:
            yield of_home(
                home,
                f"SiteInventory {home.site}: clusters[{name}].shared",
                f"Do others run VMs in cluster {name}?",
                "a setting of a shared cluster is agreed with them first",
                (f"scripted settings of {name} and its hosts",),
            )
