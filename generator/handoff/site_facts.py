"""What each site is said to have: the sheet by which its owners see what a release stands on."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from generator.blueprint.model.blueprint import Blueprint
from generator.blueprint.model.hosts import Cpu, GpuDevice, Host, Nic
from generator.blueprint.model.resource_management import Capacity
from generator.blueprint.model.storage_compute import Tier, Uplink
from generator.quantity import GIB
from generator.record import Record, record
from generator.supply.model import (
    Cluster,
    Datastore,
    RunningVgpu,
    RunningVm,
    SiteInventory,
    Supervisor,
    Switch,
)

UNKNOWN = "unknown"


@record
class Fact(Record):
    """Something of a site that the release stands on, as it was stated."""

    site: str
    what: str
    stated: str


def site_facts(inventories: Mapping[str, SiteInventory]) -> Iterator[Fact]:
    """What each site is said to have; whoever knows better says so before the first step."""
    for site, inventory in sorted(inventories.items()):
        for what, stated in _facts(inventory):
            yield Fact(site=site, what=what, stated=stated)


def platform_facts(blueprint: Blueprint) -> Iterator[Fact]:
    """How a release gets there and back, what storage is promised, and what others run for it."""
    name, release = blueprint.metadata.name, blueprint.release
    for what, stated in (
        ("release", release.policy),
        ("release to fall back to", release.last_known_good),
    ):
        if stated:
            yield Fact(site=name, what=what, stated=stated)
    for site in blueprint.storage_compute.sites:
        if site.uplink is not None:
            yield Fact(site=site.name, what="uplink", stated=_uplink(site.uplink))
    for tier in blueprint.storage_compute.storage.tiers:
        yield Fact(site=name, what=f"tier {tier.name}", stated=_tier(tier))
    yield from _others(blueprint)


def _uplink(uplink: Uplink) -> str:
    speed, latency = uplink.speed_bytes_per_s, uplink.latency_s
    return _joined(
        speed and f"{speed.value * 8 / 1e9:g} Gb/s",
        uplink.to and f"to {uplink.to}",
        latency and f"{latency.value * 1000:g} ms",
    )


def _tier(tier: Tier) -> str:
    rate, latency = tier.throughput_bytes_per_s, tier.latency_s
    return _joined(
        tier.media,
        tier.backing,
        tier.datastore and f"on {tier.datastore}",
        tier.endpoint and f"at {tier.endpoint}",
        rate and f"{rate.value / 1e9:g} GB/s",
        tier.iops and f"{tier.iops} operations/s",
        latency and f"{latency.value * 1000:g} ms",
    )


def _others(blueprint: Blueprint) -> Iterator[Fact]:
    """The clusters and clouds that somebody else runs and work of the platform goes to."""
    for item in blueprint.resource_management.orchestrators:
        if item.managed is False or item.kind == "burst":
            capacity = item.capacity
            yield Fact(
                site=item.site or "elsewhere",
                what=f"orchestrator {item.name}",
                stated=_joined(
                    item.kind,
                    item.provider,
                    item.region,
                    capacity and _capacity(capacity),
                    item.queues and f"queues {', '.join(item.queues)}",
                ),
            )


def _capacity(capacity: Capacity) -> str:
    memory, storage = capacity.memory_bytes, capacity.storage_bytes
    return _joined(
        capacity.cores and f"{capacity.cores:g} cores",
        memory and f"{memory.value / GIB:.0f} GiB",
        capacity.gpus and _words(capacity.gpus, "x", capacity.gpu or "GPU"),
        storage and f"{storage.value / GIB:.0f} GiB of storage",
    )


def _facts(inventory: SiteInventory) -> Iterator[tuple[str, str]]:
    yield from _governing(inventory)
    yield from _carrying(inventory)
    yield from _services(inventory)
    for host in inventory.hosts:
        yield f"host {host.name}", _host(host)
    for vm in inventory.occupancy:
        yield f"VM {vm.name}", _vm(vm)
    for item in inventory.objects:
        yield f"{item.kind} {item.name}", _joined(item.within, item.id, item.manage)


def _governing(inventory: SiteInventory) -> Iterator[tuple[str, str]]:
    """Where the facts come from, and what governs the hosts."""
    about = inventory.metadata
    yield "inventory", _joined(about.as_of and f"of {about.as_of}", about.source)
    for vcenter in inventory.vcenters:
        yield f"vCenter {vcenter.ref}", _joined(vcenter.version, vcenter.lifecycle)
    for datacenter in inventory.datacenters:
        yield (
            f"datacenter {datacenter.name}",
            _joined(datacenter.folder and f"in {datacenter.folder}"),
        )
    for cluster in inventory.clusters:
        yield f"cluster {cluster.name}", _cluster(cluster)
    for supervisor in inventory.supervisors:
        yield f"Supervisor {supervisor.ref}", _supervisor(supervisor)


def _carrying(inventory: SiteInventory) -> Iterator[tuple[str, str]]:
    """Switches, networks, libraries and datastores."""
    for switch in inventory.switches:
        yield f"switch {switch.name}", _switch(switch)
    for network in inventory.networks:
        yield (
            f"network {network.port_group or network.role}",
            _joined(
                network.role,
                network.switch and f"on {network.switch}",
                network.cidr,
                network.gateway and f"gateway {network.gateway}",
            ),
        )
    for library in inventory.libraries:
        local = "local" if library.subscribed is False else library.subscribed and "subscribed"
        yield f"library {library.name}", _joined(library.holds, local, library.id)
    for datastore in inventory.datastores:
        yield f"datastore {datastore.name}", _datastore(datastore)


def _cluster(cluster: Cluster) -> str:
    ha = cluster.ha
    return _joined(
        cluster.drs and f"DRS {cluster.drs}",
        ha and ha.enabled is False and "HA off",
        ha and ha.host_failures is not None and f"HA for {ha.host_failures} host failure(s)",
        ha and ha.cpu_reserve_ratio and f"HA keeps {ha.cpu_reserve_ratio.value:.0%} of the CPU",
        ha and ha.memory_reserve_ratio and f"{ha.memory_reserve_ratio.value:.0%} of the memory",
        cluster.evc and f"EVC {cluster.evc}",
        cluster.image and f"image {cluster.image}",
        cluster.configuration_profile and "configuration profile",
    )


def _supervisor(supervisor: Supervisor) -> str:
    return _joined(
        supervisor.version,
        supervisor.network,
        supervisor.load_balancer and f"load balancer {supervisor.load_balancer}",
        supervisor.control_plane_size and f"control plane {supervisor.control_plane_size}",
        supervisor.zones and f"zones {', '.join(supervisor.zones)}",
    )


def _switch(switch: Switch) -> str:
    return _joined(
        switch.kind,
        switch.mtu and f"MTU {switch.mtu}",
        switch.offloaded and "offloaded to DPUs",
    )


def _datastore(datastore: Datastore) -> str:
    usable, used = datastore.usable_bytes, datastore.used_bytes
    read, write = datastore.read_bytes_per_s, datastore.write_bytes_per_s
    return _joined(
        datastore.kind,
        usable and f"{usable.value / GIB:.0f} GiB",
        used and f"{used.value / GIB:.0f} GiB in use",
        read and f"reads {read.value / 1e9:g} GB/s",
        write and f"writes {write.value / 1e9:g} GB/s",
        datastore.iops and f"{datastore.iops} operations/s",
        datastore.rwx and "RWX",
        datastore.encryption and f"encryption {datastore.encryption}",
    )


def _vm(vm: RunningVm) -> str:
    """What runs there already, and whose it is (F5)."""
    memory = vm.memory_bytes
    return _joined(
        vm.owner and f"of {vm.owner}",
        vm.uuid,
        vm.host or vm.cluster,
        vm.power,
        vm.vcpu and f"{vm.vcpu} vCPUs",
        memory and f"{memory.value / GIB:.0f} GiB",
        vm.reservation and f"reserves {_capacity(vm.reservation)}",
        *(_vgpu(vgpu) for vgpu in vm.vgpus),
        *(f"GPU at {pci}" for pci in vm.passthrough),
    )


def _vgpu(vgpu: RunningVgpu) -> str:
    return _words(
        vgpu.profile,
        vgpu.pci and f"on {vgpu.pci}",
        vgpu.placement is not None and f"at placement {vgpu.placement}",
    )


def _services(inventory: SiteInventory) -> Iterator[tuple[str, str]]:
    services = inventory.services
    for name in (
        "dns", "ntp", "proxy", "registry", "mirrors", "ca_bundles", "key_provider",
        "nvidia_license", "backup", "ipam", "itsm",
    ):  # fmt: skip
        stated = getattr(services, name)
        if stated:
            yield f"service {name}", stated if isinstance(stated, str) else ", ".join(stated)


def _host(host: Host) -> str:
    nvme, memory, tier = host.nvme, host.memory_bytes, host.memory_tier_bytes
    return _joined(
        host.hardware,
        host.cpu and _cpu(host.cpu),
        memory and f"{memory.value / GIB:.0f} GiB",
        tier and f"{tier.value / GIB:.0f} GiB of it on NVMe",
        host.version and f"ESX {host.version}",
        host.image and f"image {host.image}",
        host.dpu and f"DPU {host.dpu}",
        host.maintenance and "in maintenance",
        host.reserved_for_others and f"for others: {_capacity(host.reserved_for_others)}",
        nvme and f"NVMe {nvme.devices} x {nvme.size_bytes.value / GIB:.0f} GiB",
        *(_nic(nic) for nic in host.nics),
        *(_gpu(gpu) for gpu in host.gpus),
        *(f"{device.count or 1} x {device.name}" for device in host.other_devices),
    )


def _cpu(cpu: Cpu) -> str:
    return _words(
        cpu.sockets and cpu.cores_per_socket and f"{cpu.sockets} x {cpu.cores_per_socket} cores",
        cpu.model,
    )


def _gpu(gpu: GpuDevice) -> str:
    """A GPU in words, with what it is set to today."""
    return _words(
        gpu.model,
        gpu.pci and f"at {gpu.pci}",
        gpu.mode and f"today {gpu.mode}",
        gpu.mixed_size is not None and ("mixed-size" if gpu.mixed_size else "same-size"),
        gpu.held_by and f"held by {gpu.held_by}",
    )


def _nic(nic: Nic) -> str:
    """A port in words: what runs over it, where it is plugged, and what passes the hypervisor."""
    speed = nic.speed_bytes_per_s
    return _words(
        nic.name or "port",
        speed and f"{speed.value * 8 / 1e9:g} Gb/s",
        nic.use and f"for {'+'.join(nic.use)}",
        nic.switch and f"on {nic.switch}",
        nic.pcie_switch and f"beside {nic.pcie_switch}",
        nic.numa is not None and f"NUMA node {nic.numa}",
        nic.sr_iov and "SR-IOV",
        nic.upt and "UPT",
    )


def _words(*parts: object) -> str:
    return " ".join(str(part) for part in parts if part)


def _joined(*parts: object) -> str:
    """The parts that are stated; ``unknown`` where none is."""
    return ", ".join(str(part) for part in parts if part) or UNKNOWN
