"""Clusters with DRS, HA and vSAN, and their rules, groups and overrides."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from generator.vcenter.leaves import TYPE, Row, flag, many, text, whole
from generator.vcenter.snapshot import Seen, Value
from generator.vcenter.world import Table, World, as_is

_DRS, _HA = "configurationEx.drsConfig", "configurationEx.dasConfig"
_POLICY = f"{_HA}.admissionControlPolicy"
PATHS: dict[str, tuple[str, ...]] = {
    "ComputeResource": ("name", "parent"),
    "ClusterComputeResource": (
        "name", "parent", "customValue", "configManagerEnabled", "summary.currentEVCModeKey",
        f"{_DRS}.enabled", f"{_DRS}.defaultVmBehavior", f"{_DRS}.vmotionRate", f"{_DRS}.option",
        f"{_HA}.enabled", f"{_HA}.admissionControlEnabled", f"{_HA}.failoverLevel",
        f"{_HA}.option", _POLICY, "configurationEx.vsanConfigInfo.enabled",
        "configurationEx.rule", "configurationEx.group", "configurationEx.drsVmConfig",
        "configurationEx.dasVmConfig",
    ),
}  # fmt: skip


def clusters(world: World) -> Iterator[Seen]:
    """Each with its hosts and every advanced option of DRS and HA."""
    for row in world.of("ClusterComputeResource"):
        key = world.name(row.moid)
        more: dict[str, Value] = {
            "datacenter": world.datacenter(row.moid),
            "hosts": world.names(_hosts(world, row)),
            **_options(world, key, row, "drs_option", f"{_DRS}.option"),
            **_options(world, key, row, "ha_option", f"{_HA}.option"),
            **_admission(row),
            **world.stamp("cluster", row, key),
        }
        if row.moid in world.images:
            more["image"] = world.images[row.moid]
        within = world.path(row.values.get("parent", ""))
        yield world.seen("cluster", row, key, _CLUSTER, more, within)


def _hosts(world: World, cluster: Row) -> list[str]:
    return [row.moid for row in world.of("HostSystem") if row.values.get("parent") == cluster.moid]


def _options(world: World, key: str, row: Row, field: str, path: str) -> dict[str, Value]:
    if path in row.missing:
        world.miss("cluster", key, field, row.missing[path])
        return {}
    return {
        f"{field}.{text(each, 'key')}": option_text(each.get("value"))
        for each in row.values.get(path) or ()
    }


def option_text(value: Any) -> str:
    """An option's value as people write it."""
    return str(value).lower() if isinstance(value, bool) else str(value)


_POLICIES = {
    "ClusterFailoverResourcesAdmissionControlPolicy": "resourcePercentage",
    "ClusterFailoverLevelAdmissionControlPolicy": "slotPolicy",
    "ClusterFailoverHostAdmissionControlPolicy": "failoverHosts",
}


def _admission(row: Row) -> dict[str, Value]:
    """What HA keeps free; the older single figure where there is no policy."""
    policy = row.values.get(_POLICY)
    if _POLICY in row.missing:
        return {}
    level = whole(policy, "failoverLevel")
    older = row.values.get(f"{_HA}.failoverLevel")
    return {
        "ha_policy": _POLICIES.get(text(policy, TYPE)) or None,
        "ha_host_failures": older if level is None else level,
        "ha_cpu_reserve_percent": whole(policy, "cpuFailoverResourcesPercent"),
        "ha_memory_reserve_percent": whole(policy, "memoryFailoverResourcesPercent"),
    }


_CLUSTER: Table = {
    "evc": ("summary.currentEVCModeKey", as_is),
    "drs_enabled": (f"{_DRS}.enabled", as_is),
    "drs_automation": (f"{_DRS}.defaultVmBehavior", as_is),
    "drs_migration_threshold": (f"{_DRS}.vmotionRate", as_is),
    "ha_enabled": (f"{_HA}.enabled", as_is),
    "ha_admission_control": (f"{_HA}.admissionControlEnabled", as_is),
    "vsan_enabled": ("configurationEx.vsanConfigInfo.enabled", as_is),
    "configuration_profile": ("configManagerEnabled", as_is),
}

_RULES = {
    "ClusterAffinityRuleSpec": "vm-affinity",
    "ClusterAntiAffinityRuleSpec": "vm-anti-affinity",
    "ClusterDependencyRuleInfo": "vm-dependency",
}


_OVERRIDE = ("drs_automation", "drs_enabled", "ha_restart_priority")


def rules(world: World) -> Iterator[Seen]:
    """Affinity rules, of VMs and of VMs to hosts."""
    for row, key, each in _entries(world, "rule", "configurationEx.rule"):
        away = text(each, "antiAffineHostGroupName")
        to_hosts = "vm-host-anti-affinity" if away else "vm-host-affinity"
        yield _entry(
            "rule",
            row,
            f"{key}/{text(each, 'name')}",
            text(each, "ruleUuid") or text(each, "key"),
            type=_RULES.get(text(each, TYPE), to_hosts),
            enabled=flag(each, "enabled"),
            mandatory=flag(each, "mandatory"),
            vms=world.names(many(each, "vm")),
            vm_group=text(each, "vmGroupName") or text(each, "vmGroup") or None,
            host_group=away or text(each, "affineHostGroupName") or None,
            within=key,
        )


def groups(world: World) -> Iterator[Seen]:
    """Groups of VMs and groups of hosts, which are two kinds."""
    for row, key, each in _entries(world, "vm-group", "configurationEx.group"):
        of_hosts = text(each, TYPE) == "ClusterHostGroup"
        members = world.names(many(each, "host" if of_hosts else "vm"))
        name = text(each, "name")
        yield _entry(
            "host-group" if of_hosts else "vm-group",
            row,
            f"{key}/{name}",
            text(each, "uniqueID") or name,
            within=key,
            **{"hosts" if of_hosts else "vms": members},
        )


def overrides(world: World) -> Iterator[Seen]:
    """What single VMs have otherwise than their cluster."""
    for row in world.of("ClusterComputeResource"):
        found: dict[str, dict[str, Value]] = {}
        for each in row.values.get("configurationEx.drsVmConfig") or ():
            found.setdefault(text(each, "key"), {}).update(
                drs_enabled=flag(each, "enabled"), drs_automation=text(each, "behavior") or None
            )
        for each in row.values.get("configurationEx.dasVmConfig") or ():
            priority = text(each, "dasSettings", "restartPriority")
            found.setdefault(text(each, "key"), {})["ha_restart_priority"] = (
                priority or text(each, "restartPriority") or None
            )
        key = world.name(row.moid)
        for vm in sorted(found):
            fields = dict.fromkeys(_OVERRIDE) | found[vm]
            yield _entry("override", row, f"{key}/{world.name(vm)}", vm, within=key, **fields)


def _entries(world: World, kind: str, path: str) -> Iterator[tuple[Row, str, Any]]:
    for row in world.of("ClusterComputeResource"):
        key = world.name(row.moid)
        if path in row.missing:
            world.miss(kind, key, "", row.missing[path])
        for each in row.values.get(path) or ():
            yield row, key, each


def _entry(kind: str, row: Row, key: str, ident: str, *, within: str, **fields: Value) -> Seen:
    """An entry of a cluster's configuration; its id counts within the cluster."""
    return Seen(kind=kind, key=key, ident=f"{row.moid}:{ident}", fields=fields, within=within)
