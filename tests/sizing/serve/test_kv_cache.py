"""The KV cache by kind of attention."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.quantity import GIB
from generator.sizing.nonsense import Nonsense
from generator.sizing.serve import kv_cache as kv
from generator.sizing.serve.kv_cache import check_tensor_parallel, kv_cache
from tests.sizing.serve.models import model


@pytest.mark.parametrize(
    ("family", "bytes_per_token"),
    [("llama-3.1-8b", 131_072), ("llama-3.1-70b", 327_680), ("opt-13b", 819_200)],
)
def test_attention_heads_cache_two_values_per_width(family: str, bytes_per_token: int) -> None:
    """Grouped or not."""
    assert kv_cache(model(family)).bytes_per_token == bytes_per_token


def test_gpus_share_kv_heads_while_there_are_enough() -> None:
    """Eight KV heads over 16 GPUs are copied twice."""
    llama = model("llama-3.1-70b")
    whole = kv_cache(llama).bytes_per_token
    assert kv_cache(llama, tensor_parallel=8).bytes_per_token == whole / 8
    assert kv_cache(llama, tensor_parallel=16).bytes_per_token == whole / 8


def test_latent_attention_caches_a_latent_on_every_gpu() -> None:
    """10,000 tokens of DeepSeek-V3 take 0.65446 GiB, and tensor parallelism divides nothing."""
    one = kv_cache(model("deepseek-v3"), block_tokens=1)
    assert one.sequence_bytes(10_000) / GIB == pytest.approx(0.65446, abs=2e-5)
    eight = kv_cache(model("deepseek-v3"), tensor_parallel=8, block_tokens=1)
    assert eight.bytes_per_token == one.bytes_per_token


def test_sliding_layers_keep_the_window_and_one_step() -> None:
    """gpt-oss-120b on 4 A100: 284.25 sequences of 16,384 tokens, as vLLM prints; its
    2,640,144 tokens over that length would be 161.
    """
    cache = kv_cache(model("gpt-oss-120b"), tensor_parallel=4, step_tokens=2048)
    room = cache.bytes_per_token * 2_640_144
    assert cache.sequences(room, 16_384) == pytest.approx(284.25, abs=0.01)
    assert cache.sequences(room, 16_384) > cache.tokens(room) / 16_384


def test_layers_without_attention_keep_a_constant() -> None:
    """A longer context costs them nothing."""
    hybrid = model("qwen3-next-80b-a3b")
    cache = kv_cache(hybrid, block_tokens=1)
    assert cache.constant_bytes == hybrid.linear_layers * hybrid.linear_state_bytes
    grown = cache.sequence_bytes(2000) - cache.sequence_bytes(1000)
    assert grown == 1000 * cache.full_bytes_per_token


def test_a_drafter_adds_layers() -> None:
    """EAGLE's one layer over 32."""
    llama = model()
    ratio = kv_cache(llama, drafter_layers=1).bytes_per_token / kv_cache(llama).bytes_per_token
    assert ratio == 33 / 32


@given(tokens=st.integers(1, 200_000), more=st.integers(0, 200_000))
def test_longer_sequences_never_take_less(tokens: int, more: int) -> None:
    """Of any kind of attention."""
    for family in ("llama-3.1-8b", "gpt-oss-20b", "deepseek-v3", "gemma-3-27b"):
        cache = kv_cache(model(family))
        assert cache.sequence_bytes(tokens) <= cache.sequence_bytes(tokens + more)


def test_no_room_holds_nothing() -> None:
    """Neither tokens nor sequences."""
    cache = kv_cache(model())
    assert cache.tokens(-1) == 0
    assert cache.sequences(-1, 10) == 0


def test_blocks_round_up_and_rooms_round_down() -> None:
    """What vLLM's own tables say."""
    assert kv.blocks_for(15_049, 128) == 118
    assert kv.tokens_in(378, 16) == 6048
    assert kv.blocks_in(100, 3, 16) == 2
    assert kv.concurrency(184_832, 16_000) == pytest.approx(11.552)


def test_figures_of_an_attention_are_enough() -> None:
    """Without a model: MHA by its width, GQA by its KV heads, MLA by its ranks."""
    assert kv.bytes_per_token(layers=40, hidden=5120) == 819_200
    assert kv.bytes_per_token(layers=32, kv_heads=8, head_dim=128) == 131_072
    assert kv.bytes_per_token(layers=61, kv_lora_rank=512, qk_rope_dim=64) == 70_272
    assert kv.total_bytes(2, sequences=3, layers=1, hidden=1) == 24


@pytest.mark.parametrize("gpus", [3, 5, 7, 64])
def test_heads_must_divide_over_the_gpus(gpus: int) -> None:
    """And the refusal names those that do."""
    with pytest.raises(Nonsense, match="tensor_parallel") as refused:
        check_tensor_parallel(model(), gpus)
    assert "8" in refused.value.mend
