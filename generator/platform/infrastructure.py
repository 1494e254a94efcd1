"""What a site asks to be made on an empty target: nothing of it has a default (F1, F2).

Whatever lacks a fact is left out and asked for. As soon as something lives in it, its owner sets
``manage: reference``: Terraform lets go of it, and it is looked up from then on.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TypeVar

from generator.platform import questions
from generator.platform.gpu_drs import drs_options
from generator.platform.objects import (
    Admission,
    ComputeCluster,
    Datacenter,
    DistributedSwitch,
    Infrastructure,
    Library,
    OpenQuestion,
    PortGroup,
)
from generator.platform.scope import Scope, existing
from generator.platform.sites import Home
from generator.platform.stamps import STAMP_CATEGORY, stamp
from generator.supply.keepers import kept
from generator.supply.model import Cluster, Network, SiteInventory, Switch
from generator.supply.model import Library as StatedLibrary

Thing = Datacenter | ComputeCluster | DistributedSwitch | PortGroup | Library
ThingT = TypeVar("ThingT", Datacenter, ComputeCluster, DistributedSwitch, PortGroup, Library)

NIOC_CLASSES = {
    "vm": "virtualmachine",
    "management": "management",
    "vmotion": "vmotion",
    "vsan": "vsan",
    "nfs": "nfs",
    "iscsi": "iscsi",
}
"""The inventory's word for a kind of traffic, and network I/O control's."""

_TEAMING = {
    "load-based": "loadbalance_loadbased",
    "source-port": "loadbalance_srcid",
    "source-mac": "loadbalance_srcmac",
    "ip-hash": "loadbalance_ip",
    "explicit-failover": "failover_explicit",
}
_DRS = {
    "fully-automated": "fullyAutomated",
    "partially-automated": "partiallyAutomated",
    "manual": "manual",
    "off": "",
}
_VSAN = {"vsan-osa": "osa", "vsan-esa": "esa"}

Missing = list[tuple[str, str]]
"""(fact, why it is needed) of what nobody stated."""


def of_vcenter(scope: Scope, vcenter: str) -> Iterator[Thing | OpenQuestion]:
    """Everything that the sites of a vCenter ask for, or what it lacks, site by site."""
    for home, inventory in sites(scope, vcenter):
        yield from _datacenters(scope, inventory, vcenter)
        yield from _clusters(scope, home, inventory, vcenter)
        yield from _switches(scope, home, inventory, vcenter)
        yield from _port_groups(scope, home, inventory, vcenter)
        yield from _libraries(scope, home, inventory, vcenter)


def gathered(scope: Scope, vcenter: str, things: Iterable[Thing]) -> Infrastructure:
    """The things by kind, sorted by name within each, each once."""
    some = tuple(things)
    there = existing(scope.homes_of(vcenter))
    return Infrastructure(
        datacenters=_of(some, Datacenter),
        clusters=_of(some, ComputeCluster),
        switches=_of(some, DistributedSwitch),
        port_groups=_of(some, PortGroup),
        libraries=_of(some, Library),
        stamp_exists=("custom-attribute", "", STAMP_CATEGORY) in there,
    )


def _of(things: Iterable[Thing], kind: type[ThingT]) -> tuple[ThingT, ...]:
    found = {thing.name: thing for thing in things if isinstance(thing, kind)}
    return tuple(found[name] for name in sorted(found))


def sites(scope: Scope, vcenter: str) -> Iterator[tuple[Home, SiteInventory]]:
    """The sites of a vCenter with their facts, each once, by name."""
    homes = {home.site: home for home in scope.homes_of(vcenter).values()}
    for _, home in sorted(homes.items()):
        if home.inventory is not None:
            yield home, home.inventory


def datacenter_of(inventory: SiteInventory, vcenter: str, stated: str | None) -> str:
    """The datacenter of an object: the stated one, else the only one, else ""."""
    names = [d.name for d in inventory.datacenters if (d.vcenter or vcenter) == vcenter]
    return stated or (names[0] if len(names) == 1 else "")


def lacking(home: Home, where: str, missing: Missing, block: str) -> Iterator[OpenQuestion]:
    """A question for each missing fact of one object; ``where`` is its path in the inventory."""
    for fact, why in missing:
        subject = f"SiteInventory {home.site}: {where}{fact}"
        yield questions.of_home(home, subject, f"What is {subject}?", why, (block,))


def made(item: Cluster | Network | Switch | StatedLibrary, vcenter: str) -> bool:
    """Whether an object of a site is to be made on this vCenter."""
    return item.manage == "create" and (item.vcenter or vcenter) == vcenter


def adopted(item: StatedLibrary, vcenter: str) -> bool:
    """Whether a content library that is there is to be taken over (F14)."""
    return item.manage == "adopt" and (item.vcenter or vcenter) == vcenter


def _datacenters(scope: Scope, inventory: SiteInventory, vcenter: str) -> Iterator[Datacenter]:
    for item in inventory.datacenters:
        if item.manage == "create" and (item.vcenter or vcenter) == vcenter:
            yield Datacenter(
                name=item.name,
                folder=item.folder or "",
                stamp=stamp(scope.platform, f"datacenter/{item.name}"),
            )


def _clusters(
    scope: Scope, home: Home, inventory: SiteInventory, vcenter: str
) -> Iterator[ComputeCluster | OpenQuestion]:
    for item in inventory.clusters:
        ordered = kept(inventory, item.vcenter or vcenter) is not None
        if not made(item, vcenter) or item.shared or ordered:
            continue
        datacenter = datacenter_of(inventory, vcenter, item.datacenter)
        admission = _admission(item)
        missing: Missing = []
        if not datacenter:
            missing.append(("datacenter", "a cluster is made in a datacenter"))
        if item.drs is None:
            missing.append(("drs", "the provider would switch DRS off"))
        if admission is None:
            missing.append(("ha", "the provider would switch HA off"))
        yield from lacking(home, f"clusters[{item.name}].", missing, f"cluster/{item.name}")
        if admission is not None and not missing:
            yield ComputeCluster(
                name=item.name,
                datacenter=datacenter,
                drs=_DRS[item.drs or "off"],
                drs_options=_drs_options(scope, inventory, item),
                admission=admission,
                evc="" if item.evc in (None, "off") else item.evc or "",
                vsan=_vsan(inventory, item.name),
                stamp=stamp(scope.platform, f"cluster/{item.name}"),
            )


def _admission(cluster: Cluster) -> Admission | None:
    """What HA is told to keep free, None where nobody says."""
    ha = cluster.ha
    if ha is None:
        return None
    percent = [
        round(float(ratio.value) * 100) if ratio else 0
        for ratio in (ha.cpu_reserve_ratio, ha.memory_reserve_ratio)
    ]
    if ha.enabled is not False and not any(percent) and not ha.host_failures:
        return None
    return Admission(
        enabled=ha.enabled is not False,
        host_failures=ha.host_failures or 0,
        cpu_percent=percent[0],
        memory_percent=percent[1],
    )


def _drs_options(
    scope: Scope, inventory: SiteInventory, cluster: Cluster
) -> tuple[tuple[str, str], ...]:
    """The position on vGPU VMs, where the cluster gets GPUs; the map is complete either way."""
    if not any(host.gpus for host in inventory.hosts if host.cluster == cluster.name):
        return ()
    drs = scope.blueprint.resource_management.gpu.drs or "advisory"
    return tuple(drs_options(drs).items())


def _vsan(inventory: SiteInventory, cluster: str) -> str:
    kinds = [d.kind or "" for d in inventory.datastores if cluster in d.clusters]
    return next((_VSAN[kind] for kind in kinds if kind in _VSAN), "")


def _switches(
    scope: Scope, home: Home, inventory: SiteInventory, vcenter: str
) -> Iterator[DistributedSwitch | OpenQuestion]:
    for item in inventory.switches:
        if not made(item, vcenter) or item.kind not in (None, "vds"):
            continue
        datacenter = datacenter_of(inventory, vcenter, item.datacenter)
        missing: Missing = []
        if not datacenter:
            missing.append(("datacenter", "a switch is made in a datacenter"))
        if item.mtu is None:
            missing.append(("mtu", "a frame that is too large is dropped without a word"))
        if not item.uplinks:
            missing.append(("uplinks", "port groups name the uplinks that they use"))
        yield from lacking(home, f"switches[{item.name}].", missing, f"switch/{item.name}")
        if item.mtu is not None and not missing:
            weights = ((name, getattr(item.shares, word)) for word, name in NIOC_CLASSES.items())
            yield DistributedSwitch(
                name=item.name,
                datacenter=datacenter,
                mtu_bytes=item.mtu,
                uplinks=item.uplinks,
                shares=tuple((name, weight) for name, weight in weights if weight is not None),
                stamp=stamp(scope.platform, f"switch/{item.name}"),
            )


def _port_groups(
    scope: Scope, home: Home, inventory: SiteInventory, vcenter: str
) -> Iterator[PortGroup | OpenQuestion]:
    switches = {switch.name: switch for switch in inventory.switches}
    for item in inventory.networks:
        if not made(item, vcenter):
            continue
        switch = switches.get(item.switch or "")
        datacenter = datacenter_of(inventory, vcenter, switch.datacenter if switch else None)
        missing: Missing = []
        if not item.port_group:
            missing.append(("port_group", "a port group has a name"))
        if switch is None:
            missing.append(("switch", "a port group is made on a switch"))
        elif not datacenter:
            missing.append(("switch", "the switch is looked up in its datacenter"))
        if item.vlan is None:
            missing.append(("vlan", "0 would put it among the untagged"))
        if item.teaming is None:
            missing.append(("teaming", "the switch's own order of uplinks may be another"))
        block = f"port-group/{item.port_group or item.role}"
        yield from lacking(home, f"networks[{item.role}].", missing, block)
        if item.teaming is not None and item.vlan is not None and not missing:
            yield PortGroup(
                name=item.port_group or "",
                role=item.role,
                datacenter=datacenter,
                switch=item.switch or "",
                vlan=item.vlan,
                teaming=_TEAMING[item.teaming.policy],
                active=item.teaming.active,
                standby=item.teaming.standby,
                stamp=stamp(scope.platform, f"port-group/{item.port_group}"),
            )


def _seen_from(inventory: SiteInventory, datastore: str | None) -> str | None:
    """The datacenter of the clusters that see a datastore, None where they say nothing."""
    seeing = {c for d in inventory.datastores if d.name == datastore for c in d.clusters}
    stated = {c.datacenter for c in inventory.clusters if c.name in seeing and c.datacenter}
    return min(stated) if len(stated) == 1 else None


def _libraries(
    scope: Scope, home: Home, inventory: SiteInventory, vcenter: str
) -> Iterator[Library | OpenQuestion]:
    for item in inventory.libraries:
        if not made(item, vcenter) and not adopted(item, vcenter):
            continue
        datacenter = datacenter_of(inventory, vcenter, _seen_from(inventory, item.datastore))
        missing: Missing = []
        if not item.datastore:
            missing.append(("datastore", "what a library holds lies on a datastore"))
        if not datacenter:
            missing.append(("datastore", "it is looked up in the datacenter of its clusters"))
        if item.subscribed is None:
            missing.append(("subscribed", "a local library can never become a subscribed one"))
        if item.subscribed and not item.subscription_url:
            missing.append(("subscription_url", "it follows the library at this address"))
        yield from lacking(home, f"libraries[{item.name}].", missing, f"library/{item.name}")
        if not missing:
            yield Library(
                name=item.name,
                datacenter=datacenter,
                datastore=item.datastore or "",
                subscription_url=(item.subscription_url or "") if item.subscribed else "",
                description=stamp(scope.platform, f"content-library/{item.name}"),
            )
