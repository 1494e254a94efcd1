"""What a site inventory says is there already, as vCenter shows it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from generator.catalog import Catalog

if TYPE_CHECKING:
    from tests.diff.live import World


GIB = 1 << 30

_DRS = {"fully-automated": "fullyAutomated"}
_TYPES = {"vsan-esa": "vsan", "vsan-osa": "vsan", "nfs41": "NFS41", "nfs3": "NFS"}


def site_facts(world: World) -> None:
    """Clusters, Supervisors, libraries, networks, hosts, datastores and policies."""
    site = world.site
    world.put("vcenter", "", version=site["vcenters"][0].get("version", "8.0.3"), build="240")
    lies = site["datacenters"][0].get("folder", "")
    world.put("datacenter", world.datacenter, folder=lies, tags=(), release=())
    for cluster in (one for one in site.get("clusters", ()) if not _made(one)):
        ha = cluster.get("ha") or {}
        world.put(
            "cluster", cluster["name"], datacenter=world.datacenter, drs_enabled=True,
            drs_automation=_DRS[cluster["drs"]], drs_migration_threshold=3,
            ha_enabled=ha.get("enabled", bool(ha)),
            ha_host_failures=ha.get("host_failures", 0), vsan_enabled=True, tags=(),
            evc=cluster.get("evc"),
            configuration_profile=cluster.get("configuration_profile", False),
            hosts=tuple(h["name"] for h in site["hosts"] if h["cluster"] == cluster["name"]),
        )  # fmt: skip
        if cluster.get("zone"):
            world.put("zone", cluster["zone"], clusters=(cluster["name"],), description="")
    for supervisor in (one for one in site.get("supervisors", ()) if not _made(one)):
        world.put(
            "supervisor", f"{supervisor['ref']}.example",
            id=supervisor["id"], clusters=tuple(supervisor["clusters"]),
            zones=tuple(supervisor.get("zones", ())), config_status="RUNNING",
            control_plane_size=supervisor.get("control_plane_size", "SMALL"),
            service_cidr=supervisor.get("service_cidr", "10.96.0.0/23"),
        )  # fmt: skip
    for library in (one for one in site.get("libraries", ()) if not _made(one)):
        kind = "subscribed" if library.get("subscribed") else "local"
        world.put("content-library", library["name"], type=kind, datastores=())
    for network in (one for one in site.get("networks", ()) if not _made(one)):
        world.put("network", network["port_group"], vlan=network["vlan"], tags=())
    for host in site["hosts"]:
        _host(world, host)
    for datastore in site["datastores"]:
        _datastore(world, datastore)
    for other in site.get("objects", ()):
        if other["kind"] == "storage-policy":
            stores = tuple(one["name"] for one in site["datastores"])
            world.put("storage-policy", other["name"], compatible_datastores=stores)


def _host(world: World, host: Mapping[str, Any]) -> None:
    cpu, name = host["cpu"], host["name"]
    memory = int(host["memory"].removesuffix("GiB")) * GIB
    world.put(
        "host", name, cluster=host["cluster"], connection="connected", maintenance=False,
        power="poweredOn", version="8.0.3", sockets=cpu["sockets"],
        cores=cpu["sockets"] * cpu["cores_per_socket"],
        threads=2 * cpu["sockets"] * cpu["cores_per_socket"],
        memory_bytes=memory - memory // 200, graphics_default_type="shared",
        assignment_policy="performance", vgpu_types=(), tags=(),
    )  # fmt: skip
    for gpu in host.get("gpus", ()):
        board = Catalog.builtin().accelerator(gpu["model"])
        short = board.product.replace(" 80GB", "")
        world.put(
            "gpu", f"{name}/{gpu['pci']}", host=name, model=short,
            vendor_id=board.pci_ids[0].vendor, device_id=board.pci_ids[0].device,
            memory_mib=board.framebuffer_mib if hasattr(board, "framebuffer_mib") else 81920,
            graphics_type="shared", configured_type="shared", vgpu_mode="none",
            configured_vgpu_mode="sameSize", numa_node=gpu.get("numa"), vms=(),
            passthrough=gpu.get("mode") == "passthrough",
        )  # fmt: skip


def _datastore(world: World, datastore: Mapping[str, Any]) -> None:
    hosts = [h["name"] for h in world.site["hosts"] if h["cluster"] in datastore["clusters"]]
    usable = int(datastore["usable"].removesuffix("TiB")) << 40
    world.put(
        "datastore", datastore["name"], type=_TYPES.get(datastore["kind"], "VMFS"),
        capacity_bytes=usable + (1 << 30), free_bytes=usable // 2, accessible=True,
        hosts=tuple(sorted(hosts)),
        tags=tuple(f"{t['category']}/{t['tag']}" for t in datastore.get("tags", ())),
    )  # fmt: skip
    for tag in datastore.get("tags", ()):
        world.put("tag-category", tag["category"], cardinality="SINGLE", associable_types=())
        world.put("tag", f"{tag['category']}/{tag['tag']}", description="")


def _made(thing: Mapping[str, Any]) -> bool:
    """Whether the site says that it is to be made, and so no fact yet."""
    return bool(thing.get("manage") == "create")
