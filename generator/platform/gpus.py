"""The GPU layer of a vCenter: what its hosts, clusters and itself must be set to for the plan.

The host's state has a master (F26): the driver goes into the cluster's vLCM image where one governs
it, settings into its configuration profile where it has one, and only else into a script. On a
shared cluster nothing is set, only proposed (F5).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from generator.blueprint.model.hosts import Host
from generator.catalog.versions import meets
from generator.placement.devices.shapes import Mode
from generator.placement.plan import GpuPlan, Standing
from generator.placement.terms import MIXED_SIZE
from generator.platform import gpu_settings as of
from generator.platform.gpu_drs import cluster_settings, vcenter_settings
from generator.platform.objects import HostSetting
from generator.platform.scope import Scope
from generator.platform.sites import Home
from generator.supply.keepers import by_vcf
from generator.supply.model import Cluster, SiteInventory

_ASSIGNMENT = {"spread": "Performance", "group": "Consolidation"}
_RESET_FOR_MIG = ("ampere",)
_ECC = {"on": "1", "off": "0"}
"""What nvidia-smi calls the choices; ``as-found`` sets nothing."""


class Ground(NamedTuple):
    """A cluster with GPUs of the plan: its facts, who governs it and whom it is shared with."""

    site: str
    name: str
    facts: Cluster | None
    foreign: tuple[str, ...]
    image: bool
    hosts: tuple[Host, ...]

    @property
    def shared(self) -> bool:
        """Whether others work here too (F5); what nobody states is not relied on."""
        return bool(self.foreign) or self.unknown or bool(self.facts and self.facts.shared)

    @property
    def unknown(self) -> bool:
        """Whether nobody says who else works here. In a cluster that is made nobody does."""
        return not self.made and (self.facts is None or self.facts.shared is None)

    @property
    def made(self) -> bool:
        """Whether Terraform makes it, with all that DRS is told (F2)."""
        return self.facts is not None and self.facts.manage == "create"

    @property
    def at_once(self) -> int:
        """How many hosts may be out at a time: what HA keeps in reserve, and 1 if nobody says."""
        ha = self.facts.ha if self.facts else None
        return (ha.host_failures if ha else None) or 1


def gpu_layer(scope: Scope, vcenter: str) -> Iterator[HostSetting]:
    """Every setting on one vCenter: its own, then cluster by cluster and host by host."""
    found = tuple(grounds(scope, vcenter))
    yield from vcenter_settings(shared=any(g.shared for g in found)) if found else ()
    for ground in found:
        drs = scope.blueprint.resource_management.gpu.drs or "advisory"
        if ground.name and not ground.made:
            yield from cluster_settings(ground.name, drs, shared=ground.shared)
        for host in ground.hosts:
            yield from _host_settings(scope, ground, host)


def grounds(scope: Scope, vcenter: str) -> Iterator[Ground]:
    """The clusters of a vCenter whose GPUs the plan uses, by site and name."""
    used = {(gpu.site, gpu.host) for gpu in scope.plan.gpus if _ours(gpu)}
    sites: dict[str, Home] = {h.site: h for h in scope.homes_of(vcenter).values() if h.inventory}
    for site, home in sorted(sites.items()):
        inventory = home.inventory
        assert inventory is not None
        elsewhere = {c.name for c in inventory.clusters if (c.vcenter or vcenter) != vcenter}
        hosts = [
            host for host in inventory.hosts
            if (site, host.name) in used and host.cluster not in elsewhere
        ]  # fmt: skip
        for name in sorted({host.cluster or "" for host in hosts}):
            mine = tuple(host for host in hosts if (host.cluster or "") == name)
            vcf = any(by_vcf(v.lifecycle) for v in inventory.vcenters if v.ref == vcenter)
            yield _ground(scope, site, inventory, name, mine, vcf=vcf)


def _ground(
    scope: Scope,
    site: str,
    inventory: SiteInventory,
    name: str,
    hosts: tuple[Host, ...],
    *,
    vcf: bool,
) -> Ground:
    facts = next((c for c in inventory.clusters if c.name == name), None)
    names = {host.name for host in inventory.hosts if (host.cluster or "") == name}
    foreign = sorted(
        vm.name for vm in inventory.occupancy
        if vm.foreign and (vm.cluster == name or vm.host in names)
    )  # fmt: skip
    target = scope.blueprint.platform.targets.esx or ""
    versions = {host.version or target for host in hosts}
    return Ground(
        site=site,
        name=name,
        facts=facts,
        foreign=tuple(foreign),
        image=bool(facts and facts.image)
        or vcf
        or any(version.startswith("9") for version in versions),
        hosts=hosts,
    )


def _ours(gpu: GpuPlan) -> bool:
    return not gpu.held_by and any(standing.demand for standing in gpu.standing)


def _host_settings(scope: Scope, ground: Ground, host: Host) -> Iterator[HostSetting]:
    gpus = used_gpus(scope, ground, host)
    shared = [gpu for gpu in gpus if gpu.mode is not Mode.PASSTHROUGH]
    if shared:
        yield _driver(scope, ground, host)
        yield _setting(ground, host, "", of.GRAPHICS_TYPE, "SharedPassthru")
        policy = scope.blueprint.resource_management.gpu.assignment or "group"
        yield _setting(ground, host, "", of.ASSIGNMENT, _ASSIGNMENT[policy])
        ecc = scope.blueprint.resource_management.gpu.ecc or "on"
        if ecc in _ECC:
            yield _setting(ground, host, "", of.ECC, _ECC[ecc])
    yield from _scheduler(scope, ground, host, shared)
    for gpu in gpus:
        if address_of(host, gpu):
            yield from _device_settings(scope, ground, host, gpu)
    yield from _device_groups(scope, ground, host)


def used_gpus(scope: Scope, ground: Ground, host: Host) -> list[GpuPlan]:
    """The GPUs of a host that the plan uses."""
    here = ground.site, host.name
    return [gpu for gpu in scope.plan.gpus if (gpu.site, gpu.host) == here and _ours(gpu)]


def _driver(scope: Scope, ground: Ground, host: Host) -> HostSetting:
    wanted = scope.blueprint.platform.targets.vgpu_host or "the release that the site states"
    if ground.image:
        how = "add the NVD-AIE component to the cluster's vLCM image and remediate"
    else:
        how = "esxcli software component apply -d <offline bundle of NVD-AIE>"
    return _made(
        ground,
        host,
        "",
        of.DRIVER,
        wanted,
        of.Recipe(
            "every host of a cluster runs one release of the vGPU manager",
            how,
            "esxcli software component list; nvidia-smi",
            (of.MAINTENANCE, of.EMPTY_GPU, of.REBOOT),
        ),
        actor="image" if ground.image else "person",
    )


def _scheduler(
    scope: Scope, ground: Ground, host: Host, gpus: Iterable[GpuPlan]
) -> Iterator[HostSetting]:
    """The module parameter of a host, GPU by GPU, where the blueprint states a scheduler."""
    policy = scope.blueprint.resource_management.gpu
    slice_ms = round(float(policy.time_slice_s.value) * 1000) if policy.time_slice_s else None
    parts: list[str] = []
    for gpu in gpus:
        stated = {policy.scheduling.get(s.environment) for s in gpu.standing if s.demand}
        # Where two environments ask for different ones, the stricter holds for both.
        order = ("fixed-share", "equal-share", "best-effort")
        chosen = next((each for each in order if each in stated), None)
        device = address_of(host, gpu)
        if device and chosen is not None and gpu.mode in (Mode.SAME_SIZE, Mode.MIXED_SIZE):
            value = of.scheduler_value(chosen, slice_ms)
            parts.append(f"pci={device};RmPVMRL={value}")
    if parts:
        value = f"NVreg_RegistryDwordsPerDevice={';'.join(parts)}"
        yield _setting(ground, host, "", of.SCHEDULER, value)


def _device_settings(
    scope: Scope, ground: Ground, host: Host, gpu: GpuPlan
) -> Iterator[HostSetting]:
    device = address_of(host, gpu)
    if gpu.mode is Mode.PASSTHROUGH:
        yield _setting(ground, host, device, of.PASSTHROUGH, "true")
        return
    board = scope.catalog.accelerator(gpu.model)
    if board.mig is not None:
        recipe = of.RECIPES[of.MIG_MODE]
        if board.architecture in _RESET_FOR_MIG:
            recipe = recipe._replace(needs=(of.MAINTENANCE, of.EMPTY_GPU, of.REBOOT))
        value = "1" if gpu.mode.is_mig else "0"
        yield _made(ground, host, device, of.MIG_MODE, value, recipe)
    if gpu.mode.is_mig:
        yield _setting(ground, host, device, of.MIG_LAYOUT, mig_order(scope, gpu))
    elif gpu.mode in (Mode.SAME_SIZE, Mode.MIXED_SIZE) and _has_vgpu_mode(scope, host):
        value = "mixedSize" if gpu.mode is Mode.MIXED_SIZE else "sameSize"
        yield _setting(ground, host, device, of.VGPU_MODE, value)


def _has_vgpu_mode(scope: Scope, host: Host) -> bool:
    """Whether the host can be told it: before mixed sizes came there was no word for the other."""
    esx = host.version or scope.blueprint.platform.targets.esx
    return not esx or meets(esx, scope.catalog.versions.feature(MIXED_SIZE).requires["esx"])


def mig_order(scope: Scope, gpu: GpuPlan) -> str:
    """The VMs of a GPU in MIG mode as they must power on: what runs, then large before small."""
    board = scope.catalog.accelerator(gpu.model)
    assert board.mig is not None
    mig = board.mig

    def turn(standing: Standing) -> tuple[bool, int, int, str]:
        profile = board.profile(standing.profile)
        size = mig.profile(profile.mig_profile or "").size
        return not standing.runs, -size, standing.start, standing.vm or standing.demand

    return ", ".join(
        f"{s.vm or f'{s.environment}/{s.demand}'} ({s.profile} at {s.start})"
        for s in sorted(gpu.standing, key=turn)
    )


def _device_groups(scope: Scope, ground: Ground, host: Host) -> Iterator[HostSetting]:
    groups = {(c.demand.environment, c.demand.name): c.device_group for c in scope.plan.chosen}
    here = {
        groups[spot.environment, spot.demand]
        for spot in scope.plan.placed
        if (spot.site, spot.host) == (ground.site, host.name)
    }
    for group in sorted(here - {""}):
        yield _setting(ground, host, "", of.DEVICE_GROUP, group)


def address_of(host: Host, gpu: GpuPlan) -> str:
    """The PCI address of a GPU; "" where nobody states it: then it is asked for."""
    addresses = {f"{host.name}/gpu{n}": device.pci for n, device in enumerate(host.gpus)}
    return addresses.get(gpu.name) or ""


def _setting(ground: Ground, host: Host, device: str, setting: str, value: str) -> HostSetting:
    return _made(ground, host, device, setting, value, of.RECIPES[setting])


def _made(
    ground: Ground,
    host: Host,
    device: str,
    setting: str,
    value: str,
    recipe: of.Recipe,
    actor: str = "",
) -> HostSetting:
    actor = "proposed" if ground.shared else actor or _actor(ground, setting)
    how = _PROFILED if actor == "profile" else recipe.how
    return HostSetting(
        cluster=ground.name,
        host=host.name,
        device=device,
        setting=setting,
        value=value,
        why=recipe.why,
        actor=actor,
        how=how.replace("{device}", device).replace("{value}", value),
        check=recipe.check.replace("{device}", device).replace("{host}", of.quoted(host.name)),
        needs=recipe.needs,
        hosts_at_once=ground.at_once if recipe.needs else 0,
    )


_PROFILED = (
    "set it in a draft of the cluster's configuration profile (Desired State, Configuration) and "
    "remediate: what is set on the host alone is put back"
)


def _actor(ground: Ground, setting: str) -> str:
    if setting not in of.SCRIPTED:
        return "person"
    governed = ground.facts is not None and ground.facts.configuration_profile
    return "profile" if governed else "script"
