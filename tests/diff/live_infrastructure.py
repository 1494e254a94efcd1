"""What a perfect vCenter shows of the roots that make things on an empty target."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from generator.vcenter.snapshot import Value
    from tests.diff.live import World

SWITCH = "vsphere_distributed_virtual_switch"


def infrastructure(world: World) -> None:
    """Attributes, datacenters, clusters, switches, port groups, libraries and Supervisors."""
    for block in world.resources("vsphere_custom_attribute"):
        world.put("custom-attribute", block.arguments["name"], object_type=None)
    for block in world.resources("vsphere_datacenter"):
        it = block.arguments
        world.put(
            "datacenter", it["name"], folder=it.get("folder", ""), stamp=stamp(it), release=()
        )  # fmt: skip
    _clusters(world)
    _networks(world)
    for block in world.resources("vsphere_content_library"):
        it = block.arguments
        subscription = [b.arguments for b in block.blocks if b.kind == "subscription"]
        world.put(
            "content-library", it["name"], type="subscribed" if subscription else "local",
            description=it["description"],
            datastores=tuple(map(world.named_by, it["storage_backing"])),
            subscription_url=subscription[0]["subscription_url"] if subscription else None,
        )  # fmt: skip
    for block in world.resources("vsphere_supervisor_v2"):
        it = block.arguments
        plane, workloads = block.block("control_plane"), block.block("workloads")
        served = [each.block("network").block("services") for each in (plane, workloads)]
        names, times = ([each.block(what).arguments for each in served] for what in ("dns", "ntp"))
        world.put(
            "supervisor", it["name"], clusters=(world.named_by(it["cluster"]),), zones=(),
            control_plane_size=plane.arguments["size"],
            dns=tuple(names[0]["servers"]), workload_dns=tuple(names[1]["servers"]),
            ntp=tuple(times[0]["servers"]), workload_ntp=tuple(times[1]["servers"]),
            search_domains=tuple(names[0]["search_domains"]), service_cidr=_services(workloads),
        )  # fmt: skip


def _services(workloads: Any) -> str:
    """The block of addresses that services get, as the API tells it."""
    (block,) = (
        each.block("range").arguments
        for each in workloads.block("network").block("ip_management").blocks
        if each.kind == "ip_assignment" and each.arguments["assignee"] == "SERVICE"
    )
    return f"{block['address']}/{33 - int(block['count']).bit_length()}"


def _clusters(world: World) -> None:
    for block in world.resources("vsphere_compute_cluster"):
        it = block.arguments
        by_share = not it["ha_admission_control_resource_percentage_auto_compute"]
        reserves: dict[str, Value] = {
            f"ha_{what}_reserve_percent": it[f"ha_admission_control_resource_percentage_{what}"]
            for what in ("cpu", "memory")
            if by_share
        }
        options = it.get("drs_advanced_options", {})
        reserves |= {f"drs_option.{name}": value for name, value in options.items()}
        world.put(
            "cluster", it["name"], datacenter=world.named_by(it["datacenter_id"]),
            evc=it.get("evc_mode"), drs_enabled=it["drs_enabled"],
            drs_automation=it["drs_automation_level"], ha_enabled=it["ha_enabled"],
            ha_host_failures=it["ha_admission_control_host_failure_tolerance"],
            vsan_enabled=it["vsan_enabled"], configuration_profile=False, hosts=(), tags=(),
            stamp=stamp(it), **reserves,
        )  # fmt: skip


def _networks(world: World) -> None:
    for block in world.resources(SWITCH):
        it = block.arguments
        world.put(
            "switch", it["name"], datacenter=world.named_by(it["datacenter_id"]),
            mtu=it["max_mtu"], uplinks=tuple(it["uplinks"]),
            nioc=it.get("network_resource_control_enabled", False), stamp=stamp(it), tags=(),
            **{
                f"share.{name.removesuffix('_share_count')}": count
                for name, count in it.items()
                if name.endswith("_share_count")
            },
        )  # fmt: skip
    for block in world.resources("vsphere_distributed_port_group"):
        it = block.arguments
        world.put(
            "network", it["name"], type="distributed", vlan=it["vlan_id"],
            switch=world.named_by(it["distributed_virtual_switch_uuid"]),
            teaming=it["teaming_policy"], active_uplinks=tuple(it["active_uplinks"]),
            standby_uplinks=tuple(it["standby_uplinks"]), stamp=stamp(it), tags=(),
        )  # fmt: skip


def stamp(it: Mapping[str, Any]) -> Value:
    """What the one custom attribute of an object holds; its key is an expression."""
    (value,) = it["custom_attributes"].values()
    return str(value)


def groups(world: World) -> None:
    """The groups of VMs and hosts, and the rules between them."""
    modules = {b.labels[0]: b.arguments for b in world.blocks if b.kind == "module"}
    for block in world.resources("vsphere_compute_cluster_vm_group"):
        it = block.arguments
        names = (modules[one.split(".")[1]]["name"] for one in it["virtual_machine_ids"])
        key = f"{world.named_by(it['compute_cluster_id'])}/{it['name']}"
        world.put("vm-group", key, vms=tuple(sorted(names)))
    for block in world.resources("vsphere_compute_cluster_host_group"):
        it = block.arguments
        key = f"{world.named_by(it['compute_cluster_id'])}/{it['name']}"
        world.put("host-group", key, hosts=tuple(map(world.named_by, it["host_system_ids"])))
    for block in world.resources("vsphere_compute_cluster_vm_host_rule"):
        it = block.arguments
        key = f"{world.named_by(it['compute_cluster_id'])}/{it['name']}"
        world.put(
            "rule", key, type="vm-host-anti-affinity", enabled=it["enabled"],
            mandatory=it["mandatory"], vm_group=world.named_by(it["vm_group_name"]),
            host_group=world.named_by(it["anti_affinity_host_group_name"]), vms=(),
        )  # fmt: skip
