"""The supply: what inventories leave to the platform."""

from __future__ import annotations

from dataclasses import replace

import pytest

from generator.blueprint.model.hosts import Cpu, GpuDevice, Host
from generator.blueprint.model.resource_management import Capacity
from generator.placement.hosts.stock import left_out, stock
from generator.quantity import GIB, Quantity
from generator.supply.model import (
    Cluster,
    RunningVgpu,
    RunningVm,
    SiteInventory,
    SiteMetadata,
    Supervisor,
)

H100, L40S = "nvidia-h100-pcie-80", "nvidia-l40s"


def held(reserved: Capacity | None, *running: RunningVm) -> list[str]:
    """Who holds each GPU of a host with an L40S and two H100."""
    facts = Host(
        name="a",
        cpu=Cpu(sockets=2, cores_per_socket=32),
        memory_bytes=Quantity(512 * GIB),
        reserved_for_others=reserved,
        gpus=tuple(GpuDevice(model=m, pci=f"p{n}") for n, m in enumerate((L40S, H100, H100))),
    )
    site = SiteInventory(metadata=SiteMetadata(name="s"), hosts=(facts,), occupancy=running)
    (host,) = stock({"s": site})
    return [gpu.held_by for gpu in host.gpus]


@pytest.mark.parametrize(
    ("reserved", "holders"),
    [
        (None, ["", "", ""]),
        (Capacity(cores=4), ["", "", ""]),
        (Capacity(gpus=1), ["others", "", ""]),
        (Capacity(gpus=2), ["others", "others", ""]),
        (Capacity(gpus=1, gpu=H100), ["", "others", ""]),
        (Capacity(gpus=9), ["others", "others", "others"]),
    ],
)
def test_gpus_that_others_are_promised_are_no_supply(
    reserved: Capacity | None, holders: list[str]
) -> None:
    assert held(reserved) == holders


def test_a_promise_comes_on_top_of_what_is_taken() -> None:
    lost = RunningVm(name="lost", host="a", vgpus=(RunningVgpu(profile="nvidia_h100-80c"),))
    taken = RunningVm(name="vdi", host="a", passthrough=("p1",))
    assert held(Capacity(gpus=1), lost, taken) == ["lost", "vdi", "others"]


KNOWN = Host(
    name="a",
    cluster="gpu-a",
    cpu=Cpu(sockets=2, cores_per_socket=32),
    memory_bytes=Quantity(512 * GIB),
    gpus=(GpuDevice(model=H100),),
)


@pytest.mark.parametrize(
    ("facts", "why"),
    [
        (KNOWN, []),
        (replace(KNOWN, maintenance=True), ["in maintenance"]),
        (replace(KNOWN, cpu=None), ["its cores are not known"]),
        (replace(KNOWN, memory_bytes=None), ["its memory is not known"]),
        (replace(KNOWN, cluster="gpu-b"), ["no Supervisor covers gpu-b"]),
    ],
)
def test_what_is_not_planned_with_is_named_with_its_reason(facts: Host, why: list[str]) -> None:
    """Nothing of the facts is dropped without a word."""
    supervisor = Supervisor(ref="s", clusters=("gpu-a",))
    site = SiteInventory(metadata=SiteMetadata(name="s"), hosts=(facts,), supervisors=(supervisor,))
    assert [(one.host, one.gpus, one.why) for one in left_out({"s": site})] == [
        ("a", 1, each) for each in why
    ]
    assert len(stock({"s": site})) == 1 - len(why)


def test_of_two_supervisors_the_one_that_carries_the_environments_has_the_vms() -> None:
    """A namespace is one Supervisor's, and so are its VMs; the first that has GPUs by its zone."""
    other = replace(KNOWN, name="b", cluster="gpu-b")
    site = SiteInventory(
        metadata=SiteMetadata(name="s"),
        hosts=(KNOWN, other, replace(KNOWN, name="c", cluster="cpu", gpus=())),
        clusters=(Cluster(name="gpu-a", zone="z"), Cluster(name="gpu-b"), Cluster(name="cpu")),
        supervisors=(
            Supervisor(ref="s1", clusters=("cpu",)),
            Supervisor(ref="s2", zones=("z",)),
            Supervisor(ref="s3", clusters=("gpu-b",)),
        ),
    )
    assert [host.name for host in stock({"s": site})] == ["a"]
    assert [
        (one.host, "s2 carries the environments" in one.why) for one in left_out({"s": site})
    ] == [("b", True), ("c", True)]
