"""The sheet by which somebody enables a Supervisor that nothing here enables (F19).

A Supervisor without an id that Terraform is not asked to make is its owner's: for NSX VPCs the
provider has no arguments at all. What it takes is listed with what is stated of it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from generator.catalog import Catalog
from generator.catalog.flavour import Flavour
from generator.record import Record, record
from generator.supply.making import AddressBlock
from generator.supply.model import SiteInventory, Supervisor

OPEN = "to be stated"


@record
class EnablingFact(Record):
    """One thing that a Supervisor is enabled with: what it is, and what is stated of it."""

    supervisor: str
    what: str
    stated: str


def to_be_enabled(inventories: Mapping[str, SiteInventory]) -> Iterator[Supervisor]:
    """The Supervisors of unknown id that nobody asks Terraform to make, by name."""
    found = {
        item.ref: item
        for inventory in inventories.values()
        for item in inventory.supervisors
        if item.id is None and item.manage != "create"
    }
    yield from (found[name] for name in sorted(found))


def enabling_facts(inventories: Mapping[str, SiteInventory]) -> Iterator[EnablingFact]:
    """What each of them takes, as far as it is stated, in the order of vCenter's own wizard."""
    for _, inventory in sorted(inventories.items()):
        for item in to_be_enabled({"": inventory}):
            for what, stated in _facts(item, inventory):
                yield EnablingFact(supervisor=item.ref, what=what, stated=stated or OPEN)


def _facts(item: Supervisor, inventory: SiteInventory) -> Iterator[tuple[str, str]]:
    services, flavour = inventory.services, _flavour(item)
    yield "network", item.network or ""
    yield "load balancer", item.load_balancer or ""
    if flavour is not None:
        yield "release that has this flavour", flavour.since
    yield "zones, or one cluster", ", ".join(item.zones or item.clusters)
    yield "size of its control plane", item.control_plane_size or ""
    yield "VMs of its control plane", str(item.control_plane_nodes or "")
    yield "storage policy", item.storage_policy or ""
    yield "DNS servers", ", ".join(services.dns)
    yield "time servers", ", ".join(services.ntp)
    yield "search domains", ", ".join(services.search_domains)
    for address in flavour.addresses if flavour is not None else ():
        name, _, rule = address.partition(": ")
        yield f"addresses, {name}: {rule}", _stated(item, name)


def _flavour(item: Supervisor) -> Flavour | None:
    """Its row of the table, None where network or load balancer is not stated or do not fit."""
    pair = (item.network, item.load_balancer)
    return next(
        (f for f in Catalog.builtin().flavours if (f.network, f.load_balancer) == pair), None
    )


def _stated(item: Supervisor, name: str) -> str:
    """What is set aside under a name of the table."""
    blocks = item.addresses
    stated: dict[str, str | None] = {
        "management": _block(blocks.management),
        "workload": _block(blocks.workload),
        "frontend": _block(blocks.virtual_ips),
        "pods": item.pod_cidr,
        "private": item.pod_cidr,
        "services": item.service_cidr,
        "ingress": blocks.ingress,
        "external": blocks.ingress,
        "egress": blocks.egress,
    }
    return stated.get(name) or ""


def _block(block: AddressBlock | None) -> str | None:
    return f"{block.count} from {block.first} on" if block else None
