"""Number formats."""

from __future__ import annotations

from typing import get_args

import pytest

from generator.blueprint.model.words import Precision
from generator.catalog import Catalog
from generator.sizing.nonsense import Nonsense
from generator.sizing.precision import (
    arithmetic,
    bytes_per_value,
    computes_natively,
    is_quantised,
    sparse_bytes_per_value,
)

A100, H100, T4 = (
    Catalog.builtin().accelerator(name).peak_dense_tflops
    for name in ("nvidia-a100-sxm4-80", "nvidia-h100-sxm5-80", "nvidia-t4")
)


@pytest.mark.parametrize("precision", get_args(Precision))
def test_every_precision_of_the_language_has_its_bytes(precision: str) -> None:
    """Mixed ones store their narrow format."""
    assert 0 < bytes_per_value(precision) <= 8


@pytest.mark.parametrize(
    ("precision", "size"),
    [
        ("tf32", 4), ("bf16-mixed", 2), ("fp8", 1), ("int4", 0.5), ("mxfp8", 1.03125),
        ("mxfp6", 0.78125), ("mxfp4", 0.53125), ("nvfp4", 0.5625), ("nf4", 0.5625),
    ],
)  # fmt: skip
def test_scales_are_stored_too(precision: str, size: float) -> None:
    """TF32 saves nothing."""
    assert bytes_per_value(precision) == size


def test_eight_bits_save_memory_on_an_a100_and_no_time() -> None:
    """It multiplies in 16."""
    assert arithmetic("fp8", A100).precision == "bf16"
    assert not computes_natively("fp8", A100)
    assert arithmetic("fp8", H100).peak_flops == pytest.approx(1979e12, rel=0.01)


@pytest.mark.parametrize("precision", ["nf4", "int4-g128", "Q4_K_M"])
def test_weight_only_formats_multiply_in_sixteen_bits(precision: str) -> None:
    """Even where the GPU has narrow units."""
    assert is_quantised(precision)
    assert arithmetic(precision, H100).precision == "bf16"


def test_a_gpu_without_the_units_is_refused() -> None:
    """BF16 on Turing; FP16 is there."""
    with pytest.raises(Nonsense, match=r"model\.precision"):
        arithmetic("bf16", T4)
    assert arithmetic("nf4", T4).precision == "fp16"


def test_two_of_four_store_half_and_an_index() -> None:
    """0.5625 of sixteen bits."""
    assert sparse_bytes_per_value("fp16") / bytes_per_value("fp16") == 0.5625


def test_an_unknown_format_is_refused() -> None:
    """With those that are known."""
    with pytest.raises(Nonsense, match="int5"):
        bytes_per_value("int5")
