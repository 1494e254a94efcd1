"""generator.catalog.rates: operations per second that follow from a GPU's row."""

from __future__ import annotations

import pytest

from generator.catalog import Catalog
from generator.catalog.rates import (
    ACHIEVABLE_RATIO,
    achievable_flop_per_s,
    computes_in,
    peak_flop_per_s,
)

CATALOG = Catalog.builtin()
A100 = CATALOG.accelerator("nvidia-a100-sxm4-80")
A100_40 = CATALOG.accelerator("nvidia-a100-sxm4-40")
H100 = CATALOG.accelerator("nvidia-h100-sxm5-80")
T4 = CATALOG.accelerator("nvidia-t4")
GPUS = [CATALOG.accelerator(row_id) for row_id in CATALOG.ids("accelerators")]


def test_an_a100_has_no_units_for_fp8() -> None:
    """It can store the format, and gains no speed by it."""
    assert not computes_in(A100, "fp8")
    assert peak_flop_per_s(A100, "fp8") is None
    assert computes_in(H100, "FP8")


@pytest.mark.parametrize(("precision", "tflops"), [("fp32", 19.5), ("tf32", 156), ("int8", 624)])
def test_peaks_are_dense(precision: str, tflops: float) -> None:
    """Data sheets like to print them with sparsity."""
    assert peak_flop_per_s(A100, precision) == tflops * 1e12


def test_sparsity_doubles_matrix_formats_where_the_gpu_has_it() -> None:
    """Not fp32, which runs beside the matrix units, and not before Ampere."""
    assert peak_flop_per_s(A100, "int8", sparse=True) == 1248e12
    assert peak_flop_per_s(A100, "fp32", sparse=True) == 19.5e12
    assert peak_flop_per_s(T4, "fp16", sparse=True) == peak_flop_per_s(T4, "fp16") == 65e12


def test_what_was_measured_on_the_board_goes_before_the_assumed_share() -> None:
    """A matrix product reached 271.2 of 312 on the A100 with 80 GB."""
    assert achievable_flop_per_s(A100, "bf16") == 271.2e12
    assert achievable_flop_per_s(A100_40, "bf16") == 312e12 * ACHIEVABLE_RATIO
    assert achievable_flop_per_s(A100, "fp8") is None


@pytest.mark.parametrize("gpu", GPUS, ids=lambda gpu: gpu.id)
def test_nothing_reaches_its_peak(gpu: object) -> None:
    """Of no GPU, in no format."""
    assert isinstance(gpu, type(A100))
    for precision in gpu.precisions:
        peak, reached = peak_flop_per_s(gpu, precision), achievable_flop_per_s(gpu, precision)
        assert (peak is None) == (reached is None)
        assert peak is None or reached is None or 0 < reached < peak
