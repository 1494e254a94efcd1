"""Serving engines: their own settings, which decide memory as much as the model does."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Literal

from generator.quantity import GIB
from generator.record import Record, record
from generator.sizing.nonsense import Nonsense
from generator.sizing.precision import is_quantised

Sampler = Literal["native", "fused"]
Scheduling = Literal["mixed", "prefill-first", "static"]

LARGE_GPU_BYTES = 70 * GIB
"""vLLM gives a GPU of this size or more, other than an A100, larger defaults (EngineArgs)."""

CHUNKING_TOKENS = 32768
CHUNK_TOKENS = 512
"""vLLM before 0.8 puts a whole prompt into one step, and prompts of a longer context than the first
in pieces of the second (EngineArgs of 0.6): a longer context can fit where a shorter one does not.
"""

CHUNKED_BY_DEFAULT = (0, 8)
"""The first release of vLLM whose engine always takes prompts in pieces."""

EIGHT_BIT_CACHE_ENGINES = frozenset({"trtllm", "nim-trtllm"})


@record
class EngineKind(Record):
    """What an engine does unless told otherwise.

    ``reserves``: it takes a share of the GPU at start and fills it with KV cache; with
    ``share_of_free`` that share is of what weights and activations leave. ``scheduling``:
    whether prompt tokens ride along with decode steps, stop them, or come first for a whole batch.
    ``cache_copies``: copies of the KV cache at its peak (a cache that grows by concatenation
    holds the old and the new one). ``arrivals`` names the calibration constant of its bursts.
    """

    name: str
    reserves: bool
    scheduling: Scheduling
    utilisation_ratio: float
    block_tokens: int
    cache_copies: float
    arrivals: str
    sampler: Sampler
    source: str
    share_of_free: bool = False


ENGINES: Mapping[str, EngineKind] = {
    kind.name: kind
    for kind in (
        EngineKind(
            name="vllm",
            reserves=True,
            scheduling="mixed",
            utilisation_ratio=0.9,
            block_tokens=16,
            cache_copies=1.0,
            arrivals="arrivals_together_vllm",
            sampler="native",
            source="vLLM EngineArgs",
        ),
        EngineKind(
            name="trtllm",
            reserves=True,
            scheduling="mixed",
            utilisation_ratio=0.9,
            block_tokens=32,
            cache_copies=1.0,
            arrivals="arrivals_together_trtllm",
            sampler="fused",
            source="TensorRT-LLM, KvCacheConfig.free_gpu_memory_fraction",
            share_of_free=True,
        ),
        EngineKind(
            name="sglang",
            reserves=True,
            scheduling="prefill-first",
            utilisation_ratio=0.88,
            block_tokens=1,
            cache_copies=1.0,
            arrivals="arrivals_together_prefill_first",
            sampler="fused",
            source="SGLang server arguments, mem_fraction_static",
        ),
        EngineKind(
            name="huggingface",
            reserves=False,
            scheduling="static",
            utilisation_ratio=1.0,
            block_tokens=1,
            cache_copies=2.0,
            arrivals="arrivals_together_prefill_first",
            sampler="native",
            source="transformers, DynamicCache: each step concatenates into a new tensor",
        ),
        EngineKind(
            name="litgpt",
            reserves=False,
            scheduling="static",
            utilisation_ratio=1.0,
            block_tokens=1,
            cache_copies=1.0,
            arrivals="arrivals_together_prefill_first",
            sampler="native",
            source="LitGPT, tutorials/quantize.md",
        ),
        EngineKind(
            name="llama.cpp",
            reserves=False,
            scheduling="static",
            utilisation_ratio=1.0,
            block_tokens=1,
            cache_copies=1.0,
            arrivals="arrivals_together_prefill_first",
            sampler="fused",
            source="llama.cpp server: the cache is allocated once",
        ),
    )
}
"""Engines by name."""

ALIASES: Mapping[str, str] = {
    "tensorrt-llm": "trtllm",
    "trt-llm": "trtllm",
    "nim": "vllm",
    "kserve": "vllm",
    "tgi": "vllm",
    "triton": "trtllm",
    "transformers": "huggingface",
    "hf": "huggingface",
    "llamacpp": "llama.cpp",
    "ollama": "llama.cpp",
}
"""Products that run one of these engines inside, or other spellings."""

DEFAULT_ENGINE = "vllm"


@record
class Engine(Record):
    """An engine as it runs: ``max_sequences`` at once, ``step_tokens`` in one step.

    ``marlin`` says that the GPU has no 8-bit units, so that packed experts go through that kernel.
    """

    kind: EngineKind
    max_sequences: int
    step_tokens: int
    utilisation_ratio: float
    block_tokens: int
    sampler: Sampler
    kv_precision: str
    marlin: bool = False


def engine_kind(name: str | None) -> EngineKind:
    """The engine of that name or alias (any case, a version behind ``:`` or ``==`` ignored).

    Raises ``Nonsense`` for an engine that nobody knows.
    """
    plain = (name or DEFAULT_ENGINE).lower().split("==")[0].split(":")[0].strip()
    kind = ENGINES.get(ALIASES.get(plain, plain))
    if kind is None:
        raise Nonsense(
            "serving.engine", f"{name!r} is no known engine", f"state one of {', '.join(ENGINES)}"
        )
    return kind


def default_limits(
    kind: EngineKind,
    gpu_id: str,
    gpu_bytes: float,
    *,
    version: str | None = None,
    context_tokens: int = 0,
) -> tuple[int, int]:
    """Sequences at once and tokens per step that an engine starts with on a GPU.

    vLLM: 1024 and 8192 on 70 GiB and more, A100 excepted, else 256 and 2048 (EngineArgs; which GPU
    belongs where depends on the version, so a blueprint should state both). Before 0.8 it is 256
    everywhere, and a step takes a prompt of the whole context up to 32,768 tokens.
    """
    if kind.name == "vllm" and version is not None and _release(version) < CHUNKED_BY_DEFAULT:
        whole = context_tokens <= CHUNKING_TOKENS
        return 256, max(2048, context_tokens) if whole else CHUNK_TOKENS
    if kind.name == "vllm" and (gpu_bytes < LARGE_GPU_BYTES or "a100" in gpu_id):
        return 256, 2048
    if kind.name == "trtllm":
        return 2048, 8192
    return 1024, 8192


def _release(version: str) -> tuple[int, ...]:
    """Major and minor number of a version; what has none counts as the newest."""
    found = re.search(r"(\d+)\.(\d+)", version)
    return (int(found[1]), int(found[2])) if found else CHUNKED_BY_DEFAULT


def default_kv_precision(kind: EngineKind, precision: str) -> str:
    """The KV cache's format where nobody states one.

    TensorRT-LLM's FP8 and FP4 checkpoints carry an 8-bit cache; other engines keep 16 bits.
    """
    eight_bit = {"fp8", "mxfp8", "fp4", "nvfp4", "fp8-mixed"}
    if kind.name in EIGHT_BIT_CACHE_ENGINES and precision in eight_bit and is_quantised(precision):
        return "fp8"
    return "fp16"
