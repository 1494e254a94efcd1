"""Small maps for the tests of what draws them."""

from __future__ import annotations

from dataclasses import replace

from generator.report.map import MapGpu, MapHost, MapSlice, MapTotals, PlatformMap

TOTALS = MapTotals(
    hosts=1,
    hosts_used=1,
    gpus=1,
    gpus_used=1,
    vms=2,
    vcpus=8,
    cores=64,
    planned_memory_bytes=64 << 30,
    memory_bytes=512 << 30,
    framebuffer_mib=80 << 10,
    allocated_mib=50 << 10,
    held_mib=0,
    reserved_mib=0,
    free_mib=20 << 10,
    stranded_mib=10 << 10,
    allocatable_mib=50 << 10,
)


def part(kind: str, start: int, size: int, owner: str = "", profile: str = "") -> MapSlice:
    """A slice with one VM of its owner, or none."""
    owners = (owner,) if owner else ()
    vms = (f"{owner}-0",) if owner else ()
    return MapSlice(kind=kind, start=start, size=size, owners=owners, profile=profile, vms=vms)


def gpu(*slices: MapSlice, host: str = "esx-01", index: int = 0, mode: str = "mig") -> MapGpu:
    """A GPU that its slices fill."""
    return MapGpu(
        name=f"{host}/gpu{index}",
        model="h100",
        today="",
        mode=mode,
        held_by="",
        framebuffer_mib=80 << 10,
        units=sum(one.size for one in slices),
        unit="placement unit",
        slices=slices,
    )


def host(name: str, *gpus: MapGpu, cluster: str = "c") -> MapHost:
    """A host with 64 cores and its GPUs, each named after it."""
    return MapHost(
        site="s",
        cluster=cluster,
        name=name,
        vms=2,
        vcpus=8,
        cores=64,
        planned_memory_bytes=64 << 30,
        memory_bytes=512 << 30,
        gpus=tuple(replace(one, name=f"{name}/gpu{n}") for n, one in enumerate(gpus)),
    )


def drawn(*hosts: MapHost) -> PlatformMap:
    """A map with the same sums whatever stands on it."""
    return PlatformMap(hosts=hosts, totals=TOTALS)


MIXED = gpu(
    part("planned", 0, 4, "rag (prod)", "4-40c"),
    part("free", 4, 2),
    part("running", 6, 1, "legacy", "1-10c"),
    part("stranded", 7, 1),
)
EVERY_KIND = gpu(
    part("planned", 0, 1, "a"),
    part("running", 1, 1, "b"),
    part("reserved", 2, 1),
    part("held", 3, 1, "c"),
    part("free", 4, 1),
    part("stranded", 5, 1),
)
