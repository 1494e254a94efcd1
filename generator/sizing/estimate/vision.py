"""The estimate of training a network of images whose layers are known."""

from __future__ import annotations

from math import ceil

from generator.blueprint.model.workloads import Train, Workload
from generator.catalog import Catalog
from generator.ledger import Basis
from generator.quantity import GIB
from generator.sizing.estimate.answer import (
    CheckpointAnswer,
    Estimate,
    MemoryAnswer,
    TrainingAnswer,
)
from generator.sizing.estimate.inputs import Subject
from generator.sizing.figures import Figures
from generator.sizing.nonsense import positive
from generator.sizing.storage.checkpoints import optimizer_state_bytes, training_state
from generator.sizing.train.memory import TrainingMemory
from generator.sizing.vision.memory import largest_batch, network_training_memory
from generator.sizing.vision.networks import network_named

DEFAULT_OPTIMIZER = "sgd-momentum"
"""What networks of images are usually trained with. Source: torchvision, training references."""

SAMPLE_BYTES = 114_660
"""A record of ImageNet as it is stored (MLPerf Storage, resnet50); taken where none is stated."""


def of_images(workload: Workload, about: Subject, catalog: Catalog, figures: Figures) -> Estimate:
    """Memory by layers; time from the stated rate, because nothing here measures convolutions."""
    del catalog
    train = workload.train
    assert train is not None
    assert about.row is not None
    pixels = workload.model.image_pixels if workload.model else None
    network = network_named(about.row.id, pixels)
    gpus = about.gpus or 1
    batch = train.micro_batch or (ceil(train.batch / gpus) if train.batch else 1)
    optimizer = train.optimizer or DEFAULT_OPTIMIZER
    memory = network_training_memory(
        network, batch, precision=about.precision, optimizer=optimizer, gpus=gpus
    )
    _note(memory, batch, optimizer, figures)
    if about.device is not None:
        most = largest_batch(
            network, about.device.memory_bytes, precision=about.precision, optimizer=optimizer
        )
        figures.note(
            "largest micro-batch",
            most,
            "images",
            rule="the most images per step that fit the GPU",
            source="counted layer by layer",
        )
    usable = about.device.memory_bytes if about.device else None
    feasible = usable is None or memory.total_bytes <= usable
    rate = _rate(train)
    return Estimate(
        memory=MemoryAnswer(
            weights_bytes=memory.weight_bytes,
            gradients_bytes=memory.gradient_bytes,
            optimizer_bytes=memory.optimizer_bytes,
            activations_bytes=memory.activation_bytes + memory.buffer_bytes,
            runtime_bytes=memory.runtime_bytes,
            held_bytes=memory.static_bytes,
            gpus=gpus,
        ),
        training=_time(train, rate, batch, gpus),
        checkpoint=CheckpointAnswer(
            bytes=training_state(
                network.parameters, optimizer_bytes=optimizer_state_bytes(optimizer)
            ).total_bytes
        ),
        read_bytes_per_s=_read_rate(train, rate, gpus),
        gpu=about.accelerator.id if about.accelerator else "",
        gpus=gpus,
        feasible=feasible,
        reasons=() if feasible or usable is None else _reasons(memory, usable, batch),
    )


def _rate(train: Train) -> float | None:
    stated = train.throughput_per_gpu_per_s
    if stated is None:
        return None
    return positive("train.throughput_per_gpu", float(stated.value))


def _time(train: Train, rate: float | None, batch: int, gpus: int) -> TrainingAnswer:
    if rate is None:
        return TrainingAnswer()
    items = train.steps * (train.batch or batch * gpus) if train.steps else None
    hours = items / (rate * gpus) / 3600 if items else None
    return TrainingAnswer(
        step_s=batch / rate,
        items_per_s_per_gpu=rate,
        hours=hours,
        gpu_hours=hours * gpus if hours is not None else None,
    )


def _read_rate(train: Train, rate: float | None, gpus: int) -> float | None:
    if rate is None:
        return None
    sample = train.loader.sample_bytes if train.loader else None
    return rate * gpus * (float(sample.value) if sample else SAMPLE_BYTES)


def _note(memory: TrainingMemory, batch: int, optimizer: str, figures: Figures) -> None:
    for name, size, rule in (
        ("weights", memory.weight_bytes, "parameters x bytes of the regime"),
        ("optimizer", memory.optimizer_bytes, f"states of {optimizer}"),
        ("activations", memory.activation_bytes, f"maps that {batch} images keep, layer by layer"),
        ("runtime", memory.runtime_bytes, "CUDA context and the allocator's slack"),
        ("total", memory.total_bytes, f"sum of the parts at the {memory.moment}"),
    ):
        figures.note(name, size, "B", rule=rule, source="counted layer by layer")
    if optimizer == DEFAULT_OPTIMIZER:
        figures.note(
            "optimizer state",
            DEFAULT_OPTIMIZER,
            "",
            rule="usual for networks of images",
            source="torchvision, training references; state train.optimizer",
            basis=Basis.ASSUMED,
            effect=f"another one takes 0 to {8 * memory.weight_bytes / 4 / GIB:.2f} GiB",
        )


def _reasons(memory: TrainingMemory, usable: float, batch: int) -> tuple[str, ...]:
    return (
        f"{memory.total_bytes / GIB:.2f} GiB are needed, {usable / GIB:.2f} GiB can be used",
        f"a micro_batch below {batch}, a -mixed precision or a GPU with more memory would do",
    )
