"""Terraform root ``25-supervisor``: Supervisors that are made once, on an empty target (F2)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from ipaddress import ip_network
from typing import Any

from generator.platform.objects import Addresses, Attachment, DesiredState, SupervisorWish
from generator.render.escape import Escaped, hcl_label
from generator.render.target import RenderedFile
from generator.render.terraform.root import (
    address,
    datacenter_views,
    output,
    references,
    root_module,
)

ROOT = "25-supervisor"

_ABSENT = "The SiteInventory names what this vCenter does not show; apply the earlier roots first."
_OWN_LOGIN = ("haproxy", "avi")
_EDGE_IDS = {"foundation": "foundation", "haproxy": "haproxy", "avi": "avi", "nsx": "nsx"}
_RESOURCES = {1: "vsphere_supervisor", 2: "vsphere_supervisor_v2"}

View = dict[str, Any]


def files(state: DesiredState) -> Iterator[RenderedFile]:
    """One root module per vCenter that gets a Supervisor."""
    for vcenter in state.vcenters:
        wishes = vcenter.supervisors
        if wishes:
            names = dict.fromkeys(wish.datacenter for wish in wishes)
            yield from root_module(
                state.platform,
                vcenter,
                ROOT,
                (
                    ("datacenters", {"datacenters": datacenter_views(vcenter, names)}),
                    ("supervisor_references", _references(wishes)),
                    ("edge_variables", {"supervisors": _logging_in(wishes)}),
                    (
                        "supervisors_newer",
                        {"supervisors": [_newer(w) for w in wishes if w.generation > 1]},
                    ),
                    (
                        "supervisors_older",
                        {"supervisors": [_older(w) for w in wishes if w.generation == 1]},
                    ),
                    ("outputs", {"outputs": [_ids(wishes)]}),
                ),
            )


def _ids(wishes: Sequence[SupervisorWish]) -> View:
    """What the SiteInventory is told once they run."""
    ids = [(w.name, address(_RESOURCES[w.generation], w.name, "id")) for w in wishes]
    return output("supervisor_ids", "Ids of the Supervisors: state them in the SiteInventory.", ids)


def _logging_in(wishes: Sequence[SupervisorWish]) -> list[View]:
    return [{"label": hcl_label(w.name)} for w in wishes if w.publishing.kind in _OWN_LOGIN]


def _references(wishes: Sequence[SupervisorWish]) -> View:
    placed = {
        (kind, wish.datacenter, name)
        for wish in wishes
        for kind, name in (
            ("vsphere_compute_cluster", wish.cluster),
            ("vsphere_distributed_virtual_switch", wish.switch),
            *(("vsphere_network", attached.port_group) for attached in _attachments(wish)),
        )
        if name
    }
    wide = {
        (kind, name)
        for wish in wishes
        for kind, name in (
            ("vsphere_storage_policy", wish.storage_policy),
            ("vsphere_content_library", wish.library if wish.generation == 1 else ""),
            *(("vsphere_zone", zone) for zone in wish.zones),
        )
        if name
    }
    return {
        "things": [
            {
                **_found(kind, name),
                "datacenter_id": address("vsphere_datacenter", datacenter, "id", data=True),
            }
            for kind, datacenter, name in sorted(placed)
        ],
        "wide": [_found(kind, name) for kind, name in sorted(wide)],
    }


def _found(kind: str, name: str) -> View:
    return {"kind": Escaped(kind), "label": hcl_label(name), "name": name, "error": _ABSENT}


def _attachments(wish: SupervisorWish) -> Iterator[Attachment]:
    for attached in (wish.management, wish.workload, wish.publishing.interface):
        if attached is not None:
            yield attached


def _newer(wish: SupervisorWish) -> View:
    edge = wish.publishing
    server = {"address": edge.address, "port": edge.port}
    on_nsx = edge.kind == "nsx"
    return {
        **_both(wish),
        "cluster_ids": [_id("vsphere_compute_cluster", wish.cluster)] if wish.cluster else [],
        "zone_ids": [references(_id("vsphere_zone", z) for z in wish.zones)] if wish.zones else [],
        "nodes": wish.nodes,
        "on_switch": [_attached(wish.workload)] if wish.workload else [],
        "on_nsx": [_id("vsphere_distributed_virtual_switch", wish.switch)] if wish.switch else [],
        "assignments": list(_assignments(wish)),
        "edge_id": _EDGE_IDS[edge.kind],
        "virtual_ips": _range(edge.ingress) if on_nsx else _block(edge.virtual_ips),
        "foundation": [_foundation(wish, edge.interface)] if edge.interface else [],
        "haproxy": [server] if edge.kind == "haproxy" else [],
        "avi": [server] if edge.kind == "avi" else [],
        "nsx": [
            {
                "edge_cluster": edge.edge_cluster,
                "tier0": [edge.tier0] if edge.tier0 else [],
                "egress": _range(edge.egress),
            }
        ]
        if on_nsx
        else [],
        "dns_names": [f"{wish.name}.{domain}" for domain in wish.search_domains],
    }


def _older(wish: SupervisorWish) -> View:
    management = _attached(wish.management)
    router, _, prefix = wish.management.gateway.partition("/")
    edge = wish.publishing
    return {
        **_both(wish),
        "management": {
            **management,
            "router": router,
            "mask": str(ip_network(f"0.0.0.0/{prefix}").netmask),
        },
        "cluster_id": _id("vsphere_compute_cluster", wish.cluster),
        "library_id": _id("vsphere_content_library", wish.library),
        "switch_id": _id("vsphere_distributed_virtual_switch", wish.switch),
        "edge_cluster": edge.edge_cluster,
        # The older resource takes one domain and refuses more.
        "search_domains": wish.search_domains[:1],
        "ranges": [
            {"name": Escaped(name), "address": first, "prefix": int(length)}
            for name, text in (
                ("ingress_cidr", edge.ingress),
                ("egress_cidr", edge.egress),
                ("pod_cidr", wish.pod_cidr),
                ("service_cidr", wish.service_cidr),
            )
            for first, _, length in (text.partition("/"),)
        ],
    }


def _both(wish: SupervisorWish) -> View:
    return {
        "label": hcl_label(wish.name),
        "name": wish.name,
        "size": wish.size,
        "policy_id": _id("vsphere_storage_policy", wish.storage_policy),
        "management": _attached(wish.management),
        "dns": wish.dns,
        "ntp": wish.ntp,
        "search_domains": wish.search_domains,
    }


def _foundation(wish: SupervisorWish, interface: Attachment) -> View:
    """Two load balancers where the control plane has several nodes too."""
    pair = "ACTIVE_PASSIVE" if wish.nodes > 1 else "SINGLE_NODE"
    return {**_attached(interface), "availability": pair}


def _assignments(wish: SupervisorWish) -> Iterator[View]:
    if wish.workload is not None:
        yield {"assignee": "NODE", **_block(wish.workload.addresses)}
    else:
        yield {"assignee": "POD", **_range(wish.pod_cidr)}
    yield {"assignee": "SERVICE", **_range(wish.service_cidr)}


def _attached(attachment: Attachment) -> View:
    return {
        "network_id": _id("vsphere_network", attachment.port_group),
        "gateway": attachment.gateway,
        **_block(attachment.addresses),
    }


def _block(addresses: Addresses) -> View:
    return {"first": addresses.first, "count": addresses.count}


def _range(text: str) -> View:
    """A range as its first address and how many there are."""
    network = ip_network(text, strict=False)
    return {"first": str(network.network_address), "count": network.num_addresses}


def _id(kind: str, name: str) -> Escaped:
    return address(kind, name, "id", data=True)
