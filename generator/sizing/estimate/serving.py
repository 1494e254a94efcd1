"""The estimate of a generative service."""

from __future__ import annotations

from dataclasses import replace

from generator.blueprint.model.workloads import Serving, Workload
from generator.catalog import Catalog
from generator.quantity import GIB, Quantity
from generator.sizing.assumption import judge
from generator.sizing.estimate.answer import Estimate, MemoryAnswer, ServingAnswer
from generator.sizing.estimate.checks import check_gpus, check_serving
from generator.sizing.estimate.inputs import Subject, transformer_of
from generator.sizing.estimate.serving_assumed import context_assumption, judge_lengths
from generator.sizing.estimate.serving_ledger import left_for_cache, note_memory, note_speed
from generator.sizing.figures import Figures
from generator.sizing.nonsense import Nonsense
from generator.sizing.serve import service as svc
from generator.sizing.serve.device import Device
from generator.sizing.serve.level import Level, sessions_within
from generator.sizing.serve.memory import Measured, ServingMemory
from generator.sizing.serve.service import Service
from generator.sizing.serve.speed import ServingSpeed

LAYOUTS = (1, 2, 4, 8, 16)
"""Tensor-parallel degrees that are tried, smallest first."""

DEFAULT_CONTEXT_TOKENS = 8192
"""Longest text where neither the blueprint nor the catalogue says one; assumed."""


def generative(workload: Workload, about: Subject, catalog: Catalog, figures: Figures) -> Estimate:
    """Memory, sessions and times of a service that answers token by token."""
    assert workload.serving is not None
    assert about.transformer is not None
    service = service_of(workload, about, catalog)
    service = _laid_out(service, about)
    memory = svc.memory_of(service)
    note_memory(service, memory, figures)
    longest = about.row.max_context_tokens if about.row else None
    low, high = judge(
        (
            *svc.assumptions_of(service),
            *context_assumption(workload.serving, service, longest),
        ),
        service,
        lambda s: svc.memory_of(s).total_bytes,
        figures,
        what="framebuffer",
        show=lambda size: f"{size / GIB:.2f} GiB",
    )
    figures.note(
        "total",
        memory.total_bytes,
        "B",
        rule="weights + KV cache + activations + runtime",
        source="sum of the parts",
        low=low,
        high=high,
    )
    held = svc.fits(service, memory)
    # What does not start has no speed.
    speed = _speed(service, memory) if held else None
    if speed is not None:
        judge_lengths(
            workload.serving, service, lambda one: _speed(one, svc.memory_of(one)), figures
        )
        note_speed(speed, figures)
    reasons = tuple(_reasons(service, memory))
    served = _answer(workload.serving, service, memory, speed)
    missed = _missed_level(workload.serving, service, memory, served)
    return Estimate(
        memory=MemoryAnswer(
            weights_bytes=memory.weights_bytes,
            activations_bytes=memory.activations_bytes,
            kv_cache_bytes=memory.kv_needed_bytes,
            runtime_bytes=memory.runtime_bytes,
            kv_bytes_per_token=memory.kv_bytes_per_token,
            kv_room_bytes=left_for_cache(memory.kv_room_bytes),
            gpus=service.tensor_parallel,
        ),
        serving=served,
        gpu=about.accelerator.id if about.accelerator else "",
        gpus=service.tensor_parallel,
        feasible=held and not missed,
        reasons=(*reasons, *missed),
    )


def service_of(workload: Workload, about: Subject, catalog: Catalog) -> Service:
    """The service as the workload states it."""
    stated, model = workload.serving, about.transformer
    assert stated is not None
    assert model is not None
    lengths = (stated.input_tokens or 0) + (stated.output_tokens or 0)
    longest = about.row.max_context_tokens if about.row else None
    context = stated.context or lengths or min(longest or DEFAULT_CONTEXT_TOKENS, 131072)
    if stated.context and lengths > stated.context:
        raise Nonsense(
            "serving.context",
            f"{stated.context} tokens do not hold a prompt and an answer of {lengths}",
            "state a context that holds both",
        )
    check_serving(stated, context)
    check_gpus(stated, about.gpus)
    drafter = transformer_of(stated.draft_model, catalog, "serving.draft_model")
    return Service(
        model=model,
        precision=about.precision,
        context_tokens=context,
        sessions=_sessions(stated),
        engine=stated.engine,
        engine_version=stated.engine_version,
        kv_precision=workload.model.kv_precision if workload.model else None,
        max_sequences=stated.max_num_seqs,
        step_tokens=stated.max_num_batched_tokens,
        utilisation_ratio=_value(stated.memory_utilisation_ratio),
        block_tokens=stated.block_tokens,
        sampler=stated.sampler,
        prompt_tokens=stated.input_tokens,
        answer_tokens=stated.output_tokens,
        shared_tokens=stated.shared_prefix_tokens or 0,
        drafter=drafter,
        tensor_parallel=stated.tensor_parallel or about.gpus or 0,
        device=about.device,
        measured=_measured(workload),
    )


def _sessions(stated: Serving) -> int:
    """Sessions per replica: its share, and what must remain after the loss of one."""
    replicas = stated.replicas or 1
    share = -(-(stated.sessions or stated.batch or 0) // replicas)
    degraded = -(-(stated.degraded_sessions or 0) // max(1, replicas - 1))
    return max(share, degraded)


def _value(quantity: Quantity | None) -> float | None:
    return None if quantity is None else float(quantity.value)


def _measured(workload: Workload) -> Measured:
    given = workload.assume
    if given is None:
        return Measured()
    return Measured(
        weights_bytes=_value(given.weights_bytes),
        activations_bytes=_value(given.activations_bytes),
        runtime_bytes=_value(given.runtime_bytes),
        kv_room_bytes=_value(given.kv_room_bytes),
        sources=tuple(
            (name, stated.source)
            for name in ("weights", "activations", "runtime", "kv_room")
            if (stated := getattr(given, f"{name}_bytes")) is not None
        ),
    )


def _laid_out(service: Service, about: Subject) -> Service:
    """The fewest GPUs that hold all sessions, or failing that at least one of them."""
    if service.tensor_parallel:
        return service
    if service.device is None:
        return replace(service, tensor_parallel=1)
    most = about.accelerator.nvlink.max_gpus if about.accelerator else None
    tried = [
        replace(service, tensor_parallel=gpus)
        for gpus in LAYOUTS
        if gpus <= (most or 1) and service.model.heads % gpus == 0
    ]
    memories = [(one, svc.memory_of(one)) for one in tried]
    for wanted in (svc.holds, svc.fits):
        for one, memory in memories:
            if svc.fits(one, memory) and wanted(one, memory):
                return one
    return tried[-1]


def _speed(service: Service, memory: ServingMemory) -> ServingSpeed | None:
    if service.device is None:
        return None
    room = memory.kv_room_bytes
    if room is None:
        room = service.device.memory_bytes - memory.total_bytes + memory.kv_needed_bytes
    return svc.speed_of(service, service.device, max(room, 1.0))


def _answer(
    stated: Serving, service: Service, memory: ServingMemory, speed: ServingSpeed | None
) -> ServingAnswer:
    base = ServingAnswer(
        kv_capacity_tokens=memory.kv_capacity_tokens,
        sessions_guaranteed=memory.sessions_guaranteed,
        sessions_practical=memory.sessions_practical,
        concurrency=memory.concurrency,
    )
    if speed is None or service.device is None:
        return base
    prompt, _ = svc.lengths(service)
    return replace(
        base,
        first_token_low_s=speed.first_token_low_s,
        first_token_s=speed.first_token_s,
        first_token_high_s=speed.first_token_high_s,
        prefill_s=svc.pace_of(service, service.device).prefill_s(prompt),
        per_token_s=speed.per_token_s,
        tokens_per_s=speed.tokens_per_s,
        replicas=_replicas(stated, service, memory, service.device),
    )


def _replicas(
    stated: Serving, service: Service, memory: ServingMemory, device: Device
) -> int | None:
    """Replicas for the stated sessions within the stated level; None where nothing is asked."""
    if not stated.sessions:
        return stated.replicas
    level = Level(
        per_token_s=_value(stated.p95_per_token_s), first_token_s=_value(stated.p95_first_token_s)
    )
    held = memory.sessions_guaranteed or 0
    within = sessions_within(service, device, memory.kv_room_bytes or 1.0, level)
    most = min(held, within)
    return -(-stated.sessions // most) if most else None


def _missed_level(
    stated: Serving, service: Service, memory: ServingMemory, answer: ServingAnswer
) -> tuple[str, ...]:
    """Why no number of replicas meets the stated level; nothing where one does or none is asked."""
    asked = service.device is not None and stated.sessions and svc.fits(service, memory)
    if not asked or answer.replicas is not None:
        return ()
    return (
        (
            f"not even one session stays within the service level on {service.tensor_parallel} x "
            f"{service.device.name if service.device else 'this GPU'}"
        ),
        "take a faster GPU, more tensor_parallel GPUs, a narrower precision or a looser level",
    )


def _reasons(service: Service, memory: ServingMemory) -> list[str]:
    if service.device is None:
        return []
    if not svc.fits(service, memory):
        room = (memory.kv_room_bytes or 0.0) / GIB
        left = f"{room:.2f} GiB are left" if room >= 0 else f"{-room:.2f} GiB are missing"
        return [
            (
                f"no room for one session of {service.context_tokens} tokens: {left} for the KV "
                f"cache on each of {service.tensor_parallel} x {service.device.name}"
            ),
            (
                "take more tensor_parallel GPUs, a GPU with more memory, a narrower precision or a "
                "shorter context"
            ),
        ]
    if not svc.holds(service, memory):
        return [
            (
                f"{memory.sessions_guaranteed} of {service.sessions} sessions fit at full context "
                "at once; the others wait"
            )
        ]
    return []
