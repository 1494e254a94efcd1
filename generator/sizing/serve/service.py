"""A generative service: what is stated, what is assumed in its place, and the figures of both."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

from generator.quantity import GIB
from generator.record import Record, record
from generator.sizing.architecture import Transformer
from generator.sizing.assumption import Assumption
from generator.sizing.serve.calibration import CALIBRATION, ORIGINS, ServingCalibration
from generator.sizing.serve.device import Device
from generator.sizing.serve.engines import (
    LARGE_GPU_BYTES,
    Engine,
    Sampler,
    default_kv_precision,
    default_limits,
    engine_kind,
)
from generator.sizing.serve.memory import Measured, ServingDemand, ServingMemory, serving_memory
from generator.sizing.serve.speed import Load, Pace, ServingSpeed, serving_speed

ANSWER_SHARE = 8
PROMPT_SHARE = 2
"""Where only the longest text is stated, a usual prompt is taken as half of it and a usual answer
as an eighth; assumed, between an eighth and all of it."""

ALLOCATABLE_RATIO = 0.95
"""Share of a GPU that a framework's allocator fills before free pieces are too small; assumed.
Qwen-7B with 64 sequences ran out of 80 GB (Qwen README) where 97 % would have been used."""


@record
class Service(Record):
    """A generative service as its workload states it; None where it states nothing."""

    model: Transformer
    precision: str
    context_tokens: int
    sessions: int = 0
    engine: str | None = None
    engine_version: str | None = None
    kv_precision: str | None = None
    max_sequences: int | None = None
    step_tokens: int | None = None
    utilisation_ratio: float | None = None
    block_tokens: int | None = None
    sampler: Sampler | None = None
    prompt_tokens: int | None = None
    answer_tokens: int | None = None
    shared_tokens: int = 0
    drafter: Transformer | None = None
    tensor_parallel: int = 1
    device: Device | None = None
    measured: Measured = Measured()
    calibration: ServingCalibration = CALIBRATION


def engine_of(service: Service) -> Engine:
    """The engine with the service's own settings over its defaults."""
    kind = engine_kind(service.engine)
    device = service.device
    sequences, tokens = default_limits(
        kind,
        device.name if device else "",
        device.memory_bytes if device else 0.0,
        version=service.engine_version,
        context_tokens=service.context_tokens,
    )
    return Engine(
        kind=kind,
        max_sequences=service.max_sequences or sequences,
        step_tokens=service.step_tokens or tokens,
        utilisation_ratio=service.utilisation_ratio or kind.utilisation_ratio,
        block_tokens=service.block_tokens or kind.block_tokens,
        sampler=service.sampler or kind.sampler,
        kv_precision=service.kv_precision or default_kv_precision(kind, service.precision),
        marlin=device is not None and "fp8" not in device.peaks_tflops,
    )


def memory_of(service: Service) -> ServingMemory:
    """Framebuffer per GPU, and the sessions that fit where a device is named."""
    prompt, answer = lengths(service)
    return serving_memory(
        service.model,
        service.precision,
        ServingDemand(
            context_tokens=service.context_tokens,
            sessions=service.sessions,
            typical_tokens=min(service.context_tokens, prompt + answer),
            shared_tokens=service.shared_tokens,
        ),
        engine_of(service),
        tensor_parallel=service.tensor_parallel,
        gpu_bytes=service.device.memory_bytes if service.device else None,
        drafter=service.drafter,
        measured=service.measured,
        calibration=service.calibration,
    )


def lengths(service: Service) -> tuple[int, int]:
    """Tokens of a usual prompt and answer, stated or assumed."""
    answer = service.answer_tokens or max(1, service.context_tokens // ANSWER_SHARE)
    prompt = service.prompt_tokens or max(1, service.context_tokens // PROMPT_SHARE)
    return prompt, answer


def pace_of(service: Service, device: Device, engine: Engine | None = None) -> Pace:
    """How fast the service's model runs on a device."""
    return Pace(
        service.model,
        service.precision,
        engine or engine_of(service),
        device,
        service.tensor_parallel,
        calibration=service.calibration,
    )


def speed_of(service: Service, device: Device, kv_room_bytes: float) -> ServingSpeed:
    """Times and throughput at the stated sessions, or saturated where none are stated."""
    return speeds_of(service, device, kv_room_bytes)(service.sessions)


def speeds_of(
    service: Service, device: Device, kv_room_bytes: float
) -> Callable[[float], ServingSpeed]:
    """The same at any number of sessions; what does not depend on them is computed once."""
    prompt, answer = lengths(service)
    engine = engine_of(service)
    pace = pace_of(service, device, engine)

    def at(sessions: float) -> ServingSpeed:
        return serving_speed(
            pace,
            Load(prompt_tokens=prompt, answer_tokens=answer, sessions=sessions),
            engine,
            kv_room_bytes,
            calibration=service.calibration,
        )

    return at


def fits(service: Service, memory: ServingMemory) -> bool:
    """Whether the device carries the service: the cache admits what must be held at full context.

    One session at least needs room at full context; a framework that does not reserve must hold
    all that are stated.
    """
    if service.device is None:
        return True
    holds_one = (memory.sessions_guaranteed or 0) >= 1
    if not engine_of(service).kind.reserves:
        allocatable = service.device.memory_bytes * ALLOCATABLE_RATIO
        return memory.total_bytes <= allocatable and (service.sessions > 0 or holds_one)
    return (memory.kv_room_bytes or 0.0) > 0 and holds_one


def holds(service: Service, memory: ServingMemory) -> bool:
    """Whether all stated sessions fit at full context at once."""
    if memory.sessions_guaranteed is None or not service.sessions:
        return True
    return memory.sessions_guaranteed >= service.sessions


def assumptions_of(service: Service) -> Iterator[Assumption]:
    """What the service leaves open, with the range that a rerun takes."""
    engine = engine_of(service)
    kind, reserves = engine.kind, engine.kind.reserves
    if service.engine is None:
        yield Assumption(
            name="engine",
            value=kind.name,
            unit="",
            rule="default engine",
            source="state serving.engine",
            low=None,
            high=None,
            changes=(("engine", "trtllm", "vllm"),),
        )
    if reserves and service.measured.activations_bytes is None:
        yield from _activation_assumptions(service, engine)
    if service.measured.runtime_bytes is None:
        low, high = _context_range(service)
        yield Assumption(
            name="runtime context",
            value=service.calibration.context_bytes,
            unit="B",
            rule="CUDA context and libraries of one process",
            source="llm-d-planner, vLLM profiles; S. Bekman, ML Engineering, 0.47 to 1.78 GiB",
            low=service.calibration.context_bytes,
            high=high.context_bytes,
            changes=(("calibration", low, high),),
        )
    if service.kv_precision is None:
        yield Assumption(
            name="kv_precision",
            value=engine.kv_precision,
            unit="",
            rule="16 bits; TensorRT-LLM keeps 8 where the checkpoint has 8 or 4",
            source=f"{kind.source}; state model.kv_precision",
            low=None,
            high=None,
            changes=(("kv_precision", "fp8", "fp16"),),
        )


def _activation_assumptions(service: Service, engine: Engine) -> Iterator[Assumption]:
    if service.max_sequences is None:
        few, many = min(256, engine.max_sequences), max(1024, engine.max_sequences)
        yield Assumption(
            name="max_num_seqs",
            value=engine.max_sequences,
            unit="sequences",
            rule=_switch(engine, 1024, 256),
            source=f"{engine.kind.source}; state serving.max_num_seqs",
            low=few,
            high=many,
            changes=(("max_sequences", few, many),),
        )
    if service.step_tokens is None:
        yield Assumption(
            name="max_num_batched_tokens",
            value=engine.step_tokens,
            unit="tokens",
            rule=_switch(engine, 8192, 2048),
            source=f"{engine.kind.source}; state serving.max_num_batched_tokens",
            low=2048,
            high=16384,
            changes=(("step_tokens", 2048, 16384),),
        )
    if service.sampler is None and service.engine is not None:
        # Where the engine is assumed, its sampler is part of that.
        yield Assumption(
            name="sampler",
            value=engine.sampler,
            unit="",
            rule="whether sampling keeps several copies of the logits",
            source=f"{engine.kind.source}; state serving.sampler",
            low=None,
            high=None,
            changes=(("sampler", "fused", "native"),),
        )


def _switch(engine: Engine, large: int, small: int) -> str:
    """The default of an engine, and where it switches."""
    if engine.kind.name != "vllm":
        return f"the default of {engine.kind.name}"
    size = LARGE_GPU_BYTES // GIB
    return f"vLLM's default: {large} from {size} GiB of GPU memory on, A100 excepted, else {small}"


def _context_range(service: Service) -> tuple[ServingCalibration, ServingCalibration]:
    c, origin = service.calibration, ORIGINS["context_bytes"]
    return replace(c, context_bytes=origin.low), replace(c, context_bytes=origin.high)
