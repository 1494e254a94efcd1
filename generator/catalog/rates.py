"""Rates that follow from an accelerator's row: peaks, and what is reached of them."""

from __future__ import annotations

from generator.catalog.accelerator import Accelerator

TERA = 1e12

SPARSE_FORMATS = frozenset(("tf32", "fp16", "bf16", "fp8", "fp4", "int8", "int4"))
"""What matrix units multiply with 2:4 sparsity. Published: NVIDIA A100 architecture white paper,
fine-grained structured sparsity; the formats that came later behave alike."""

SPARSE_FACTOR = 2
"""2:4 sparsity doubles the peak, only for weights pruned to that pattern. Published: the same."""

ACHIEVABLE_RATIO = 0.80
"""Share of its dense peak that a large matrix product reaches; assumed where no measurement of the
board is in its row, between the 0.71 and 0.87 that NVIDIA boards were measured at. Published: S.
Bekman, Machine Learning Engineering, accelerator chapter, maximum achievable matmul."""


def computes_in(gpu: Accelerator, precision: str) -> bool:
    """Whether the GPU has units for the format; without them it can only be stored."""
    return precision.lower() in gpu.precisions


def peak_flop_per_s(gpu: Accelerator, precision: str, *, sparse: bool = False) -> float | None:
    """Peak operations per second in a format; None where the GPU has no units or no figure.

    ``sparse`` asks for the figure with 2:4 sparsity, which is the dense one where the GPU or the
    format has none.
    """
    precision = precision.lower()
    if not computes_in(gpu, precision) or precision not in gpu.peak_dense_tflops:
        return None
    doubled = sparse and gpu.structured_sparsity and precision in SPARSE_FORMATS
    return gpu.peak_dense_tflops[precision] * TERA * (SPARSE_FACTOR if doubled else 1)


def achievable_flop_per_s(gpu: Accelerator, precision: str) -> float | None:
    """What large matrix products reach: measured, else ``ACHIEVABLE_RATIO`` of the dense peak."""
    measured = gpu.measured_peak_tflops.get(precision.lower())
    if measured is not None:
        return measured * TERA
    peak = peak_flop_per_s(gpu, precision)
    return None if peak is None else peak * ACHIEVABLE_RATIO
