"""What is asked of whoever keeps a vCenter's hosts, clusters and images (F25).

With VMware Cloud Foundation that is SDDC Manager or the Fleet: what mlgen would set itself, or have
a person set, would be reverted or refused there, so it becomes a line that somebody orders.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from generator.blueprint.model.hosts import Host
from generator.platform.objects import DesiredState, HostSetting, Vcenter
from generator.record import Record, record
from generator.supply.keepers import by_vcf, keeper_name, ordered_clusters, ordered_hosts
from generator.supply.model import Cluster, Network, SiteInventory

TOOLS = {"image": "image of ", "profile": "configuration profile of "}
"""How the keeper's own tools carry a setting; all else is agreed with it before it is set."""


@record
class Request(Record):
    """One thing that is asked of the keeper of a vCenter, ``where`` it is to be and why."""

    vcenter: str
    keeper: str
    where: str
    asked: str
    why: str


def requests(state: DesiredState, inventories: Mapping[str, SiteInventory]) -> Iterator[Request]:
    """The request sheet, empty where every vCenter is kept by its own administrators."""
    keepers = {
        vcenter.ref: vcenter.lifecycle or ""
        for inventory in inventories.values()
        for vcenter in inventory.vcenters
    }
    for vcenter in state.vcenters:
        lifecycle = keepers.get(vcenter.name, "")
        if by_vcf(lifecycle):
            for where, asked, why in _of(vcenter, inventories):
                yield Request(
                    vcenter=vcenter.name,
                    keeper=keeper_name(lifecycle),
                    where=where,
                    asked=asked,
                    why=why,
                )


def _of(
    vcenter: Vcenter, inventories: Mapping[str, SiteInventory]
) -> Iterator[tuple[str, str, str]]:
    for inventory in inventories.values():
        yield from _orders(inventory, vcenter.name)
        for cluster in inventory.clusters:
            if cluster.vcenter in (None, vcenter.name) and cluster.manage != "create":
                why = "the placement counts on these hosts and on what HA keeps free"
                yield f"cluster {cluster.name}", _cluster(cluster, inventory), why
        for network in inventory.networks:
            if network.vcenter in (None, vcenter.name) and network.port_group:
                yield f"port group {network.port_group}", _network(network), "nodes stand on it"
    yield from _settings(vcenter.host_settings)


def _orders(inventory: SiteInventory, vcenter: str) -> Iterator[tuple[str, str, str]]:
    """The clusters and hosts that are not there yet, clusters first."""
    for cluster in ordered_clusters(inventory, vcenter):
        why = "it is not there yet, and the plan places work on it"
        yield f"cluster {cluster.name}", _cluster(cluster, inventory, "make it of"), why
    for host in ordered_hosts(inventory, vcenter):
        where = f"cluster {host.cluster}" if host.cluster else "free pool"
        asked = f"commission {host.name}{_make(host)}"
        if host.cluster:
            asked += f", and put it into {host.cluster}"
        yield where, asked, "the plan places work on it"


def _make(host: Host) -> str:
    """What a host is, as far as it is stated."""
    models: dict[str, int] = {}
    for gpu in host.gpus:
        models[gpu.model] = models.get(gpu.model, 0) + 1
    parts = [f"{count} x {model}" for model, count in models.items()]
    return f" ({', '.join(parts)})" if parts else ""


def _cluster(cluster: Cluster, inventory: SiteInventory, verb: str = "keep") -> str:
    there = [host for host in inventory.hosts if host.cluster == cluster.name]
    hosts = sum(host.manage != "create" or verb != "keep" for host in there)
    stated = [f"{hosts} hosts"]
    if cluster.drs:
        stated.append(f"DRS {cluster.drs}")
    if cluster.ha and cluster.ha.host_failures is not None:
        stated.append(f"HA for {cluster.ha.host_failures} host failures")
    if verb != "keep" and cluster.evc:
        stated.append(f"EVC {cluster.evc}")
    return f"{verb} {', '.join(stated)}"


def _network(network: Network) -> str:
    stated = [
        f"{name} {value}"
        for name, value in (("VLAN", network.vlan), ("MTU", network.mtu))
        if value is not None
    ]
    return f"keep {', '.join(stated)}" if stated else "keep"


def _settings(settings: tuple[HostSetting, ...]) -> Iterator[tuple[str, str, str]]:
    """The settings, once for all hosts of a cluster and all their GPUs that want the same."""
    alike: dict[tuple[str, str, str], dict[str, None]] = {}
    for one in settings:
        scope = f"cluster {one.cluster}" if one.cluster else "vCenter"
        key = f"{TOOLS.get(one.actor, '')}{scope}", f"{one.setting} = {one.value}", one.why
        at = f"{one.host} {one.device}" if one.device else one.host
        alike.setdefault(key, {}).update({at: None} if at else {})
    for (where, asked, why), places in alike.items():
        yield where, f"{asked}{' on ' + ', '.join(places) if places else ''}", why
