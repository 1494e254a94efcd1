"""The training run that a workload states; what it leaves open follows its framework."""

from __future__ import annotations

from dataclasses import replace

from generator.blueprint.model.model import Method as StatedMethod
from generator.blueprint.model.workloads import Train, Workload
from generator.quantity import Quantity
from generator.sizing.estimate.checks import check_training
from generator.sizing.estimate.inputs import Subject
from generator.sizing.train.run import (
    Adapter,
    Method,
    Offload,
    Parallel,
    Recompute,
    Sharding,
    TrainingRun,
)

DEFAULT_SEQUENCE = 2048
"""Tokens per item where neither the workload nor its model says; assumed."""

_SHARDING = {
    "zero-1": Sharding.ZERO1,
    "zero-2": Sharding.ZERO2,
    "zero-3": Sharding.ZERO3,
    "fsdp": Sharding.FSDP,
}


def run_of(workload: Workload, about: Subject) -> TrainingRun:
    """The run as the workload states it; what it leaves open follows its framework's recipe."""
    train = workload.train
    assert train is not None
    check_training(train, workload.checkpoint)
    parallel = _parallel(train)
    method, adapters = _method(workload.model.method if workload.model else None)
    longest = about.row.max_context_tokens if about.row else None
    gpus = about.gpus or max(1, _product(parallel))
    run = TrainingRun(
        sequence=train.sequence or min(longest or DEFAULT_SEQUENCE, DEFAULT_SEQUENCE),
        micro_batch=train.micro_batch or _micro_batch(train, gpus, parallel),
        batch=train.batch,
        gpus=gpus,
        precision="nf4"
        if method is Method.QLORA and about.precision == "bf16"
        else about.precision,
        gradient_precision=train.gradient_precision,
        optimizer=train.optimizer or "adamw",
        sharding=_SHARDING.get(train.sharding or "", Sharding.NONE),
        distributed_optimizer=bool(train.distributed_optimizer),
        parallel=parallel,
        recompute=_recompute(train),
        attention=train.attention or "flash",
        fused_loss=bool(train.fused_loss),
        compiled=bool(train.compiled),
        method=method,
        adapter=adapters,
        offload=_offload(train),
        tokens=train.tokens,
        steps=train.steps,
        epochs=train.epochs,
        deadline_s=_value(train.deadline_s),
        utilisation_ratio=_value(train.utilisation_ratio),
    )
    return replace(run, framework=train.framework) if train.framework else run


def _value(quantity: Quantity | None) -> float | None:
    return None if quantity is None else float(quantity.value)


def _parallel(train: Train) -> Parallel:
    stated = train.parallel
    if stated is None:
        return Parallel()
    return Parallel(
        tensor=stated.tensor or 1,
        pipeline=stated.pipeline or 1,
        virtual_stages=stated.virtual_stages or 1,
        context=stated.context or 1,
        expert=stated.expert or 1,
        data=stated.data,
        sequence=bool(stated.sequence),
    )


def _product(parallel: Parallel) -> int:
    return parallel.tensor * parallel.pipeline * parallel.context * (parallel.data or 1)


def _micro_batch(train: Train, gpus: int, parallel: Parallel) -> int:
    """The batch over all data-parallel ranks where only that is stated, else one item."""
    if not train.batch:
        return 1
    ranks = max(1, gpus // (parallel.tensor * parallel.pipeline * parallel.context))
    return max(1, train.batch // ranks)


def _recompute(train: Train) -> Recompute | None:
    if train.recompute is not None:
        return Recompute(train.recompute)
    if train.activation_checkpointing is None:
        return None
    return Recompute.FULL if train.activation_checkpointing else Recompute.NONE


def _offload(train: Train) -> Offload:
    stated = train.offload
    if stated is None:
        return Offload()
    return Offload(optimizer=bool(stated.optimizer), parameters=bool(stated.parameters))


def _method(stated: StatedMethod | None) -> tuple[Method, Adapter]:
    for name in ("lora", "qlora", "dora"):
        given = getattr(stated, name) if stated else None
        if given is not None:
            return Method(name), Adapter(rank=given.rank, targets=given.targets)
    return Method.FULL, Adapter()
