"""Supervisors that a site asks to be made on an empty target (F2, F19).

Terraform can enable one and never change it: every argument of the newer resource forces a
replacement, the older one ignores changes. So it is made once, and referenced as soon as it runs.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from ipaddress import ip_network

from generator.platform.infrastructure import Missing, datacenter_of, lacking, sites
from generator.platform.objects import (
    Addresses,
    Attachment,
    OpenQuestion,
    Publishing,
    SupervisorWish,
)
from generator.platform.scope import Scope
from generator.platform.sites import Home
from generator.supply.enabling import generation, says
from generator.supply.making import AddressBlock
from generator.supply.model import Network, SiteInventory, Supervisor
from generator.supply.supervisors import covered_by


def supervisors(scope: Scope, vcenter: str) -> Iterator[SupervisorWish | OpenQuestion]:
    """Each Supervisor that is to be made and does not run yet, or what it lacks."""
    for home, inventory in sites(scope, vcenter):
        for item in inventory.supervisors:
            here = (item.vcenter or vcenter) == vcenter and item.id is None
            if item.manage == "create" and here and says(item, _version(inventory, vcenter)):
                yield from _supervisor(home, inventory, item, vcenter)


def _supervisor(
    home: Home, inventory: SiteInventory, item: Supervisor, vcenter: str
) -> Iterator[SupervisorWish | OpenQuestion]:
    datacenter = datacenter_of(inventory, vcenter, _stated_datacenter(inventory, item))
    near = _near(inventory, datacenter)
    missing = [*_lacks(inventory, item, near), *_lacks_publishing(item, near)]
    libraries = [library.name for library in inventory.libraries if library.holds == "vkr"]
    release = generation(_version(inventory, vcenter))
    if not datacenter:
        missing.append(("clusters", "its networks are looked up in the datacenter of its cluster"))
    if release == 1 and not libraries:
        missing.append(("libraries", "it is made with the library of its node images"))
    yield from lacking(home, f"supervisors[{item.ref}].", missing, f"supervisor/{item.ref}")
    management, workload = near.get("management"), near.get("workload")
    if missing or management is None or workload is None:
        return
    services = inventory.services
    yield SupervisorWish(
        name=item.ref,
        generation=release,
        datacenter=datacenter,
        cluster="" if item.zones else item.clusters[0],
        zones=item.zones,
        size=(item.control_plane_size or "").upper(),
        nodes=item.control_plane_nodes or 0,
        storage_policy=item.storage_policy or "",
        management=_attachment(management, item.addresses.management),
        workload=_attachment(workload, item.addresses.workload) if item.network == "vds" else None,
        switch=(workload.switch or "") if item.network == "nsx" else "",
        pod_cidr=item.pod_cidr or "",
        service_cidr=item.service_cidr or "",
        library=libraries[0] if libraries else "",
        dns=services.dns,
        ntp=services.ntp,
        search_domains=services.search_domains,
        publishing=_publishing(item, near.get("frontend")),
    )


def _publishing(item: Supervisor, frontend: Network | None) -> Publishing:
    own = item.load_balancer == "foundation" and frontend is not None
    return Publishing(
        kind=item.load_balancer or "",
        virtual_ips=_addresses(item.addresses.virtual_ips),
        address=item.edge.address or "",
        port=item.edge.port or 0,
        interface=_attachment(frontend, item.addresses.load_balancer)
        if own and frontend is not None
        else None,
        edge_cluster=item.edge.cluster or "",
        tier0=item.edge.tier0 or "",
        ingress=item.addresses.ingress or "",
        egress=item.addresses.egress or "",
    )


def _attachment(network: Network, block: AddressBlock | None) -> Attachment:
    prefix = ip_network(network.cidr or "0.0.0.0/0", strict=False).prefixlen
    return Attachment(
        port_group=network.port_group or "",
        gateway=f"{network.gateway}/{prefix}",
        addresses=_addresses(block),
    )


def _addresses(block: AddressBlock | None) -> Addresses:
    return Addresses(first=block.first, count=block.count) if block else Addresses()


def _lacks(inventory: SiteInventory, item: Supervisor, near: Mapping[str, Network]) -> Missing:
    """What no Supervisor can be made without."""
    services = inventory.services
    facts: tuple[tuple[object, str, str], ...] = (
        (item.zones or len(item.clusters) == 1, "clusters", "it spans zones or one cluster"),
        (item.control_plane_size, "control_plane_size", "another size is another Supervisor"),
        (item.control_plane_nodes, "control_plane_nodes", "their number is fixed when it is made"),
        (item.storage_policy, "storage_policy", "its control plane has disks"),
        (item.service_cidr, "service_cidr", "it can never be changed"),
        (item.addresses.management, "addresses.management", "its control plane has addresses"),
        (services.dns, "services.dns", "another server replaces the Supervisor"),
        (services.ntp, "services.ntp", "another server replaces the Supervisor"),
        (services.search_domains, "services.search_domains", "its own name lies in one"),
    )
    missing = [(fact, why) for stated, fact, why in facts if not stated]
    return missing + [
        (f"networks[{role}].{fact}", "it is attached to this network")
        for role in ("management", "workload")
        for fact in _unknown(near.get(role), routed=role == "management" or _vds(item))
    ]


def _lacks_publishing(item: Supervisor, near: Mapping[str, Network]) -> Missing:
    """What its load balancer lacks, by its kind."""
    own = item.load_balancer in ("haproxy", "avi")
    foundation = item.load_balancer == "foundation"
    workload = near.get("workload")
    facts: tuple[tuple[bool, object, str, str], ...] = (
        (_vds(item), item.addresses.workload, "addresses.workload", "its nodes have addresses"),
        (_vds(item), item.addresses.virtual_ips, "addresses.virtual_ips", "services have one each"),
        (own, item.edge.address, "edge.address", "it calls its load balancer there"),
        (own, item.edge.port, "edge.port", "it calls its load balancer there"),
        (foundation, item.addresses.load_balancer, "addresses.load_balancer", "it has its own"),
        (not _vds(item), item.pod_cidr, "pod_cidr", "it can never be changed"),
        (not _vds(item), item.addresses.ingress, "addresses.ingress", "services have addresses"),
        (not _vds(item), item.addresses.egress, "addresses.egress", "NSX translates to it"),
        (not _vds(item), item.edge.cluster, "edge.cluster", "NSX publishes services there"),
        (
            not _vds(item),
            workload and workload.switch,
            "networks[workload].switch",
            "NSX makes its segments on one switch",
        ),
    )
    missing = [(fact, why) for needed, stated, fact, why in facts if needed and not stated]
    return missing + [
        (f"networks[frontend].{fact}", "the load balancer is attached to this network")
        for fact in (_unknown(near.get("frontend"), routed=True) if foundation else ())
    ]


def _vds(item: Supervisor) -> bool:
    return item.network == "vds"


def _unknown(network: Network | None, *, routed: bool) -> list[str]:
    wanted = ("port_group", "cidr", "gateway") if routed else ()
    return [fact for fact in wanted if network is None or not getattr(network, fact)]


def _near(inventory: SiteInventory, datacenter: str) -> Mapping[str, Network]:
    """The network of each role whose switch lies in a datacenter, else the first that may do so."""
    switches = {switch.name: switch.datacenter for switch in inventory.switches}
    found: dict[str, Network] = {}
    for wanted in (datacenter, None):
        for network in inventory.networks:
            if switches.get(network.switch or "") == wanted:
                found.setdefault(network.role, network)
    return found


def _stated_datacenter(inventory: SiteInventory, item: Supervisor) -> str | None:
    names = covered_by(item, inventory)
    stated = {c.datacenter for c in inventory.clusters if c.name in names and c.datacenter}
    return min(stated) if len(stated) == 1 else None


def _version(inventory: SiteInventory, vcenter: str) -> str:
    return next((v.version or "" for v in inventory.vcenters if v.ref == vcenter), "")
