"""Framebuffer of a serving process."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.quantity import GIB
from generator.sizing.serve import service as svc
from generator.sizing.serve.memory import Measured
from tests.sizing.serve.models import A100, gpu, model, service


def test_an_engine_fills_what_is_left_with_cache() -> None:
    """The identity of vLLM's profile: share of the GPU less weights, activations and runtime."""
    memory = svc.memory_of(service(engine="vllm"))
    parts = memory.weights_bytes + memory.activations_bytes + memory.runtime_bytes
    assert memory.kv_room_bytes == pytest.approx(0.9 * gpu().memory_bytes - parts)
    assert memory.sessions_guaranteed == int(memory.concurrency or 0)


def test_other_engines_take_their_share_of_what_is_free() -> None:
    """TensorRT-LLM."""
    memory = svc.memory_of(service(engine="trtllm"))
    parts = memory.weights_bytes + memory.activations_bytes + memory.runtime_bytes
    assert memory.kv_room_bytes == pytest.approx(0.9 * (gpu().memory_bytes - parts))


def test_sampling_and_not_routing_makes_the_peak() -> None:
    """4.76 GiB for a vocabulary of 128k, 7.38 for one of 201k, whatever the model does inside."""
    assert svc.memory_of(service()).activations_bytes / GIB == pytest.approx(4.76, abs=0.02)
    oss = service(model=model("gpt-oss-120b"), precision="mxfp4")
    assert svc.memory_of(oss).activations_bytes / GIB == pytest.approx(7.38, abs=0.02)


def test_the_gpu_decides_the_engines_defaults() -> None:
    """The same model holds 4.8 GiB of activations on an H100 and 1.2 on an A100."""
    large, small = service(), service(device=gpu(A100))
    assert svc.engine_of(large).max_sequences == 1024
    assert svc.engine_of(small).max_sequences == 256
    peaks = [svc.memory_of(one).activations_bytes for one in (large, small)]
    assert peaks[0] > 3.5 * peaks[1]


def test_a_fused_sampler_needs_one_copy_of_the_logits() -> None:
    """Mistral-Small's 2.12 GiB."""
    mistral = service(model=model("mistral-small-24b"), sampler="fused")
    assert svc.memory_of(mistral).activations_bytes / GIB == pytest.approx(2.12, abs=0.05)


def test_eager_caches_exist_twice_while_they_grow() -> None:
    """Transformers concatenates: 32 sequences of Qwen-7B take 48.7 GB."""
    qwen = service(
        model=model("qwen-7b"), engine="huggingface", context_tokens=1024, sessions=32,
        device=gpu(A100),
    )  # fmt: skip
    assert svc.memory_of(qwen).total_bytes / 1e9 == pytest.approx(48.7, rel=0.1)
    assert svc.fits(qwen, svc.memory_of(qwen))
    more = replace(qwen, sessions=64)
    assert not svc.fits(more, svc.memory_of(more))


def test_a_shared_prefix_is_kept_once() -> None:
    """Half of the context in common nearly halves the cache."""
    apart = svc.memory_of(service(sessions=32))
    shared = svc.memory_of(service(sessions=32, shared_tokens=4096))
    assert shared.kv_needed_bytes == pytest.approx(apart.kv_needed_bytes * (33 / 64))


def test_a_drafter_takes_weights_and_cache() -> None:
    """Of its own."""
    alone = svc.memory_of(service())
    both = svc.memory_of(service(drafter=model("llama-3.2-1b")))
    assert both.weights_bytes > alone.weights_bytes + 2 * GIB
    assert both.kv_bytes_per_token > alone.kv_bytes_per_token


def test_measured_figures_replace_computed_ones() -> None:
    """From a profile."""
    seen = Measured(weights_bytes=1.0, activations_bytes=2.0, runtime_bytes=3.0, kv_room_bytes=4e9)
    memory = svc.memory_of(service(measured=seen))
    assert (memory.weights_bytes, memory.activations_bytes, memory.runtime_bytes) == (1, 2, 3)
    assert memory.kv_room_bytes == 4e9


def test_without_a_gpu_nothing_is_said_about_room() -> None:
    """Unknown is not zero."""
    memory = svc.memory_of(service(device=None))
    assert memory.kv_room_bytes is None
    assert memory.sessions_guaranteed is None
    assert svc.fits(service(device=None), memory)
    assert svc.holds(service(device=None), memory)


@given(sessions=st.integers(0, 500), more=st.integers(1, 500))
def test_more_sessions_never_need_less(sessions: int, more: int) -> None:
    """And the total is the sum of its parts."""
    few, many = (svc.memory_of(service(sessions=n)) for n in (sessions, sessions + more))
    assert few.total_bytes < many.total_bytes
    assert few.total_bytes == (
        few.weights_bytes + few.kv_needed_bytes + few.activations_bytes + few.runtime_bytes
    )
