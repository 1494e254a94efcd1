"""Terraform root ``00-infrastructure``: what is made on an empty target only (F2)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from generator.platform.objects import (
    ComputeCluster,
    Datacenter,
    DesiredState,
    DistributedSwitch,
    Infrastructure,
    Library,
    PortGroup,
    Vcenter,
)
from generator.platform.stamps import STAMP_CATEGORY
from generator.render.escape import Escaped, hcl, hcl_label
from generator.render.target import RenderedFile
from generator.render.terraform.adopting import ignored
from generator.render.terraform.root import address, datacenter_views, output, root_module

ROOT = "00-infrastructure"

DRS_THRESHOLD = 3
"""vSphere's own middle setting, stated so that no plan depends on a default."""

View = dict[str, Any]


def files(state: DesiredState) -> Iterator[RenderedFile]:
    """One root module per vCenter that has something to be made."""
    for vcenter in state.vcenters:
        made = vcenter.infrastructure
        if made.stamped:
            yield from root_module(state.platform, vcenter, ROOT, _parts(vcenter))


def _parts(vcenter: Vcenter) -> Iterator[tuple[str, View]]:
    made = vcenter.infrastructure
    stamp = [{"label": hcl_label(STAMP_CATEGORY), "name": STAMP_CATEGORY}]
    yield (
        "stamp",
        {
            "made": [] if made.stamp_exists else stamp,
            "found": stamp if made.stamp_exists else [],
        },
    )
    yield "datacenters", {"datacenters": _found_datacenters(vcenter)}
    yield "new_datacenters", {"datacenters": [_datacenter(made, d) for d in made.datacenters]}
    yield "cluster_variables", {"clusters": [{"threshold": DRS_THRESHOLD}] * bool(made.clusters)}
    yield "new_clusters", {"clusters": [_cluster(made, cluster) for cluster in made.clusters]}
    yield "new_switches", {"switches": [_switch(made, switch) for switch in made.switches]}
    yield "switch_references", {"switches": list(_found_switches(made))}
    yield "new_port_groups", {"port_groups": [_port_group(made, g) for g in made.port_groups]}
    yield "outputs", {"outputs": list(_outputs(made))}


def _common(made: Infrastructure, thing: Datacenter | ComputeCluster | DistributedSwitch) -> View:
    return {
        "label": hcl_label(thing.name),
        "name": thing.name,
        "stamp": thing.stamp,
        "attribute": _attribute(made),
    }


def _attribute(made: Infrastructure) -> Escaped:
    """The id of the custom attribute that carries stamps."""
    return address("vsphere_custom_attribute", STAMP_CATEGORY, "id", data=made.stamp_exists)


def _datacenter_id(made: Infrastructure, name: str) -> Escaped:
    """A datacenter's object id: the resource's own id is its name."""
    if any(datacenter.name == name for datacenter in made.datacenters):
        return address("vsphere_datacenter", name, "moid")
    return address("vsphere_datacenter", name, "id", data=True)


def _found_datacenters(vcenter: Vcenter) -> list[View]:
    made = vcenter.infrastructure
    ours = {datacenter.name for datacenter in made.datacenters}
    return datacenter_views(vcenter, sorted({t.datacenter for t in _inside(made)} - ours))


def _inside(made: Infrastructure) -> tuple[ComputeCluster | DistributedSwitch | PortGroup, ...]:
    return (*made.clusters, *made.switches, *made.port_groups)


def _found_switches(made: Infrastructure) -> Iterator[View]:
    ours = {switch.name for switch in made.switches}
    for name, datacenter in sorted({(g.switch, g.datacenter) for g in made.port_groups}):
        if name not in ours:
            yield {
                "label": hcl_label(name),
                "name": name,
                "datacenter_id": _datacenter_id(made, datacenter),
            }


def _datacenter(made: Infrastructure, datacenter: Datacenter) -> View:
    folder = [datacenter.folder] if datacenter.folder else []
    return {**_common(made, datacenter), "folder": folder}


def _cluster(made: Infrastructure, cluster: ComputeCluster) -> View:
    options = _aligned_options(cluster)
    admission = cluster.admission
    by_share = bool(admission.cpu_percent or admission.memory_percent)
    share = {"cpu": max(admission.cpu_percent, 1), "memory": max(admission.memory_percent, 1)}
    return {
        **_common(made, cluster),
        "datacenter_id": _datacenter_id(made, cluster.datacenter),
        "evc": [cluster.evc] if cluster.evc else [],
        "drs_enabled": bool(cluster.drs),
        "drs_level": cluster.drs or "manual",
        "drs_options": [options] if options else [],
        "ha_enabled": admission.enabled,
        "policy": "resourcePercentage" if admission.enabled else "disabled",
        "host_failures": max(admission.host_failures, 1),
        "auto_compute": not by_share,
        "shares": [share] if by_share else [],
        "vsan": bool(cluster.vsan),
        "vsan_esa": cluster.vsan == "esa",
    }


def _aligned_options(cluster: ComputeCluster) -> list[View]:
    """Names as literals of one width, as ``terraform fmt`` wants the keys of a map."""
    names = [hcl(name) for name, _ in cluster.drs_options]
    width = max((len(name) for name in names), default=0)
    return [
        {"name": Escaped(name.ljust(width)), "value": value}
        for name, (_, value) in zip(names, cluster.drs_options, strict=True)
    ]


def _switch(made: Infrastructure, switch: DistributedSwitch) -> View:
    return {
        **_common(made, switch),
        "datacenter_id": _datacenter_id(made, switch.datacenter),
        "mtu_bytes": switch.mtu_bytes,
        "uplinks": switch.uplinks,
        "shares": [
            {"traffic": Escaped(traffic), "count": weight} for traffic, weight in switch.shares
        ],
    }


def _port_group(made: Infrastructure, group: PortGroup) -> View:
    ours = any(switch.name == group.switch for switch in made.switches)
    found = "" if ours else "data."
    switch = f"{found}vsphere_distributed_virtual_switch.{hcl_label(group.switch)}"
    return {
        "label": hcl_label(group.name),
        "name": group.name,
        "stamp": group.stamp,
        "attribute": _attribute(made),
        "switch": Escaped(switch),
        "vlan": group.vlan,
        "teaming": group.teaming,
        "active": group.active,
        "standby": group.standby,
        "uplinks": (*group.active, *group.standby),
    }


def _outputs(made: Infrastructure) -> Iterator[View]:
    for name, description, kind, attribute, things in (
        ("datacenter_ids", "Ids of the datacenters, by name.", "vsphere_datacenter", "moid",
         made.datacenters),
        ("cluster_ids", "Ids of the clusters, by name.", "vsphere_compute_cluster", "id",
         made.clusters),
        ("switch_ids", "UUIDs of the switches, by name.", "vsphere_distributed_virtual_switch",
         "id", made.switches),
        ("port_group_ids", "Ids of the port groups, by name.", "vsphere_distributed_port_group",
         "id", made.port_groups),
    ):  # fmt: skip
        ids = [(thing.name, address(kind, thing.name, attribute)) for thing in things]
        if ids:
            yield output(name, description, ids)


def library_parts(vcenter: Vcenter) -> Iterator[tuple[str, View]]:
    """What content libraries add to root ``10-foundation``."""
    libraries = vcenter.infrastructure.libraries
    stores = sorted({(library.datastore, library.datacenter) for library in libraries})
    yield "datastore_references", {"datastores": [_store(*store) for store in stores]}
    yield "new_libraries", {"libraries": [_library(vcenter, library) for library in libraries]}


def _store(name: str, datacenter: str) -> View:
    return {
        "label": hcl_label(name),
        "name": name,
        "datacenter_id": address("vsphere_datacenter", datacenter, "id", data=True),
    }


def _library(vcenter: Vcenter, library: Library) -> View:
    return {
        "label": hcl_label(library.name),
        "name": library.name,
        "description": library.description,
        "datastore_id": address("vsphere_datastore", library.datastore, "id", data=True),
        "subscriptions": [library.subscription_url] if library.subscription_url else [],
        "ignored": ignored(vcenter, "content-library", library.name),
    }
