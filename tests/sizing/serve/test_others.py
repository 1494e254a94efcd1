"""Engines, CPUs and services that answer in batches."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.sizing.nonsense import Nonsense
from generator.sizing.serve.batches import Pass, batch_speed, largest_batch_within, pass_s
from generator.sizing.serve.cpu import Socket, cpu_memory_bytes, cpu_speed
from generator.sizing.serve.engines import (
    ALIASES,
    ENGINES,
    default_kv_precision,
    default_limits,
    engine_kind,
)
from tests.sizing.serve.models import gpu, model

SPR = Socket(name="spr", bandwidth_bytes_per_s=307.2e9, amx=True)
ICX = Socket(name="icx", bandwidth_bytes_per_s=204.8e9, amx=False)
IMAGE = Pass(flops_per_item=8e9, weights_bytes=50e6, activation_bytes_per_item=20e6)


@pytest.mark.parametrize("name", [*ENGINES, *ALIASES, "vLLM:0.19.0", "TRT-LLM", None])
def test_engines_are_known_by_any_of_their_names(name: str | None) -> None:
    """With or without a version."""
    assert engine_kind(name).name in ENGINES


def test_an_unknown_engine_is_refused() -> None:
    """With those that are known."""
    with pytest.raises(Nonsense, match=r"serving\.engine") as refused:
        engine_kind("abacus")
    assert "vllm" in refused.value.mend


def test_eight_bit_checkpoints_of_one_engine_carry_an_eight_bit_cache() -> None:
    """The others keep 16 bits."""
    assert default_kv_precision(ENGINES["trtllm"], "fp8") == "fp8"
    assert default_kv_precision(ENGINES["trtllm"], "bf16") == "fp16"
    assert default_kv_precision(ENGINES["vllm"], "fp8") == "fp16"


def test_limits_follow_the_gpu_where_the_engine_says_so() -> None:
    """vLLM's table; TensorRT-LLM's does not depend on it."""
    vllm = ENGINES["vllm"]
    assert default_limits(vllm, "nvidia-h100-sxm5-80", 85e9) == (1024, 8192)
    assert default_limits(vllm, "nvidia-a100-sxm4-80", 85e9) == (256, 2048)
    assert default_limits(vllm, "nvidia-l4", 24e9) == (256, 2048)


@pytest.mark.parametrize(("context", "step"), [(1000, 2048), (29_000, 29_000), (35_000, 512)])
def test_an_old_vllm_takes_a_prompt_whole_up_to_32k(context: int, step: int) -> None:
    """So 29,000 tokens are refused where 35,000 start (vLLM issue 10517)."""
    old = default_limits(
        engine_kind("vllm"), "nvidia-h100-sxm5-80", 85e9, version="0.6.4", context_tokens=context
    )
    assert old == (256, step)


@pytest.mark.parametrize("version", ["0.8.5", "0.11", "1.0", "latest", None])
def test_a_newer_vllm_takes_prompts_in_pieces(version: str | None) -> None:
    """Whatever the context."""
    vllm = engine_kind("vllm")
    limits = default_limits(vllm, "nvidia-l4", 24e9, version=version, context_tokens=29_000)
    assert limits == (256, 2048)
    assert default_limits(ENGINES["trtllm"], "nvidia-l4", 24e9) == (2048, 8192)


def test_one_socket_reads_seven_billion_in_39_milliseconds() -> None:
    """Intel's own figure for Llama 2 7B in 8 bits."""
    said = cpu_speed(model("llama-2-7b"), "int8", SPR)
    assert said.per_token_s == pytest.approx(39e-3, rel=0.05)


def test_small_models_attain_less_of_the_bandwidth() -> None:
    """The overhead per layer does not shrink with them."""
    small, large = (
        cpu_speed(model(family), "int4", SPR, framework="autoawq")
        for family in ("tinyllama-1.1b", "codellama-34b")
    )
    assert small.tokens_per_s / large.tokens_per_s < 34 / 1.1 / 3


def test_sockets_without_tiles_read_sixteen_bits_as_thirty_two() -> None:
    """2.6 times slower for 7 billion, of which the memory explains one and a half."""
    new = cpu_speed(model("llama-2-7b"), "bf16", SPR).tokens_per_s
    old = cpu_speed(model("llama-2-7b"), "bf16", ICX).tokens_per_s
    assert new / old == pytest.approx(2.62, rel=0.1)


def test_eager_four_bit_weights_take_working_copies() -> None:
    """AutoAWQ's published memory is two and a half times its weights."""
    seven = model("mistral-7b-v0.3")
    eager = cpu_memory_bytes(seven, "int4", framework="autoawq")
    assert eager == 2.5 * cpu_memory_bytes(seven, "int4")
    assert eager / 1e9 == pytest.approx(9.74, rel=0.1)


@given(batch=st.integers(1, 64))
def test_batches_cost_time_and_gain_throughput(batch: int) -> None:
    """On a CPU and on a GPU."""
    one, two = (cpu_speed(model(), "bf16", SPR, n) for n in (batch, batch + 1))
    assert two.per_token_s >= one.per_token_s
    few, many = (batch_speed(IMAGE, "fp16", gpu(), n) for n in (batch, batch + 1))
    assert many.latency_s >= few.latency_s
    assert many.items_per_s >= few.items_per_s * 0.999


def test_the_largest_batch_keeps_the_level() -> None:
    """And one more does not."""
    most = largest_batch_within(IMAGE, "fp16", gpu(), 0.02)
    assert pass_s(IMAGE, "fp16", gpu(), most) <= 0.02 < pass_s(IMAGE, "fp16", gpu(), most + 1)
    assert largest_batch_within(IMAGE, "fp16", gpu(), 1e-6) == 0
