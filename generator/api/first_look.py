"""What a site that was never planned for holds: what fits, what is stranded, what is stale (F38).

The figures are those of the as-built report; nothing is reckoned here but sums.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

from generator.api.assessing import Project
from generator.api.surveying import as_built
from generator.asbuilt.model import AsBuilt, Framebuffer, GpuSeen, HostSeen
from generator.asbuilt.stale import Stale, stale
from generator.placement.devices.shapes import Mode
from generator.placement.hosts.stock import left_out
from generator.record import Record, record
from generator.supply.model import RunningVm, SiteInventory
from generator.vcenter.snapshot import Snapshot


@record
class Room(Record):
    """Room for ``count`` more vGPUs of a profile; ``profile`` "" is a whole GPU that is idle."""

    profile: str
    count: int


@record
class HostLook(Record):
    """The GPUs of a host as they stand (framebuffer in MiB).

    ``free_mib`` can be given to a VM, ``uncertain_mib`` only where vGPUs sit luckily, for vSphere
    tells no places; ``stranded_mib`` is free and no profile of the GPU's mode fits in it,
    ``held_mib`` is of GPUs that somebody has as a whole. ``why`` says why nothing can be planned
    there, "" where something can.
    """

    host: str
    cluster: str
    models: tuple[str, ...]
    vgpus: int = 0
    framebuffer_mib: int = 0
    free_mib: int = 0
    uncertain_mib: int = 0
    stranded_mib: int = 0
    held_mib: int = 0
    rooms: tuple[Room, ...] = ()
    why: str = ""


@record
class Holder(Record):
    """A VM with GPUs: its vGPU profiles, or the addresses of devices that it has by itself."""

    vm: str
    host: str
    power: str
    gpus: tuple[str, ...]


@record
class FirstLook(Record):
    """The answer about a site. ``plain_hosts`` counts the hosts without a GPU.

    ``unknown`` are devices that look like GPUs and are not in the catalogue, as host and name.
    """

    hosts: tuple[HostLook, ...]
    holders: tuple[Holder, ...]
    stale: tuple[Stale, ...]
    maintenance: tuple[str, ...]
    unknown: tuple[tuple[str, str], ...]
    plain_hosts: int


def first_look(found: Project, snapshot: Snapshot, day: str) -> FirstLook:
    """What the site of a project without workloads holds, judged on the ISO day ``day``."""
    hosts = [host for site in found.sites.inventories.values() for host in site.hosts]
    built = as_built(snapshot, day)
    versions = (one for vcenter in built.vcenters for one in vcenter.versions)
    return FirstLook(
        hosts=tuple(_hosts(found, built)),
        holders=tuple(_holders(found.sites.inventories.values())),
        stale=stale(versions, snapshot),
        maintenance=tuple(sorted(host.name for host in hosts if host.maintenance)),
        unknown=tuple(
            sorted((host.name, one.name) for host in hosts for one in host.other_devices)
        ),
        plain_hosts=sum(1 for host in hosts if not host.gpus),
    )


def _hosts(found: Project, built: AsBuilt) -> Iterator[HostLook]:
    """Hosts with GPUs: those that can be planned with, then the others with why not."""
    shut = {(one.site, one.host): one for one in left_out(found.sites.inventories) if one.gpus}
    names = {host for _, host in shut}
    every = sorted((host for one in built.vcenters for host in one.hosts), key=lambda h: h.name)
    for host in every:
        if host.name not in names and not host.why:
            yield _host(host)
    for host in every:
        models = tuple(gpu.model for gpu in host.gpus)
        why = host.why or next((one.why for key, one in shut.items() if key[1] == host.name), "")
        if why:
            yield HostLook(host=host.name, cluster=host.cluster, models=models, why=why)


def _host(host: HostSeen) -> HostLook:
    parts = sum((gpu.framebuffer for gpu in host.gpus), Framebuffer())
    rooms: Counter[str] = Counter()
    for gpu in host.gpus:
        rooms.update(_rooms(gpu))
    return HostLook(
        host=host.name,
        cluster=host.cluster,
        models=tuple(gpu.model for gpu in host.gpus),
        vgpus=sum(1 for gpu in host.gpus for one in gpu.tenants if one.profile),
        framebuffer_mib=parts.total_mib,
        free_mib=parts.free_mib,
        uncertain_mib=parts.uncertain_mib,
        stranded_mib=parts.stranded_mib,
        held_mib=parts.held_mib,
        rooms=tuple(Room(profile=one, count=rooms[one]) for one in sorted(rooms) if rooms[one]),
    )


def _rooms(gpu: GpuSeen) -> dict[str, int]:
    """What a GPU has room for: a whole one, or more of the one size that it is locked to.

    Where sizes mix, framebuffer alone says how much is left; the as-built report has each size.
    """
    if not gpu.more:
        return {}
    if not gpu.tenants:
        return {"": 1}
    if gpu.mode != Mode.SAME_SIZE.value:
        return {}
    return {more.profile: more.least for more in gpu.more}


def _holders(sites: Iterable[SiteInventory]) -> Iterator[Holder]:
    for site in sites:
        places = {gpu.pci for host in site.hosts for gpu in host.gpus}
        for one in sorted(site.occupancy, key=lambda vm: (vm.host or "", vm.name)):
            gpus = _devices(one, places)
            if gpus:
                yield Holder(vm=one.name, host=one.host or "", power=one.power or "", gpus=gpus)


def _devices(one: RunningVm, places: set[str | None]) -> tuple[str, ...]:
    direct = (place for place in one.passthrough if place in places)
    return (*(vgpu.profile for vgpu in one.vgpus), *direct)
