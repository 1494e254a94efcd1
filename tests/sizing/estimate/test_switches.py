"""Where a default depends on a size, the ledger names the switch, and both sides are shown."""

from __future__ import annotations

import pytest

from generator.ledger import Entry
from generator.sizing.serve.engines import (
    LARGE_GPU_BYTES,
    default_kv_precision,
    default_limits,
    engine_kind,
)
from tests.sizing.estimate.asked import Document, ask

CHAT: Document = {"model": {"family": "llama-3.1-8b"}, "serving": {"context": 4096}}


def lines(document: Document) -> dict[str, Entry]:
    """The ledger by the names of its lines."""
    return {entry.name: entry for entry in ask(document).ledger}


@pytest.mark.parametrize(
    ("gpu", "sequences", "tokens"),
    [
        ("nvidia-h100-sxm5-80", 1024, 8192),
        ("nvidia-h200-sxm-141", 1024, 8192),
        ("amd-mi300x", 1024, 8192),
        ("nvidia-a100-sxm4-80", 256, 2048),
        ("nvidia-a100-pcie-80", 256, 2048),
        ("nvidia-l40s", 256, 2048),
        ("nvidia-a100-sxm4-40", 256, 2048),
    ],
)
def test_vllm_takes_larger_steps_on_large_gpus(gpu: str, sequences: int, tokens: int) -> None:
    """From 70 GiB on, but never on an A100; the lines say both sides of it."""
    noted = lines({**CHAT, "gpu": gpu})
    assert noted["max_num_seqs"].value == sequences
    assert noted["max_num_batched_tokens"].value == tokens
    for name, sides in (("max_num_seqs", "1024 256"), ("max_num_batched_tokens", "8192 2048")):
        rule = noted[name].rule
        assert all(word in rule for word in (*sides.split(), "70 GiB", "A100"))


def test_the_switch_lies_at_its_size() -> None:
    """A byte decides."""
    vllm = engine_kind("vllm")
    assert default_limits(vllm, "some-gpu", LARGE_GPU_BYTES - 1) == (256, 2048)
    assert default_limits(vllm, "some-gpu", LARGE_GPU_BYTES) == (1024, 8192)
    assert default_limits(vllm, "nvidia-a100-sxm4-80", LARGE_GPU_BYTES) == (256, 2048)


def test_a_larger_gpu_may_hold_fewer_sessions_where_the_default_switches() -> None:
    """More sequences at once keep more logits: fixed limits take that away again."""
    small, large = "nvidia-a100-sxm4-80", "nvidia-h100-sxm5-80"
    wide = {"model": {"family": "gemma-2-9b", "precision": "bf16"}, "serving": {"context": 4096}}
    open_, fixed = (
        [ask({**document, "gpu": gpu}).memory for gpu in (small, large)]
        for document in (
            wide,
            {**wide, "serving": {"context": 4096, "max_num_seqs": 256,
                                 "max_num_batched_tokens": 2048}},
        )
    )  # fmt: skip
    assert open_[1].activations_bytes > 3 * open_[0].activations_bytes
    assert fixed[1].activations_bytes == fixed[0].activations_bytes
    assert (fixed[1].kv_room_bytes or 0.0) >= (fixed[0].kv_room_bytes or 0.0)


@pytest.mark.parametrize(
    ("engine", "precision", "cache"),
    [
        ("trtllm", "fp8", "fp8"),
        ("trtllm", "bf16", "fp16"),
        ("vllm", "fp8", "fp16"),
        ("vllm", "bf16", "fp16"),
    ],
)
def test_the_format_of_the_cache_depends_on_engine_and_checkpoint(
    engine: str, precision: str, cache: str
) -> None:
    """Only TensorRT-LLM's narrow checkpoints carry a narrow cache."""
    noted = lines(
        {
            "model": {"family": "llama-3.1-8b", "precision": precision},
            "serving": {"context": 4096, "engine": engine},
            "gpu": "nvidia-h100-sxm5-80",
        }
    )["kv_precision"]
    assert noted.value == cache == default_kv_precision(engine_kind(engine), precision)
    assert "TensorRT-LLM keeps 8" in noted.rule


def test_the_fewest_gpus_are_taken_and_named() -> None:
    """One where it holds the sessions, two where they need it."""
    chat = {"model": {"family": "llama-3.1-8b"}, "gpu": "nvidia-h100-sxm5-80"}
    one = ask({**chat, "serving": {"context": 8192, "sessions": 51}})
    two = ask({**chat, "serving": {"context": 8192, "sessions": 52}})
    assert (one.gpus, two.gpus) == (1, 2)
    (line,) = [entry for entry in two.ledger if entry.name == "gpus"]
    assert (line.value, "the fewest that hold the work" in line.rule) == (2, True)


def test_quantised_adapters_freeze_their_base_in_four_bits() -> None:
    """QLoRA on 16-bit weights switches to NF4, and a line says so."""
    tune = {"train": {"sequence": 512, "micro_batch": 1, "framework": "peft"}}
    plain, frozen = (
        ask({**tune, "model": {"family": "llama-2-7b", "method": {method: {"rank": 8}}}})
        for method in ("lora", "qlora")
    )
    assert frozen.memory.weights_bytes < plain.memory.weights_bytes / 2
    noted = {entry.name: entry for entry in frozen.ledger}["frozen precision"]
    assert (noted.value, "NF4" in noted.rule) == ("nf4", True)
    assert "frozen precision" not in {entry.name for entry in plain.ledger}
