"""Addresses of every network of every site, against those that are free (field rule F18)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from generator.blueprint.model.blueprint import Blueprint
from generator.record import Record, record
from generator.sizing.connectivity.clusters import Cluster, SiteWork
from generator.sizing.connectivity.sized import SizedAddresses
from generator.sizing.connectivity.supply import (
    AddressRange,
    NetworkSupply,
    SiteNetwork,
    capacity,
)
from generator.sizing.network import addresses
from generator.sizing.network.addresses import AddressDemand
from generator.sizing.nonsense import Nonsense

SUPERVISOR_VMS = 3
"""Control-plane VMs of a Supervisor; inventories do not state them. Published: three unless it was
enabled as a simple one (Broadcom, Supervisor: requirements of the management network)."""

_GROWTH = "growth"
_SUPERVISOR_PARTS = ("Supervisor control plane", "Supervisor API")


@record
class Asked(Record):
    """The demand of one network, the range that answers it, and the fact to state of it."""

    network: str
    path: str
    demand: AddressDemand
    standing: int = 0
    range: AddressRange | None = None


def address_plan(
    blueprint: Blueprint, work: SiteWork, supply: NetworkSupply
) -> Iterator[SizedAddresses | Nonsense]:
    """The addresses of one site: its three networks, and pods and services of each cluster."""
    facts = supply.sites.get(work.site)
    try:
        for asked in (*_of_networks(work, facts), *_of_clusters(blueprint, work)):
            yield _judged(work.site, asked)
    except Nonsense as nonsense:
        yield nonsense


def _of_networks(work: SiteWork, facts: SiteNetwork | None) -> Iterator[Asked]:
    """Management, workload and frontend.

    Without a Supervisor in the inventory one has to be enabled; one that stands has its addresses.
    Where no workload network is stated the nodes of NSX are in segments of the Supervisor's range.
    """
    shapes = tuple(cluster.shape for cluster in work.clusters)
    supervisors = (SUPERVISOR_VMS,) if shapes else ()
    ranges: Mapping[str, AddressRange] = facts.ranges if facts else {}
    segments = facts.segments if facts else None
    stands = bool(facts and facts.supervisor)
    path = f"storage_compute.sites[{work.site}].inventory" if work.site else "environments"
    for name, demand, found in (
        ("management", addresses.management(supervisors=supervisors), ranges.get("management")),
        (
            "workload",
            addresses.workload(supervisors=supervisors, clusters=shapes, vms=work.vms),
            ranges.get("workload") or segments,
        ),
        (
            "frontend",
            addresses.frontend(supervisors=len(supervisors), clusters=shapes),
            ranges.get("frontend"),
        ),
    ):
        if demand.addresses:
            yield Asked(
                network=name,
                path=path,
                demand=demand,
                standing=int(sum(map(demand.bill.value, _SUPERVISOR_PARTS))) if stands else 0,
                range=found,
            )


def _of_clusters(blueprint: Blueprint, work: SiteWork) -> Iterator[Asked]:
    """Pods and services of every cluster: ranges that nobody can change later."""
    orchestrators = {o.name: o for o in blueprint.resource_management.orchestrators}
    for cluster in work.clusters:
        stated = orchestrators[cluster.orchestrator]
        at = f"resource_management.orchestrators[{stated.name}]"
        for key, cidr, demand in (
            ("pod_cidr", stated.pod_cidr, addresses.pods(cluster.shape)),
            ("service_cidr", stated.service_cidr, addresses.services(cluster.shape)),
        ):
            yield Asked(
                network=demand.network,
                path=f"{at}.{key}",
                demand=demand,
                range=_range(cluster, key, cidr),
            )


def _range(cluster: Cluster, key: str, cidr: str | None) -> AddressRange | None:
    """A range of a cluster is its own: clusters of one orchestrator have the same, apart."""
    size = capacity(cidr)
    name = f"{key} of {cluster.orchestrator}"
    return None if size is None else AddressRange(name=name, free=size, most=size)


def _judged(site: str, asked: Asked) -> SizedAddresses:
    known = asked.range.at_most if asked.range else None
    needed = asked.demand.addresses - asked.standing
    today = needed - int(asked.demand.bill.value(_GROWTH))
    exact = asked.range is not None and asked.range.free is not None
    missing = None if known is None else max(0, needed - known)
    missing_today = None if known is None else max(0, today - known)
    # A range that could hold them says nothing while nobody knows how much of it is used.
    if not exact and not missing:
        missing = missing_today = None
    return SizedAddresses(
        site=site,
        network=asked.network,
        path=asked.path,
        demand=asked.demand,
        standing=asked.standing,
        free=asked.range.free if asked.range else None,
        missing=missing,
        missing_today=missing_today,
    )
