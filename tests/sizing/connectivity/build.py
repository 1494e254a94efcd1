"""Networks of small blueprints, written as YAML laid over the base of the rules' fixtures."""

from __future__ import annotations

from generator.blueprint.read import read_blueprint
from generator.catalog import Catalog
from generator.sizing.connectivity.sized import NetworkSized, SizedAddresses, SizedFlow
from generator.sizing.connectivity.supply import network_supply
from generator.sizing.connectivity.whole import size_network
from generator.sizing.engine import size
from tests.rules.judging import subject

HOSTS = """
metadata: {name: here}
hosts:
  - {name: esx-1, nics: [{speed: 25Gbps, use: [vm]}, {speed: 25Gbps, use: [vm]},
                         {speed: 100Gbps, use: [vsan]}]}
  - {name: esx-2, nics: [{speed: 10Gbps, use: [vm]}, {speed: 100Gbps, use: [vsan]}]}
"""
"""Two hosts, the second with the slower port for VMs."""

SITE = "{name: here, inventory: here, uplink: {speed: 1Gbps}}"


def sized(text: str, *sites: str, tiers: dict[str, str] | None = None) -> NetworkSized:
    """The network of a blueprint; ``sites`` are inventories in the order of its sites."""
    document, facts = subject(text, *sites)
    blueprint = read_blueprint(document)
    names = [site.name for site in blueprint.storage_compute.sites]
    inventories = dict(zip(names, (one.inventory for one in facts), strict=False))
    demands = size(blueprint, Catalog.builtin()).demands
    return size_network(blueprint, demands, network_supply(inventories), tiers=tiers)


def with_flows(flows: str, rest: str = "", *, site: str = SITE, facts: str = HOSTS) -> NetworkSized:
    """The network of one site with these data flows; ``rest`` is more of the blueprint."""
    return sized(
        f"storage_compute:\n  sites: [{site}]\n"
        "  datasets: [{name: orders, size: 100GB}]\n"
        f"  dataflows:\n{flows}\n{rest}",
        facts,
    )


def flow(network: NetworkSized, name: str) -> SizedFlow:
    """The flow of that name."""
    (found,) = [one for one in network.flows if one.name == name]
    return found


def addresses(network: NetworkSized, name: str) -> SizedAddresses:
    """The plan of the network of that name."""
    (found,) = [one for one in network.addresses if one.network == name]
    return found


def figures(network: NetworkSized, subject_: str) -> dict[str, object]:
    """The ledger of a subject: its figures by name."""
    return {entry.name: entry.value for entry in network.ledger if entry.subject == subject_}
