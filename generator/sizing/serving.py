"""From a service to the VMs that it needs."""

from __future__ import annotations

from dataclasses import replace
from math import ceil

from generator.blueprint.model.workloads import Serving, Workload
from generator.catalog import Catalog
from generator.ledger import Basis
from generator.quantity import GIB
from generator.sizing.assumption import judge
from generator.sizing.demand import GpuNeed, Sharing
from generator.sizing.estimate.batches import in_batches
from generator.sizing.estimate.cpu import on_cpus, socket_of
from generator.sizing.estimate.inputs import Subject
from generator.sizing.estimate.serving import service_of
from generator.sizing.estimate.serving_ledger import note_memory
from generator.sizing.figures import Figures
from generator.sizing.need import Need
from generator.sizing.notebooks import VCPUS_PER_GPU
from generator.sizing.serve import service as svc

CPU_SERVICE_VCPUS = 4
CPU_SERVICE_MEMORY_BYTES = 16 * GIB
"""A CPU replica of a small model; assumed until a load test says otherwise."""


def generative_service(
    workload: Workload, about: Subject, catalog: Catalog, figures: Figures
) -> Need | str:
    """Framebuffer for the sessions that one replica must hold at full context.

    Each replica carries its share of the sessions, and all that remain when one is lost
    (``degraded_sessions``). An engine that takes a share of the GPU needs the rest of it too.
    """
    serving = workload.serving
    assert serving is not None
    if not serving.sessions:
        return "serving.sessions"
    service = service_of(workload, about, catalog)
    service = replace(service, tensor_parallel=service.tensor_parallel or 1)
    memory = svc.memory_of(service)
    engine = svc.engine_of(service)
    figures.note(
        "sessions per replica",
        service.sessions,
        "",
        rule="sessions / replicas, and what must remain after the loss of one",
        source="blueprint",
    )
    note_memory(service, memory, figures)
    low, high = judge(
        tuple(svc.assumptions_of(service)),
        service,
        lambda s: svc.memory_of(s).total_bytes / svc.engine_of(s).utilisation_ratio,
        figures,
        what="framebuffer",
        show=lambda size: f"{size / GIB:.2f} GiB",
    )
    needed = memory.total_bytes / engine.utilisation_ratio
    figures.note(
        "framebuffer",
        round(needed / GIB, 2),
        "GiB",
        rule="(weights + KV cache + activations + runtime) / the engine's share of the GPU",
        source=f"sum of the parts; {engine.kind.source}",
        low=round(low / GIB, 2),
        high=round(high / GIB, 2),
    )
    return _gpu_service(
        serving,
        ceil(needed),
        about.precision,
        compute_first=True,
        gpus=service.tensor_parallel,
    )


def model_service(workload: Workload, about: Subject, catalog: Catalog, figures: Figures) -> Need:
    """A service that keeps no cache between requests: weights, a batch's activations, runtime."""
    assert workload.serving is not None
    answer = in_batches(workload, about, catalog, figures)
    needed = answer.memory.total_bytes
    figures.gib(
        "framebuffer",
        needed,
        rule="weights + activations of a batch + runtime",
        source="sum of the parts",
        basis=Basis.ANALYTIC,
    )
    return _gpu_service(workload.serving, ceil(needed), about.precision, compute_first=False)


def cpu_service(workload: Workload, figures: Figures) -> Need:
    """A small classic model: CPUs meet its service level."""
    serving, model = workload.serving, workload.model
    assert serving is not None
    size = model.size_bytes.value if model and model.size_bytes else 0
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
        low=2,
        high=16,
        effect=f"{2 * (serving.replicas or 1)} to {16 * (serving.replicas or 1)} vCPUs in all",
    )
    replicas = serving.replicas or 1
    return Need(
        count=replicas,
        minimum=replicas,
        vcpus=CPU_SERVICE_VCPUS,
        memory_bytes=CPU_SERVICE_MEMORY_BYTES + int(size) // GIB * GIB,
        permanent=True,
    )


def service_on_cpus(workload: Workload, about: Subject, catalog: Catalog, figures: Figures) -> Need:
    """A service that is wished on CPUs: a socket for each replica, and the RAM that it holds.

    The times of the estimate are those of a whole socket, so a replica gets its cores.
    """
    assert workload.serving is not None
    memory = on_cpus(workload, about, catalog, figures).memory
    cores = catalog.cpu(socket_of(workload)).cores
    figures.note(
        "vCPUs",
        cores,
        "",
        rule="the cores of one socket, which the time per token is of",
        source="blueprint",
        basis=Basis.STATED,
    )
    replicas = workload.serving.replicas or 1
    return Need(
        count=replicas,
        minimum=replicas,
        vcpus=cores,
        memory_bytes=ceil(memory.total_bytes / GIB) * GIB,
        permanent=True,
    )


def _gpu_service(
    serving: Serving, need_bytes: int, precision: str, *, compute_first: bool, gpus: int = 1
) -> Need:
    replicas = serving.replicas or 1
    return Need(
        count=replicas,
        minimum=replicas,
        vcpus=VCPUS_PER_GPU * gpus,
        memory_bytes=0,
        permanent=True,
        gpu=GpuNeed(
            memory_bytes=need_bytes,
            sharing=Sharing.TIME_SLICED if gpus == 1 else Sharing.NONE,
            gpus=gpus,
            nvlink=gpus > 1,
            compute_first=compute_first,
            precision=precision,
        ),
    )
