"""Work that comes and goes: trials, Spark jobs, validation, and VMs of a stated shape."""

from __future__ import annotations

from math import ceil, floor

from generator.blueprint.model.workloads import Hpo, Shape, Spark, Workload
from generator.ledger import Basis
from generator.quantity import GIB
from generator.sizing.demand import GpuNeed, Sharing
from generator.sizing.figures import Figures
from generator.sizing.need import Need
from generator.sizing.notebooks import VCPUS_PER_GPU

SPARK_BYTES_PER_S_PER_VCPU = 4_000_000
"""What a Spark core works off; assumed, because no source of ours measured one."""

SMALL_VCPUS = 8
SMALL_MEMORY_BYTES = 32 * GIB
"""A CPU VM for validation and code that is still being written; assumed."""


def hpo(trials: Hpo, workload: Workload, figures: Figures) -> Need | str:
    """Slots so that all trials end before the deadline: each slot runs them one after another."""
    if trials.trial_time_s is None or trials.deadline_s is None or trials.memory_bytes is None:
        return "hpo.trial_time, hpo.deadline and hpo.memory"
    if trials.trial_time_s.value <= 0:
        return "an hpo.trial_time above zero"
    trial = figures.stated("trial", trials.trial_time_s, "s")
    deadline = figures.stated("deadline", trials.deadline_s, "s")
    waves = floor(deadline / trial)
    if waves < 1:
        return "an hpo.deadline of at least one hpo.trial_time"
    slots = ceil(trials.trials / waves)
    if trials.max_parallel:
        slots = min(slots, trials.max_parallel)
    figures.note("waves", waves, "", rule="deadline / trial, rounded down", source="arithmetic")
    figures.note("slots", slots, "", rule="trials / waves, rounded up", source="arithmetic")
    figures.gib(
        "framebuffer",
        trials.memory_bytes.value,
        rule="as the blueprint states it",
        source="blueprint",
        basis=Basis.STATED,
    )
    precision = (workload.model.precision if workload.model else None) or ""
    return Need(
        count=slots,
        minimum=1,
        vcpus=VCPUS_PER_GPU,
        memory_bytes=0,
        permanent=False,
        gpu=GpuNeed(
            memory_bytes=int(trials.memory_bytes.value),
            sharing=Sharing.TIME_SLICED,
            precision=precision,
        ),
    )


def spark(job: Spark, figures: Figures) -> Need | str:
    """Executors that read the input inside the window."""
    if job.window_s is None or job.executor is None or not job.executor.vcpu:
        return "spark.window and spark.executor with its vcpu and memory"
    if job.executor.memory_bytes is None:
        return "spark.executor.memory"
    if job.window_s.value <= 0:
        return "a spark.window above zero"
    stated = job.rate_per_core_bytes_per_s
    if stated is not None and stated.value <= 0:
        return "a spark.rate_per_core above zero"
    rate = job.input_bytes.value / figures.stated("window", job.window_s, "s")
    figures.note(
        "read rate", round(rate / 1e6, 1), "MB/s", rule="input / window", source="arithmetic"
    )
    per_core = stated.value if stated else SPARK_BYTES_PER_S_PER_VCPU
    count = job.executors or max(1, ceil(rate / (per_core * job.executor.vcpu)))
    figures.note(
        "executors",
        count,
        "",
        rule="read rate / (rate per core x vCPUs), rounded up",
        source="blueprint" if stated else "4 MB/s per core is assumed; state spark.rate_per_core",
        basis=Basis.STATED if stated else Basis.ASSUMED,
    )
    return Need(
        count=count,
        minimum=count,
        vcpus=job.executor.vcpu,
        memory_bytes=int(job.executor.memory_bytes.value),
        permanent=False,
    )


def plain_vm(shape: Shape, workload: Workload, figures: Figures) -> Need | str:
    """A workload with a stated shape, as a bought application has one."""
    if not shape.vcpu or shape.memory_bytes is None:
        return "shape.vcpu and shape.memory"
    figures.note("vCPUs", shape.vcpu, "", rule="as stated", source="blueprint", basis=Basis.STATED)
    gpu = None
    if shape.gpus:
        gpu = GpuNeed(memory_bytes=0, sharing=Sharing.NONE, gpus=shape.gpus)
    replicas = (workload.serving.replicas if workload.serving else None) or 1
    return Need(
        count=replicas,
        minimum=replicas,
        vcpus=shape.vcpu,
        memory_bytes=int(shape.memory_bytes.value),
        permanent=workload.phase in ("serving", "monitoring"),
        gpu=gpu,
    )


def small_cpu(workload: Workload, figures: Figures) -> Need:
    """Validation, concept and data preparation without a stated need: one CPU VM."""
    figures.note(
        "vCPUs",
        SMALL_VCPUS,
        "",
        rule=f"default of a {workload.phase} VM without a stated need",
        source="state workload.shape to change it",
        basis=Basis.ASSUMED,
    )
    return Need(
        count=1,
        minimum=1,
        vcpus=SMALL_VCPUS,
        memory_bytes=SMALL_MEMORY_BYTES,
        permanent=False,
    )
