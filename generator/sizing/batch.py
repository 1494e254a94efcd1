"""Work that comes and goes: trials, Spark jobs, validation, and VMs of a stated shape."""

from __future__ import annotations

from math import ceil

from generator.blueprint.model.workloads import Hpo, Shape, Spark, Workload
from generator.ledger import Basis
from generator.quantity import GIB
from generator.sizing.demand import GpuNeed, Sharing
from generator.sizing.figures import Figures
from generator.sizing.need import Need
from generator.sizing.notebooks import VCPUS_PER_GPU
from generator.sizing.queueing.trials import Search, Trials, search

SPARK_BYTES_PER_S_PER_VCPU = 4_000_000
"""What a Spark core works off; assumed, because no source of ours measured one."""

SPARK_RANGE_BYTES_PER_S = (1_000_000, 20_000_000)
"""Assumed range of it: from parsing text with regular expressions to scanning columns."""

SMALL_VCPUS = 8
SMALL_VCPUS_RANGE = (4, 32)
SMALL_MEMORY_BYTES = 32 * GIB
"""A CPU VM for validation and code that is still being written; assumed."""


def hpo(trials: Hpo, workload: Workload, figures: Figures) -> Need | str:
    """Slots so that all trials end before the deadline: each slot runs them one after another.

    Early stopping lowers the hours and never the slots. Raises ``Nonsense`` for a saving that
    cannot be.
    """
    if trials.trial_time_s is None or trials.deadline_s is None or trials.memory_bytes is None:
        return "hpo.trial_time, hpo.deadline and hpo.memory"
    if trials.trial_time_s.value <= 0:
        return "an hpo.trial_time above zero"
    trial = figures.stated("trial", trials.trial_time_s, "s")
    deadline = figures.stated("deadline", trials.deadline_s, "s")
    if deadline < trial:
        return "an hpo.deadline of at least one hpo.trial_time"
    saving = trials.early_stopping_saving_ratio
    wish = Trials(
        trials=trials.trials,
        trial_s=trial,
        deadline_s=deadline,
        max_parallel=trials.max_parallel,
        early_stopping=trials.early_stopping or "none",
        saving_ratio=float(saving.value) if saving else None,
    )
    found = search(wish)
    _note_search(found, figures)
    figures.gib(
        "framebuffer",
        trials.memory_bytes.value,
        rule="as the blueprint states it",
        source="blueprint",
        basis=Basis.STATED,
    )
    precision = (workload.model.precision if workload.model else None) or ""
    return Need(
        count=found.slots,
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


def _note_search(found: Search, figures: Figures) -> None:
    """Notes the slots, what the deadline leaves undone, and what early stopping saves."""
    source = "requirements S2-10"
    assert found.waves is not None
    figures.note("waves", found.waves, "", rule="deadline / trial, rounded down", source=source)
    limited = found.slots < found.slots_needed
    rule = "trials / waves, rounded up"
    figures.note(
        "slots",
        found.slots,
        "",
        rule=f"hpo.max_parallel; {found.slots_needed} would meet the deadline" if limited else rule,
        source="blueprint" if limited else source,
        basis=Basis.STATED if limited else Basis.ANALYTIC,
    )
    if found.trials_left:
        figures.note(
            "trials left",
            found.trials_left,
            "",
            rule=f"trials - slots x waves; {found.slot_hours_left:.4g} slot-hours of work",
            source=source,
        )
    low, high, saved = found.gpu_hours_low, found.gpu_hours_high, found.saving.ratio
    less = f", {saved:.0%} saved by early stopping; the slots stay: nobody knows which trials stop"
    figures.note(
        "slot hours",
        round(found.gpu_hours, 2),
        "h",
        rule="trials x trial time" + (less if saved else ""),
        source=found.saving.source,
        basis=found.saving.basis,
        low=round(low, 2) if low != high else None,
        high=round(high, 2) if low != high else None,
        effect=f"{low:.0f} to {high:.0f} slot-hours" if low != high else "",
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
    count = job.executors or _executors(rate, per_core, job.executor.vcpu)
    _note_executors(job, count, rate, job.executor.vcpu, figures)
    return Need(
        count=count,
        minimum=count,
        vcpus=job.executor.vcpu,
        memory_bytes=int(job.executor.memory_bytes.value),
        permanent=False,
    )


def _executors(rate: float, per_core: float, vcpus: int) -> int:
    return max(1, ceil(rate / (per_core * vcpus)))


def _note_executors(job: Spark, count: int, rate: float, vcpus: int, figures: Figures) -> None:
    """Notes the executors: stated, from a stated rate per core, or from the assumed one."""
    rule = "read rate / (rate per core x vCPUs), rounded up"
    if job.executors or job.rate_per_core_bytes_per_s:
        rule = "as stated" if job.executors else rule
        figures.note("executors", count, "", rule=rule, source="blueprint", basis=Basis.STATED)
        return
    slow, fast = (_executors(rate, each, vcpus) for each in SPARK_RANGE_BYTES_PER_S)
    figures.note(
        "executors",
        count,
        "",
        rule=rule,
        source="assumed: 4 MB/s per core; state spark.rate_per_core",
        basis=Basis.ASSUMED,
        low=fast,
        high=slow,
        effect=f"executors from {fast} to {slow}",
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
        low=SMALL_VCPUS_RANGE[0],
        high=SMALL_VCPUS_RANGE[1],
        effect=f"the VM from {SMALL_VCPUS_RANGE[0]} to {SMALL_VCPUS_RANGE[1]} vCPUs",
    )
    return Need(
        count=1,
        minimum=1,
        vcpus=SMALL_VCPUS,
        memory_bytes=SMALL_MEMORY_BYTES,
        permanent=False,
    )
