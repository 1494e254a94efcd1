"""Serving: framebuffer per replica for the sessions that it must hold."""

from __future__ import annotations

from math import ceil

from generator.blueprint.model.model import Model
from generator.blueprint.model.workloads import Serving
from generator.ledger import Basis
from generator.quantity import GIB
from generator.sizing import memory
from generator.sizing.demand import GpuNeed, Sharing
from generator.sizing.figures import Figures
from generator.sizing.model_facts import ModelFacts
from generator.sizing.need import Need
from generator.sizing.notebooks import VCPUS_PER_GPU

CPU_SERVICE_VCPUS = 4
CPU_SERVICE_MEMORY_BYTES = 16 * GIB
"""A CPU replica of a small model; assumed until a load test says otherwise."""


def generative_service(
    serving: Serving, model: Model, facts: ModelFacts, figures: Figures
) -> Need | str:
    """Weights, the KV cache of the sessions that one replica holds at full context, and overhead.

    Each replica carries its share of the sessions, and all that remain when one is lost
    (``degraded_sessions``).
    """
    if not serving.sessions:
        return "serving.sessions"
    assert serving.context is not None
    precision = model.precision or "bf16"
    replicas = serving.replicas or 1
    weights = memory.weights(facts.params, precision)
    per_token = memory.kv_bytes_per_token(
        facts.layers, facts.kv_heads, facts.head_dim, model.kv_precision or "fp16"
    )
    per_session = per_token * serving.context
    sessions = max(
        ceil(serving.sessions / replicas),
        ceil((serving.degraded_sessions or 0) / max(1, replicas - 1)),
    )
    figures.gib(
        "weights",
        weights,
        rule="parameters x bytes of the precision",
        source="arithmetic",
        basis=Basis.ANALYTIC,
    )
    figures.note(
        "KV cache per token",
        per_token,
        "B",
        rule="2 x layers x KV heads x head size x bytes",
        source="grouped-query attention",
    )
    figures.note(
        "sessions per replica",
        sessions,
        "",
        rule="sessions / replicas, and what must remain after the loss of one",
        source="blueprint",
    )
    need_bytes = round(
        weights + sessions * per_session + memory.ACTIVATION_BYTES + memory.RUNTIME_BYTES
    )
    figures.gib(
        "framebuffer",
        need_bytes,
        rule="weights + sessions x KV cache at full context + 2 GiB activations + 1 GiB runtime",
        source="activation and runtime are assumed",
        basis=Basis.ASSUMED,
    )
    return _gpu_service(replicas, need_bytes, precision, compute_first=True)


def model_service(serving: Serving, model: Model, facts: ModelFacts, figures: Figures) -> Need:
    """A service that keeps no cache between requests: weights and overhead."""
    precision = model.precision or "fp16"
    need_bytes = round(
        memory.weights(facts.params, precision) + memory.ACTIVATION_BYTES + memory.RUNTIME_BYTES
    )
    figures.gib(
        "framebuffer",
        need_bytes,
        rule="weights + 2 GiB activations + 1 GiB runtime",
        source="activation and runtime are assumed",
        basis=Basis.ASSUMED,
    )
    return _gpu_service(serving.replicas or 1, need_bytes, precision, compute_first=False)


def cpu_service(serving: Serving, model: Model, figures: Figures) -> Need:
    """A small classic model: CPUs meet its service level."""
    size = model.size_bytes.value if model.size_bytes else 0
    figures.note(
        "compute",
        "cpu",
        "",
        rule="classic models meet their service level on CPUs",
        source="F. Denneman, Fractional and Full GPUs (2023)",
        basis=Basis.PUBLISHED,
    )
    figures.note(
        "vCPUs",
        CPU_SERVICE_VCPUS,
        "",
        rule="default of a CPU replica",
        source="confirm by a load test",
        basis=Basis.ASSUMED,
    )
    replicas = serving.replicas or 1
    return Need(
        count=replicas,
        minimum=replicas,
        vcpus=CPU_SERVICE_VCPUS,
        memory_bytes=CPU_SERVICE_MEMORY_BYTES + int(size) // GIB * GIB,
        permanent=True,
    )


def _gpu_service(replicas: int, need_bytes: int, precision: str, *, compute_first: bool) -> Need:
    return Need(
        count=replicas,
        minimum=replicas,
        vcpus=VCPUS_PER_GPU,
        memory_bytes=0,
        permanent=True,
        gpu=GpuNeed(
            memory_bytes=need_bytes,
            sharing=Sharing.TIME_SLICED,
            compute_first=compute_first,
            precision=precision,
        ),
    )
