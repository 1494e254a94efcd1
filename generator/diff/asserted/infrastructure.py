"""What is made on an empty target (F2) as it ought to be: clusters, switches, libraries."""

from __future__ import annotations

from collections.abc import Iterator

from generator.diff.asserted.ground import FOUNDATION, Ground
from generator.diff.asserted.record import Asserted
from generator.platform.objects import (
    ComputeCluster,
    Datacenter,
    DistributedSwitch,
    Infrastructure,
    Library,
    PortGroup,
    SupervisorWish,
)
from generator.platform.stamps import STAMP_CATEGORY
from generator.render.terraform.enablement import ROOT as ENABLEMENT
from generator.render.terraform.infrastructure import ROOT
from generator.vcenter.snapshot import Value

ATTRIBUTE = "vsphere_custom_attribute"
SWITCH = "vsphere_distributed_virtual_switch"
SUPERVISORS = {1: "vsphere_supervisor", 2: "vsphere_supervisor_v2"}


def infrastructure(ground: Ground, it: Infrastructure) -> Iterator[Asserted]:
    """All of it on one vCenter, and the attribute that carries the stamps of most of it."""
    if it.stamped:
        yield Asserted(
            kind="custom-attribute",
            key=STAMP_CATEGORY,
            vcenter=ground.vcenter.name,
            owner="reference" if it.stamp_exists else "create",
            mends={"": ground.terraform(ROOT, ATTRIBUTE, STAMP_CATEGORY, STAMP_CATEGORY)},
        )
    for datacenter in it.datacenters:
        yield _datacenter(ground, datacenter)
    for cluster in it.clusters:
        yield _cluster(ground, cluster)
    for switch in it.switches:
        yield _switch(ground, switch)
    for group in it.port_groups:
        yield _port_group(ground, group)
    for library in it.libraries:
        yield _library(ground, library)


def _datacenter(ground: Ground, it: Datacenter) -> Asserted:
    path = f"/{it.folder}/{it.name}" if it.folder else f"/{it.name}"
    return Asserted(
        kind="datacenter",
        key=it.name,
        vcenter=ground.vcenter.name,
        owner="create",
        fields={"folder": it.folder, "stamp": it.stamp},
        stamp=it.stamp,
        mends={"": ground.terraform(ROOT, "vsphere_datacenter", it.name, path)},
    )


def _cluster(ground: Ground, it: ComputeCluster) -> Asserted:
    """A cluster with every option stated; hosts join it by hand."""
    admission = it.admission
    fields: dict[str, Value] = {
        "datacenter": it.datacenter,
        "drs_enabled": bool(it.drs),
        "ha_enabled": admission.enabled,
        "vsan_enabled": bool(it.vsan),
        "evc": it.evc or None,
        "stamp": it.stamp,
    }
    if it.drs:
        fields["drs_automation"] = it.drs
    if admission.enabled:
        fields["ha_host_failures"] = max(admission.host_failures, 1)
    if admission.cpu_percent or admission.memory_percent:
        fields["ha_cpu_reserve_percent"] = max(admission.cpu_percent, 1)
        fields["ha_memory_reserve_percent"] = max(admission.memory_percent, 1)
    fields |= {f"drs_option.{name}": value for name, value in it.drs_options}
    path = f"/{ground.place(it.datacenter)}/host/{it.name}"
    return Asserted(
        kind="cluster",
        key=it.name,
        vcenter=ground.vcenter.name,
        owner="create",
        fields=fields,
        stamp=it.stamp,
        within=(("datacenter", it.datacenter),),
        mends={"": ground.terraform(ROOT, "vsphere_compute_cluster", it.name, path)},
    )


def _switch(ground: Ground, it: DistributedSwitch) -> Asserted:
    path = f"/{ground.place(it.datacenter)}/network/{it.name}"
    return Asserted(
        kind="switch",
        key=it.name,
        vcenter=ground.vcenter.name,
        owner="create",
        fields={
            "datacenter": it.datacenter,
            "mtu": it.mtu_bytes,
            "uplinks": it.uplinks,
            **({"nioc": True} if it.shares else {}),
            **{f"share.{traffic.lower()}": weight for traffic, weight in it.shares},
            "stamp": it.stamp,
        },
        stamp=it.stamp,
        within=(("datacenter", it.datacenter),),
        mends={"": ground.terraform(ROOT, SWITCH, it.name, path)},
    )


def _port_group(ground: Ground, it: PortGroup) -> Asserted:
    kind = "vsphere_distributed_port_group"
    path = f"/{ground.place(it.datacenter)}/network/{it.name}"
    return Asserted(
        kind="network",
        key=it.name,
        vcenter=ground.vcenter.name,
        owner="create",
        fields={
            "switch": it.switch,
            "vlan": it.vlan,
            "teaming": it.teaming,
            "active_uplinks": it.active,
            "standby_uplinks": it.standby,
            "stamp": it.stamp,
        },
        stamp=it.stamp,
        within=(("switch", it.switch), ("datacenter", it.datacenter)),
        mends={"": ground.terraform(ROOT, kind, it.name, path)},
    )


def _library(ground: Ground, it: Library) -> Asserted:
    """A library; every argument of the provider replaces it, so a mend is a decision."""
    return Asserted(
        kind="content-library",
        key=it.name,
        vcenter=ground.vcenter.name,
        owner="create",
        fields=ground.said(
            "content-library",
            it.name,
            {
                "type": "SUBSCRIBED" if it.subscription_url else "LOCAL",
                "description": it.description,
                "datastores": (it.datastore,),
                "subscription_url": it.subscription_url or None,
            },
        ),
        stamp=it.description,
        mends={"": ground.terraform(FOUNDATION, "vsphere_content_library", it.name)},
    )


def supervisor(ground: Ground, it: SupervisorWish) -> Iterator[Asserted]:
    """A Supervisor that is enabled once; of its networks no property shows what was asked.

    Terraform ignores all changes of it, so that nothing else tells of them.
    """
    fields: dict[str, Value] = {
        "control_plane_size": it.size,
        "dns": it.dns,
        "workload_dns": it.dns,
        "ntp": it.ntp,
        "workload_ntp": it.ntp,
        # The older resource takes one domain.
        "search_domains": it.search_domains[: 1 if it.generation == 1 else None],
        "service_cidr": it.service_cidr,
    }
    if it.cluster:
        fields["clusters"] = (it.cluster,)
    if it.zones:
        fields["zones"] = tuple(sorted(it.zones))
    yield Asserted(
        kind="supervisor",
        key=it.name,
        vcenter=ground.vcenter.name,
        owner="create",
        fields=fields,
        within=(("cluster", it.cluster),) if it.cluster else (),
        mends={"": ground.terraform(ENABLEMENT, SUPERVISORS[it.generation], it.name)},
    )
