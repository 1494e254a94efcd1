"""The estimate of a service on CPUs: a language model, or a small classic one."""

from __future__ import annotations

from collections.abc import Callable

from generator.blueprint.model.workloads import Workload
from generator.catalog import Catalog, UnknownRow
from generator.ledger import Basis
from generator.quantity import GIB
from generator.sizing.estimate.answer import Estimate, MemoryAnswer, ServingAnswer
from generator.sizing.estimate.inputs import Subject
from generator.sizing.figures import Figures
from generator.sizing.nonsense import Nonsense, positive
from generator.sizing.serve.cpu import (
    EAGER_FRAMEWORKS,
    CpuSpeed,
    Socket,
    cpu_memory_bytes,
    cpu_speed,
)
from generator.sizing.serve.engines import engine_kind
from generator.sizing.serve.kv_cache import kv_cache

DEFAULT_CPU = "intel-spr-8480plus"
"""The socket that is taken where none is named; assumed, the first with AMX."""

OTHER_CPU = "intel-icx-8375c"
"""The socket that stands for those without AMX where the default is judged."""

RUNTIME_BYTES = 4 * GIB
RUNTIME_RANGE_BYTES = (2 * GIB, 8 * GIB)
"""Operating system, framework and request buffers of one replica; assumed."""

FRAMEWORKS = frozenset({"ipex", "openvino", "onnxruntime", *EAGER_FRAMEWORKS})
"""Frameworks that serve on CPUs, beside the engines that serve on GPUs too."""


def on_cpus(workload: Workload, about: Subject, catalog: Catalog, figures: Figures) -> Estimate:
    """RAM, time per token and throughput of one socket."""
    if about.transformer is None:
        return _classic(workload, figures)
    serving = workload.serving
    assert serving is not None
    framework = serving.engine or "ipex"
    if framework not in FRAMEWORKS:
        engine_kind(framework)
    batch = serving.batch or serving.sessions or 1
    context = serving.context or (serving.input_tokens or 1024) + (serving.output_tokens or 256)
    model, precision = about.transformer, about.precision

    def paced(name: str) -> CpuSpeed:
        return cpu_speed(model, precision, _socket(name, catalog), batch, framework=framework)

    speed = paced(_chosen(workload, paced, catalog, figures))
    held = cpu_memory_bytes(about.transformer, about.precision, framework=framework)
    kept = "bf16" if workload.model is None else workload.model.kv_precision or "bf16"
    cache = kv_cache(about.transformer, kept, block_tokens=1)
    memory = MemoryAnswer(
        weights_bytes=held,
        kv_cache_bytes=batch * cache.sequence_bytes(context),
        kv_bytes_per_token=cache.bytes_per_token,
        runtime_bytes=float(RUNTIME_BYTES),
        gpus=0,
    )
    _note_memory(memory, figures)
    figures.note(
        "per_token",
        speed.per_token_s,
        "s",
        rule="weights / bandwidth attained + overhead per layer + multiplying of the batch",
        source="fitted: Intel Extension for PyTorch; fitted: AutoAWQ, CPU benchmarks",
        basis=Basis.PUBLISHED,
        low=speed.per_token_s * 0.8,
        high=speed.per_token_s * 1.3,
    )
    return Estimate(
        memory=memory,
        serving=ServingAnswer(per_token_s=speed.per_token_s, tokens_per_s=speed.tokens_per_s),
    )


def _note_memory(memory: MemoryAnswer, figures: Figures) -> None:
    """Notes the RAM of a replica, part by part, with what the assumed part does to it."""
    for name, size, rule, source in (
        (
            "weights",
            memory.weights_bytes,
            "parameters x bytes of the precision, and the framework's working copies",
            "counted tensor by tensor; AutoAWQ, README.md",
        ),
        (
            "kv_cache",
            memory.kv_cache_bytes,
            "sequences x cache of one at full context",
            "Kwon et al., PagedAttention, section 3",
        ),
    ):
        figures.note(name, size, "B", rule=rule, source=source)
    _note_runtime(memory.total_bytes - memory.runtime_bytes, figures)
    figures.note(
        "total",
        memory.total_bytes,
        "B",
        rule="weights + KV cache + runtime",
        source="sum of the parts",
        low=memory.total_bytes - RUNTIME_BYTES + RUNTIME_RANGE_BYTES[0],
        high=memory.total_bytes - RUNTIME_BYTES + RUNTIME_RANGE_BYTES[1],
    )


def _note_runtime(other_bytes: float, figures: Figures) -> None:
    low, high = RUNTIME_RANGE_BYTES
    ends = [f"{(other_bytes + end) / GIB:.2f} GiB" for end in (low, high)]
    figures.note(
        "runtime",
        RUNTIME_BYTES,
        "B",
        rule="operating system, framework and request buffers",
        source="confirm by a load test",
        basis=Basis.ASSUMED,
        low=low,
        high=high,
        effect=f"RAM of a replica from {ends[0]} to {ends[1]}",
    )


def socket_of(workload: Workload) -> str:
    """The catalogue's id of the socket that a service on CPUs runs on."""
    wish = workload.accelerator
    return (wish.model if wish else None) or DEFAULT_CPU


def _chosen(
    workload: Workload, paced: Callable[[str], CpuSpeed], catalog: Catalog, figures: Figures
) -> str:
    """The stated socket, or the default with what another one would do."""
    name = socket_of(workload)
    stated = name if workload.accelerator and workload.accelerator.model else None
    others = () if stated else (DEFAULT_CPU, OTHER_CPU)
    times = (f"{paced(one).per_token_s * 1e3:.3g} ms with {one}" for one in others)
    figures.note(
        "cpu",
        _socket(name, catalog).name,
        "",
        rule="as stated" if stated else "default socket",
        source="blueprint" if stated else "assumed; state accelerator.model",
        basis=Basis.STATED if stated else Basis.ASSUMED,
        effect="" if stated else f"time per token {', '.join(times)}",
    )
    return name


def _socket(name: str, catalog: Catalog) -> Socket:
    try:
        cpu = catalog.cpu(name)
    except UnknownRow as unknown:
        near = f"write {' or '.join(unknown.near)}" if unknown.near else "see mlgen catalog cpus"
        raise Nonsense("accelerator.model", f"no CPU {name!r} is known", near) from unknown
    return Socket(
        name=cpu.id,
        bandwidth_bytes_per_s=cpu.memory_bandwidth_bytes_per_s,
        amx=any(word.startswith("amx") for word in cpu.isa),
    )


def _classic(workload: Workload, figures: Figures) -> Estimate:
    """Trees and tabular models: their file in memory, and a service level that a load test says."""
    model = workload.model
    if model is None or model.size_bytes is None:
        raise Nonsense("model.size", "is missing", "state the size of the model's file")
    size = positive("model.size", float(model.size_bytes.value))
    figures.note(
        "weights",
        size,
        "B",
        rule="the model's file in memory",
        source="blueprint",
        basis=Basis.STATED,
    )
    _note_runtime(size, figures)
    return Estimate(
        memory=MemoryAnswer(weights_bytes=size, runtime_bytes=float(RUNTIME_BYTES), gpus=0)
    )
