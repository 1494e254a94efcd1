"""What a release stands on: who is asked, what is backed up, and what the sites must have."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from generator.blueprint.model.blueprint import Blueprint
from generator.blueprint.model.governance import Protection
from generator.blueprint.model.hosts import Host, Nic
from generator.quantity import GIB, Quantity
from generator.record import Record, record
from generator.supply.model import Cluster, SiteInventory, Supervisor, Switch

UNKNOWN = "unknown"
HOUR_S = 3600


@record
class Contact(Record):
    """Who answers for a field of work; ``place`` is the platform, or one site."""

    place: str
    office: str
    who: str


@record
class ProtectionRow(Record):
    """How something survives loss (F23); times are in hours."""

    what: str
    method: str
    rpo: str
    rto: str
    left_out: str


@record
class Fact(Record):
    """Something of a site that the release stands on, as it was stated."""

    site: str
    what: str
    stated: str


def contacts(blueprint: Blueprint, inventories: Mapping[str, SiteInventory]) -> Iterator[Contact]:
    """Owners and approvers of the platform, then the owners of each site."""
    name = blueprint.metadata.name
    if blueprint.metadata.owner:
        yield Contact(place=name, office="platform", who=blueprint.metadata.owner)
    for office, who in sorted(blueprint.handoff.owners.items()):
        yield Contact(place=name, office=office, who=who)
    for approver, who in sorted(blueprint.governance.approvers.items()):
        yield Contact(place=name, office=f"approves for {approver}", who=who)
    for site, inventory in sorted(inventories.items()):
        if inventory.metadata.owner:
            yield Contact(place=site, office="inventory", who=inventory.metadata.owner)
        for office, who in sorted(inventory.owners.items()):
            yield Contact(place=site, office=office, who=who)


def protected(
    blueprint: Blueprint, inventories: Mapping[str, SiteInventory]
) -> Iterator[ProtectionRow]:
    """What must be restorable before the first change, and what the platform protects later.

    The backups of vCenter and of its Supervisors are prerequisites: no step of ours makes them.
    """
    for _, inventory in sorted(inventories.items()):
        backup = inventory.services.backup or UNKNOWN
        for vcenter in inventory.vcenters:
            yield _prerequisite(f"vCenter {vcenter.ref}: file-based backup", backup)
        for supervisor in inventory.supervisors:
            yield _prerequisite(f"Supervisor {supervisor.ref}: backup of its control plane", backup)
    compute = blueprint.storage_compute
    for kind, items in (
        ("tier", compute.storage.tiers),
        ("dataset", compute.datasets),
        ("component", blueprint.ml_platform.components),
        ("workload", blueprint.workloads),
    ):
        for item in items:
            if item.protection is not None:
                yield _row(f"{kind} {item.name}", item.protection)


def _prerequisite(what: str, backup: str) -> ProtectionRow:
    return ProtectionRow(
        what=what, method=f"before the first change, by {backup}", rpo="-", rto="-", left_out="-"
    )


def _row(what: str, stated: Protection) -> ProtectionRow:
    return ProtectionRow(
        what=what,
        method=stated.method,
        rpo=_hours(stated.rpo_s),
        rto=_hours(stated.rto_s),
        left_out=stated.exclude or "-",
    )


def _hours(time_s: Quantity | None) -> str:
    return UNKNOWN if time_s is None else f"{time_s.value / HOUR_S:g}"


def site_facts(inventories: Mapping[str, SiteInventory]) -> Iterator[Fact]:
    """What each site is said to have; whoever knows better says so before the first step."""
    for site, inventory in sorted(inventories.items()):
        for what, stated in _facts(inventory):
            yield Fact(site=site, what=what, stated=stated)


def _facts(inventory: SiteInventory) -> Iterator[tuple[str, str]]:
    for vcenter in inventory.vcenters:
        yield f"vCenter {vcenter.ref}", _joined(vcenter.version, vcenter.lifecycle)
    for cluster in inventory.clusters:
        yield f"cluster {cluster.name}", _cluster(cluster)
    for supervisor in inventory.supervisors:
        yield f"Supervisor {supervisor.ref}", _supervisor(supervisor)
    for switch in inventory.switches:
        yield f"switch {switch.name}", _switch(switch)
    for network in inventory.networks:
        yield (
            f"network {network.port_group or network.role}",
            _joined(
                network.role,
                network.switch and f"on {network.switch}",
                network.cidr,
                network.gateway and f"gateway {network.gateway}",
            ),
        )
    yield from _services(inventory)
    for host in inventory.hosts:
        yield f"host {host.name}", _host(host)


def _cluster(cluster: Cluster) -> str:
    ha = cluster.ha
    return _joined(
        cluster.drs and f"DRS {cluster.drs}",
        ha and ha.enabled is False and "HA off",
        ha and ha.host_failures is not None and f"HA for {ha.host_failures} host failure(s)",
        cluster.evc and f"EVC {cluster.evc}",
        cluster.image and f"image {cluster.image}",
        cluster.configuration_profile and "configuration profile",
    )


def _supervisor(supervisor: Supervisor) -> str:
    return _joined(
        supervisor.version,
        supervisor.network,
        supervisor.load_balancer and f"load balancer {supervisor.load_balancer}",
        supervisor.control_plane_size and f"control plane {supervisor.control_plane_size}",
        supervisor.zones and f"zones {', '.join(supervisor.zones)}",
    )


def _switch(switch: Switch) -> str:
    return _joined(
        switch.kind,
        switch.mtu and f"MTU {switch.mtu}",
        switch.offloaded and "offloaded to DPUs",
    )


def _services(inventory: SiteInventory) -> Iterator[tuple[str, str]]:
    services = inventory.services
    for name in (
        "dns", "ntp", "proxy", "registry", "mirrors", "ca_bundles", "key_provider",
        "nvidia_license", "backup", "ipam", "itsm",
    ):  # fmt: skip
        stated = getattr(services, name)
        if stated:
            yield f"service {name}", stated if isinstance(stated, str) else ", ".join(stated)


def _host(host: Host) -> str:
    nvme = host.nvme
    return _joined(
        host.hardware,
        host.version and f"ESX {host.version}",
        host.dpu and f"DPU {host.dpu}",
        nvme and f"NVMe {nvme.devices} x {nvme.size_bytes.value / GIB:.0f} GiB",
        *(_nic(nic) for nic in host.nics),
    )


def _nic(nic: Nic) -> str:
    """A port in words: what runs over it, where it is plugged, and what passes the hypervisor."""
    speed = nic.speed_bytes_per_s
    return " ".join(
        part
        for part in (
            nic.name or "port",
            speed and f"{speed.value * 8 / 1e9:g} Gb/s",
            nic.use and f"for {'+'.join(nic.use)}",
            nic.switch and f"on {nic.switch}",
            nic.pcie_switch and f"beside {nic.pcie_switch}",
            nic.numa is not None and f"NUMA node {nic.numa}",
            nic.sr_iov and "SR-IOV",
            nic.upt and "UPT",
        )
        if part
    )


def _joined(*parts: object) -> str:
    """The parts that are stated; ``unknown`` where none is."""
    return ", ".join(str(part) for part in parts if part) or UNKNOWN
