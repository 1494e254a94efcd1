"""From a training run to the VM that it needs."""

from __future__ import annotations

from math import ceil

from generator.blueprint.model.storage_compute import Dataset
from generator.blueprint.model.workloads import Train, Workload
from generator.ledger import Basis
from generator.sizing.architecture import Transformer
from generator.sizing.demand import GpuNeed, Sharing
from generator.sizing.estimate.inputs import Subject
from generator.sizing.estimate.training import TOKEN_ID_BYTES, memory_of
from generator.sizing.estimate.training_run import run_of
from generator.sizing.figures import Figures
from generator.sizing.machine.training import training_machine
from generator.sizing.need import Need
from generator.sizing.nonsense import positive
from generator.sizing.train.adapters import trained_parameters
from generator.sizing.train.frameworks import framework_named
from generator.sizing.train.run import TrainingRun
from generator.sizing.train.states import states_of


def throughput_training(train: Train, dataset: Dataset | None, figures: Figures) -> Need | str:
    """GPUs so that ``epochs`` over ``items`` end before the deadline at the stated rate per GPU.

    The footprint is not known, so each GPU is a whole one; several are joined by NVLink because
    data-parallel training exchanges every gradient at each step.
    """
    items = dataset.items if dataset else None
    if dataset is None or not items or not train.epochs or train.deadline_s is None:
        return "train.epochs, train.deadline and the number of items of its dataset"
    assert train.throughput_per_gpu_per_s is not None
    positive("train.deadline", float(train.deadline_s.value))
    positive("train.throughput_per_gpu", float(train.throughput_per_gpu_per_s.value))
    rate = figures.stated("throughput per GPU", train.throughput_per_gpu_per_s, "items/s")
    deadline = figures.stated("deadline", train.deadline_s, "s")
    needed = items * train.epochs / deadline
    gpus = ceil(needed / rate)
    figures.note(
        "needed rate",
        round(needed, 1),
        "items/s",
        rule="items x epochs / deadline",
        source="arithmetic",
    )
    figures.note(
        "GPUs", gpus, "", rule="needed rate / rate per GPU, rounded up", source="arithmetic"
    )
    figures.note(
        "duration",
        round(items * train.epochs / (rate * gpus) / 3600, 2),
        "h",
        rule="items x epochs / (rate x GPUs), taken as linear",
        source="arithmetic: a rate measured on one GPU does not show what several exchange",
    )
    machine = training_machine(
        train,
        gpus=gpus,
        samples_per_s=rate * gpus,
        sample_bytes=dataset.size_bytes.value / items,
        batch_samples=train.micro_batch or (train.batch / gpus if train.batch else None),
    )
    machine.note(figures)
    return Need(
        count=1,
        minimum=1,
        vcpus=machine.vcpu_count,
        memory_bytes=0,
        extra_memory_bytes=machine.extra_memory_bytes,
        permanent=False,
        whole_numa_node=gpus > 1,
        gpu=GpuNeed(memory_bytes=0, sharing=Sharing.NONE, gpus=gpus, nvlink=gpus > 1),
    )


def fine_tuning(workload: Workload, about: Subject, figures: Figures) -> Need | str:
    """Memory of one step on the most loaded GPU: with adapters the base is frozen."""
    train, model = workload.train, about.transformer
    assert train is not None
    assert model is not None
    if not train.sequence or not train.micro_batch:
        return "train.sequence and train.micro_batch"
    run = run_of(workload, about)
    if run.adapts:
        figures.note(
            "trained parameters",
            round(trained_parameters(model, run)),
            "",
            rule="rank x (in + out) per adapted matrix and layer",
            source="Hu et al., LoRA, section 4.1",
        )
    needed = memory_of(train, run, model, figures).total_bytes
    figures.gib(
        "framebuffer",
        needed,
        rule="states + activations + logits, with the allocator's room and the runtime",
        source="sum of the parts",
        basis=Basis.ANALYTIC,
    )
    machine = training_machine(
        train,
        gpus=run.gpus,
        sample_bytes=TOKEN_ID_BYTES * run.sequence,
        batch_samples=run.micro_batch,
        offload_bytes=_offloaded_bytes(run, model),
    )
    machine.note(figures)
    several = run.gpus > 1
    return Need(
        count=1,
        minimum=1,
        vcpus=machine.vcpu_count,
        memory_bytes=0,
        extra_memory_bytes=machine.extra_memory_bytes,
        permanent=False,
        whole_numa_node=several,
        gpu=GpuNeed(
            memory_bytes=ceil(needed),
            sharing=Sharing.NONE if several else Sharing.TIME_SLICED,
            gpus=run.gpus,
            nvlink=several,
            precision=about.precision,
        ),
    )


def _offloaded_bytes(run: TrainingRun, model: Transformer) -> float:
    """What offloading puts into host memory, by the run's framework or the default one's recipe.

    All GPUs of the run are in one VM, so that the memory of all hosts is that of this VM.
    """
    if not (run.offload.optimizer or run.offload.parameters):
        return 0.0
    return states_of(model, run, framework_named(run.framework)).host_bytes
