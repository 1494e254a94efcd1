"""Which vCenter, Supervisor and datacenter carry an environment, as far as the facts say."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping

from generator.blueprint.model.blueprint import Blueprint
from generator.platform.naming import Namer
from generator.record import Record, record
from generator.sizing.clusters import home_site
from generator.supply.model import SiteInventory, Supervisor
from generator.supply.supervisors import covered_by, home_supervisor


@record
class Home(Record):
    """Where an environment lives. What is not known is empty, None or ``()``."""

    environment: str
    site: str
    inventory: SiteInventory | None
    vcenter: str
    datacenter: str
    supervisor: Supervisor | None
    libraries: tuple[str, ...]

    def zone(self, cluster: str) -> str:
        """The vSphere Zone of a cluster, where the Supervisor has zones."""
        if self.inventory is None or self.supervisor is None or not self.supervisor.zones:
            return ""
        stated = next((c.zone for c in self.inventory.clusters if c.name == cluster), None)
        zones = self.supervisor.zones
        return stated or (zones[0] if len(zones) == 1 else "")


def homes(blueprint: Blueprint, inventories: Mapping[str, SiteInventory]) -> tuple[Home, ...]:
    """The home of each environment, sorted by name; ``inventories`` is keyed by site name."""
    return tuple(_home(blueprint, inventories, name) for name in sorted(blueprint.environments))


def namers(blueprint: Blueprint, found: Iterable[Home]) -> dict[str, Namer]:
    """What names objects in each environment whose site is known."""
    return {
        home.environment: Namer(
            blueprint.metadata.name,
            home.site,
            home.inventory.naming.per_kind,
            home.inventory.naming.pattern or "",
        )
        for home in found
        if home.inventory is not None
    }


def _home(blueprint: Blueprint, inventories: Mapping[str, SiteInventory], name: str) -> Home:
    site = home_site(blueprint, name)
    inventory = inventories.get(site)
    supervisor = home_supervisor(inventory) if inventory else None
    vcenter = _vcenter(inventory, supervisor) if inventory else ""
    return Home(
        environment=name,
        site=site,
        inventory=inventory,
        vcenter=vcenter,
        datacenter=_datacenter(inventory, vcenter, supervisor) if inventory else "",
        supervisor=supervisor,
        libraries=_node_image_libraries(inventory, vcenter) if inventory else (),
    )


def _vcenter(inventory: SiteInventory, supervisor: Supervisor | None) -> str:
    if supervisor is not None and supervisor.vcenter:
        return supervisor.vcenter
    return inventory.vcenters[0].ref if len(inventory.vcenters) == 1 else ""


def _datacenter(inventory: SiteInventory, vcenter: str, supervisor: Supervisor | None) -> str:
    """The datacenter of the folders: the only one, or that of most hosts that work runs on.

    "" where several are stated and no cluster says in which it lies: then it is asked.
    """
    names = sorted(d.name for d in inventory.datacenters if (d.vcenter or vcenter) == vcenter)
    if len(names) == 1:
        return names[0]
    # A Supervisor that is to be made covers nothing yet (F2): work goes on beside it.
    runs = supervisor is not None and (supervisor.manage != "create" or bool(supervisor.id))
    covered = covered_by(supervisor, inventory) if supervisor and runs else frozenset()
    hosts = Counter(host.cluster for host in inventory.hosts)
    weights = Counter[str]()
    for cluster in inventory.clusters:
        here = (cluster.vcenter or vcenter) == vcenter and cluster.datacenter in names
        if here and (not covered or cluster.name in covered):
            # A host counts for more than all clusters together.
            weights[cluster.datacenter or ""] += 1 + hosts[cluster.name] * len(inventory.clusters)
    return min(weights, key=lambda name: (-weights[name], name), default="")


def _node_image_libraries(inventory: SiteInventory, vcenter: str) -> tuple[str, ...]:
    """Content libraries that hold VKS node images."""
    return tuple(
        sorted(
            library.name
            for library in inventory.libraries
            if library.holds == "vkr" and (library.vcenter or vcenter) == vcenter
        )
    )
