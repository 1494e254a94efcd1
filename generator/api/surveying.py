"""The as-built report from a snapshot alone: no blueprint, no Git (F38)."""

from __future__ import annotations

import re

from generator.asbuilt.model import AsBuilt, GpuSeen, HostSeen
from generator.catalog import Catalog
from generator.finding import CannotRun
from generator.placement.devices.shapes import NO_START, Mode
from generator.placement.failures.slices import STRANDED, Slice, sliced
from generator.placement.plan import GpuPlan, Standing
from generator.record import altered
from generator.report.map import MapGpu, MapHost, MapSlice
from generator.source import parse
from generator.supply.model import SiteInventory
from generator.supply.read import read_site
from generator.vcenter.snapshot import Seen, Snapshot, VcenterSeen

_UNPRINTABLE = re.compile("[\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]")
"""What JSON leaves as it is and YAML refuses."""
_HALVES = re.compile("[\ud800-\udfff]")


def as_built(snapshot: Snapshot, as_of: str) -> AsBuilt:
    """What the vCenters of a snapshot hold, judged as of an ISO day.

    Raises:
        CannotRun: where the snapshot holds no vCenter.
        Refused: with every finding, where what was read makes no sound SiteInventory.
    """
    from generator.asbuilt.report import as_built as reported

    if not snapshot.vcenters:
        raise CannotRun("no vCenter could be read")
    ordered = [altered(seen, objects=_ordered(seen)) for seen in snapshot.vcenters]
    inventories = [_inventory(Snapshot(vcenters=(seen,))) for seen in ordered]
    whole = Snapshot(vcenters=tuple(ordered), failed=snapshot.failed)
    return reported(whole, inventories, Catalog.builtin(), as_of)


def _ordered(seen: VcenterSeen) -> tuple[Seen, ...]:
    """The objects by kind, key and id, as a snapshot of ours has them: GPUs count in this order."""
    return tuple(sorted(seen.objects, key=lambda one: (one.kind, one.key, one.ident)))


def _inventory(snapshot: Snapshot) -> SiteInventory:
    """The typed facts of one vCenter, by the way that its SiteInventory takes.

    The document is JSON, which the language's reader takes too, and which is written sooner.
    """
    import json

    from generator.vcenter.site import site_document

    text = json.dumps(site_document(snapshot), ensure_ascii=False)
    plain = _UNPRINTABLE.sub(lambda match: f"\\u{ord(match[0]):04x}", _HALVES.sub("\ufffd", text))
    name = snapshot.vcenters[0].name
    (document,) = parse(plain.encode(), file=f"what was read from {name}")
    return read_site(document)


def as_built_hosts(report: AsBuilt) -> tuple[MapHost, ...]:
    """The hosts of a report ready to be drawn: which profiles run where, and what is left.

    A slice's owner is its profile; where vSphere tells no place, vGPUs are drawn in the worst one.
    """
    catalog = Catalog.builtin()
    return tuple(
        MapHost(
            site=vcenter.name,
            cluster=host.cluster,
            name=host.name,
            vms=host.vms,
            vcpus=host.vcpus,
            cores=host.cores or 0,
            planned_memory_bytes=_reserved(host),
            memory_bytes=host.memory_bytes or 0,
            gpus=tuple(_drawn(vcenter.name, host.name, gpu, catalog) for gpu in host.gpus),
        )
        for vcenter in report.vcenters
        for host in vcenter.hosts
    )


def _reserved(host: HostSeen) -> int:
    """Memory that VMs have reserved (bytes); none where the host carries nothing."""
    if host.memory_bytes is None or host.unreserved_bytes is None:
        return 0
    return host.memory_bytes - host.unreserved_bytes


def _drawn(site: str, host: str, gpu: GpuSeen, catalog: Catalog) -> MapGpu:
    accelerator = catalog.accelerator(gpu.model)
    parts = gpu.framebuffer
    mode = next((mode for mode in Mode if mode.value == gpu.mode), Mode.EMPTY)
    starts = gpu.starts or (None,) * len(gpu.tenants)
    plan = GpuPlan(
        site=site,
        host=host,
        name=gpu.name,
        model=gpu.model,
        today=gpu.mode,
        mode=mode,
        held_by=gpu.held_by or gpu.why if parts.held_mib or parts.shut_mib else "",
        framebuffer_mib=parts.total_mib,
        free_mib=parts.free_mib + parts.uncertain_mib,
        stranded_mib=parts.stranded_mib,
        standing=tuple(
            Standing(
                demand="",
                environment="",
                vm=one.vm,
                profile=one.profile,
                start=NO_START if start is None else start,
                runs=True,
            )
            for one, start in zip(gpu.tenants, starts, strict=True)
        ),
    )
    cut = sliced(plan, accelerator, [profile.name for profile in accelerator.profiles])
    whole = parts.stranded_mib == parts.total_mib
    return MapGpu(
        name=gpu.name,
        model=gpu.model,
        today=gpu.mode,
        mode=gpu.mode,
        held_by=plan.held_by,
        framebuffer_mib=parts.total_mib,
        units=cut.units,
        unit=cut.unit,
        slices=tuple(_slice(one, STRANDED if whole else one.kind) for one in cut.slices),
    )


def _slice(one: Slice, kind: str) -> MapSlice:
    profiles = tuple(sorted({standing.profile for standing in one.standing} - {""}))
    return MapSlice(
        kind=kind,
        start=one.start,
        size=one.size,
        owners=profiles,
        profile="",
        vms=tuple(standing.vm for standing in one.standing),
    )
