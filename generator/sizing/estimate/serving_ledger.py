"""The ledger of a generative service."""

from __future__ import annotations

from generator.ledger import Basis
from generator.sizing.figures import Figures
from generator.sizing.serve.engines import engine_kind
from generator.sizing.serve.memory import ServingMemory
from generator.sizing.serve.service import Service
from generator.sizing.serve.speed import ServingSpeed

PER_TOKEN_SPREAD = 1.25
"""Nine of ten published times per token lie within this factor of the computed one."""


def note_memory(service: Service, memory: ServingMemory, figures: Figures) -> None:
    """Notes the parts of the framebuffer with their rules."""
    measured = service.measured
    for name, size, rule, source, seen in (
        (
            "weights",
            memory.weights_bytes,
            "matrices of the model in its precision, table, head and norms in 16 bits, / gpus",
            "counted tensor by tensor",
            measured.weights_bytes,
        ),
        (
            "kv_bytes_per_token",
            memory.kv_bytes_per_token,
            "2 x layers x KV heads x head size x bytes / min(GPUs, KV heads); MLA: the latent",
            "Kwon et al., PagedAttention, section 3; DeepSeek-V2, section 2.1",
            None,
        ),
        (
            "kv_cache",
            memory.kv_needed_bytes,
            "sessions x cache of one session at full context, in whole blocks",
            "Kwon et al., PagedAttention, section 4",
            None,
        ),
        (
            "activations",
            memory.activations_bytes,
            "larger of the sampler's logits and the MLP of one step",
            "llm-d-planner, empirical vLLM memory results",
            measured.activations_bytes,
        ),
        (
            "runtime",
            memory.runtime_bytes,
            "CUDA context, and buffers of collectives between several GPUs",
            "llm-d-planner, empirical vLLM memory results",
            measured.runtime_bytes,
        ),
    ):
        if seen is None:
            figures.note(name, size, "B", rule=rule, source=source)
        else:
            _note_measured(name, size, service, figures)
    if memory.kv_room_bytes is None:
        return
    if measured.kv_room_bytes is not None:
        _note_measured("kv_room", memory.kv_room_bytes, service, figures)
    else:
        figures.note(
            "kv_room",
            max(0.0, memory.kv_room_bytes),
            "B",
            rule="the engine's share of the GPU less weights, activations and runtime",
            source=engine_kind(service.engine).source,
        )


def left_for_cache(room_bytes: float | None) -> float | None:
    """Nothing is left where weights, activations and runtime already take more than there is."""
    return None if room_bytes is None else max(0.0, room_bytes)


def _note_measured(name: str, size: float, service: Service, figures: Figures) -> None:
    source = dict(service.measured.sources).get(name) or "blueprint, assume"
    figures.note(name, size, "B", rule="as measured", source=source, basis=Basis.MEASURED)


def note_speed(speed: ServingSpeed, figures: Figures) -> None:
    """Notes times and throughput with the bounds that published rows support."""
    fitted = "fitted: aiconfigurator, silicon_sample.csv; TensorRT-LLM, perf-overview.md"
    figures.note(
        "per_token",
        speed.per_token_s,
        "s",
        rule="reading + multiplying + exchanging + overhead of a step with its prompt tokens",
        source=fitted,
        basis=Basis.PUBLISHED,
        low=speed.per_token_s / PER_TOKEN_SPREAD,
        high=speed.per_token_s * PER_TOKEN_SPREAD,
    )
    figures.note(
        "first_token",
        speed.first_token_s,
        "s",
        rule="overhead + prefill + bunched arrivals + waiting for the KV cache",
        source=fitted,
        basis=Basis.PUBLISHED,
        low=speed.first_token_low_s,
        high=speed.first_token_high_s,
    )
    figures.note(
        "tokens_per_s",
        speed.tokens_per_s,
        "tokens/s",
        rule="sessions that run / a step with its prompt tokens",
        source=fitted,
        basis=Basis.PUBLISHED,
    )
