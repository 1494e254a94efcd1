"""Framebuffer of a serving process, part by part, and the sessions that it holds."""

from __future__ import annotations

from dataclasses import replace
from math import floor
from typing import Any

from generator.record import Record, record
from generator.sizing.architecture import Transformer
from generator.sizing.nonsense import not_negative, positive
from generator.sizing.precision import is_quantised
from generator.sizing.serve.calibration import CALIBRATION, ServingCalibration
from generator.sizing.serve.engines import Engine
from generator.sizing.serve.kv_cache import KvCache, check_tensor_parallel, kv_cache
from generator.sizing.serve.weights import vocabulary_staging_bytes, weights

FULL_PRECISION_BYTES = 4
HALF_PRECISION_BYTES = 2


@record
class ServingMemory(Record):
    """Bytes per GPU of a serving process.

    ``total_bytes`` is the sum of weights, KV cache, activations and runtime; ``kv_room_bytes`` is
    what the engine's share of the GPU leaves for the cache (None where no GPU is named),
    ``kv_needed_bytes`` what the stated sessions take at full context. ``concurrency`` is the number
    of sessions at full context as engines print it, with its fraction and without their limit.
    """

    weights_bytes: float
    kv_needed_bytes: float
    activations_bytes: float
    runtime_bytes: float
    kv_bytes_per_token: float
    kv_room_bytes: float | None
    kv_capacity_tokens: int | None
    sessions_guaranteed: int | None
    sessions_practical: int | None
    concurrency: float | None

    @property
    def total_bytes(self) -> float:
        """What the process needs for the stated sessions."""
        return (
            self.weights_bytes + self.kv_needed_bytes + self.activations_bytes + self.runtime_bytes
        )


def activation_peak_bytes(
    model: Transformer,
    engine: Engine,
    tensor_parallel: int = 1,
    *,
    calibration: ServingCalibration = CALIBRATION,
) -> float:
    """The larger of what an engine holds while sampling and while it runs an MLP.

    Sampling keeps several 32-bit copies of the logits of all sequences, whole on every GPU: that,
    and not expert routing, is why models with large vocabularies peak high (llm-d-planner's nine
    vLLM profiles). A fused sampler needs one 16-bit copy beside the MLP phase.
    """
    tokens, sequences = engine.step_tokens, engine.max_sequences
    hidden_bytes = tokens * model.hidden * HALF_PRECISION_BYTES
    width = _active_width(model)
    mlp = tokens * HALF_PRECISION_BYTES * (3 * width / tensor_parallel + 3 * model.hidden)
    if engine.sampler == "fused":
        logits = sequences * model.vocabulary * HALF_PRECISION_BYTES
        return mlp + 2 * hidden_bytes + logits
    copies = calibration.sampler_copies * sequences * model.vocabulary * FULL_PRECISION_BYTES
    return max(copies + calibration.residual_copies * hidden_bytes, mlp)


def _active_width(model: Transformer) -> int:
    """Inner width that a token passes: the dense MLP's, or that of its experts together."""
    if not model.experts:
        return model.ffn
    shared = model.shared_experts * (model.shared_ffn or model.expert_ffn)
    return max(
        model.active_experts * model.expert_ffn + shared, model.ffn * bool(model.dense_layers)
    )


def eager_activation_bytes(model: Transformer, tokens: int, sequences: int) -> float:
    """Activations of a framework without an engine: the prompt's widest layer and the logits."""
    width = 3 * _active_width(model) + 3 * model.hidden
    return tokens * HALF_PRECISION_BYTES * width + sequences * model.vocabulary * 4.0


def runtime_bytes(
    tensor_parallel: int = 1, *, calibration: ServingCalibration = CALIBRATION
) -> float:
    """CUDA context, allocator and, between several GPUs, the collectives' buffers."""
    collective = calibration.collective_bytes if tensor_parallel > 1 else 0.0
    return calibration.context_bytes + collective


@record
class ServingDemand(Record):
    """What is asked of one replica: ``sessions`` at once of ``context_tokens`` each.

    ``typical_tokens`` is what a session really holds (0: the full context), ``shared_tokens`` a
    prefix that all sessions have in common and a cache keeps once.
    """

    context_tokens: int
    sessions: int = 0
    typical_tokens: int = 0
    shared_tokens: int = 0


@record
class Measured(Record):
    """Figures that a profile measured, in bytes per GPU; None leaves the engine's own.

    ``sources`` pairs a figure's name with who vouches for it, where the document says so.
    """

    weights_bytes: float | None = None
    activations_bytes: float | None = None
    runtime_bytes: float | None = None
    kv_room_bytes: float | None = None
    sources: tuple[tuple[str, str], ...] = ()


def serving_memory(
    model: Transformer,
    precision: str,
    demand: ServingDemand,
    engine: Engine,
    *,
    tensor_parallel: int = 1,
    gpu_bytes: float | None = None,
    drafter: Transformer | None = None,
    measured: Measured | None = None,
    calibration: ServingCalibration = CALIBRATION,
) -> ServingMemory:
    """Framebuffer per GPU of a replica over ``tensor_parallel`` GPUs.

    ``drafter`` is the model that speculates ahead: its weights stand beside the model's, and its
    layers cache too.

    An engine that reserves takes its share of the GPU and fills what weights, activations and
    runtime leave with KV cache; CUDA graphs lie outside that share. Others grow with the sessions.
    Raises ``Nonsense`` for figures that cannot be.
    """
    positive("serving.context", demand.context_tokens)
    not_negative("serving.sessions", demand.sessions)
    check_tensor_parallel(model, tensor_parallel)
    given = measured or Measured()
    cache = cache_of(model, engine, tensor_parallel)
    fixed = _weights_bytes(model, precision, engine, tensor_parallel)
    if drafter is not None:
        fixed += weights(drafter, precision, tensor_parallel).total_bytes
        own = cache_of(drafter, engine, tensor_parallel)
        cache = _with_drafter(cache, own)
    held = _or(given.weights_bytes, fixed)
    activations = _or(
        given.activations_bytes,
        _activations(model, engine, demand, tensor_parallel, calibration=calibration),
    )
    other = _or(given.runtime_bytes, runtime_bytes(tensor_parallel, calibration=calibration))
    room = given.kv_room_bytes
    if room is None and gpu_bytes is not None:
        room = _room(engine, gpu_bytes, held + activations + other)
    return ServingMemory(
        weights_bytes=held,
        kv_needed_bytes=_needed(cache, engine, demand),
        activations_bytes=activations,
        runtime_bytes=other,
        kv_bytes_per_token=cache.bytes_per_token,
        kv_room_bytes=room,
        **_capacity(cache, engine, demand, room),
    )


def _room(engine: Engine, gpu_bytes: float, taken: float) -> float:
    if engine.kind.share_of_free:
        return engine.utilisation_ratio * (gpu_bytes - taken)
    return engine.utilisation_ratio * gpu_bytes - taken


def cache_of(model: Transformer, engine: Engine, tensor_parallel: int) -> KvCache:
    """The KV cache of one GPU under an engine's settings."""
    return kv_cache(
        model,
        engine.kv_precision,
        tensor_parallel,
        block_tokens=engine.block_tokens,
        step_tokens=engine.step_tokens,
    )


def _with_drafter(cache: KvCache, drafter: KvCache) -> KvCache:
    return replace(cache, full_bytes_per_token=cache.full_bytes_per_token + drafter.bytes_per_token)


def _or(given: float | None, computed: float) -> float:
    return computed if given is None else given


def _weights_bytes(
    model: Transformer, precision: str, engine: Engine, tensor_parallel: int
) -> float:
    held = weights(
        model,
        precision,
        tensor_parallel,
        padded=engine.kind.reserves,
        marlin=engine.marlin,
    )
    if engine.kind.name == "litgpt" and is_quantised(precision):
        # LitGPT quantises the head too, from a copy in 32 bits that is there for a moment.
        head = model.multiplied_head_parameters
        saved = head * (2 - held.linear_bytes / max(1.0, _linear_values(model)))
        return held.total_bytes - saved + vocabulary_staging_bytes(model)
    return held.total_bytes


def _linear_values(model: Transformer) -> float:
    return model.body_parameters - model.norm_parameters


def _activations(
    model: Transformer,
    engine: Engine,
    demand: ServingDemand,
    tensor_parallel: int,
    *,
    calibration: ServingCalibration,
) -> float:
    if engine.kind.reserves:
        return activation_peak_bytes(model, engine, tensor_parallel, calibration=calibration)
    prompt = min(demand.context_tokens, engine.step_tokens)
    return eager_activation_bytes(model, prompt, max(1, demand.sessions)) / tensor_parallel


def _needed(cache: KvCache, engine: Engine, demand: ServingDemand) -> float:
    own = cache.sequence_bytes(demand.context_tokens - demand.shared_tokens)
    shared = cache.sequence_bytes(demand.shared_tokens) if demand.shared_tokens else 0.0
    return engine.kind.cache_copies * (demand.sessions * own + shared)


def _capacity(
    cache: KvCache, engine: Engine, demand: ServingDemand, room: float | None
) -> dict[str, Any]:
    if room is None:
        names = ("kv_capacity_tokens", "sessions_guaranteed", "sessions_practical", "concurrency")
        return dict.fromkeys(names)
    room /= engine.kind.cache_copies
    shared = cache.sequence_bytes(demand.shared_tokens) if demand.shared_tokens else 0.0
    left = room - shared
    guaranteed = cache.sequences(left, demand.context_tokens - demand.shared_tokens)
    typical = max(1, (demand.typical_tokens or demand.context_tokens) - demand.shared_tokens)
    practical = cache.sequences(left, typical)
    return {
        "kv_capacity_tokens": cache.tokens(room),
        "sessions_guaranteed": min(floor(guaranteed), engine.max_sequences),
        "sessions_practical": min(floor(practical), engine.max_sequences),
        "concurrency": guaranteed,
    }
