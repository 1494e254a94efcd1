"""What a site that was never planned for holds: what fits, what is stranded, what is stale (F38).

The figures are those of placement (its GPUs cut into slices) and of the catalogue's version matrix;
nothing is reckoned here but sums.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from generator.api.assessing import Project
from generator.asbuilt.stale import Stale, stale
from generator.catalog import Catalog
from generator.catalog.accelerator import Accelerator
from generator.placement.devices.shapes import Mode
from generator.placement.failures.slices import FREE, HELD, STRANDED, sliced
from generator.placement.hosts.stock import left_out
from generator.placement.plan import GpuPlan
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

    ``free_mib`` can be given to a VM, ``stranded_mib`` is free and no profile of the GPU's mode
    fits in it, ``held_mib`` is of GPUs that somebody has as a whole. ``why`` says why nothing can
    be planned there, "" where something can.
    """

    host: str
    cluster: str
    models: tuple[str, ...]
    vgpus: int = 0
    framebuffer_mib: int = 0
    free_mib: int = 0
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
    """The answer about a site. ``idle_hosts`` are hosts without a GPU that could carry work.

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
    return FirstLook(
        hosts=tuple(_hosts(found)),
        holders=tuple(_holders(found.sites.inventories.values())),
        stale=stale(snapshot, found.catalog, day),
        maintenance=tuple(sorted(host.name for host in hosts if host.maintenance)),
        unknown=tuple(
            sorted((host.name, one.name) for host in hosts for one in host.other_devices)
        ),
        plain_hosts=sum(1 for host in hosts if not host.gpus),
    )


def _hosts(found: Project) -> Iterator[HostLook]:
    """Hosts with GPUs: those that can be planned with, then the others with why not."""
    by_host: dict[tuple[str, str], list[GpuPlan]] = {}
    for gpu in found.assessed.plan.gpus:
        by_host.setdefault((gpu.site, gpu.host), []).append(gpu)
    facts = {
        (name, host.name): host
        for name, site in found.sites.inventories.items()
        for host in site.hosts
    }
    for key in sorted(by_host):
        yield _host(key[1], facts[key].cluster or "", by_host[key], found.catalog)
    for one in left_out(found.sites.inventories):
        if one.gpus:
            models = tuple(gpu.model for gpu in facts[one.site, one.host].gpus)
            yield HostLook(host=one.host, cluster=one.cluster, models=models, why=one.why)


def _host(name: str, cluster: str, gpus: Sequence[GpuPlan], catalog: Catalog) -> HostLook:
    mib: Counter[str] = Counter()
    rooms: Counter[str] = Counter()
    for gpu in gpus:
        accelerator = catalog.accelerator(gpu.model)
        for kind, amount in _cut(gpu, accelerator).items():
            mib[kind] += amount
        rooms.update(_rooms(gpu, accelerator))
    return HostLook(
        host=name,
        cluster=cluster,
        models=tuple(gpu.model for gpu in gpus),
        vgpus=sum(len(gpu.standing) for gpu in gpus),
        framebuffer_mib=sum(gpu.framebuffer_mib for gpu in gpus),
        free_mib=mib[FREE],
        stranded_mib=mib[STRANDED],
        held_mib=mib[HELD],
        rooms=tuple(Room(profile=one, count=rooms[one]) for one in sorted(rooms) if rooms[one]),
    )


def _cut(gpu: GpuPlan, accelerator: Accelerator) -> Counter[str]:
    """MiB by kind of slice, with every profile of the GPU as the catalogue of sizes."""
    cut = sliced(gpu, accelerator, [profile.name for profile in accelerator.profiles])
    found: Counter[str] = Counter()
    for one in cut.slices:
        first = gpu.framebuffer_mib * one.start // cut.units
        found[one.kind] += gpu.framebuffer_mib * (one.start + one.size) // cut.units - first
    return found


def _rooms(gpu: GpuPlan, accelerator: Accelerator) -> dict[str, int]:
    """What a GPU has room for: a whole one, or more of the one size that it is locked to.

    Where sizes mix, framebuffer alone says how much is left.
    """
    if gpu.held_by:
        return {}
    if not gpu.standing:
        return {"": 1}
    if gpu.mode is not Mode.SAME_SIZE:
        return {}
    size = gpu.standing[0].profile
    most = sum(one.max_per_gpu for one in accelerator.profiles if one.name == size)
    return {size: max(0, most - len(gpu.standing))}


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
