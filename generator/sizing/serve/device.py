"""A device as a formula sees it: memory, bandwidth, peaks and the link to its peers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from generator.catalog.accelerator import Accelerator
from generator.quantity import MIB
from generator.record import Record, record
from generator.sizing.nonsense import positive, ratio

PCIE_BYTES_PER_S = {3: 15.75e9, 4: 31.5e9, 5: 63e9, 6: 121e9}
"""One direction of 16 lanes by PCIe generation (PCI-SIG)."""

STAGED_SHARE = 0.5
"""Without peer-to-peer each byte crosses the host twice; assumed, the most that can be left."""


@record
class Device(Record):
    """One GPU, MIG slice or share of a GPU.

    ``memory_bytes`` is what a process sees (CUDA's total), ``link_bytes_per_s`` one direction of
    the link to its tensor-parallel peers and ``link_latency_s`` what each collective waits there.
    """

    name: str
    memory_bytes: float
    bandwidth_bytes_per_s: float
    peaks_tflops: Mapping[str, float]
    link_bytes_per_s: float
    link_latency_s: float = 0.0


def whole_gpu(accelerator: Accelerator) -> Device:
    """A whole GPU of the catalogue, linked to its peers by NVLink or else through the host."""
    seen = accelerator.cuda_total_mib or accelerator.visible_mib or accelerator.framebuffer_mib
    nvlink = accelerator.nvlink.per_direction_bytes_per_s
    lanes = PCIE_BYTES_PER_S.get(accelerator.pcie_generation or 4, PCIE_BYTES_PER_S[4])
    return Device(
        name=accelerator.id,
        memory_bytes=seen * MIB,
        bandwidth_bytes_per_s=accelerator.memory_bandwidth_bytes_per_s,
        peaks_tflops=accelerator.peak_dense_tflops,
        link_bytes_per_s=nvlink or lanes * STAGED_SHARE,
    )


def slice_of(device: Device, *, compute_ratio: float, memory_ratio: float, name: str) -> Device:
    """A MIG slice: its share of the multiprocessors, and of memory with its bandwidth.

    The slices of a memory partition have that share of the bandwidth to themselves (NVIDIA MIG user
    guide, partitioning).
    """
    ratio("accelerator.profile", compute_ratio)
    ratio("accelerator.profile", memory_ratio)
    return replace(
        device,
        name=name,
        memory_bytes=device.memory_bytes * memory_ratio,
        bandwidth_bytes_per_s=device.bandwidth_bytes_per_s * memory_ratio,
        peaks_tflops={k: v * compute_ratio for k, v in device.peaks_tflops.items()},
    )


def share_of(device: Device, sharers: int, memory_bytes: float) -> Device:
    """A time-sliced share while ``sharers`` are busy: a turn of the whole GPU each.

    Framebuffer is fixed, time is not: a sharer that is idle leaves its turn to the others under the
    best-effort scheduler (NVIDIA vGPU documentation).
    """
    positive("accelerator.profile", sharers)
    return replace(
        device,
        memory_bytes=memory_bytes,
        bandwidth_bytes_per_s=device.bandwidth_bytes_per_s / sharers,
        peaks_tflops={k: v / sharers for k, v in device.peaks_tflops.items()},
    )
