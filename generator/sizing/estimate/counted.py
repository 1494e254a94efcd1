"""Training of a model of which only the number of parameters is known, or a measured rate."""

from __future__ import annotations

from dataclasses import replace
from math import ceil

from generator.blueprint.model.workloads import Train, Workload
from generator.catalog.accelerator import Accelerator
from generator.ledger import Basis
from generator.sizing.estimate.answer import (
    CheckpointAnswer,
    Estimate,
    MemoryAnswer,
    TrainingAnswer,
)
from generator.sizing.estimate.checks import check_training
from generator.sizing.estimate.inputs import Subject
from generator.sizing.figures import Figures
from generator.sizing.nonsense import Nonsense, positive
from generator.sizing.precision import arithmetic
from generator.sizing.storage.checkpoints import optimizer_state_bytes, training_state
from generator.sizing.train.calibration import CALIBRATION
from generator.sizing.train.flops import palm_flops_per_token

UTILISATION = {"volta": 0.35, "ampere": 0.50, "ada": 0.40, "hopper": 0.40, "blackwell": 0.38}
"""MFU where neither shape nor measurement is known, by architecture: medians of published dense
16-bit runs (MosaicML llm-foundry: A100 50 to 55 %, H100 36 to 46 %; Megatron-LM: H100 41 to 49 %);
Volta, Ada and Blackwell are assumed from them."""

UTILISATION_RANGE = (0.6, 1.2)
"""Factors of it between which published runs lie."""

STATE_BYTES = 16
"""Bytes per parameter of AdamW in mixed precision: ZeRO, section 3.1."""


def by_count(workload: Workload, about: Subject, figures: Figures) -> Estimate:
    """States and time from parameters and tokens, or GPUs from a measured rate."""
    train = workload.train
    assert train is not None
    check_training(train, workload.checkpoint)
    if train.throughput_per_gpu_per_s is not None:
        return _by_rate(train, about, figures)
    if not about.parameters:
        raise Nonsense("model.params", "is missing", "state it, or a family of the catalogue")
    gpus = about.gpus or 1
    for name, each in (("weights", 2), ("gradients", 2), ("optimizer", 12)):
        figures.note(
            name,
            each * about.parameters,
            "B",
            rule=f"{each} of the {STATE_BYTES} B per parameter of AdamW in mixed precision",
            source="ZeRO, section 3.1",
        )
    figures.note(
        "total",
        STATE_BYTES * about.parameters,
        "B",
        rule="weights + gradients + optimizer; what activations take is not known",
        source="sum of the parts",
    )
    size = training_state(
        about.parameters, optimizer_bytes=optimizer_state_bytes(train.optimizer or "adamw")
    ).total_bytes
    return Estimate(
        memory=MemoryAnswer(
            weights_bytes=2 * about.parameters,
            gradients_bytes=2 * about.parameters,
            optimizer_bytes=12 * about.parameters,
            gpus=gpus,
        ),
        training=_time(train, about, gpus, figures),
        checkpoint=CheckpointAnswer(bytes=size),
        gpu=about.accelerator.id if about.accelerator else "",
        gpus=gpus,
    )


def _time(train: Train, about: Subject, gpus: int, figures: Figures) -> TrainingAnswer:
    """Time from what the run achieves per GPU: stated, by a stated or by a usual utilisation."""
    active = about.active_parameters or about.parameters
    needed = palm_flops_per_token(active)
    if train.achieved_flops_per_s is not None:
        achieved = positive("train.achieved_flops", float(train.achieved_flops_per_s.value))
        rate, mfu = achieved / (needed * _recompute_factor(train)), None
        figures.note(
            "achieved",
            achieved,
            "1/s",
            rule="operations per second and GPU, recompute counted, as stated",
            source="blueprint",
            basis=Basis.STATED,
        )
    elif about.accelerator is None:
        return TrainingAnswer(flops_per_token=needed)
    else:
        peak = arithmetic(about.precision, about.accelerator.peak_dense_tflops).peak_flops
        mfu = _utilisation(train, about.accelerator, figures)
        achieved = mfu * peak
        rate = achieved / needed
    answer = TrainingAnswer(
        flops_per_token=needed,
        mfu=mfu,
        tokens_per_s_per_gpu=rate,
        tflops_per_gpu=achieved / 1e12,
        step_s=_step_s(train, rate, gpus),
    )
    if not train.tokens:
        return answer
    gpu_hours = train.tokens / rate / 3600
    programme = gpu_hours / CALIBRATION.programme_ratio
    return replace(
        answer,
        flops=needed * train.tokens,
        hours=gpu_hours / gpus,
        gpu_hours=gpu_hours,
        programme_hours=programme / gpus,
        programme_gpu_hours=programme,
    )


RECOMPUTE_FACTOR = 4 / 3
"""Operations with full recompute over those without: a second forward pass. Source: Narayanan et
al., Efficient Large-Scale Language Model Training on GPU Clusters, section 5.1 (8 P T over 6)."""


def _recompute_factor(train: Train) -> float:
    return RECOMPUTE_FACTOR if train.recompute == "full" or train.activation_checkpointing else 1.0


def _step_s(train: Train, tokens_per_s_per_gpu: float, gpus: int) -> float | None:
    """Seconds of an optimizer step; None where its tokens are not stated."""
    if not train.batch or not train.sequence:
        return None
    return train.batch * train.sequence / (tokens_per_s_per_gpu * gpus)


def _utilisation(train: Train, gpu: Accelerator, figures: Figures) -> float:
    stated = train.utilisation_ratio
    usual = UTILISATION.get(gpu.architecture, min(UTILISATION.values()))
    mfu = float(stated.value) if stated else usual
    low, high = (usual * factor for factor in UTILISATION_RANGE)
    figures.note(
        "mfu",
        mfu,
        "ratio",
        rule="as stated" if stated else "median of published runs on this architecture",
        source="blueprint" if stated else "LLM Foundry; Megatron-LM",
        basis=Basis.STATED if stated else Basis.ASSUMED,
        low=None if stated else low,
        high=None if stated else high,
        effect="" if stated else f"hours from x {usual / high:.2f} to x {usual / low:.2f}",
    )
    return positive("train.utilisation", mfu)


def _by_rate(train: Train, about: Subject, figures: Figures) -> Estimate:
    """GPUs from the rate that one was measured at, and the deadline."""
    assert train.throughput_per_gpu_per_s is not None
    rate = positive("train.throughput_per_gpu", float(train.throughput_per_gpu_per_s.value))
    gpus = about.gpus or 1
    work = float(train.steps * train.batch) if train.steps and train.batch else None
    hours = None
    if work is not None and train.deadline_s is not None:
        deadline = positive("train.deadline", float(train.deadline_s.value))
        gpus = ceil(work / deadline / rate)
    if work is not None:
        hours = work / (rate * gpus) / 3600
        figures.note(
            "hours", hours, "h", rule="items / (rate x GPUs), taken as linear", source="arithmetic"
        )
    figures.note(
        "weights",
        2 * about.parameters,
        "B",
        rule="2 B per parameter; what a step takes is in the measured rate",
        source="counted: 16-bit weights",
    )
    if work is not None and train.deadline_s is not None:
        figures.note(
            "gpus",
            gpus,
            "",
            rule="steps x batch / deadline / rate, rounded up",
            source="arithmetic",
        )
    return Estimate(
        memory=MemoryAnswer(weights_bytes=2 * about.parameters, gpus=gpus),
        training=TrainingAnswer(
            hours=hours,
            gpu_hours=hours * gpus if hours is not None else None,
            items_per_s_per_gpu=rate,
        ),
        gpu=about.accelerator.id if about.accelerator else "",
        gpus=gpus,
    )
