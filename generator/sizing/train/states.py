"""Model states of a run: what weights, gradients and optimizer take on one GPU between steps."""

from __future__ import annotations

from generator.record import Record, record
from generator.sizing.architecture import Transformer
from generator.sizing.train.adapters import (
    adapter_parameters,
    frozen_weight_bytes,
    table_parameters,
    unpacking_bytes,
)
from generator.sizing.train.estimators import HOST_BUFFER_RATIO
from generator.sizing.train.frameworks import Framework
from generator.sizing.train.optimizers import Optimizer, optimizer_named
from generator.sizing.train.regime import REGIMES, Regime, regime_of
from generator.sizing.train.run import Method, Sharding, TrainingRun
from generator.sizing.train.sharding import RankParameters, States, rank_parameters, run_states
from generator.sizing.train.tensors import compute_bytes

WORKING_BYTES = 2
"""Bytes of a gathered or cast 16-bit weight."""

GATHERED_LAYERS = 2
"""Layers whose weights FSDP holds whole: the one at work and the one fetched ahead. Published: Zhao
et al., PyTorch FSDP, section 3.3."""


@record
class RunStates(Record):
    """Bytes on the most loaded GPU, by purpose, and in the memory of all hosts together.

    ``working_bytes`` are 16-bit copies of 32-bit weights and gathered shards, there in forward and
    backward; ``step_bytes`` is what the optimizer adds while it steps.
    """

    weight_bytes: float
    gradient_bytes: float
    optimizer_bytes: float
    working_bytes: float
    step_bytes: float
    host_bytes: float = 0.0


def states_of(model: Transformer, run: TrainingRun, recipe: Framework) -> RunStates:
    """All states of the run after sharding and offloading."""
    parts = _adapter_parts(model, run, recipe) if run.adapts else [_full_part(model, run)]
    frozen = _frozen_bytes(model, run) if run.adapts else 0.0
    held = [_held(part, run) for part in parts]
    step = sum(
        _step_bytes(part, states, recipe, run) for part, states in zip(parts, held, strict=True)
    )
    states = RunStates(
        weight_bytes=frozen + sum(each.weight_bytes for each in held),
        gradient_bytes=sum(each.gradient_bytes for each in held),
        optimizer_bytes=sum(each.optimizer_bytes for each in held),
        working_bytes=_working_bytes(model, run, recipe, parts),
        step_bytes=step,
    )
    return _offloaded(states, run)


@record
class _Part(Record):
    """Parameters that are trained under one regime."""

    parameters: RankParameters
    regime: Regime
    optimizer_bytes: float


def _full_part(model: Transformer, run: TrainingRun) -> _Part:
    regime, optimizer = regime_of(run), optimizer_named(run.optimizer)
    states = regime.optimizer_bytes(optimizer)
    if optimizer.by_matrix:
        # Tables and vectors stay with AdamW.
        matrices = model.body_parameters / model.parameters
        fallback = regime.optimizer_bytes(optimizer_named("adamw"))
        states = matrices * states + (1 - matrices) * fallback
    return _Part(parameters=rank_parameters(model, run), regime=regime, optimizer_bytes=states)


def _adapter_parts(model: Transformer, run: TrainingRun, recipe: Framework) -> list[_Part]:
    adapter = run.adapter
    optimizer = optimizer_named(run.optimizer)
    wide = recipe.wide_adapters or compute_bytes(run) > WORKING_BYTES
    regime = REGIMES["single"] if wide else REGIMES[recipe.regime]
    size = adapter_parameters(model, adapter.rank, adapter.matrices, dora=run.method is Method.DORA)
    parts = [_part(size / run.model_ranks, regime, optimizer)]
    if adapter.tables:
        # Copies of whole modules keep the precision of the module.
        narrow = recipe.wide_adapters and compute_bytes(run) == WORKING_BYTES
        regime = REGIMES["pure"] if narrow else regime
        tables = table_parameters(model, adapter)
        parts.append(_part(tables / run.model_ranks, regime, optimizer))
    return parts


def _part(parameters: float, regime: Regime, optimizer: Optimizer) -> _Part:
    return _Part(
        parameters=RankParameters(dense=parameters, experts=0.0),
        regime=regime,
        optimizer_bytes=regime.optimizer_bytes(optimizer),
    )


def _held(part: _Part, run: TrainingRun) -> States:
    return run_states(
        part.parameters,
        run,
        weight_bytes=part.regime.weight_bytes,
        gradient_bytes=part.regime.gradient_bytes,
        optimizer_bytes=part.optimizer_bytes,
    )


def _frozen_bytes(model: Transformer, run: TrainingRun) -> float:
    """Frozen weights on one rank, with room to unpack the widest of them."""
    shared = run.model_ranks * (run.sharing_ranks if _gathers(run) else 1)
    unpacked = unpacking_bytes(model, run.precision) / run.parallel.tensor
    return frozen_weight_bytes(model, run.precision) / shared + unpacked


def _gathers(run: TrainingRun) -> bool:
    return run.sharding in (Sharding.ZERO3, Sharding.FSDP)


def _step_bytes(part: _Part, held: States, recipe: Framework, run: TrainingRun) -> float:
    """Temporaries of the optimizer: copies of a moment, and the 32-bit gradient of a partition."""
    optimizer = optimizer_named(run.optimizer)
    copies = recipe.step_copies if optimizer.moments > 1 else 0.0
    regime = part.regime
    mine = held.optimizer_bytes / part.optimizer_bytes if part.optimizer_bytes else 0.0
    group = min(mine, recipe.live_parameters or mine) if _gathers(run) else mine
    return mine * copies * regime.moment_value_bytes + group * regime.step_gradient_bytes


def _working_bytes(
    model: Transformer, run: TrainingRun, recipe: Framework, parts: list[_Part]
) -> float:
    """Copies that exist beside the states during forward and backward."""
    trained = sum(part.parameters.total for part in parts)
    buckets = recipe.bucket_elements * WORKING_BYTES if 0 < run.sharding.stage < 3 else 0.0  # noqa: PLR2004 - buckets belong to stages 1 and 2
    if not _gathers(run):
        cast = 0.0 if run.adapts else parts[0].regime.working_bytes
        return buckets + trained * cast
    return _gathered_bytes(model, run, recipe)


def _gathered_bytes(model: Transformer, run: TrainingRun, recipe: Framework) -> float:
    """Weights that are whole on a rank while it computes: layers, token table and head.

    DeepSpeed holds up to its limit of live parameters, and one table more while that is at work.
    FSDP holds two layers and the tables, and the gradient of the largest of them.
    """
    tensor = run.parallel.tensor
    layer = model.body_parameters / max(1, model.layers + model.encoder_layers)
    table = max(model.embedding_parameters, model.multiplied_head_parameters)
    if recipe.live_parameters is not None:
        live = min(model.parameters, recipe.live_parameters + table)
        return compute_bytes(run) * live / tensor
    tables = model.embedding_parameters + model.head_parameters
    live = min(model.parameters, GATHERED_LAYERS * layer + tables)
    gradient = 0.0 if run.adapts else max(layer, table) * regime_of(run).gradient_bytes
    return (compute_bytes(run) * live + gradient) / tensor


def _offloaded(states: RunStates, run: TrainingRun) -> RunStates:
    """Moves what is offloaded to the hosts, with DeepSpeed's factor for its staging buffers."""
    if not (run.offload.optimizer or run.offload.parameters):
        return states
    moved_states = states.optimizer_bytes + states.gradient_bytes if run.offload.optimizer else 0.0
    moved_weights = states.weight_bytes if run.offload.parameters else 0.0
    kept = run.offload.optimizer
    return RunStates(
        weight_bytes=states.weight_bytes - moved_weights,
        gradient_bytes=0.0 if kept else states.gradient_bytes,
        optimizer_bytes=0.0 if kept else states.optimizer_bytes,
        working_bytes=states.working_bytes,
        step_bytes=0.0 if kept else states.step_bytes,
        host_bytes=(moved_states + moved_weights) * run.gpus * HOST_BUFFER_RATIO,
    )
