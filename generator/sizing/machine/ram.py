"""RAM of a GPU VM: what the guest needs, all of it reserved, and what the host adds to it."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

from generator.ledger import Basis
from generator.quantity import GIB, MIB
from generator.record import Record, record
from generator.sizing.machine.bill import Bill, Part
from generator.sizing.nonsense import not_negative

SYSTEM_BYTES = 8 * GIB
"""Operating system, kubelet and monitoring. Published: NVIDIA, NIM prerequisites, 5 to 10 GB."""

SHARED_MEMORY_BYTES = 16 * GIB
"""Shared memory of a container that serves a model. Published: NVIDIA, NIM prerequisites."""

SERVER_BYTES, SERVER_BYTES_LOW, SERVER_BYTES_HIGH = 8 * GIB, 4 * GIB, 16 * GIB
"""Tokeniser, HTTP server and caches of a model server; assumed, with the two above it makes the 32
GiB beside the framebuffer that practitioners give."""

STAGING_RATIO = {"training": (2.0, 1.0, 3.2), "inference": (1.0, 0.5, 2.0)}
"""Host memory per byte of framebuffer (value, low, high): pinned buffers, a checkpoint on its way
out, page cache. Assumed; F. Denneman pairs 128 GB with an A100 of 40 GB, which is the high end."""

MMIO_BASE_BYTES = 78.3 * MIB
MMIO_BYTES_PER_GIB = 14 / 384 * MIB
"""Overhead of a VM for its 64-bit MMIO window. Published: about 83 MB for a window of 128 GB with a
GPU, 14 MB more at 512 GB (F. Denneman, BIOS, VM and vCenter Settings); a line through both."""

OVERHEAD_BASE_BYTES = 14.4 * MIB
OVERHEAD_PER_VCPU_BYTES = 4.0 * MIB
OVERHEAD_PER_GIB_BYTES = 7.5 * MIB
"""Overhead of a VM for its own virtualisation. A line through the sample table of VMware, vSphere
Resource Management, Overhead Memory on Virtual Machines (256 MB to 16 GB, 1 to 8 vCPUs: within 3
%); larger VMs are extrapolated."""


class Purpose(StrEnum):
    """What the VM is for, as far as its memory goes."""

    TRAINING = "training"
    INFERENCE = "inference"


@record
class Prefetch(Record):
    """Batches that loader workers hold ready: workers x prefetch factor x bytes of one batch."""

    workers: int
    prefetch_factor: int
    batch_bytes: float

    @property
    def held_bytes(self) -> float:
        """All batches in flight."""
        workers = not_negative("loader.workers", self.workers)
        factor = not_negative("loader.prefetch", self.prefetch_factor)
        return workers * factor * not_negative("loader.batch", self.batch_bytes)


@record
class MachineMemory(Record):
    """Memory of one VM: what it is configured with, what of it is reserved, what the host adds."""

    configured: Bill
    reserved_bytes: int
    overhead: Bill

    @property
    def configured_bytes(self) -> int:
        """The VM's RAM."""
        return int(self.configured.total)

    @property
    def host_bytes(self) -> int:
        """What a host must have free to power it on: reservation and overhead."""
        return self.reserved_bytes + int(self.overhead.total)


def guest_memory(
    purpose: Purpose,
    *,
    framebuffer_bytes: float,
    prefetch: Prefetch | None = None,
    offload_bytes: float = 0.0,
    weights_bytes: float = 0.0,
) -> Bill:
    """RAM of the guest as a sum of parts, in whole GiB.

    ``framebuffer_bytes`` is that of all its GPUs, ``offload_bytes`` what training keeps on the CPU
    (optimiser states, parameters) and ``weights_bytes`` a model that is loaded through host memory
    and exceeds the staging share.
    """
    not_negative("framebuffer", framebuffer_bytes)
    share, low, high = STAGING_RATIO[purpose.value]
    staging = int(share * framebuffer_bytes)
    bill = Bill(name="RAM", unit="bytes", parts=()).plus(
        Part(
            name="system",
            value=SYSTEM_BYTES,
            rule="operating system, kubelet and monitoring",
            source="NVIDIA, NIM prerequisites: 5 to 10 GB",
            basis=Basis.PUBLISHED,
        ),
        Part(
            name="staging",
            value=staging,
            rule=f"{share:g} x framebuffer of all GPUs",
            source="assumed; F. Denneman pairs 128 GB with an A100 of 40 GB",
            basis=Basis.ASSUMED,
            low=low * framebuffer_bytes,
            high=high * framebuffer_bytes,
        ),
        _beyond("weights", weights_bytes, staging),
        Part(
            name="CPU offload",
            value=int(not_negative("train.offload", offload_bytes)),
            rule="states that training keeps in host memory",
            source="sum of the parts: the memory of the training run",
        ),
    )
    if prefetch is not None:
        bill = bill.plus(
            Part(
                name="prefetch",
                value=int(prefetch.held_bytes),
                rule="loader workers x prefetch factor x bytes of a batch",
                source="PyTorch, torch.utils.data.DataLoader",
            )
        )
    if purpose is Purpose.INFERENCE:
        bill = bill.plus(*_serving())
    return bill.rounded_up(GIB, "whole GiB")


def _serving() -> tuple[Part, Part]:
    return (
        Part(
            name="shared memory",
            value=SHARED_MEMORY_BYTES,
            rule="shared memory of the serving container",
            source="NVIDIA, NIM prerequisites",
            basis=Basis.PUBLISHED,
        ),
        Part(
            name="server",
            value=SERVER_BYTES,
            rule="tokeniser, HTTP server and caches",
            source="assumed",
            basis=Basis.ASSUMED,
            low=SERVER_BYTES_LOW,
            high=SERVER_BYTES_HIGH,
        ),
    )


def _beyond(name: str, wanted_bytes: float, there_bytes: int) -> Part:
    """What is wanted beyond what is there already."""
    missing = max(0, int(not_negative(name, wanted_bytes)) - there_bytes)
    return Part(
        name=name,
        value=missing,
        rule="what loading the weights needs beyond the staging share",
        source="NVIDIA, NIM prerequisites: 2 bytes per parameter",
    )


def overhead(memory_bytes: int, vcpus: int, mmio_gib: int) -> Bill:
    """Memory that the host keeps beside the VM's own, by its vCPUs, RAM and MMIO window."""
    gib = not_negative("memory", memory_bytes) / GIB
    own = (
        OVERHEAD_BASE_BYTES
        + OVERHEAD_PER_VCPU_BYTES * not_negative("vcpus", vcpus)
        + OVERHEAD_PER_GIB_BYTES * gib
    )
    window = MMIO_BASE_BYTES + MMIO_BYTES_PER_GIB * mmio_gib if mmio_gib > 0 else 0.0
    return Bill(name="VM overhead", unit="bytes", parts=()).plus(
        Part(
            name="virtualisation",
            value=int(own),
            rule="14.4 MiB + 4 MiB per vCPU + 7.5 MiB per GiB of RAM",
            source="VMware, vSphere Resource Management, Overhead Memory (fitted line)",
            basis=Basis.PUBLISHED,
        ),
        Part(
            name="MMIO window",
            value=int(window),
            rule="78 MiB + 0.036 MiB per GiB of the window",
            source="F. Denneman, BIOS, VM and vCenter Settings (line through two readings)",
            basis=Basis.PUBLISHED,
        ),
    )


def machine_memory(configured: Bill, *, vcpus: int, gpus: int, mmio_gib: int) -> MachineMemory:
    """A VM's memory on its host. With any GPU, vGPU or passthrough, all of it is reserved.

    Source: Broadcom, KB 309986. Without a GPU nothing has to be reserved.
    """
    total = int(configured.total)
    return MachineMemory(
        configured=configured,
        reserved_bytes=total if not_negative("gpus", gpus) else 0,
        overhead=overhead(total, vcpus, mmio_gib),
    )


def host_room_bytes(
    host_memory_bytes: int, machines: Iterable[MachineMemory], *, kept_bytes: int = 0
) -> int:
    """What a host has left after reservations, overheads and what is kept; below zero: too full.

    Admission counts the sum of reservations and overheads; what vSphere HA or ESXi keeps is
    ``kept_bytes``.
    """
    taken = sum(machine.host_bytes for machine in machines)
    return int(host_memory_bytes - not_negative("host.kept", kept_bytes) - taken)
