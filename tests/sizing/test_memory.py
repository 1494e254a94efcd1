"""Published figures come out of the formulas."""

from __future__ import annotations

from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.blueprint.model.words import Precision
from generator.quantity import GIB
from generator.sizing import memory

LLAMA_2_7B = memory.llama_linear_shapes(hidden=4096, kv_width=4096, intermediate=11008)


@pytest.mark.parametrize(
    ("params", "precision", "gib"),
    [(8.03e9, "bf16", 14.96), (6.74e9, "bf16", 12.55), (13e9, "fp16", 24.21), (8e9, "int4", 3.73)],
)
def test_weights_take_the_bytes_of_their_precision(
    params: float, precision: str, gib: float
) -> None:
    """A mixed regime stores its narrow type."""
    assert memory.weights(params, precision) / GIB == pytest.approx(gib, abs=0.005)
    assert memory.weights(params, f"{precision}-mixed") == memory.weights(params, precision)


@pytest.mark.parametrize("precision", get_args(Precision))
def test_every_precision_of_the_language_has_its_bytes(precision: str) -> None:
    """No document that binds can name one without."""
    assert 0.5 <= memory.weights(1, precision) <= 8


def test_block_formats_store_their_scales() -> None:
    """4.5 bits per value of NF4 in blocks of 64, 4.25 of MXFP4 in blocks of 32."""
    assert memory.weights(64, "nf4") == 32 + 4
    assert memory.weights(32, "mxfp4") == 16 + 1


def test_kv_cache_of_llama_3_1_70b() -> None:
    """327,680 bytes per token, 42.95 GB for a session of 128K."""
    per_token = memory.kv_bytes_per_token(layers=80, kv_heads=8, head_dim=128, precision="fp16")
    assert per_token == 327_680
    assert per_token * 131_072 / 1e9 == pytest.approx(42.95, abs=0.01)


def test_lora_on_every_linear_layer_of_llama_2_7b() -> None:
    """39,976,960 trained parameters at rank 16."""
    assert memory.lora_parameters(16, 32, LLAMA_2_7B) == 39_976_960


def test_lora_memory_of_the_worked_example() -> None:
    """Micro-batch 4 needs 27.7 GiB, micro-batch 8 needs 39.2 GiB."""
    trained = memory.lora_parameters(16, 32, LLAMA_2_7B)
    state = memory.weights(6.74e9, "bf16") + trained * memory.ADAMW_MIXED_BYTES

    def total(micro_batch: int) -> float:
        tokens = 4096 * micro_batch
        activations = memory.training_activations(tokens, 4096, 32, recompute=True)
        logits = tokens * 32_000 * memory.LOGIT_BYTES
        return memory.with_headroom(state + activations + logits) / GIB

    assert total(4) == pytest.approx(27.7, abs=0.05)
    assert total(8) == pytest.approx(39.2, abs=0.05)


def test_full_fine_tuning_states_sixteen_bytes_per_parameter() -> None:
    """100.4 GiB for 6.74 B parameters."""
    assert pytest.approx(100.4, abs=0.05) == 6.74e9 * memory.ADAMW_MIXED_BYTES / GIB


@given(st.integers(1, 10**6), st.integers(1, 10**4), st.integers(1, 200))
def test_recompute_never_needs_more_than_keeping(tokens: int, hidden: int, layers: int) -> None:
    """From two layers on it needs less; activations grow with tokens."""
    kept = memory.training_activations(tokens, hidden, layers, recompute=False)
    recomputed = memory.training_activations(tokens, hidden, layers, recompute=True)
    more = memory.training_activations(tokens + 1, hidden, layers, recompute=True)
    assert recomputed <= kept or layers == 1
    assert more > recomputed
