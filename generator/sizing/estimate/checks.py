"""What a workload may not state: figures that cannot be, or that contradict each other."""

from __future__ import annotations

from generator.blueprint.model.workloads import Assumptions, Checkpoint, Serving, Train
from generator.catalog.accelerator import Accelerator
from generator.quantity import Quantity
from generator.sizing.architecture import Transformer
from generator.sizing.nonsense import Nonsense, positive, ratio
from generator.sizing.precision import bytes_per_value, stored
from generator.sizing.train.run import Parallel

MOST_PARAMETERS = 1e15
"""No model has more parameters. Chosen: six hundred times the largest that was published
(Fedus et al., Switch Transformers: 1.6e12), so that only a slip of the pen comes above it."""

BLOCK_FORMATS = frozenset({"mxfp8", "mxfp6", "mxfp4", "nvfp4"})
"""Formats of published checkpoints that engines unpack where a GPU has no units for them."""


def check_size(parameters: float) -> None:
    """Raises ``Nonsense`` for a model beyond any that was ever trained."""
    if parameters > MOST_PARAMETERS:
        raise Nonsense(
            "model",
            f"{parameters:.3g} parameters are more than any model has",
            "correct model.params, or the figures of its layers",
        )


def check_precision(accelerator: Accelerator | None, precision: str) -> None:
    """Raises ``Nonsense`` for a stated format that nobody knows or that the GPU has no units for.

    Formats that only store weights, and the block formats of checkpoints, are unpacked.
    """
    bytes_per_value(precision)
    if accelerator is None:
        return
    from generator.sizing.choice.precision import judge_precision

    only_stored = stored(precision) in BLOCK_FORMATS
    verdict = judge_precision(accelerator, precision, weights_only=only_stored)
    if not verdict.allowed:
        raise Nonsense("model.precision", verdict.reason, verdict.mend)


def check_level(stated: Serving) -> None:
    """Raises ``Nonsense`` for a service level or a window of no time at all."""
    _above_zero("serving.p95", stated.p95_s)
    _above_zero("serving.p95_first_token", stated.p95_first_token_s)
    _above_zero("serving.p95_per_token", stated.p95_per_token_s)
    _above_zero("serving.window", stated.window_s)


def check_serving(stated: Serving, context_tokens: int) -> None:
    """Raises ``Nonsense`` for settings of a service that cannot be met by any."""
    check_level(stated)
    utilisation = stated.memory_utilisation_ratio
    if utilisation is not None:
        share = ratio("serving.memory_utilisation", float(utilisation.value))
        positive("serving.memory_utilisation", share)
    if (stated.shared_prefix_tokens or 0) >= context_tokens:
        raise Nonsense(
            "serving.shared_prefix_tokens",
            f"a prefix of {stated.shared_prefix_tokens} tokens leaves nothing of a context of "
            f"{context_tokens}",
            "state a prefix that is shorter than serving.context",
        )
    if stated.replicas == 0 and stated.sessions:
        raise Nonsense(
            "serving.replicas",
            f"no replica carries {stated.sessions} sessions",
            "state one replica or more, or leave the sessions out",
        )
    if stated.sessions and (stated.degraded_sessions or 0) > stated.sessions:
        raise Nonsense(
            "serving.degraded_sessions",
            f"{stated.degraded_sessions} of {stated.sessions} sessions remain after a loss",
            "state serving.sessions or fewer",
        )


def check_gpus(stated: Serving, gpus: int | None) -> None:
    """Raises ``Nonsense`` where more GPUs share the model than there are."""
    if stated.tensor_parallel and gpus and stated.tensor_parallel > gpus:
        raise Nonsense(
            "serving.tensor_parallel",
            f"{stated.tensor_parallel} GPUs share the model and {gpus} are stated",
            "state accelerator.gpus of at least serving.tensor_parallel",
        )


def check_training(train: Train, checkpoint: Checkpoint | None) -> None:
    """Raises ``Nonsense`` for sizes and spans of a run that are zero."""
    _above_zero("train.deadline", train.deadline_s)
    if train.epochs is not None:
        positive("train.epochs", train.epochs)
    if train.loader is not None:
        _above_zero("train.loader.sample", train.loader.sample_bytes)
        _above_zero("train.loader.rate_per_worker", train.loader.rate_per_worker_per_s)
    if checkpoint is not None:
        _above_zero("checkpoint.interval", checkpoint.interval_s)


def check_layout(parallel: Parallel, model: Transformer) -> None:
    """Raises ``Nonsense`` for a layout that the model cannot be cut into."""
    if model.heads % parallel.tensor:
        raise Nonsense(
            "train.parallel.tensor",
            f"{model.heads} attention heads do not divide by {parallel.tensor}",
            f"state a divisor of {model.heads}",
        )
    if parallel.pipeline > model.layers:
        raise Nonsense(
            "train.parallel.pipeline",
            f"{model.layers} layers do not fill {parallel.pipeline} stages",
            f"state {model.layers} or fewer",
        )
    if parallel.expert > 1 and (not model.experts or model.experts % parallel.expert):
        raise Nonsense(
            "train.parallel.expert",
            f"{model.experts or 'no'} experts do not divide by {parallel.expert}",
            "state a divisor of model.experts, or 1",
        )


def check_assumed(given: Assumptions | None) -> None:
    """Raises ``Nonsense`` for a measured part of the memory that is zero."""
    if given is None:
        return
    for figure in ("weights", "activations", "runtime", "kv_room"):
        _above_zero(f"assume.{figure}", getattr(given, f"{figure}_bytes"))


def _above_zero(field: str, stated: Quantity | None) -> None:
    if stated is not None:
        positive(field, float(stated.value))
