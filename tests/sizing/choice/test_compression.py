"""What quantising, pruning and sparsity change in serving."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.catalog import Catalog
from generator.sizing.choice.compression import judge_sparsity, pruned, quantised, sparse
from generator.sizing.nonsense import Nonsense

CATALOG = Catalog.builtin()
A100 = CATALOG.accelerator("nvidia-a100-pcie-80")
A2 = CATALOG.accelerator("nvidia-a2")
H100 = CATALOG.accelerator("nvidia-h100-pcie-80")
T4 = CATALOG.accelerator("nvidia-t4")


@pytest.mark.parametrize(("target", "ratio"), [("int8", 0.5), ("fp8", 0.5), ("int4", 0.25)])
def test_quantising_scales_weights_and_leaves_the_kv_cache(target: str, ratio: float) -> None:
    effect = quantised("bf16", target)
    assert (effect.weights_ratio, effect.file_ratio) == (ratio, ratio)
    assert (effect.kv_ratio, effect.peak_ratio_high) == (1.0, 1.0)


def test_only_a_device_with_units_computes_faster() -> None:
    assert quantised("bf16", "fp8", accelerator=H100).peak_ratio_high == pytest.approx(2, rel=0.01)
    assert quantised("bf16", "fp8", accelerator=A100).peak_ratio_high == 1.0
    assert quantised("bf16", "int8", accelerator=A100).peak_ratio_high == pytest.approx(2, rel=0.01)


def test_half_of_the_weights_pruned_leaves_memory_and_time_as_they_were() -> None:
    effect = pruned(0.5)
    assert (effect.file_ratio, effect.weights_ratio, effect.peak_ratio_high) == (0.5, 1.0, 1.0)


def test_whole_channels_pruned_shrink_the_matrices() -> None:
    assert pruned(0.5, structured=True).weights_ratio == 0.5


@given(share=st.floats(0.01, 0.99), passes=st.integers(1, 10))
def test_no_compression_grows_a_model(share: float, passes: int) -> None:
    effect = pruned(share, iterations=passes)
    assert 0 <= effect.file_ratio < 1
    assert pruned(share, iterations=passes + 1).file_ratio <= effect.file_ratio


def test_sparsity_stores_half_of_the_values_and_their_index() -> None:
    assert sparse("bf16").weights_ratio == 0.5625
    assert sparse("int8").weights_ratio == 0.625
    assert sparse("bf16").peak_ratio_high == 2.0


def test_sparsity_with_a_t4_target_is_refused() -> None:
    verdict = judge_sparsity(A100, T4)
    assert not verdict.allowed
    assert "nvidia-t4 in serving" in verdict.reason
    assert not judge_sparsity(T4, A100).allowed


def test_sparsity_pruned_and_served_on_one_architecture_is_allowed() -> None:
    assert judge_sparsity(A100, A2).allowed


def test_sparsity_over_two_architectures_needs_an_exception() -> None:
    verdict = judge_sparsity(A100, H100)
    assert not verdict.allowed
    assert "parity" in verdict.mend
    assert judge_sparsity(A100, H100, excepted=True).allowed


@pytest.mark.parametrize(
    ("precision", "target"), [("bf16", "bf16"), ("int8", "fp8"), ("bf16", "nf3")]
)
def test_quantising_to_nothing_narrower_is_refused(precision: str, target: str) -> None:
    with pytest.raises(Nonsense) as refused:
        quantised(precision, target)
    assert refused.value.field == "model.compression.quantise"


@pytest.mark.parametrize(("share", "passes"), [(0, 1), (1, 1), (0.5, 0)])
def test_pruning_nothing_or_everything_is_refused(share: float, passes: int) -> None:
    with pytest.raises(Nonsense):
        pruned(share, iterations=passes)
