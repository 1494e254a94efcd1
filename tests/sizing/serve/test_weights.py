"""Weights: what is quantised, what stays wide, and what kernels pad."""

from __future__ import annotations

import pytest

from generator.quantity import GIB
from generator.sizing.nonsense import Nonsense
from generator.sizing.serve.weights import (
    file_bytes,
    nominal_bytes,
    vocabulary_staging_bytes,
    weights,
)
from tests.sizing.serve.models import model


def test_sixteen_bits_are_parameters_times_two() -> None:
    """Nothing is kept wider."""
    llama = model()
    assert weights(llama, "bf16").total_bytes == 2 * llama.parameters


def test_tables_and_norms_stay_wide_in_eight_bits() -> None:
    """One byte per matrix value, two for the rest: more than a byte per parameter."""
    llama = model()
    eight = weights(llama, "fp8")
    tables = llama.embedding_parameters + llama.head_parameters
    assert eight.wide_bytes == pytest.approx(2 * (tables + llama.norm_parameters), rel=1e-6)
    assert llama.parameters < eight.total_bytes < 2 * llama.parameters


def test_gpus_share_the_weights() -> None:
    """Evenly."""
    llama = model()
    assert weights(llama, "fp8", 4).total_bytes * 4 == weights(llama, "fp8").total_bytes


def test_mxfp4_covers_the_experts_alone() -> None:
    """As gpt-oss is published: 12.8 GiB of file."""
    assert weights(model("gpt-oss-20b"), "mxfp4").total_bytes / GIB == pytest.approx(12.8, abs=0.3)


@pytest.mark.parametrize(("family", "loaded"), [("gpt-oss-20b", 13.47), ("gpt-oss-120b", 64.38)])
def test_kernels_pad_experts(family: str, loaded: float) -> None:
    """2880 to 3072: what vLLM's log says of the loaded model."""
    held = weights(model(family), "mxfp4", padded=True)
    assert held.total_bytes / GIB == pytest.approx(loaded, rel=0.01)


def test_ampere_pads_both_sides_of_an_expert() -> None:
    """Four A100 load gpt-oss-120b in 17.22 GiB each, where a quarter of H100's 64.38 is 16.1."""
    oss = model("gpt-oss-120b")
    ampere = weights(oss, "mxfp4", 4, padded=True, marlin=True).total_bytes
    assert ampere / GIB == pytest.approx(17.22, rel=0.01)
    assert ampere > weights(oss, "mxfp4", 4, padded=True).total_bytes


def test_a_checkpoint_may_keep_matrices_wide() -> None:
    """Meta's FP8 checkpoint leaves attention alone: eight GPUs load 57.75 GiB each, not 47."""
    meta = weights(model("llama-3.1-405b-fp8"), "fp8", 8).total_bytes
    assert meta / GIB == pytest.approx(57.75, rel=0.02)
    assert weights(model("llama-3.1-405b"), "fp8", 8).total_bytes / GIB < 48


def test_a_gguf_type_counts_whole_files() -> None:
    """Its bits hold the tables too: 4.58 GiB for 8 billion in Q4_K_M."""
    held = weights(model(), "Q4_K_M")
    assert held.total_bytes / GIB == pytest.approx(4.58, abs=0.02)
    assert held.wide_bytes == 0


def test_files_and_cards_count_plainly() -> None:
    """Parameters by bits, or by the bytes of one format."""
    assert file_bytes(8, 4) == 4
    assert nominal_bytes(175e9, "fp32") == 700e9


def test_quantising_at_load_stages_the_head_in_32_bits() -> None:
    """Four bytes per value of the head."""
    assert vocabulary_staging_bytes(model()) == 4 * 128256 * 4096


def test_an_unknown_format_is_refused() -> None:
    """With the field that names it."""
    with pytest.raises(Nonsense, match=r"model\.precision"):
        weights(model(), "int5")
