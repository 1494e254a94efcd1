"""Who owns what: nothing that others own is made or taken over."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from generator.finding import Check, Finding, Path, Severity
from generator.supply.keepers import kept
from generator.supply.model import SiteInventory
from generator.supply.rules.subject import Supplied

_GOVERNED = ("hosts", "clusters", "switches")
"""What SDDC Manager or the Fleet owns where the lifecycle is a VCF's."""

_ORDERED = ("hosts", "clusters")
"""What VCF can be asked for, where its vCenter says how (``requests``)."""

_FOREIGN_KINDS = ("role", "identity-source")
"""Kinds of the list ``objects`` that are only looked up unless said otherwise."""

_NOUNS = {
    "datacenters": "datacenter",
    "clusters": "cluster",
    "zones": "zone",
    "supervisors": "Supervisor",
    "libraries": "content library",
    "switches": "switch",
    "networks": "network",
    "hosts": "host",
    "datastores": "datastore",
    "objects": "object",
}


class Owned(NamedTuple):
    """An outside object with its stated ownership."""

    path: Path
    noun: str
    name: str
    manage: str
    vcenter: str | None

    @property
    def what(self) -> str:
        """The object in words."""
        return f"{self.noun} {self.name}"


class GovernedElsewhere(Check[Supplied]):
    """Something that SDDC Manager owns would be made or taken over."""

    id = "MLG-F030"
    title = "Under VCF, hosts, clusters and switches are only referenced"
    reason = "SDDC Manager or the Fleet owns them: it would undo the change, or break on it"
    source = "field rule F25"

    @classmethod
    def check(cls, subject: Supplied) -> Iterator[Finding]:
        """Judges the inventories of vCenters whose lifecycle is a VCF's."""
        for facts in subject.sites:
            for owned in _owned(facts.inventory, _GOVERNED):
                vcenter = kept(facts.inventory, owned.vcenter)
                if vcenter is None:
                    continue
                can_be_asked = owned.manage == "create" and owned.path[0] in _ORDERED
                if can_be_asked and vcenter.requests is not None:
                    continue
                order = f"; or state requests on vCenter {vcenter.ref}, which orders it there"
                yield cls.breach(
                    f"{owned.what} is to be managed ({owned.manage}), but {vcenter.lifecycle} "
                    "owns it",
                    **subject.at_site(facts, owned.path),
                    mend="set manage: reference, and ask for the change by the request sheet"
                    + (order if can_be_asked else ""),
                )


class CreatedOnEmptyTarget(Check[Supplied]):
    """Something would be made that nearly always exists already."""

    id = "MLG-F031"
    title = "Outside objects are made only on an empty target"
    severity = Severity.WARNING
    reason = (
        "the provider's defaults switch DRS and HA off, replace a Supervisor for a new DNS "
        "server, and take foreign rights away; where something is there already it is an error"
    )
    source = "field rules F1 and F2"

    @classmethod
    def check(cls, subject: Supplied) -> Iterator[Finding]:
        """Judges every ``manage: create`` of what is referenced by default."""
        for facts in subject.sites:
            inventory, tenants = facts.inventory, _tenants(facts.inventory)
            for owned in _owned(inventory, tuple(_NOUNS)):
                governed = owned.path[0] in _GOVERNED
                vcf = kept(inventory, owned.vcenter) is not None
                if owned.manage != "create" or (governed and vcf):
                    continue
                tenant = tenants.get((str(owned.path[0]), owned.name))
                yield cls.breach(
                    f"{owned.what} is to be made"
                    + (f", but {tenant} is in it" if tenant else " on an empty target"),
                    **subject.at_site(facts, owned.path),
                    mend="set manage: reference"
                    if tenant
                    else "set manage: reference if it exists; else waive this for the first apply",
                    severity=Severity.ERROR if tenant else None,
                )


RULES: tuple[type[Check[Supplied]], ...] = (GovernedElsewhere, CreatedOnEmptyTarget)


def _owned(inventory: SiteInventory, kinds: tuple[str, ...]) -> Iterator[Owned]:
    """The objects of these kinds that would be made or adopted."""
    homes = {cluster.name: cluster.vcenter for cluster in inventory.clusters}
    for kind in kinds:
        for index, item in enumerate(getattr(inventory, kind)):
            if item.manage in (None, "reference"):
                continue
            if kind == "objects" and item.kind not in _FOREIGN_KINDS:
                continue
            noun = item.kind if kind == "objects" else _NOUNS[kind]
            vcenter = homes.get(item.cluster) if kind == "hosts" else item.vcenter
            yield Owned((kind, index, "manage"), noun, _name(item), item.manage, vcenter)


def _name(item: object) -> str:
    keys = ("name", "ref", "port_group", "role")
    return next(str(getattr(item, key)) for key in keys if getattr(item, key, None))


def _tenants(inventory: SiteInventory) -> dict[tuple[str, str], str]:
    """What is known to be in the objects of an inventory, by kind and name."""
    inside: dict[tuple[str, str], str] = {}
    for kind, name, tenant in _inside(inventory):
        inside.setdefault((kind, name or ""), tenant)
    return inside


def _inside(inventory: SiteInventory) -> Iterator[tuple[str, str | None, str]]:
    """Kind and name of what is not empty, with what is in it; what is to be made is nowhere yet."""
    for vm in inventory.occupancy:
        yield "hosts", vm.host, f"VM {vm.name}"
        yield "clusters", vm.cluster, f"VM {vm.name}"
    for host in inventory.hosts:
        if host.manage != "create":
            yield "clusters", host.cluster, f"host {host.name}"
    for cluster in inventory.clusters:
        if cluster.manage != "create":
            yield "datacenters", cluster.datacenter, f"cluster {cluster.name}"
        if cluster.shared:
            yield "clusters", cluster.name, "the work of others"
    yield from _kept_by(inventory)


def _kept_by(inventory: SiteInventory) -> Iterator[tuple[str, str | None, str]]:
    """The same of datastores and Supervisors."""
    for datastore in inventory.datastores:
        if datastore.used_bytes is not None and datastore.used_bytes.value > 0:
            yield "datastores", datastore.name, "data"
    for supervisor in inventory.supervisors:
        if supervisor.id is not None:
            yield "supervisors", supervisor.ref, "a Supervisor that runs"
