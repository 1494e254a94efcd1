"""Two statements about one host: where they differ, and what they say together."""

from __future__ import annotations

import pytest

from generator.blueprint.model.hosts import Cpu, GpuDevice, Host, Nic, Nvme
from generator.finding import Path
from generator.quantity import Quantity
from generator.supply.agree import completed, disagreements

GIB = 1 << 30
HOST = Host(
    name="esx-01",
    cpu=Cpu(sockets=2, features=("avx512",)),
    memory_bytes=Quantity(1024 * GIB),
    nvme=Nvme(devices=6, size_bytes=Quantity(3_840_000_000_000)),
    gpus=(GpuDevice(model="nvidia-l4", pci="0000:17:00.0"), GpuDevice(model="nvidia-l4")),
)


@pytest.mark.parametrize(
    ("other", "paths"),
    [
        (HOST, []),
        (Host(name="esx-01"), []),
        (Host(name="esx-01", memory_bytes=Quantity(1024 * GIB, "measured")), []),
        (Host(name="esx-01", memory_bytes=Quantity(512 * GIB)), [("memory",)]),
        (Host(name="esx-01", cpu=Cpu(sockets=1, cores_per_socket=8)), [("cpu", "sockets")]),
        (Host(name="esx-01", cpu=Cpu(features=("amx-int8",))), [("cpu", "features", 0)]),
        (Host(name="esx-01", gpus=(GpuDevice(model="nvidia-l4"),)), [("gpus",)]),
        (
            Host(name="esx-01", gpus=(GpuDevice(model="nvidia-t4"), GpuDevice(model="nvidia-l4"))),
            [("gpus", 0, "model")],
        ),
        (
            Host(name="esx-01", nvme=Nvme(devices=8, size_bytes=Quantity(1))),
            [("nvme", "devices"), ("nvme", "size")],
        ),
    ],
    ids=[
        "itself", "nothing-stated", "another-source", "a-quantity", "below", "in-a-list",
        "another-count", "an-item", "several",
    ],
)  # fmt: skip
def test_only_what_both_state_can_differ(other: Host, paths: list[Path]) -> None:
    """Paths are those of the document: keys, not field names."""
    assert list(disagreements(HOST, other)) == paths


def test_a_fact_that_only_one_states_is_taken_over() -> None:
    """What the host states itself stays."""
    nic = Nic(speed_bytes_per_s=Quantity(1))
    by = Host(name="esx-01", cluster="gpu-a", cpu=Cpu(sockets=4), nics=(nic,))
    made = completed(HOST, by)
    assert (made.cluster, made.nics) == ("gpu-a", (nic,))
    assert (made.cpu, made.memory_bytes) == (HOST.cpu, HOST.memory_bytes)
