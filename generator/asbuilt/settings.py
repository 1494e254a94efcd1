"""DRS and HA against the stated position on vGPU VMs (F16).

The position is the one that the platform room renders: ``platform.gpu_drs`` says it with its
sources, and here live settings are held against it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from generator.asbuilt.facts import Facts
from generator.asbuilt.model import ClusterSeen
from generator.asbuilt.rules import (
    BalancedWhole,
    DrsAutomated,
    Evacuated,
    Movable,
    Restarting,
)
from generator.asbuilt.stale import release
from generator.catalog.versions import unmet
from generator.finding import Finding
from generator.platform.gpu_drs import drs_options
from generator.platform.gpu_settings import HOT_MIGRATE
from generator.render.escape import powershell
from generator.vcenter.snapshot import Seen

_FULLY = "fullyAutomated"
_MOVES, _EVACUATES = "PassthroughDrsAutomation", "VgpuMMAutomationTimeoutSecs"
_FEATURE = "vgpu-drs-automation"


def settings(facts: Facts) -> Iterator[Finding]:
    """What contradicts the position, cluster by cluster and then for the vCenter."""
    found = list(facts.gpu_clusters())
    for _, seen in found:
        yield from _drs(seen)
        yield from _high_availability(seen)
        yield from _options(facts, seen)
    if any(_shares(cluster) for cluster, _ in found):
        yield from _hot_migrate(facts)


def _shares(cluster: ClusterSeen) -> bool:
    """Whether a cluster's GPUs are for vGPUs at all."""
    gpus = (gpu for host in cluster.hosts for gpu in host.gpus)
    return any(gpu.mode != "passthrough" for gpu in gpus)


def _drs(seen: Seen) -> Iterator[Finding]:
    enabled, level = seen.fields.get("drs_enabled"), seen.fields.get("drs_automation")
    if enabled is False or (enabled is True and level not in (None, _FULLY)):
        now = "off" if enabled is False else str(level)
        yield DrsAutomated.breach(
            f"DRS of {seen.key} is {now}",
            path=f"cluster/{seen.key}",
            mend=f"Set-Cluster -Cluster {powershell(seen.key)} -DrsEnabled $true "
            "-DrsAutomationLevel FullyAutomated; its owner decides, for it holds for all VMs there",
        )


def _high_availability(seen: Seen) -> Iterator[Finding]:
    enabled = seen.fields.get("ha_enabled")
    admission = seen.fields.get("ha_admission_control")
    if enabled is False or (enabled is True and admission is False):
        now = "is off" if enabled is False else "admits VMs beyond what it can start again"
        switch = "-HAEnabled $true" if enabled is False else "-HAAdmissionControlEnabled $true"
        yield Restarting.breach(
            f"HA of {seen.key} {now}",
            path=f"cluster/{seen.key}",
            mend=f"Set-Cluster -Cluster {powershell(seen.key)} {switch}",
        )


def _options(facts: Facts, seen: Seen) -> Iterator[Finding]:
    """DRS's advanced options for vGPU VMs."""
    if not facts.was_read("cluster", seen.key, "drs_option"):
        return
    stated = {name: seen.fields.get(f"drs_option.{name}") for name in drs_options("override")}
    if stated[_EVACUATES] is None:
        yield Evacuated.breach(
            f"DRS of {seen.key} has no {_EVACUATES}",
            path=f"cluster/{seen.key}",
            mend=f"set it to {drs_options('')[_EVACUATES]} (New-AdvancedSetting -Type ClusterDRS)",
        )
    if stated[_MOVES] == drs_options("override")[_MOVES]:
        yield from _balancing(facts, seen, stated)


def _balancing(facts: Facts, seen: Seen, stated: Mapping[str, object]) -> Iterator[Finding]:
    """What DRS must be told beside the option that lets it move vGPU VMs."""
    versions = {"vcenter": release(facts.seen.version)}
    short = unmet(facts.catalog.versions.feature(_FEATURE).requires, versions)
    lacking = [name for name in sorted(stated) if stated[name] is None and name != _EVACUATES]
    said = [f"{target} {needs} is needed" for target, needs in short]
    said += [f"{name} is not set" for name in lacking]
    if said:
        values = drs_options("override")
        yield BalancedWhole.breach(
            f"DRS of {seen.key} balances vGPU VMs, but {', '.join(said)}",
            path=f"cluster/{seen.key}",
            mend="set " + ", ".join(f"{name}={values[name]}" for name in lacking)
            if lacking
            else f"take {_MOVES} out again: this release does not heed it",
        )


def _hot_migrate(facts: Facts) -> Iterator[Finding]:
    center = facts.one("vcenter", "")
    field = f"setting.{HOT_MIGRATE}"
    read = center is not None and facts.was_read("vcenter", "", field)
    value = center.fields.get(field) if center is not None else None
    if read and str(value).lower() != "true":
        now = "not set" if value is None else str(value)
        yield Movable.breach(
            f"{HOT_MIGRATE} of {facts.seen.name} is {now}",
            path=field,
            mend=f"Get-AdvancedSetting -Name {HOT_MIGRATE} | Set-AdvancedSetting -Value true",
        )
