"""What is made on an empty target in the coverage contract, and what beside it a person does."""

from __future__ import annotations

from collections.abc import Iterator

from generator.platform.coverage.row import BY_HAND, Row
from generator.platform.objects import DesiredState
from generator.platform.scope import Scope
from generator.supply.keepers import ordered_clusters, ordered_hosts

_ONCE = "- (made once, then referenced)"


def infrastructure(state: DesiredState, scope: Scope) -> Iterator[Row]:
    """Datacenters, clusters, switches, port groups, libraries and Supervisors that are made."""
    grounds = [vcenter.infrastructure for vcenter in state.vcenters]
    where = "00-infrastructure"
    attributes = sum(bool(g.stamped) and not g.stamp_exists for g in grounds)
    clusters = [cluster for ground in grounds for cluster in ground.clusters]
    for kind, fields, number in (
        ("custom-attribute", "all", attributes),
        ("datacenter", "all", sum(len(g.datacenters) for g in grounds)),
        ("cluster", "DRS, HA, admission control, EVC, vSAN", len(clusters)),
        ("switch", "MTU, uplinks, network I/O control", sum(len(g.switches) for g in grounds)),
        ("port-group", "VLAN, teaming", sum(len(g.port_groups) for g in grounds)),
    ):
        adopted = "import" if kind == "custom-attribute" else _ONCE
        yield kind, fields, "terraform", where, adopted, "all", number
    libraries = sum(len(ground.libraries) for ground in grounds)
    yield "content-library", "all", "terraform", "10-foundation", "import", "all", libraries
    wishes = sum(len(vcenter.supervisors) for vcenter in state.vcenters)
    seen = "name, clusters, zones and size by REST; a plan sees nothing"
    yield "supervisor", "all", "terraform", "25-supervisor", _ONCE, seen, wishes
    where = "vSphere Client: the library of node images, once it runs"
    yield "supervisor", "content libraries", "person", where, BY_HAND, "nothing", wishes
    needs = sum(len(e.supervisor_needs) for e in scope.blueprint.environments.values())
    where = "hand-off: what the Supervisors must do"
    yield "supervisor", "what environments need of it", "person", where, BY_HAND, "-", needs
    taken = sum(len(vcenter.adoptions) for vcenter in state.vcenters)
    where = "imports.tf of the root that would make it"
    fields = "all but words and labels of others"
    yield "adoption", fields, "terraform", where, "import", "all", taken
    yield from _joining(scope, {cluster.name for cluster in clusters})


def _joining(scope: Scope, clusters: set[str]) -> Iterator[Row]:
    """Hosts join a new cluster by hand: Terraform would keep their root password in its state."""
    sites = {h.site: h.inventory for h in scope.homes.values() if h.inventory is not None}
    ordered = {
        (site, host.name)
        for site, inventory in sites.items()
        for vcenter in inventory.vcenters
        for host in ordered_hosts(inventory, vcenter.ref)
    }
    where = "VCF: by the request sheet, and handoff/vcf on demand"
    yield "host", "commissioned into its cluster", "person", where, BY_HAND, "all", len(ordered)
    asked = sum(
        len(ordered_clusters(inventory, vcenter.ref))
        for inventory in sites.values()
        for vcenter in inventory.vcenters
    )
    yield "cluster", "made by VCF", "person", where, BY_HAND, "all", asked
    joining = {
        (site, host.name)
        for site, inventory in sites.items()
        for host in inventory.hosts
        if host.manage == "create" or host.cluster in clusters
    } - ordered
    where = "vSphere Client: add to the cluster, attach to the switch"
    seen = "all once the inventory states it"
    yield "host", "joins its cluster", "person", where, BY_HAND, seen, len(joining)
