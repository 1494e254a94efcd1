"""From a random platform to what the checker says of the product's plan for it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from generator.blueprint.model.blueprint import Blueprint, Metadata, Release, Targets
from generator.blueprint.model.blueprint import Platform as PlatformPart
from generator.blueprint.model.governance import Governance, Isolation
from generator.blueprint.model.hosts import GpuDevice
from generator.blueprint.model.hosts import Host as HostPart
from generator.catalog import Catalog
from generator.placement import engine
from generator.placement.hosts import stock
from generator.placement.plan import Placed, Plan
from generator.placement.terms import terms_of
from generator.sizing.demand import Demand, Sized
from generator.supply.model import RunningVm, SiteInventory
from tests.placement.legality.checker import violations
from tests.placement.legality.facts import (
    Facts,
    Gpu,
    Host,
    Placement,
    Supervisor,
    Vgpu,
    Work,
    WorkGpu,
)
from tests.placement.legality.platforms import Platform

CATALOG = Catalog.builtin()


def plan_of(platform: Platform, keep: Sequence[Placed] = ()) -> Plan:
    """What the product makes of a platform, where some of it may stand already."""
    blueprint = Blueprint(
        metadata=Metadata(name="p", owner="o", revision=1),
        platform=PlatformPart(
            purpose="mixed", scale="reasonable-scale", targets=Targets(**dict(platform.versions))
        ),
        release=Release(as_of="2026-11-20"),
        governance=Governance(isolation=Isolation(prod_vs_dev=platform.isolation)),  # type: ignore[arg-type]
    )
    sized = Sized(demands=platform.demands, ledger=(), findings=())
    hosts = stock.stock(platform.sites)
    return engine.place(sized, hosts, CATALOG, terms_of(blueprint, CATALOG), keep=keep)


def judged(platform: Platform) -> list[str]:
    """What is illegal in the product's plan for a platform."""
    return violations(facts_of(platform), placements_of(plan_of(platform)))


def judged_after_a_change(platform: Platform) -> list[str]:
    """What is illegal once the plan has been kept and other demands have come."""
    before = plan_of(replace(platform, demands=platform.demands[::2]))
    after = plan_of(platform, keep=before.placed)
    return violations(facts_of(platform), placements_of(after))


def placements_of(plan: Plan) -> list[Placement]:
    """The VMs of a plan in the checker's words."""
    shapes = {(c.demand.environment, c.demand.name): c.demand for c in plan.chosen}
    return [
        Placement(
            work=spot.demand,
            environment=spot.environment,
            index=spot.index,
            site=spot.site,
            host=spot.host,
            cluster=spot.cluster,
            vcpus=shapes[spot.environment, spot.demand].vcpus,
            memory_bytes=shapes[spot.environment, spot.demand].memory_bytes,
            profile=spot.profile,
            gpus=spot.gpus,
            start=spot.start,
        )
        for spot in plan.placed
    ]


def facts_of(platform: Platform) -> Facts:
    """A platform in the checker's words, read from the inventories and not from the stock."""
    sites = platform.sites
    return Facts(
        hosts=tuple(_host(name, site, h) for name, site in sites.items() for h in site.hosts),
        works=tuple(_work(demand) for demand in platform.demands),
        isolation=platform.isolation,
        versions=platform.versions,
        supervisors=tuple(
            Supervisor(name, s.clusters, s.zones)
            for name, site in sites.items()
            for s in site.supervisors
        ),
        zones=dict(_zones(sites)),
    )


def _zones(sites: Mapping[str, SiteInventory]) -> Iterator[tuple[tuple[str, str], frozenset[str]]]:
    for name, site in sites.items():
        listed = {zone.name: set(zone.clusters) for zone in site.zones}
        for cluster in site.clusters:
            if cluster.zone:
                listed.setdefault(cluster.zone, set()).add(cluster.name)
        for zone, clusters in listed.items():
            yield (name, zone), frozenset(clusters)


def _host(site: str, facts: SiteInventory, host: HostPart) -> Host:
    others = [vm for vm in facts.occupancy if vm.host == host.name and vm.foreign is not False]
    on = [vm for vm in others if vm.power != "off"]
    cluster = next((c for c in facts.clusters if c.name == host.cluster), None)
    kept = host.reserved_for_others
    assert host.cpu is not None
    assert host.memory_bytes is not None
    cores = (host.cpu.sockets or 0) * (host.cpu.cores_per_socket or 0)
    return Host(
        name=host.name,
        site=site,
        cluster=host.cluster or "",
        vcenter=(cluster.vcenter if cluster else "") or "",
        cores=max(0, cores - sum(vm.vcpu or 0 for vm in on) - ((kept and kept.cores) or 0)),
        memory_bytes=max(
            0,
            _bytes(host.memory_bytes)
            - sum(_bytes(vm.memory_bytes) for vm in on)
            - _bytes(kept.memory_bytes if kept else None),
        ),
        nvlink=host.nvlink or "",
        maintenance=bool(host.maintenance),
        gpus=tuple(_gpu(host.name, n, gpu, others, on) for n, gpu in enumerate(host.gpus)),
        gpus_of_others=((kept and kept.gpus) or 0)
        + sum(not vgpu.pci for vm in on for vgpu in vm.vgpus),
    )


def _bytes(quantity: Any) -> int:
    return int(quantity.value) if quantity is not None else 0


def _gpu(
    host: str, index: int, gpu: GpuDevice, others: Sequence[RunningVm], on: Sequence[RunningVm]
) -> Gpu:
    holder = next((vm.name for vm in others if gpu.pci in vm.passthrough), "")
    return Gpu(
        name=f"{host}/gpu{index}",
        model=gpu.model,
        pci=gpu.pci or "",
        linked=gpu.nvlink_with,
        mixed_size=gpu.mixed_size,
        held_by=gpu.held_by or holder,
        running=tuple(
            Vgpu(vm.name, vgpu.profile, vgpu.placement)
            for vm in on
            for vgpu in vm.vgpus
            if vgpu.pci == gpu.pci
        ),
    )


def _work(demand: Demand) -> Work:
    need = demand.gpu
    return Work(
        name=demand.name,
        environment=demand.environment,
        site=demand.site,
        count=demand.count,
        vcpus=demand.vcpus,
        memory_bytes=demand.memory_bytes,
        gpu=WorkGpu(
            usable_bytes=need.memory_bytes,
            sharing=str(need.sharing),
            gpus=need.gpus,
            nvlink=need.nvlink,
            precision=need.precision,
            model=need.model,
            profile=need.profile,
        )
        if need
        else None,
        windows=tuple((w.start_s, w.duration_s) for w in demand.windows),
        vcpus_per_core=demand.cpu_overcommit,
    )
