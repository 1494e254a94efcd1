"""An inventory's objects: each named once, each belonging to something that is there."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import NamedTuple

from generator.blueprint.rules.subject import mend_name
from generator.finding import Check, Finding, Path
from generator.supply.model import SiteInventory
from generator.supply.rules.subject import Supplied


class Belonging(NamedTuple):
    """An object that names another: ``known`` are the names that exist, none where unknown."""

    path: Path
    noun: str
    name: str | None
    known: Collection[str]


class KnownInInventory(Check[Supplied]):
    """An object of the inventory belongs to one that is not in it."""

    id = "MLG-F010"
    title = "Objects of an inventory belong to objects that are in it"
    reason = "a host of a cluster that does not exist is capacity that cannot be reached"
    source = "field rule F17"

    @classmethod
    def check(cls, subject: Supplied) -> Iterator[Finding]:
        """Judges every belonging whose kind the inventory lists at all: the rest is unknown."""
        for facts in subject.sites:
            for path, noun, name, known in _belongings(facts.inventory):
                if name is not None and known and name not in known:
                    yield cls.breach(
                        f"there is no {noun} called {name} in the inventory",
                        **subject.at_site(facts, path),
                        mend=mend_name(name, known, f"add the {noun} to the inventory"),
                    )


class UniqueInInventory(Check[Supplied]):
    """Two objects of one kind have the same name."""

    id = "MLG-F011"
    title = "An inventory names each object once"
    reason = "what is doubled is counted twice, and what refers to it could mean either"
    source = "field rule F17"

    @classmethod
    def check(cls, subject: Supplied) -> Iterator[Finding]:
        """Judges every list; the same name in two vCenters is two objects."""
        for facts in subject.sites:
            for kind, key, names in _lists(facts.inventory):
                first: dict[tuple[str, str], int] = {}
                for index, full in enumerate(names):
                    other = first.setdefault(full, index)
                    if other != index:
                        yield cls.breach(
                            f"{kind} has two items called {full[1]}",
                            **subject.at_site(facts, (kind, index, key), (kind, other, key)),
                            mend="remove one of them, or correct its name",
                        )


class OneAddressPerDevice(Check[Supplied]):
    """Two devices of a host have the same PCI address."""

    id = "MLG-F012"
    title = "A PCI address stands once on a host"
    reason = "one device was written twice, and a GPU that is not there would be planned with"
    source = "field rule F17"

    @classmethod
    def check(cls, subject: Supplied) -> Iterator[Finding]:
        """Judges GPUs and other devices of every host."""
        for facts in subject.sites:
            for index, host in enumerate(facts.inventory.hosts):
                first: dict[str, Path] = {}
                devices = [
                    *((("gpus", n), gpu.pci) for n, gpu in enumerate(host.gpus)),
                    *((("other_devices", n), d.pci) for n, d in enumerate(host.other_devices)),
                ]
                for at, pci in devices:
                    path = ("hosts", index, *at, "pci")
                    if pci is None or first.setdefault(pci.lower(), path) == path:
                        continue
                    yield cls.breach(
                        f"{host.name} has two devices at {pci}",
                        **subject.at_site(facts, path, first[pci.lower()]),
                        mend="correct one of the addresses, or remove the device",
                    )


class OneSitePerInventory(Check[Supplied]):
    """Two sites are described by the same inventory."""

    id = "MLG-F013"
    title = "An inventory describes one site"
    reason = "its hosts would be counted once for each site that names it"
    source = "design section 3: sites[].inventory"

    @classmethod
    def check(cls, subject: Supplied) -> Iterator[Finding]:
        """Judges the sites of the blueprint."""
        first: dict[str, int] = {}
        for index, site in enumerate(subject.blueprint.storage_compute.sites):
            if site.inventory is None:
                continue
            other = first.setdefault(site.inventory, index)
            if other != index:
                at = ("storage_compute", "sites")
                yield cls.breach(
                    f"site {site.name} names inventory {site.inventory}, which another site has",
                    **subject.at((*at, index, "inventory"), (*at, other, "inventory")),
                    mend="give each site an inventory of its own",
                )


RULES: tuple[type[Check[Supplied]], ...] = (
    KnownInInventory,
    UniqueInInventory,
    OneAddressPerDevice,
    OneSitePerInventory,
)


def _belongings(inventory: SiteInventory) -> Iterator[Belonging]:
    vcenters = {item.ref for item in inventory.vcenters}
    for kind in _IN_VCENTER:
        for index, item in enumerate(getattr(inventory, kind)):
            yield Belonging((kind, index, "vcenter"), "vCenter", item.vcenter, vcenters)
    yield from _of_clusters(inventory)
    switches = {item.name for item in inventory.switches}
    for index, network in enumerate(inventory.networks):
        yield Belonging(("networks", index, "switch"), "switch", network.switch, switches)
    yield from _in_clusters(inventory)


def _of_clusters(inventory: SiteInventory) -> Iterator[Belonging]:
    datacenters = {item.name for item in inventory.datacenters}
    zones = {item.name for item in inventory.zones}
    stated = {cluster.zone for cluster in inventory.clusters if cluster.zone}
    for index, cluster in enumerate(inventory.clusters):
        at = ("clusters", index)
        yield Belonging((*at, "datacenter"), "datacenter", cluster.datacenter, datacenters)
        yield Belonging((*at, "zone"), "zone", cluster.zone, zones)
    for index, supervisor in enumerate(inventory.supervisors):
        for n, name in enumerate(supervisor.zones):
            yield Belonging(("supervisors", index, "zones", n), "zone", name, zones | stated)


def _in_clusters(inventory: SiteInventory) -> Iterator[Belonging]:
    clusters = {item.name for item in inventory.clusters}
    hosts = {item.name for item in inventory.hosts}
    for kind in ("zones", "supervisors", "datastores"):
        for index, item in enumerate(getattr(inventory, kind)):
            for n, name in enumerate(item.clusters):
                yield Belonging((kind, index, "clusters", n), "cluster", name, clusters)
    for index, host in enumerate(inventory.hosts):
        yield Belonging(("hosts", index, "cluster"), "cluster", host.cluster, clusters)
    for index, vm in enumerate(inventory.occupancy):
        yield Belonging(("occupancy", index, "cluster"), "cluster", vm.cluster, clusters)
        yield Belonging(("occupancy", index, "host"), "host", vm.host, hosts)


_IN_VCENTER = (
    "datacenters",
    "clusters",
    "zones",
    "supervisors",
    "libraries",
    "switches",
    "networks",
    "datastores",
    "objects",
)
"""The lists whose items lie in a vCenter."""


def _lists(inventory: SiteInventory) -> Iterator[tuple[str, str, list[tuple[str, str]]]]:
    """Each list of named objects: its key, the key of the name, and the full names."""
    yield "vcenters", "ref", [("", item.ref) for item in inventory.vcenters]
    yield "hosts", "name", [("", item.name) for item in inventory.hosts]
    yield "supervisors", "ref", [(s.vcenter or "", s.ref) for s in inventory.supervisors]
    for kind in ("datacenters", "zones", "libraries", "switches", "datastores"):
        items = getattr(inventory, kind)
        yield kind, "name", [(item.vcenter or "", item.name) for item in items]
    yield (
        "clusters",
        "name",
        [
            (f"{item.vcenter or ''}/{item.datacenter or ''}", item.name)
            for item in inventory.clusters
        ],
    )
