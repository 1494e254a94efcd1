"""From a plan to what the licences are counted by: the clusters and the GPUs that it uses."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from generator.blueprint.model.hosts import Host
from generator.catalog import Catalog
from generator.placement.plan import Chosen, Placed, Plan
from generator.sizing.licences import LicensedHost, PlatformLicences, UsedGpu, size_licences
from generator.sizing.machine.licences import Foundation, HostCpus
from generator.supply.keepers import by_vcf
from generator.supply.model import SiteInventory

_VSAN_KINDS = ("vsan-esa", "vsan-osa")


def licensed(plan: Plan, inventories: Mapping[str, SiteInventory], catalog: Catalog) -> Plan:
    """The plan with the licences of what it uses in its ledger."""
    licences = plan_licences(plan, inventories, catalog)
    return replace(plan, ledger=(*plan.ledger, *licences.ledger)) if licences else plan


def plan_licences(
    plan: Plan, inventories: Mapping[str, SiteInventory], catalog: Catalog
) -> PlatformLicences | None:
    """The licences of what a plan uses; None where it uses no host.

    Every host of a cluster that carries a VM counts, a GPU only where a vGPU is on it.
    ``inventories`` is keyed by the blueprint's names of the sites.
    """
    choices = {(c.demand.environment, c.demand.name): c for c in plan.chosen}
    spots = [(spot, choices[spot.environment, spot.demand]) for spot in plan.placed]
    clusters = {(spot.site, spot.cluster) for spot, _ in spots}
    if not clusters:
        return None
    sites = sorted({site for site, _ in clusters})
    keepers = [by_vcf(vcenter.lifecycle) for s in sites for vcenter in inventories[s].vcenters]
    bundled = bool(keepers) and all(keepers)
    return size_licences(
        [host for site in sites for host in _hosts(site, inventories[site], clusters)],
        _gpus(spots, catalog),
        foundation=Foundation.VCF if bundled else None,
    )


def _hosts(
    name: str, site: SiteInventory, clusters: set[tuple[str, str]]
) -> Iterator[LicensedHost]:
    with_vsan = {
        name for store in site.datastores if store.kind in _VSAN_KINDS for name in store.clusters
    }
    for host in sorted(site.hosts, key=lambda one: one.name):
        if (name, host.cluster or "") in clusters:
            yield LicensedHost(
                name=host.name,
                cpus=_cpus(host),
                vsan_raw_bytes=_claimed(host) if host.cluster in with_vsan else 0.0,
            )


def _cpus(host: Host) -> HostCpus | None:
    cpu = host.cpu
    if cpu is None or not cpu.sockets or not cpu.cores_per_socket:
        return None
    return HostCpus(sockets=cpu.sockets, cores_per_socket=cpu.cores_per_socket)


def _claimed(host: Host) -> float | None:
    return None if host.nvme is None else float(host.nvme.devices * host.nvme.size_bytes.value)


def _gpus(spots: Sequence[tuple[Placed, Chosen]], catalog: Catalog) -> list[UsedGpu]:
    """The physical GPUs that carry a vGPU, with their number of vGPUs."""
    vgpus = Counter((spot.site, gpu, choice.model) for spot, choice in spots for gpu in spot.gpus)
    return [
        UsedGpu(accelerator=catalog.accelerator(model), vgpus=count)
        for (_, _, model), count in sorted(vgpus.items())
    ]
