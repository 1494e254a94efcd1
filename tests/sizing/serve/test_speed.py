"""Times and throughput of serving."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.sizing.nonsense import Nonsense
from generator.sizing.serve import service as svc
from generator.sizing.serve.device import share_of, slice_of
from generator.sizing.serve.level import (
    Level,
    replicas_for,
    sessions_of_rate,
    sessions_within,
)
from generator.sizing.serve.speed import ServingSpeed
from tests.sizing.serve.models import L4, gpu, model, service

ROOM = 50e9


def speed(room: float = ROOM, **stated: object) -> ServingSpeed:
    """Of Llama 3.1 8B on an H100, 1024 tokens in and 128 out."""
    one = service(**({"prompt_tokens": 1024, "answer_tokens": 128} | stated))
    assert one.device is not None
    return svc.speed_of(one, one.device, room)


def test_a_step_is_never_faster_than_reading_the_weights() -> None:
    """8 billion in 16 bits over 3.35 TB/s: 4.5 ms without the token table."""
    assert speed(sessions=1).per_token_s > 4.4e-3


def test_prompts_in_the_batch_slow_every_token() -> None:
    """128 sessions of 1024 in and 128 out on 8 GPUs: far above the 0.6 ms of the weights."""
    busy = speed(sessions=128, tensor_parallel=8)
    assert busy.per_token_s > 8e-3
    assert busy.interference_ratio > 0.4


def test_longer_answers_dilute_the_prompts() -> None:
    """Fewer prompt tokens per step."""
    assert speed(sessions=64, answer_tokens=1024).per_token_s < speed(sessions=64).per_token_s


def test_what_the_cache_does_not_admit_waits() -> None:
    """First tokens take turns of the others, and throughput stays."""
    free, full = speed(sessions=64), speed(5e9, sessions=64)
    assert full.running < 64
    assert full.first_token_s > 3 * free.first_token_s


def test_without_sessions_the_device_is_saturated() -> None:
    """As many as fit."""
    assert speed().running == pytest.approx(ROOM / (131_072 * 1088), rel=0.01)


def test_prefill_first_moves_time_to_the_first_token() -> None:
    """SGLang stops decoding for prompts."""
    mixed, first = speed(sessions=64, engine="vllm"), speed(sessions=64, engine="sglang")
    assert first.per_token_s < mixed.per_token_s
    assert first.first_token_s > mixed.first_token_s


def test_an_interval_and_no_number_for_the_first_token() -> None:
    """Within a factor of six."""
    said = speed(sessions=8)
    assert said.first_token_low_s < said.first_token_s < said.first_token_high_s
    assert said.first_token_high_s / said.first_token_low_s <= 6


def test_experts_are_read_as_the_batch_touches_them() -> None:
    """One token reads few of them, a batch nearly all."""
    oss = service(model=model("gpt-oss-120b"), precision="mxfp4")
    assert oss.device is not None
    pace = svc.pace_of(oss, oss.device)
    one, many = pace.step_s(1, 1000), pace.step_s(256, 1000)
    assert many > 3 * one


@pytest.mark.parametrize("precision", ["fp8", "nvfp4", "int4-g128"])
def test_narrow_weights_are_read_faster(precision: str) -> None:
    """A step of one session is bound by reading."""
    assert speed(sessions=1, precision=precision).per_token_s < speed(sessions=1).per_token_s


def test_a_slow_link_slows_tensor_parallelism() -> None:
    """PCIe instead of NVLink."""
    slow = replace(gpu(), link_bytes_per_s=16e9, link_latency_s=20e-6)
    fast = speed(sessions=64, tensor_parallel=4)
    assert speed(sessions=64, tensor_parallel=4, device=slow).per_token_s > fast.per_token_s


def test_a_slice_has_its_share_and_a_neighbour_takes_turns() -> None:
    """MIG divides compute and bandwidth, time-slicing the time."""
    half = slice_of(gpu(), compute_ratio=4 / 7, memory_ratio=1 / 2, name="4g.40gb")
    assert half.bandwidth_bytes_per_s == gpu().bandwidth_bytes_per_s / 2
    assert speed(sessions=1, device=half).per_token_s > 1.5 * speed(sessions=1).per_token_s
    turn = share_of(gpu(), 4, 20e9)
    assert turn.memory_bytes == 20e9
    assert turn.peaks_tflops["bf16"] == gpu().peaks_tflops["bf16"] / 4


@given(
    sessions=st.integers(1, 512),
    more=st.integers(1, 512),
    engine=st.sampled_from(["vllm", "trtllm", "sglang"]),
)
def test_more_sessions_are_never_faster_for_each(sessions: int, more: int, engine: str) -> None:
    """Neither per token nor to the first."""
    few, many = (speed(1e13, sessions=n, engine=engine) for n in (sessions, sessions + more))
    assert few.per_token_s <= many.per_token_s
    assert few.first_token_s <= many.first_token_s


def test_a_level_bounds_the_sessions() -> None:
    """And one more would break it."""
    one = service(prompt_tokens=1024, answer_tokens=256)
    assert one.device is not None
    level = Level(per_token_s=0.02, first_token_s=1.0)
    most = sessions_within(one, one.device, ROOM, level)
    assert most > 1
    fine = svc.speed_of(replace(one, sessions=most), one.device, ROOM)
    over = svc.speed_of(replace(one, sessions=most + 1), one.device, ROOM)
    assert fine.per_token_s <= 0.02
    assert over.per_token_s > 0.02 or over.first_token_high_s > 1.0 or over.running < most + 1


def test_a_level_that_no_session_meets_has_none() -> None:
    """And no number of replicas helps."""
    one = service(device=gpu(L4))
    assert one.device is not None
    assert sessions_within(one, one.device, ROOM, Level(per_token_s=1e-4)) == 0
    with pytest.raises(Nonsense, match="p95_per_token"):
        replicas_for(10, 0)
    assert replicas_for(10, 4) == 3


def test_a_rate_is_sessions_under_way() -> None:
    """Little's law: doubling the rate more than doubles them, because they slow each other down."""
    one = service(prompt_tokens=1024, answer_tokens=256)
    assert one.device is not None
    few, many = (sessions_of_rate(one, one.device, ROOM, rate) for rate in (2.0, 4.0))
    assert many > 2 * few > 0
    with pytest.raises(Nonsense, match=r"serving\.rate"):
        sessions_of_rate(one, one.device, ROOM, 1e6)


@pytest.mark.parametrize("field", ["prompt_tokens", "answer_tokens"])
def test_lengths_must_be_above_zero(field: str) -> None:
    """A prompt of nothing has no time."""
    with pytest.raises(Nonsense):
        speed(**{field: -1})
