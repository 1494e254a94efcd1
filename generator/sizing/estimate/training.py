"""The estimate of a training or fine-tuning run of a transformer, or of one by its count alone."""

from __future__ import annotations

from dataclasses import replace

from generator.blueprint.model.workloads import Train, Workload
from generator.catalog import Catalog
from generator.sizing.architecture import Transformer
from generator.sizing.estimate.answer import (
    CheckpointAnswer,
    Estimate,
    MemoryAnswer,
    TrainingAnswer,
)
from generator.sizing.estimate.checks import check_layout
from generator.sizing.estimate.inputs import Subject
from generator.sizing.estimate.training_assumed import judge_open
from generator.sizing.estimate.training_layout import (
    Limits,
    in_passes,
    least_pass,
    open_layout,
    too_large,
    too_late,
)
from generator.sizing.estimate.training_ledger import (
    judge_plan,
    note_checkpoint,
    note_choices,
    note_memory,
    note_time,
    plan_parts,
    recipe_ends,
    recipe_parts,
)
from generator.sizing.estimate.training_run import run_of
from generator.sizing.figures import Figures
from generator.sizing.nonsense import positive
from generator.sizing.storage.checkpoints import (
    Checkpoint,
    adapter,
    optimizer_state_bytes,
    training_state,
)
from generator.sizing.storage.intervals import saving_plan
from generator.sizing.train.adapters import trained_parameters
from generator.sizing.train.calibration import CALIBRATION
from generator.sizing.train.device import training_device
from generator.sizing.train.memory import TrainingMemory, training_memory
from generator.sizing.train.planning import planned_memory
from generator.sizing.train.run import TrainingRun
from generator.sizing.train.time import StepTime, step_time

CHECKPOINT_WRITE_BYTES_PER_S = 1e9
"""What one host writes to shared storage; assumed for the interval where nothing is stated."""

GPUS_PER_HOST = 8
"""Hosts of GPU clusters carry eight; each writes its share of a checkpoint."""

TOKEN_ID_BYTES = 4
"""A token's id as tokenised corpora store it: 32 bits (Megatron-LM, indexed datasets)."""

HOURS_S = 3600.0


def training(workload: Workload, about: Subject, catalog: Catalog, figures: Figures) -> Estimate:
    """Memory, layout, time, checkpoint and reading of a training run."""
    del catalog
    assert workload.train is not None
    if about.transformer is None:
        from generator.sizing.estimate.counted import by_count

        return by_count(workload, about, figures)
    train, model = workload.train, about.transformer
    usable = about.device.memory_bytes if about.device else None
    limits = None if usable is None else _limits(workload, about, usable)
    stated = run_of(workload, about)
    run = _laid_out(stated, train, about, limits)
    note_choices(run, about.precision, figures)
    spread = judge_open(train, run, lambda one: _needed_bytes(train, one, model), figures)
    memory = memory_of(train, run, model, figures, spread=spread)
    step = _step(run, about)
    tokens = _tokens(train, run)
    answer = TrainingAnswer() if step is None else _time_answer(step, run, tokens)
    if step is not None:
        note_time(step, answer, figures)
    checkpoint = _checkpoint(workload, run, about)
    note_checkpoint(checkpoint, figures, stated=workload.checkpoint is not None)
    reasons = (
        ()
        if limits is None
        else (
            *too_large(memory.total_bytes, run, limits),
            *too_late(stated, run, train, model, limits),
        )
    )
    return Estimate(
        memory=MemoryAnswer(
            weights_bytes=memory.weight_bytes,
            gradients_bytes=memory.gradient_bytes,
            optimizer_bytes=memory.optimizer_bytes,
            activations_bytes=memory.activation_bytes + memory.logits_bytes + memory.buffer_bytes,
            runtime_bytes=memory.runtime_bytes,
            held_bytes=memory.static_bytes,
            host_bytes=memory.host_bytes or None,
            gpus=run.gpus,
        ),
        training=answer,
        checkpoint=checkpoint,
        read_bytes_per_s=_read_rate(train, run, step),
        gpu=about.accelerator.id if about.accelerator else "",
        gpus=run.gpus,
        feasible=not reasons,
        reasons=reasons,
    )


def memory_of(
    train: Train,
    run: TrainingRun,
    model: Transformer,
    figures: Figures,
    *,
    spread: tuple[float, float] = (1.0, 1.0),
) -> TrainingMemory:
    """Memory per GPU with its ledger: by the framework's recipe, or by the planning rule.

    The rule stands in where no framework is stated; its constants are assumptions. ``spread`` is
    the total with what the run leaves open at its ends, as shares of the total.
    """
    if train.framework is not None:
        memory = training_memory(model, run)
        low, high = recipe_ends(run, model)
        parts = recipe_parts(memory, run)
    else:
        check_layout(run.parallel, model)
        memory = planned_memory(model, run)
        low, high = judge_plan(run, model, figures)
        parts = plan_parts(memory, run)
    note_memory(memory, parts, (low * spread[0], high * spread[1]), figures)
    return memory


def _needed_bytes(train: Train, run: TrainingRun, model: Transformer) -> float:
    if train.framework is not None:
        return training_memory(model, run).total_bytes
    check_layout(run.parallel, model)
    return planned_memory(model, run).total_bytes


def _limits(workload: Workload, about: Subject, usable_bytes: float) -> Limits:
    train, model = workload.train, about.transformer
    assert train is not None
    assert model is not None

    def hours(run: TrainingRun) -> float | None:
        step, tokens = _step(run, about), _tokens(train, run)
        return None if step is None or tokens is None else tokens / step.tokens_per_s / HOURS_S

    return Limits(
        usable_bytes=usable_bytes,
        needed_bytes=lambda run: _needed_bytes(train, run, model),
        hours=hours,
        deadline_h=float(train.deadline_s.value) / HOURS_S if train.deadline_s else None,
    )


def _laid_out(run: TrainingRun, train: Train, about: Subject, limits: Limits | None) -> TrainingRun:
    """The run in passes that fit, on GPUs that hold it where neither they nor a layout are stated.

    Raises ``Nonsense`` for no tokens.
    """
    if limits is None:
        # No GPU says how much fits: the least is what any GPU must hold.
        return least_pass(run, train)
    assert about.transformer is not None
    if about.gpus or train.parallel is not None:
        return in_passes(run, train, limits)
    return (
        open_layout(about.transformer, run, train, limits)
        or open_layout(about.transformer, run, train, replace(limits, deadline_h=None))
        or in_passes(run, train, limits)
    )


def _step(run: TrainingRun, about: Subject) -> StepTime | None:
    if about.accelerator is None or about.transformer is None:
        return None
    return step_time(about.transformer, run, training_device(about.accelerator, run))


def _tokens(train: Train, run: TrainingRun) -> float | None:
    """Tokens of the whole run; None where neither tokens nor steps are stated."""
    if train.tokens:
        return float(train.tokens)
    return float(train.steps * run.samples_per_step * run.sequence) if train.steps else None


def _time_answer(step: StepTime, run: TrainingRun, tokens: float | None) -> TrainingAnswer:
    answer = TrainingAnswer(
        step_s=step.step_s,
        flops=step.model_flops_per_token * (tokens or step.tokens),
        flops_per_token=step.model_flops_per_token,
        mfu=step.mfu_ratio,
        hfu=step.hfu_ratio,
        tokens_per_s_per_gpu=step.tokens_per_s_per_gpu,
        tflops_per_gpu=step.hardware_flops_per_s_per_gpu / 1e12,
        model_tflops_per_gpu=step.flops_per_s_per_gpu / 1e12,
    )
    if tokens is None:
        return answer
    positive("train.tokens", tokens)
    hours = tokens / step.tokens_per_s / HOURS_S
    return replace(
        answer,
        hours=hours,
        gpu_hours=hours * run.gpus,
        programme_hours=hours / CALIBRATION.programme_ratio,
        programme_gpu_hours=hours * run.gpus / CALIBRATION.programme_ratio,
    )


def _checkpoint(workload: Workload, run: TrainingRun, about: Subject) -> CheckpointAnswer:
    model = about.transformer
    assert model is not None
    if run.adapts:
        size: Checkpoint = adapter(trained_parameters(model, run))
    else:
        size = training_state(
            about.parameters, optimizer_bytes=optimizer_state_bytes(run.optimizer)
        )
    stated = workload.checkpoint
    if stated is not None:
        return CheckpointAnswer(bytes=size.total_bytes, interval_s=float(stated.interval_s.value))
    hosts = max(1, run.gpus // GPUS_PER_HOST)
    write_s = max(1.0, size.total_bytes / (hosts * CHECKPOINT_WRITE_BYTES_PER_S))
    plan = saving_plan(write_s=write_s, gpus=run.gpus)
    return CheckpointAnswer(bytes=size.total_bytes, interval_s=plan.interval_s)


def _read_rate(train: Train, run: TrainingRun, step: StepTime | None) -> float | None:
    """Bytes that the input pipeline reads per second; token ids of four bytes unless stated."""
    if step is None:
        return None
    sample = train.loader.sample_bytes if train.loader else None
    each = float(sample.value) if sample else TOKEN_ID_BYTES * run.sequence
    return run.samples_per_step * each / step.step_s
