"""Services that answer whole batches: embeddings, images. Roofline of one forward pass."""

from __future__ import annotations

from generator.record import Record, record
from generator.sizing.nonsense import positive
from generator.sizing.precision import arithmetic
from generator.sizing.serve.calibration import CALIBRATION, ServingCalibration
from generator.sizing.serve.device import Device

IMAGE_EFFICIENCY = 0.35
"""Share of the 16-bit peak that convolutions and small transformers attain in inference; assumed.
Range 0.15 (batch 1 without graphs) to 0.6 (TensorRT, large batches)."""

IMAGE_EFFICIENCY_RANGE = (0.15, 0.60)

PASS_OVERHEAD_S = 0.003
"""Launches, copies and pre-processing of one pass; assumed, 1 to 10 ms."""


@record
class Pass(Record):
    """A forward pass: floating-point operations per item, bytes of weights, activations per item.

    An embedding's item is one text of the stated length, a vision model's one image.
    """

    flops_per_item: float
    weights_bytes: float
    activation_bytes_per_item: float


@record
class BatchSpeed(Record):
    """A pass of a batch: its latency, and items per second with one pass after another."""

    latency_s: float
    items_per_s: float


def pass_s(
    work: Pass,
    precision: str,
    device: Device,
    batch: int,
    *,
    efficiency: float = IMAGE_EFFICIENCY,
    calibration: ServingCalibration = CALIBRATION,
) -> float:
    """Seconds of one pass: the longer of multiplying and reading, and an overhead."""
    positive("serving.batch", batch)
    how = arithmetic(precision, device.peaks_tflops)
    multiply = batch * work.flops_per_item / (how.peak_flops * efficiency)
    moved = work.weights_bytes + batch * work.activation_bytes_per_item
    read = moved / (device.bandwidth_bytes_per_s * calibration.weight_read_efficiency)
    return max(multiply, read) + PASS_OVERHEAD_S


def batch_speed(
    work: Pass, precision: str, device: Device, batch: int, *, efficiency: float = IMAGE_EFFICIENCY
) -> BatchSpeed:
    """Latency and throughput at one batch size."""
    seconds = pass_s(work, precision, device, batch, efficiency=efficiency)
    return BatchSpeed(latency_s=seconds, items_per_s=batch / seconds)


def largest_batch_within(
    work: Pass, precision: str, device: Device, latency_s: float, most: int = 1024
) -> int:
    """The largest batch whose pass stays within ``latency_s``; 0 where not even one item does."""
    positive("serving.p95", latency_s)
    low, high = 0, most
    while low < high:
        middle = (low + high + 1) // 2
        if pass_s(work, precision, device, middle) <= latency_s:
            low = middle
        else:
            high = middle - 1
    return low
