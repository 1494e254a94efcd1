"""Training: GPUs from a measured rate and a deadline, or memory from the model's state."""

from __future__ import annotations

from math import ceil

from generator.blueprint.model.model import Adapter, Model
from generator.blueprint.model.workloads import Train
from generator.ledger import Basis
from generator.sizing import memory
from generator.sizing.demand import GpuNeed, Sharing
from generator.sizing.figures import Figures
from generator.sizing.model_facts import ModelFacts
from generator.sizing.need import Need
from generator.sizing.notebooks import VCPUS_PER_GPU

_MEMORY_RULE = "state + activations, x allocator factor + runtime"


def throughput_training(train: Train, items: int | None, figures: Figures) -> Need | str:
    """GPUs so that ``epochs`` over ``items`` end before the deadline at the stated rate per GPU.

    The footprint is not known, so each GPU is a whole one; several are joined by NVLink because
    data-parallel training exchanges every gradient at each step.
    """
    if not items or not train.epochs or train.deadline_s is None:
        return "train.epochs, train.deadline and the number of items of its dataset"
    assert train.throughput_per_gpu_per_s is not None
    if train.deadline_s.value <= 0:
        return "a train.deadline above zero"
    if train.throughput_per_gpu_per_s.value <= 0:
        return "a train.throughput_per_gpu above zero"
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
        source="arithmetic; scaling loss is not modelled yet",
    )
    return Need(
        count=1,
        minimum=1,
        vcpus=VCPUS_PER_GPU * gpus,
        memory_bytes=0,
        permanent=False,
        whole_numa_node=gpus > 1,
        gpu=GpuNeed(memory_bytes=0, sharing=Sharing.NONE, gpus=gpus, nvlink=gpus > 1),
    )


def fine_tuning(train: Train, model: Model, facts: ModelFacts, figures: Figures) -> Need | str:
    """Memory of fine-tuning on one GPU: with adapters the base is frozen, else all is trained."""
    if not train.sequence or not train.micro_batch:
        return "train.sequence and train.micro_batch"
    precision = model.precision or "bf16"
    trained, base = _trained(model, facts, figures)
    state = (memory.weights(facts.params, precision) if base else 0.0) + (
        trained * memory.ADAMW_MIXED_BYTES
    )
    tokens = train.sequence * train.micro_batch
    activations = memory.training_activations(
        tokens, facts.hidden, facts.layers, recompute=bool(train.activation_checkpointing)
    )
    logits = tokens * facts.vocabulary * memory.LOGIT_BYTES
    for name, size, rule, source in (
        (
            "model state",
            state,
            "frozen weights + 16 B per trained parameter",
            "ZeRO, section 3.1; LoRA, section 4.1",
        ),
        ("activations", activations, "34 B per token and hidden unit", "Korthikanti et al., eq. 1"),
        ("logits", logits, "8 B per token and vocabulary entry", "32-bit logit and gradient"),
    ):
        figures.gib(name, size, rule=rule, source=source, basis=Basis.ANALYTIC)
    need_bytes = memory.with_headroom(state + activations + logits)
    figures.gib(
        "framebuffer",
        need_bytes,
        rule=_MEMORY_RULE,
        source="allocator factor 1.15 and runtime 1 GiB are assumed",
        basis=Basis.ASSUMED,
    )
    return Need(
        count=1,
        minimum=1,
        vcpus=VCPUS_PER_GPU,
        memory_bytes=0,
        permanent=False,
        gpu=GpuNeed(memory_bytes=need_bytes, sharing=Sharing.TIME_SLICED, precision=precision),
    )


def _trained(model: Model, facts: ModelFacts, figures: Figures) -> tuple[float, bool]:
    """Trained parameters, and whether a frozen base stands beside them."""
    adapter = (model.method.lora or model.method.qlora) if model.method else None
    if adapter is None:
        return facts.params, False
    trained = memory.lora_parameters(adapter.rank, facts.layers, _adapted(adapter, facts))
    figures.note(
        "trained parameters",
        trained,
        "",
        rule="rank x (in + out) per adapted matrix and layer",
        source="Hu et al., LoRA, section 4.1",
    )
    return trained, True


def _adapted(adapter: Adapter, facts: ModelFacts) -> tuple[tuple[int, int], ...]:
    shapes = memory.llama_linear_shapes(facts.hidden, facts.kv_heads * facts.head_dim, facts.ffn)
    names = ("q", "k", "v", "o", "gate", "up", "down")
    return tuple(
        shape
        for name, shape in zip(names, shapes, strict=True)
        if not adapter.targets or name in adapter.targets
    )
