"""What the site inventory states, as objects that ought to be there: supply that drifts (F5).

Only what is stated counts: an unknown fact is no assertion. No release changes these facts, so
they are the same on the applied and on the desired side.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping

from generator.catalog import Catalog
from generator.diff.asserted.record import Asserted
from generator.diff.asserted.site_facts import Facts, Fields, stated, whole
from generator.diff.asserted.site_hosts import hosts
from generator.supply import model as site
from generator.supply.model import SiteInventory
from generator.vcenter.snapshot import Value

DRS_LEVELS = {
    "fully-automated": "fullyAutomated",
    "partially-automated": "partiallyAutomated",
    "manual": "manual",
}
DATASTORE_TYPES = {
    "vsan-esa": "vsan",
    "vsan-osa": "vsan",
    "vmfs-fc": "VMFS",
    "vmfs-iscsi": "VMFS",
    "vmfs-nvmeof": "VMFS",
    "vmfs-local": "VMFS",
    "nfs3": "NFS",
    "nfs41": "NFS41",
    "vvol": "VVOL",
}
"""Source: vSphere Web Services API, DatastoreSummary.type."""

KINDS = {
    "resource-pool": "resource-pool",
    "vm-class": "vm-class",
    "storage-policy": "storage-policy",
    "namespace": "namespace",
    "tag-category": "tag-category",
    "role": "role",
}
"""Kinds of other objects whose name in an inventory is their key in a snapshot."""


def site_objects(
    vcenter: str, inventories: Iterable[SiteInventory], catalog: Catalog
) -> Iterator[Asserted]:
    """All that the inventories state of one vCenter."""
    for inventory in inventories:
        facts = Facts(vcenter, inventory, catalog, len(inventory.vcenters) == 1)
        if any(one.ref == vcenter for one in inventory.vcenters):
            for of_section in SECTIONS.values():
                yield from of_section(facts)


def _vcenters(facts: Facts) -> Iterator[Asserted]:
    for it in facts.inventory.vcenters:
        if it.ref == facts.vcenter:
            yield stated(facts, "vcenter", "", {"version": it.version})


def _datacenters(facts: Facts) -> Iterator[Asserted]:
    for it in facts.inventory.datacenters:
        if facts.here(it.vcenter) and it.manage != "create":
            yield stated(facts, "datacenter", it.name, {})


def _clusters(facts: Facts) -> Iterator[Asserted]:
    for it in facts.inventory.clusters:
        if facts.here(it.vcenter) and it.manage != "create":
            within = (("datacenter", it.datacenter),) if it.datacenter else ()
            yield stated(facts, "cluster", it.name, _cluster_fields(it), within)


def _cluster_fields(it: site.Cluster) -> Fields:
    ha = it.ha or site.HighAvailability()
    reserves = (ha.cpu_reserve_ratio, ha.memory_reserve_ratio)
    cpu, memory = (None if one is None else round(float(one.value) * 100) for one in reserves)
    stated = (ha.host_failures, cpu, memory)
    on = ha.enabled if ha.enabled is not None else any(stated) or None
    return {
        "drs_enabled": None if it.drs is None else it.drs != "off",
        "drs_automation": DRS_LEVELS.get(it.drs or ""),
        "ha_enabled": on,
        "ha_host_failures": ha.host_failures,
        "ha_cpu_reserve_percent": cpu,
        "ha_memory_reserve_percent": memory,
        "evc": it.evc,
        "configuration_profile": it.configuration_profile,
    }


def _zones(facts: Facts) -> Iterator[Asserted]:
    for it in facts.inventory.zones:
        if facts.here(it.vcenter) and it.manage != "create":
            yield stated(facts, "zone", it.name, {"clusters": _some(it.clusters)})
    named = {it.name for it in facts.inventory.zones}
    for cluster in facts.inventory.clusters:
        if facts.here(cluster.vcenter) and cluster.zone and cluster.zone not in named:
            yield stated(facts, "zone", cluster.zone, {"clusters": (cluster.name,)})


def _supervisors(facts: Facts) -> Iterator[Asserted]:
    for it in facts.inventory.supervisors:
        if facts.here(it.vcenter) and it.manage != "create":
            fields: Fields = {
                "clusters": _some(it.clusters),
                "zones": _some(it.zones),
                "version": it.version,
                "control_plane_size": it.control_plane_size,
                "service_cidr": it.service_cidr,
            }
            yield stated(facts, "supervisor", it.ref, fields, ident=it.id or "", called=not it.id)


def _libraries(facts: Facts) -> Iterator[Asserted]:
    for it in facts.inventory.libraries:
        if facts.here(it.vcenter) and it.manage != "create":
            kind = {True: "SUBSCRIBED", False: "LOCAL", None: None}[it.subscribed]
            yield stated(facts, "content-library", it.name, {"type": kind}, ident=it.id or "")


def _switches(facts: Facts) -> Iterator[Asserted]:
    for it in facts.inventory.switches:
        if facts.here(it.vcenter) and it.manage != "create" and it.kind != "standard":
            yield stated(facts, "switch", it.name, {"mtu": it.mtu})


def _networks(facts: Facts) -> Iterator[Asserted]:
    for it in facts.inventory.networks:
        if facts.here(it.vcenter) and it.port_group and it.manage != "create":
            yield stated(facts, "network", it.port_group, {"vlan": it.vlan, "switch": it.switch})


def _datastores(facts: Facts) -> Iterator[Asserted]:
    inside: dict[str, list[str]] = {}
    for host in facts.inventory.hosts:
        inside.setdefault(host.cluster or "", []).append(host.name)
    mine = facts.cluster_names()
    for it in facts.inventory.datastores:
        if it.manage == "create" or not (
            facts.here(it.vcenter) or (it.vcenter is None and mine & set(it.clusters))
        ):
            continue
        fields: Fields = {
            "type": DATASTORE_TYPES.get(it.kind or ""),
            "capacity_bytes": whole(it.usable_bytes),
            "accessible": True,
            "hosts": _some(name for cluster in it.clusters for name in inside.get(cluster, ())),
            "tags": _some(f"{tag.category}/{tag.tag}" for tag in it.tags),
        }
        yield stated(facts, "datastore", it.name, fields)


def _objects(facts: Facts) -> Iterator[Asserted]:
    """Objects that exist and have no section of their own."""
    for it in facts.inventory.objects:
        kind = KINDS.get(it.kind)
        if kind and facts.here(it.vcenter) and it.manage == "reference":
            key = f"{it.within}/{it.name}" if kind == "resource-pool" and it.within else it.name
            yield stated(facts, kind, key, {}, ident=it.id or "")
        elif it.kind == "tag" and facts.here(it.vcenter) and it.manage == "reference":
            yield stated(facts, "tag", f"{it.within}/{it.name}", {})


SECTIONS: Mapping[str, Callable[[Facts], Iterator[Asserted]]] = {
    "vcenters": _vcenters,
    "datacenters": _datacenters,
    "clusters": _clusters,
    "zones": _zones,
    "supervisors": _supervisors,
    "libraries": _libraries,
    "switches": _switches,
    "networks": _networks,
    "hosts": hosts,
    "datastores": _datastores,
    "objects": _objects,
}
"""What a section of an inventory states."""

UNSTATED = {
    "metadata": "about the document",
    "owners": "who to ask",
    "naming": "a convention, not an object",
    "services": "addresses of services outside vCenter",
    "occupancy": "what runs comes and goes (F9); it is who is known, not what ought to be",
}
"""Sections that state nothing about an object of vCenter, and why."""


def _some(texts: Iterable[str]) -> Value:
    """A set of texts; none stated is unknown."""
    return tuple(sorted(set(texts))) or None
