"""What the site inventory states, as objects that ought to be there: supply that drifts (F5).

Only what is stated counts: an unknown fact is no assertion. No release changes these facts, so
they are the same on the applied and on the desired side.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import NamedTuple

from generator.blueprint.model.hosts import GpuDevice, Host
from generator.catalog import Catalog
from generator.diff.asserted.ground import person
from generator.diff.asserted.record import Asserted
from generator.quantity import Quantity
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

Fields = dict[str, Value]


class Facts(NamedTuple):
    """One site as one vCenter has it; ``alone`` where the site has no other vCenter."""

    vcenter: str
    inventory: SiteInventory
    catalog: Catalog
    alone: bool

    def here(self, vcenter: str | None) -> bool:
        """Whether something stated of a vCenter, or of none, is of this one."""
        return vcenter == self.vcenter or (vcenter is None and self.alone)

    def cluster_names(self) -> set[str]:
        """The clusters of this vCenter."""
        return {c.name for c in self.inventory.clusters if self.here(c.vcenter)}


def site_objects(
    vcenter: str, inventories: Iterable[SiteInventory], catalog: Catalog
) -> Iterator[Asserted]:
    """All that the inventories state of one vCenter."""
    for inventory in inventories:
        facts = Facts(vcenter, inventory, catalog, len(inventory.vcenters) == 1)
        if any(one.ref == vcenter for one in inventory.vcenters):
            for of_section in SECTIONS.values():
                yield from of_section(facts)


def _stated(
    facts: Facts,
    kind: str,
    key: str,
    fields: Mapping[str, Value],
    within: tuple[tuple[str, str], ...] = (),
    ident: str = "",
    *,
    called: bool = True,
) -> Asserted:
    """An object of others; a fact that is None is unknown and left out."""
    known = {name: value for name, value in fields.items() if value is not None}
    what = f"{kind} {key}".strip()
    words = f"find out who changed {what}, or correct SiteInventory {_name(facts)}"
    return Asserted(
        kind=kind,
        key=key,
        vcenter=facts.vcenter,
        owner="reference",
        fields=known,
        ident=ident,
        called=called,
        within=within,
        facts=frozenset(known),
        known=True,
        mends={"": person(words)},
    )


def _name(facts: Facts) -> str:
    return facts.inventory.metadata.name


def _vcenters(facts: Facts) -> Iterator[Asserted]:
    for it in facts.inventory.vcenters:
        if it.ref == facts.vcenter:
            yield _stated(facts, "vcenter", "", {"version": it.version})


def _datacenters(facts: Facts) -> Iterator[Asserted]:
    for it in facts.inventory.datacenters:
        if facts.here(it.vcenter) and it.manage != "create":
            yield _stated(facts, "datacenter", it.name, {})


def _clusters(facts: Facts) -> Iterator[Asserted]:
    for it in facts.inventory.clusters:
        if facts.here(it.vcenter) and it.manage != "create":
            within = (("datacenter", it.datacenter),) if it.datacenter else ()
            yield _stated(facts, "cluster", it.name, _cluster_fields(it), within)


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
            yield _stated(facts, "zone", it.name, {"clusters": _some(it.clusters)})
    named = {it.name for it in facts.inventory.zones}
    for cluster in facts.inventory.clusters:
        if facts.here(cluster.vcenter) and cluster.zone and cluster.zone not in named:
            yield _stated(facts, "zone", cluster.zone, {"clusters": (cluster.name,)})


def _supervisors(facts: Facts) -> Iterator[Asserted]:
    for it in facts.inventory.supervisors:
        if facts.here(it.vcenter) and it.manage != "create":
            fields: Fields = {
                "clusters": _some(it.clusters),
                "zones": _some(it.zones),
                "version": it.version,
                "control_plane_size": it.control_plane_size,
            }
            yield _stated(facts, "supervisor", it.ref, fields, ident=it.id or "", called=not it.id)


def _libraries(facts: Facts) -> Iterator[Asserted]:
    for it in facts.inventory.libraries:
        if facts.here(it.vcenter) and it.manage != "create":
            kind = {True: "SUBSCRIBED", False: "LOCAL", None: None}[it.subscribed]
            yield _stated(facts, "content-library", it.name, {"type": kind}, ident=it.id or "")


def _switches(facts: Facts) -> Iterator[Asserted]:
    for it in facts.inventory.switches:
        if facts.here(it.vcenter) and it.manage != "create" and it.kind != "standard":
            yield _stated(facts, "switch", it.name, {"mtu": it.mtu})


def _networks(facts: Facts) -> Iterator[Asserted]:
    for it in facts.inventory.networks:
        if facts.here(it.vcenter) and it.port_group and it.manage != "create":
            yield _stated(facts, "network", it.port_group, {"vlan": it.vlan, "switch": it.switch})


def _hosts(facts: Facts) -> Iterator[Asserted]:
    mine = facts.cluster_names()
    for host in facts.inventory.hosts:
        if host.manage == "create" or not (host.cluster in mine or facts.alone):
            continue
        within = (("cluster", host.cluster),) if host.cluster else ()
        yield _stated(facts, "host", host.name, _host_fields(host), within)
        for nic in host.nics:
            if nic.name:
                speed = _bits(nic.speed_bytes_per_s)
                key = f"{host.name}/{nic.name}"
                inside = (("host", host.name), *within)
                yield _stated(facts, "nic", key, {"speed_mbit": speed}, inside)
        for gpu in host.gpus:
            if gpu.pci:
                inside = (("host", host.name), *within)
                key = f"{host.name}/{gpu.pci.lower()}"
                yield _stated(facts, "gpu", key, _gpu_fields(facts.catalog, gpu), inside)


def _host_fields(host: Host) -> Fields:
    cpu = host.cpu
    sockets, each = (cpu.sockets, cpu.cores_per_socket) if cpu else (None, None)
    return {
        "cluster": host.cluster,
        "sockets": sockets,
        "cores": sockets * each if sockets and each else None,
        "memory_bytes": _whole(host.memory_bytes),
        "version": host.version,
    }


def _gpu_fields(catalog: Catalog, gpu: GpuDevice) -> Fields:
    """The board by its ids where the catalogue knows them, its place, and the mode stated."""
    board = catalog.accelerator(gpu.model)
    ids = tuple(sorted({one.device.lower() for one in board.pci_ids}))
    fields: Fields = {"device_id": ids or None, "model": board.product}
    fields["numa_node"] = gpu.numa
    if gpu.mode == "passthrough":
        fields["passthrough"] = True
    elif gpu.mode in ("mig", "mig-time-sliced"):
        fields["vgpu_mode"] = "multiInstanceGpu"
    elif gpu.mode == "time-sliced":
        fields["vgpu_mode"] = "mixedSize" if gpu.mixed_size else "sameSize"
    return fields


def _datastores(facts: Facts) -> Iterator[Asserted]:
    hosts: dict[str, list[str]] = {}
    for host in facts.inventory.hosts:
        hosts.setdefault(host.cluster or "", []).append(host.name)
    mine = facts.cluster_names()
    for it in facts.inventory.datastores:
        if it.manage == "create" or not (
            facts.here(it.vcenter) or (it.vcenter is None and mine & set(it.clusters))
        ):
            continue
        fields: Fields = {
            "type": DATASTORE_TYPES.get(it.kind or ""),
            "capacity_bytes": _whole(it.usable_bytes),
            "accessible": True,
            "hosts": _some(name for cluster in it.clusters for name in hosts.get(cluster, ())),
            "tags": _some(f"{tag.category}/{tag.tag}" for tag in it.tags),
        }
        yield _stated(facts, "datastore", it.name, fields)


def _objects(facts: Facts) -> Iterator[Asserted]:
    """Objects that exist and have no section of their own."""
    for it in facts.inventory.objects:
        kind = KINDS.get(it.kind)
        if kind and facts.here(it.vcenter) and it.manage == "reference":
            key = f"{it.within}/{it.name}" if kind == "resource-pool" and it.within else it.name
            yield _stated(facts, kind, key, {}, ident=it.id or "")
        elif it.kind == "tag" and facts.here(it.vcenter) and it.manage == "reference":
            yield _stated(facts, "tag", f"{it.within}/{it.name}", {})


SECTIONS: Mapping[str, Callable[[Facts], Iterator[Asserted]]] = {
    "vcenters": _vcenters,
    "datacenters": _datacenters,
    "clusters": _clusters,
    "zones": _zones,
    "supervisors": _supervisors,
    "libraries": _libraries,
    "switches": _switches,
    "networks": _networks,
    "hosts": _hosts,
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


def _whole(amount: Quantity | None) -> int | None:
    return None if amount is None else int(amount.value)


def _bits(rate: Quantity | None) -> int | None:
    """Bytes per second as megabit per second."""
    return None if rate is None else int(rate.value * 8) // 1_000_000
