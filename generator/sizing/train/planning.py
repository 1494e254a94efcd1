"""The planning rule: memory of a training run of which nobody said in which framework it runs.

Recipes of frameworks differ by a factor of two in what they keep. Where none is stated, the states
of mixed precision, the activations of a GPT layer and a margin for the allocator are planned with;
naming ``train.framework`` replaces the rule by that framework's own recipe, tensor by tensor.
"""

from __future__ import annotations

from generator.quantity import GIB
from generator.sizing.architecture import Transformer
from generator.sizing.train.adapters import frozen_weight_bytes, trained_parameters
from generator.sizing.train.memory import TrainingMemory
from generator.sizing.train.optimizers import optimizer_named
from generator.sizing.train.regime import REGIMES
from generator.sizing.train.run import Recompute, Sharding, TrainingRun, checked
from generator.sizing.train.sharding import RankParameters, rank_parameters, run_states

LAYER_ACTIVATION_BYTES = 34
"""Bytes per token and hidden unit that one transformer layer keeps for its backward pass, without
the attention matrix, which flash attention never stores. Published: Korthikanti et al., Reducing
Activation Recomputation, equation 1."""

SCORE_BYTES = 5
"""Bytes per head and pair of tokens of a stored attention matrix. Published: the same equation."""

INPUT_BYTES = 2
"""Bytes per token and hidden unit of a layer's input, all that full recompute keeps."""

LOGIT_BYTES = 8
"""Bytes per logit: a 32-bit logit and its gradient."""

ALLOCATOR_FACTOR = 1.15
"""Room for fragmentation of the framework's allocator; assumed."""
ALLOCATOR_RANGE = (1.0, 1.3)

RUNTIME_BYTES = GIB
"""CUDA context and framework; assumed."""
RUNTIME_RANGE_BYTES = (0.47 * GIB, 1.78 * GIB)
"""What S. Bekman, Machine Learning Engineering, measured with and without lazy loading."""


def planned_memory(
    model: Transformer,
    run: TrainingRun,
    *,
    allocator_factor: float = ALLOCATOR_FACTOR,
    runtime_bytes: float = RUNTIME_BYTES,
) -> TrainingMemory:
    """Memory per GPU by the rule: (states + activations + logits) x allocator factor + runtime.

    16 bytes per trained parameter under AdamW, frozen weights as they are stored. Llama-2-7B with
    LoRA of rank 16 on all matrices, 4 sequences of 4096 and recompute: 27.7 GiB.
    """
    checked(run)
    weight, gradient, optimizer = _states(model, run)
    activations = _activations(model, run)
    logits = run.rank_tokens * model.vocabulary * LOGIT_BYTES / run.parallel.tensor
    tensors = weight + gradient + optimizer + activations + logits
    return TrainingMemory(
        moment="planning rule",
        weight_bytes=weight,
        gradient_bytes=gradient,
        optimizer_bytes=optimizer,
        activation_bytes=activations,
        logits_bytes=logits,
        buffer_bytes=0.0,
        runtime_bytes=runtime_bytes + (allocator_factor - 1) * tensors,
        static_bytes=weight + gradient + optimizer,
        host_bytes=0.0,
        gpus=run.gpus,
    )


def _states(model: Transformer, run: TrainingRun) -> tuple[float, float, float]:
    regime, optimizer = REGIMES["zero"], optimizer_named(run.optimizer)
    trained = rank_parameters(model, run)
    frozen = 0.0
    if run.adapts:
        trained = RankParameters(
            dense=trained_parameters(model, run) / run.model_ranks, experts=0.0
        )
        gathers = run.sharding in (Sharding.ZERO3, Sharding.FSDP)
        held_by = run.model_ranks * (run.sharing_ranks if gathers else 1)
        frozen = frozen_weight_bytes(model, run.precision) / held_by
    held = run_states(
        trained,
        run,
        weight_bytes=regime.weight_bytes,
        gradient_bytes=regime.gradient_bytes,
        optimizer_bytes=regime.optimizer_bytes(optimizer),
    )
    return frozen + held.weight_bytes, held.gradient_bytes, held.optimizer_bytes


def _activations(model: Transformer, run: TrainingRun) -> float:
    """Whole layers, or with full recompute every layer's input and one whole layer."""
    tokens = run.rank_tokens
    layer = tokens * model.hidden * LAYER_ACTIVATION_BYTES
    if run.attention != "flash":
        layer += SCORE_BYTES * model.heads * tokens * run.sequence
    layer /= run.parallel.tensor
    layers = model.layers / run.parallel.pipeline
    if run.recompute is Recompute.FULL:
        return layers * tokens * model.hidden * INPUT_BYTES + layer
    # The first stage of a pipeline keeps as many passes as there are stages.
    return layers * layer * min(run.parallel.pipeline, run.micro_batches)
