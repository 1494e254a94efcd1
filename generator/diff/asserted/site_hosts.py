"""Hosts of a site with their NICs and GPUs, as far as the inventory states them."""

from __future__ import annotations

from collections.abc import Iterator

from generator.blueprint.model.hosts import GpuDevice, Host
from generator.catalog import Catalog
from generator.diff.asserted.record import Asserted
from generator.diff.asserted.settings import MIG
from generator.diff.asserted.site_facts import Facts, Fields, stated, whole
from generator.quantity import Quantity


def hosts(facts: Facts) -> Iterator[Asserted]:
    """The hosts that are there, with the NICs and GPUs that are stated of them."""
    mine = facts.cluster_names()
    for host in facts.inventory.hosts:
        if host.manage == "create" or not (host.cluster in mine or facts.alone):
            continue
        within = (("cluster", host.cluster),) if host.cluster else ()
        yield stated(facts, "host", host.name, _host_fields(host), within)
        for nic in host.nics:
            if nic.name:
                speed = _bits(nic.speed_bytes_per_s)
                key = f"{host.name}/{nic.name}"
                inside = (("host", host.name), *within)
                yield stated(facts, "nic", key, {"speed_mbit": speed}, inside)
        for gpu in host.gpus:
            if gpu.pci:
                inside = (("host", host.name), *within)
                key = f"{host.name}/{gpu.pci.lower()}"
                yield stated(facts, "gpu", key, _gpu_fields(facts.catalog, gpu), inside)


def _host_fields(host: Host) -> Fields:
    cpu = host.cpu
    sockets, each = (cpu.sockets, cpu.cores_per_socket) if cpu else (None, None)
    return {
        "cluster": host.cluster,
        "sockets": sockets,
        "cores": sockets * each if sockets and each else None,
        "memory_bytes": whole(host.memory_bytes),
        "version": host.version,
    }


def _gpu_fields(catalog: Catalog, gpu: GpuDevice) -> Fields:
    """The board by its ids where the catalogue knows them, its place, and the mode stated."""
    board = catalog.accelerator(gpu.model)
    ids = tuple(sorted({one.device.lower() for one in board.pci_ids}))
    fields: Fields = {"device_id": ids or None, "model": board.product}
    fields["numa_node"] = gpu.numa
    if gpu.mode == "passthrough":
        fields["passthrough"] = True
    elif gpu.mode in ("mig", "mig-time-sliced"):
        fields["vgpu_mode"] = MIG
    elif gpu.mode == "time-sliced":
        fields["vgpu_mode"] = "mixedSize" if gpu.mixed_size else "sameSize"
    return fields


def _bits(rate: Quantity | None) -> int | None:
    """Bytes per second as megabit per second."""
    return None if rate is None else int(rate.value * 8) // 1_000_000
