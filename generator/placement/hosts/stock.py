"""The hosts and GPUs that placement may use, as far as the inventory knows them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from generator.blueprint.model.hosts import Host as HostFacts
from generator.record import Record, record
from generator.sizing.data.supply import VSAN_KINDS
from generator.supply.model import SiteInventory
from generator.supply.supervisors import covered_by, home_supervisor, other_supervisor

_Holder = tuple[str, str]
"""Who has a whole GPU of the host, and of which model ("" for any)."""


@record
class Tenant(Record):
    """A vGPU that runs on a GPU: its VM, its profile by vSphere's name and its placement id.

    ``start`` is None where the facts do not say it; ``ours`` is a VM of the platform itself, which
    the plan may move.
    """

    vm: str
    profile: str
    start: int | None = None
    ours: bool = False


@record
class Gpu(Record):
    """A GPU of a host. ``model`` is a catalogue id, ``mode`` what it is set to now.

    ``linked`` holds the PCI addresses that the facts join to it by NVLink. ``held_by`` has all of
    it, whatever it does there; ``tenants`` are vGPUs beside which others may run. ``mixed_size``
    is None where the facts do not say in which of the two ways the GPU is time-sliced.
    """

    host: str
    index: int
    pci: str
    model: str
    numa: int
    mode: str
    held_by: str
    linked: tuple[str, ...] = ()
    tenants: tuple[Tenant, ...] = ()
    mixed_size: bool | None = None

    @property
    def name(self) -> str:
        """``esx-01/gpu0``: how plans name it."""
        return f"{self.host}/gpu{self.index}"


class Port(NamedTuple):
    """A network port of a host: the kinds of traffic that it carries, and its rate if known."""

    uses: tuple[str, ...]
    bytes_per_s: float | None


@record
class Host(Record):
    """A host with what is left for the platform: cores, bytes of memory, GPUs.

    ``nvlink`` says how its GPUs are joined (``""`` where they are not); NUMA figures are those of
    one node. ``free_cores`` and ``free_memory_bytes`` leave out what the site keeps for others.
    ``nvme_bytes`` is what its own devices can hold for its VMs, None where nobody knows.
    """

    name: str
    site: str
    cluster: str
    vcenter: str
    zone: str
    numa_nodes: int
    free_cores: int
    free_memory_bytes: int
    numa_cores: int
    numa_memory_bytes: int
    nvlink: str
    gpus: tuple[Gpu, ...]
    nvme_bytes: int | None = None
    ports: tuple[Port, ...] = ()


IN_MAINTENANCE = "in maintenance"
"""The one reason to leave a host out that passes by itself."""


@record
class LeftOut(Record):
    """A host of the facts that carries nothing of the plan, with its GPUs, and why."""

    site: str
    cluster: str
    host: str
    gpus: int
    why: str


def stock(sites: Mapping[str, SiteInventory]) -> tuple[Host, ...]:
    """Every host whose cores and memory are known, in the order of site and name.

    ``sites`` is keyed by the blueprint's names of the sites.

    A host with an unknown size cannot carry anything; the open question says so. Hosts in
    maintenance and those that the Supervisor of the environments does not cover are left out, and
    what already runs is taken off.
    """
    return tuple(host for name in sorted(sites) for host in _of_site(name, sites[name]))


def left_out(sites: Mapping[str, SiteInventory]) -> tuple[LeftOut, ...]:
    """Every host that ``stock`` does without, and why, in the order of site and name."""
    found: list[LeftOut] = []
    for name in sorted(sites):
        shut = _uncovered(sites[name])
        for facts in sorted(sites[name].hosts, key=lambda host: host.name):
            why = _why_out(facts, shut)
            if why:
                found.append(
                    LeftOut(
                        site=name,
                        cluster=facts.cluster or "",
                        host=facts.name,
                        gpus=len(facts.gpus),
                        why=why,
                    )
                )
    return tuple(found)


def _why_out(facts: HostFacts, shut: Mapping[str, str]) -> str:
    """Why nothing is planned on a host; "" for one that is used. ``shut`` are clusters with why."""
    if facts.maintenance:
        return IN_MAINTENANCE
    if facts.cpu is None or facts.memory_bytes is None:
        return "its cores are not known" if facts.cpu is None else "its memory is not known"
    return shut.get(facts.cluster or "", "")


def _uncovered(site: SiteInventory) -> dict[str, str]:
    """The clusters on which the Supervisor of the environments has no VM, and why.

    One that is to be made covers nothing yet: work that needs none goes on beside it (F2).
    """
    home = home_supervisor(site)
    if home is None or (home.manage == "create" and home.id is None):
        return {}
    covered = covered_by(home, site)
    shut: dict[str, str] = {}
    for cluster in sorted({host.cluster for host in site.hosts if host.cluster} - covered):
        other = other_supervisor(cluster, site)
        if other is not None:
            shut[cluster] = (
                f"{cluster} is under Supervisor {other.ref}, and {home.ref} carries the "
                "environments: state it as a site of its own"
            )
        elif covered:
            shut[cluster] = f"no Supervisor covers {cluster}"
    return shut


def _of_site(name: str, site: SiteInventory) -> Iterator[Host]:
    clusters = {cluster.name: cluster for cluster in site.clusters}
    shut = _uncovered(site)
    with_vsan = _with_vsan(site)
    for facts in sorted(site.hosts, key=lambda host: host.name):
        cluster = clusters.get(facts.cluster or "")
        if _why_out(facts, shut) or facts.memory_bytes is None or facts.cpu is None:
            continue
        cores = (facts.cpu.sockets or 0) * (facts.cpu.cores_per_socket or 0)
        memory = int(facts.memory_bytes.value)
        nodes = max(1, facts.cpu.sockets or 1)
        used_cores, used_memory = _used(site, facts)
        yield Host(
            name=facts.name,
            site=name,
            cluster=facts.cluster or "",
            vcenter=(cluster.vcenter if cluster else None) or "",
            zone=(cluster.zone if cluster else None) or "",
            numa_nodes=nodes,
            free_cores=max(0, cores - used_cores),
            free_memory_bytes=max(0, memory - used_memory),
            numa_cores=cores // nodes,
            numa_memory_bytes=memory // nodes,
            nvlink="" if facts.nvlink in (None, "none") else str(facts.nvlink),
            gpus=tuple(_gpus(site, facts)),
            nvme_bytes=0 if facts.cluster in with_vsan else _nvme_bytes(facts),
            ports=tuple(_ports(facts)),
        )


def _with_vsan(site: SiteInventory) -> set[str]:
    """The clusters whose NVMe is vSAN's.

    vSAN claims whole devices. Field rule F24 gives a node's cache the host's NVMe: where vSAN has
    it there is none, and such a cache lies on a vSAN tier instead, which the blueprint can say.
    """
    return {
        name for store in site.datastores if store.kind in VSAN_KINDS for name in store.clusters
    }


def _nvme_bytes(facts: HostFacts) -> int | None:
    return None if facts.nvme is None else int(facts.nvme.devices * facts.nvme.size_bytes.value)


def _ports(facts: HostFacts) -> Iterator[Port]:
    for nic in facts.nics:
        speed = nic.speed_bytes_per_s
        known = speed is not None and speed.value > 0
        yield Port(uses=nic.use, bytes_per_s=float(speed.value) if speed and known else None)


def _gpus(site: SiteInventory, facts: HostFacts) -> Iterator[Gpu]:
    here = [vm for vm in site.occupancy if vm.host == facts.name]
    others = [vm for vm in here if vm.foreign is not False]
    taken = {address: vm.name for vm in others for address in vm.passthrough}
    tenants: dict[str, list[Tenant]] = {}
    for vm in here:
        for vgpu in vm.vgpus:
            if vgpu.pci and (vm.power != "off" or vgpu.placement is not None):
                tenants.setdefault(vgpu.pci, []).append(
                    Tenant(
                        vm=vm.name,
                        profile=vgpu.profile,
                        start=vgpu.placement,
                        ours=vm.foreign is False,
                    )
                )
    nowhere = [*_vgpus_on_no_known_device(site, facts), *_promised(facts)]
    for index, device in enumerate(facts.gpus):
        pci = device.pci or ""
        holder = device.held_by or taken.get(pci, "")
        if not holder and nowhere:
            holder = _next_for(device.model, nowhere)
        yield Gpu(
            host=facts.name,
            index=index,
            pci=pci,
            model=device.model,
            numa=device.numa or 0,
            mode=device.mode or "",
            held_by=holder,
            linked=device.nvlink_with,
            tenants=tuple(sorted(tenants.get(pci, ()), key=lambda t: (t.start or 0, t.vm))),
            mixed_size=device.mixed_size,
        )


def _next_for(model: str, nowhere: list[_Holder]) -> str:
    """Takes the first holder that may have a GPU of this model off the list; empty for none."""
    fitting = (n for n, (_, wanted) in enumerate(nowhere) if wanted in ("", model))
    found = next(fitting, None)
    return "" if found is None else nowhere.pop(found)[0]


def _promised(facts: HostFacts) -> list[_Holder]:
    """The GPUs that are promised to other users, of which nobody says where they are."""
    reserved = facts.reserved_for_others
    count = (reserved.gpus or 0) if reserved else 0
    return [("others", (reserved.gpu if reserved else None) or "")] * count


def _vgpus_on_no_known_device(site: SiteInventory, facts: HostFacts) -> list[_Holder]:
    """The VM of each running vGPU whose device is unknown: it costs the host a whole GPU."""
    return [
        (vm.name, "")
        for vm in site.occupancy
        if vm.host == facts.name and vm.power != "off" and vm.foreign is not False
        for vgpu in vm.vgpus
        if not vgpu.pci
    ]


def _used(site: SiteInventory, facts: HostFacts) -> tuple[int, int]:
    """Cores and bytes that the host keeps for others or that others run on it already."""
    reserved = facts.reserved_for_others
    cores = (reserved.cores or 0) if reserved else 0
    memory = int(reserved.memory_bytes.value) if reserved and reserved.memory_bytes else 0
    for vm in site.occupancy:
        if vm.host == facts.name and vm.power != "off" and vm.foreign is not False:
            cores += vm.vcpu or 0
            memory += int(vm.memory_bytes.value) if vm.memory_bytes else 0
    return cores, memory
