"""What each rank holds of weights, gradients and optimizer states."""

from __future__ import annotations

from math import ceil

from generator.record import Record, record
from generator.sizing.architecture import Transformer
from generator.sizing.nonsense import Nonsense, positive
from generator.sizing.train.run import TrainingRun


@record
class States(Record):
    """Bytes of model states on one GPU."""

    weight_bytes: float
    gradient_bytes: float
    optimizer_bytes: float

    @property
    def total_bytes(self) -> float:
        """All three together."""
        return self.weight_bytes + self.gradient_bytes + self.optimizer_bytes


_STAGES = 3


def sharded_states(
    parameters: float,
    *,
    weight_bytes: float,
    gradient_bytes: float,
    optimizer_bytes: float,
    stage: int,
    ranks: int,
) -> States:
    """States of ``parameters`` per GPU under ZeRO stage 0 to 3 over ``ranks`` data-parallel ranks.

    Sizes are bytes per parameter. Source: Rajbhandari et al., ZeRO, section 5: stage 1 shares out
    optimizer states, 2 gradients too, 3 also weights. FSDP's full shard is stage 3. No activations,
    buffers or fragmentation: section 10 of the paper measures that about 18 % less fits.
    """
    positive("parameters", parameters)
    positive("train.parallel.data", ranks)
    if not 0 <= stage <= _STAGES:
        raise Nonsense("train.sharding", f"there is no stage {stage}", "state 0 to 3")
    return States(
        weight_bytes=parameters * weight_bytes / (ranks if stage >= _STAGES else 1),
        gradient_bytes=parameters * gradient_bytes / (ranks if stage > 1 else 1),
        optimizer_bytes=parameters * optimizer_bytes / (ranks if stage else 1),
    )


def largest_model_parameters(
    device_bytes: float,
    *,
    weight_bytes: float = 2,
    gradient_bytes: float = 2,
    optimizer_bytes: float = 12,
    stage: int = 0,
    ranks: int = 1,
    model_ranks: int = 1,
    fill_ratio: float = 1.0,
) -> float:
    """Parameters of the largest model whose states fit on GPUs of ``device_bytes``.

    ``model_ranks`` GPUs hold one copy between them. ``fill_ratio`` is the share of the device that
    states may take; 1 leaves nothing for activations, which is how theory is tabled. Source:
    Rajbhandari et al., ZeRO, table 2.
    """
    positive("device", device_bytes)
    positive("model_ranks", model_ranks)
    one = sharded_states(
        1.0,
        weight_bytes=weight_bytes,
        gradient_bytes=gradient_bytes,
        optimizer_bytes=optimizer_bytes,
        stage=stage,
        ranks=ranks,
    )
    return positive("fill_ratio", fill_ratio) * device_bytes * model_ranks / one.total_bytes


MEASURED_FILL_RATIO = 0.82
"""Share of a device that states could take in measured runs of the largest models that fit; the
rest went to activations, buffers and fragments. Published: Rajbhandari et al., ZeRO, table 2, where
6.2 B parameters were trained of the 7.6 B that theory allows, and the same share at every size."""


def measured_largest_model_parameters(
    device_bytes: float, *, gpus: int, stage: int, model_ranks: int = 1
) -> float:
    """The same with what measured runs leave to activations; ``gpus`` are all of the cluster."""
    if positive("gpus", gpus) % positive("model_ranks", model_ranks):
        raise Nonsense(
            "train.parallel",
            f"{model_ranks} ranks per copy do not divide {gpus} GPUs",
            "state a divisor",
        )
    return largest_model_parameters(
        device_bytes,
        stage=stage,
        ranks=gpus // model_ranks,
        model_ranks=model_ranks,
        fill_ratio=MEASURED_FILL_RATIO,
    )


@record
class RankParameters(Record):
    """Parameters on the most loaded rank; those of routed experts are shared out differently."""

    dense: float
    experts: float

    @property
    def total(self) -> float:
        """Both together."""
        return self.dense + self.experts


def rank_parameters(model: Transformer, run: TrainingRun) -> RankParameters:
    """Parameters of the most loaded rank of the tensor, pipeline and expert dimensions.

    The first stage adds the token table to its layers, the last the head; the larger counts. Routed
    experts are shared out over expert ranks, or over tensor ranks where there are none. Source:
    Megatron-LM, theoretical_memory_usage.py, most loaded model shard.
    """
    parallel = run.parallel
    stages = parallel.pipeline
    share = ceil(model.layers / stages) / model.layers if stages > 1 else 1.0
    counted = model.moe_layers * model.experts * model.expert_parameters
    routed = min(float(counted), model.body_parameters)
    tables: float = max(model.embedding_parameters, model.multiplied_head_parameters)
    if stages == 1:
        tables = model.embedding_parameters + model.head_parameters + model.tower_parameters
    dense = share * (model.body_parameters - routed) + tables
    split = parallel.expert if parallel.expert > 1 else parallel.tensor
    return RankParameters(dense=dense / parallel.tensor, experts=share * routed / split)


def run_states(
    parameters: RankParameters,
    run: TrainingRun,
    *,
    weight_bytes: float,
    gradient_bytes: float,
    optimizer_bytes: float,
) -> States:
    """States of one rank, dense parameters shared over all data ranks, experts over theirs.

    Megatron's distributed optimizer shares out what ZeRO-1 does.
    """
    stage = run.sharding.stage or int(run.distributed_optimizer)
    ranks = run.sharing_ranks
    parts = [(parameters.dense, ranks)]
    if parameters.experts:
        parts.append((parameters.experts, max(1, ranks // run.parallel.expert)))
    held = [
        sharded_states(
            size,
            weight_bytes=weight_bytes,
            gradient_bytes=gradient_bytes,
            optimizer_bytes=optimizer_bytes,
            stage=stage,
            ranks=shared,
        )
        for size, shared in parts
    ]
    return States(
        weight_bytes=sum(part.weight_bytes for part in held),
        gradient_bytes=sum(part.gradient_bytes for part in held),
        optimizer_bytes=sum(part.optimizer_bytes for part in held),
    )
