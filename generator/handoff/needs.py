"""What environments need of their Supervisors, and who gives it (F19).

A Supervisor is enabled by people and only checked here: that its flavour can do it is a rule
(MLG-F077), that it really does is a line that its owner signs.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from generator.blueprint.model.blueprint import Blueprint
from generator.catalog import Catalog
from generator.record import Record, record
from generator.supply.model import SiteInventory
from generator.supply.supervisors import home_supervisor

GIVERS = {
    "network-isolation": "network",
    "rdma": "network",
    "supervisor-services": "virtualisation",
    "vsphere-pods": "virtualisation",
}
"""The offices that give it."""


@record
class Need(Record):
    """What a Supervisor must do for an environment, how it does it, and who sees to it."""

    environment: str
    supervisor: str
    need: str
    how: str
    owner: str


def supervisor_needs(
    blueprint: Blueprint, inventories: Mapping[str, SiteInventory]
) -> Iterator[Need]:
    """Every need at each site of its environment; empty where no environment has any."""
    hows = {flavour.network: flavour.capabilities for flavour in Catalog.builtin().flavours}
    for name, environment in blueprint.environments.items():
        for site in environment.sites or tuple(s.name for s in blueprint.storage_compute.sites):
            inventory = inventories.get(site)
            supervisor = home_supervisor(inventory) if inventory is not None else None
            for need in environment.supervisor_needs:
                network = supervisor.network if supervisor is not None else None
                yield Need(
                    environment=name,
                    supervisor=supervisor.ref if supervisor is not None else f"none at {site} yet",
                    need=need,
                    how=hows[network][need].how if network else "its network is not stated",
                    owner=_owner(blueprint, inventory, GIVERS[need]),
                )


def _owner(blueprint: Blueprint, inventory: SiteInventory | None, office: str) -> str:
    """Who holds the office at the site, else for the platform, else the office itself."""
    owners = {
        **{str(key): who for key, who in blueprint.handoff.owners.items()},
        **{str(key): who for key, who in (inventory.owners if inventory else {}).items()},
    }
    return owners.get(office, office)
