"""Input for the Terraform provider ``vmware/vcf``: an order as its keeper can apply it (F25).

It is handed over and never applied here: no root of this project, in no manifest, with a state of
its keeper's. Each release has a folder of its own, so that no state ever meets the order of another
release and loses what that one no longer asks for. Source of every argument: vmware/vcf 0.18.1.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from generator.handoff.orders import Order, OrderedCluster, orders
from generator.render.engine import fill, table_if_any
from generator.render.escape import Escaped, hcl, hcl_label
from generator.render.target import RenderedFile
from generator.supply.model import SiteInventory

PROVIDER_VERSION = "0.18.1"
"""The ``vmware/vcf`` release that the input is written and checked for."""

EVC_MODES = (
    "INTEL_MEROM", "INTEL_PENRYN", "INTEL_NEALEM", "INTEL_WESTMERE", "INTEL_SANDYBRIDGE",
    "INTEL_IVYBRIDGE", "INTEL_HASWELL", "INTEL_BROADWELL", "INTEL_SKYLAKE", "INTEL_CASCADELAKE",
    "AMD_REV_E", "AMD_REV_F", "AMD_GREYHOUND_NO3DNOW", "AMD_GREYHOUND", "AMD_BULLDOZER",
    "AMD_PILEDRIVER", "AMD_STREAMROLLER", "AMD_ZEN",
)  # fmt: skip
"""The EVC modes that ``vcf_cluster.evc_mode`` takes; newer ones are set by hand."""

_FILES: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("README.md", ()),
    ("versions.tf", ()),
    ("provider.tf", ()),
    ("variables.tf", ()),
    ("cluster_variables.tf", ("clusters",)),
    ("storage_variables.tf", ("on_nfs", "unknown_storage", "free")),
    ("hosts.tf", ()),
    ("new_clusters.tf", ("made",)),
    ("existing_clusters.tf", ("extended",)),
    ("extended_clusters.tf", ("extended",)),
)
"""Each file with the parts of an order that it is for; one without parts is in every order."""

FREE_POOL = Escaped("free__hosts")
"""The label of what hosts without a cluster need; no name of a cluster becomes it."""

View = dict[str, Any]


def folder(vcenter: str, release: str) -> str:
    """Where the input for one vCenter lies, relative to the platform's folder."""
    return f"handoff/vcf/{vcenter}/{release}"


def vcf_input(
    platform: str, release: str, inventories: Mapping[str, SiteInventory]
) -> Iterator[RenderedFile]:
    """The files of every order; none where nobody asks for any."""
    for order in orders(inventories):
        at = folder(order.vcenter, release)
        view = _view(platform, release, order)
        for name, parts in _FILES:
            if not parts or any(view[part] for part in parts):
                yield RenderedFile(f"{at}/{name}", fill(f"handoff/vcf/{name}.j2", **view))


def _view(platform: str, release: str, order: Order) -> View:
    """An order as the templates print it."""
    clusters = order.clusters
    hosts = [_host(name, each) for each in clusters for name in each.hosts]
    hosts += [_host(name, None) for name in order.free]
    names = [host["name"] for host in hosts]
    new = [each for each in clusters if each.new]
    return {
        "platform": platform,
        "release": release,
        "vcenter": order.vcenter,
        "keeper": order.keeper,
        "provider_version": PROVIDER_VERSION,
        "hosts": hosts,
        "credentials": table_if_any(names),
        "short": table_if_any(name for name in names if "." not in name),
        "pools": [{"label": hcl_label(each.name), "name": each.name} for each in clusters],
        "clusters": table_if_any(each.name for each in clusters),
        "new_clusters": table_if_any(each.name for each in new),
        "free": [{"label": FREE_POOL}] if order.free else [],
        "unknown_storage": table_if_any(each.name for each in clusters if not each.storage),
        "on_nfs": table_if_any(each.name for each in new if each.storage == "NFS"),
        "made": [_made(each) for each in new],
        "extended": [_extended(each) for each in clusters if not each.new],
        "by_hand": table_if_any(_by_hand(new)),
    }


def _host(name: str, cluster: OrderedCluster | None) -> View:
    """A host to be commissioned; without a cluster it stays in the free pool."""
    key = hcl(cluster.name) if cluster else Escaped("")
    pool = f"data.vcf_network_pool.{hcl_label(cluster.name) if cluster else FREE_POOL}.id"
    storage = Escaped("var.free_hosts.storage_type")
    if cluster is not None:
        known = hcl(cluster.storage)
        storage = known if cluster.storage else Escaped(f"var.storage_types[{key}]")
    return {
        "name": name,
        "label": hcl_label(name),
        "cluster": cluster.name if cluster else "free pool",
        "fqdn": hcl(name) if "." in name else Escaped(f"var.fqdns[{hcl(name)}]"),
        "network_pool_id": Escaped(pool),
        "storage_type": storage,
    }


def _both(cluster: OrderedCluster) -> View:
    return {
        "name": cluster.name,
        "label": hcl_label(cluster.name),
        "hosts": [{"label": hcl_label(name)} for name in cluster.hosts],
    }


def _made(cluster: OrderedCluster) -> View:
    """A new cluster; storage is one of four blocks, and what is not stated is left out."""
    evc = _evc(cluster)
    vlan = cluster.overlay_vlan
    stored = [{"names": cluster.datastores, "name": name} for name in cluster.datastores[:1]]
    vsan = cluster.storage in ("VSAN", "VSAN_ESA")
    return {
        **_both(cluster),
        "arguments": _aligned(
            ("domain_id", Escaped(f"data.vcf_domain.{hcl_label(cluster.name)}.id")),
            ("name", hcl(cluster.name)),
            ("cluster_image_id", Escaped(f"var.new_clusters[{hcl(cluster.name)}].image_id")),
            ("evc_mode", hcl(evc) if evc else None),
            (
                "high_availability_enabled",
                None if cluster.high_availability is None else hcl(cluster.high_availability),
            ),
            (
                "geneve_vlan_id",
                Escaped(f"var.new_clusters[{hcl(cluster.name)}].geneve_vlan_id")
                if vlan is None
                else hcl(vlan),
            ),
        ),
        "vsan": [{**one, "esa": cluster.storage == "VSAN_ESA"} for one in stored if vsan],
        "vmfs": stored if cluster.storage == "VMFS_FC" else [],
        "nfs": [{}] if cluster.storage == "NFS" else [],
    }


def _extended(cluster: OrderedCluster) -> View:
    """A cluster that is there: whatever it has stays as SDDC Manager says, the new hosts join."""
    return {**_both(cluster), "present": cluster.present, "names": _fqdns(cluster.hosts)}


def _fqdns(names: tuple[str, ...]) -> Escaped:
    """The host names as an HCL list; those without a domain by their variable."""
    each = (hcl(name) if "." in name else f"var.fqdns[{hcl(name)}]" for name in names)
    return Escaped(f"[{', '.join(each)}]")


def _evc(cluster: OrderedCluster) -> str:
    """The EVC mode as the provider spells it, "" where it takes none of that name."""
    word = cluster.evc.upper().replace("-", "_")
    return word if word in EVC_MODES else ""


def _by_hand(clusters: list[OrderedCluster]) -> Iterator[View]:
    """What an order asks for and the provider has no argument for."""
    for cluster in clusters:
        if cluster.evc not in ("", "off") and not _evc(cluster):
            yield {"cluster": cluster.name, "what": f"EVC {cluster.evc}"}


def _aligned(*pairs: tuple[str, Escaped | None]) -> list[View]:
    """Arguments with their names padded to one width, as ``terraform fmt`` wants them."""
    kept = [(name, value) for name, value in pairs if value is not None]
    width = max(len(name) for name, _ in kept)
    return [{"name": Escaped(name.ljust(width)), "value": value} for name, value in kept]
