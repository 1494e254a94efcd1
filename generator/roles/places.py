"""On which objects of a vCenter the privileges of an operation are needed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping

from generator.platform import gpu_settings
from generator.platform.objects import Machine, Manage, Vcenter
from generator.record import Record, record
from generator.roles.model import Assignment
from generator.supply.model import SiteInventory

PROPAGATES = {"global": True, "datacenter": True, "folder": True, "cluster": True}
"""Kinds whose permission must reach what is below: tags and libraries hang below the global root;
a datacenter's own folders and a cluster's root pool take no permission of their own (PowerCLI
reference, New-VIPermission). All other kinds are the very object that is acted on."""

FOUNDATION = "10-foundation"


@record
class Facts(Record):
    """What is known of one vCenter."""

    vcenter: Vcenter
    inventories: Mapping[str, SiteInventory]

    def machines(self) -> Iterator[Machine]:
        """The VMs that Terraform makes."""
        for fabric in self.vcenter.fabrics:
            yield from (machine for machine in fabric.machines if not machine.vgpus)


@record
class Kind(Record):
    """A kind of place: the kind of its objects, what they serve for, and how they are found."""

    kind: str
    purpose: str
    find: Callable[[Facts], Iterable[str]]


def assignments(place: str, facts: Facts) -> tuple[Assignment, ...]:
    """The objects of a place, sorted; none where nobody has said which they are."""
    kind = PLACES[place].kind
    return tuple(
        Assignment(
            kind=kind,
            name=name,
            propagate=PROPAGATES.get(kind, False),
            below=_datacenter_of(facts, name) if kind == "folder" else "",
            after=FOUNDATION if kind == "folder" else "",
        )
        for name in sorted(set(PLACES[place].find(facts)))
        if name
    )


def _datacenter_of(facts: Facts, path: str) -> str:
    return next((f.datacenter for f in facts.vcenter.folders if f.path == path), "")


def _datacenters(facts: Facts) -> Iterator[str]:
    yield from (folder.datacenter for folder in facts.vcenter.folders)
    yield from (r.name for r in facts.vcenter.references if r.what == "datacenter")
    made = facts.vcenter.infrastructure
    new = {datacenter.name for datacenter in made.datacenters}
    for things in (made.clusters, made.switches, made.port_groups):
        yield from (thing.datacenter for thing in things if thing.datacenter not in new)


def _pool_clusters(facts: Facts) -> Iterator[str]:
    for fabric in facts.vcenter.fabrics:
        yield from (pool.cluster for pool in fabric.pools)
        yield from (machine.cluster for machine in fabric.machines)


def _supervisor_clusters(facts: Facts) -> Iterator[str]:
    """The clusters of the Supervisors that carry our namespaces, or that are to be made."""
    spanned = {zone for wish in facts.vcenter.supervisors for zone in wish.zones}
    yield from (wish.cluster for wish in facts.vcenter.supervisors)
    for inventory in facts.inventories.values():
        yield from (c for zone in inventory.zones if zone.name in spanned for c in zone.clusters)
    used = {n.supervisor for n in facts.vcenter.namespaces if n.manage is not Manage.REFERENCE}
    for inventory in facts.inventories.values():
        for supervisor in inventory.supervisors:
            if supervisor.ref in used and supervisor.vcenter in (None, facts.vcenter.name):
                yield from supervisor.clusters


def _switches(facts: Facts) -> Iterator[str]:
    """The switches of the port groups that VMs stand on."""
    networks = {machine.network for machine in facts.machines()}
    for inventory in facts.inventories.values():
        yield from (n.switch or "" for n in inventory.networks if n.port_group in networks)


def _set_hosts(facts: Facts, *, passthrough: bool) -> Iterator[str]:
    for setting in facts.vcenter.host_settings:
        own = (setting.setting == gpu_settings.PASSTHROUGH) is passthrough
        if setting.actor == "script" and own:
            yield setting.host


def _drs_clusters(facts: Facts) -> Iterator[str]:
    for setting in facts.vcenter.host_settings:
        if setting.actor == "script" and not setting.host:
            yield setting.cluster


PLACES: Mapping[str, Kind] = {
    "global": Kind(kind="global", purpose="", find=lambda _: ("global root",)),
    "vcenter": Kind(kind="vcenter", purpose="", find=lambda facts: (facts.vcenter.name,)),
    "datacenter": Kind(kind="datacenter", purpose="", find=_datacenters),
    "folder": Kind(
        kind="folder", purpose="", find=lambda facts: (f.path for f in facts.vcenter.folders)
    ),
    "pool-cluster": Kind(kind="cluster", purpose="pools", find=_pool_clusters),
    "supervisor-cluster": Kind(kind="cluster", purpose="namespaces", find=_supervisor_clusters),
    "zone-cluster": Kind(
        kind="cluster",
        purpose="zones",
        find=lambda facts: (c for zone in facts.vcenter.zones for c in zone.clusters),
    ),
    "drs-cluster": Kind(kind="cluster", purpose="drs", find=_drs_clusters),
    "gpu-host": Kind(
        kind="host", purpose="graphics", find=lambda facts: _set_hosts(facts, passthrough=False)
    ),
    "passthrough-host": Kind(
        kind="host", purpose="passthrough", find=lambda facts: _set_hosts(facts, passthrough=True)
    ),
    "vm-host": Kind(
        kind="host", purpose="vms", find=lambda facts: (m.host for m in facts.machines())
    ),
    "vm-datastore": Kind(
        kind="datastore", purpose="vms", find=lambda facts: (m.datastore for m in facts.machines())
    ),
    "tagged-datastore": Kind(
        kind="datastore",
        purpose="tags",
        find=lambda facts: (a.datastore for a in facts.vcenter.attachments),
    ),
    "policy-datastore": Kind(
        kind="datastore",
        purpose="policies",
        find=lambda facts: (d for p in facts.vcenter.storage_policies for d in p.datastores),
    ),
    "library-datastore": Kind(
        kind="datastore",
        purpose="libraries",
        find=lambda facts: (x.datastore for x in facts.vcenter.infrastructure.libraries),
    ),
    "vm-network": Kind(
        kind="network", purpose="", find=lambda facts: (m.network for m in facts.machines())
    ),
    "switch": Kind(kind="switch", purpose="", find=_switches),
    "template": Kind(
        kind="vm", purpose="template", find=lambda facts: (m.template for m in facts.machines())
    ),
}
"""The places of the catalogue's operations."""
