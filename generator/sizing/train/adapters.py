"""Adapters: the parameters that LoRA and its kin train, and the frozen weights beside them."""

from __future__ import annotations

from collections.abc import Iterable

from generator.sizing.architecture import Transformer
from generator.sizing.nonsense import Nonsense, positive
from generator.sizing.precision import bytes_per_value, is_quantised
from generator.sizing.train.run import Adapter, Method, TrainingRun

TABLE_BYTES = 2
"""Bytes per value of what QLoRA leaves unquantised: token table, head and norms, in 16 bits.
Published: Dettmers et al., QLoRA, section 3; bitsandbytes replaces linear layers of the body."""


def low_rank_parameters(shapes: Iterable[tuple[int, int]], rank: int, *, dora: bool = False) -> int:
    """Parameters of adapters of ``rank`` beside matrices of these (in, out): r (in + out) each.

    DoRA adds a magnitude per output. Sources: Hu et al., LoRA, section 4.1; Liu et al., DoRA,
    section 4.
    """
    positive("model.method.rank", rank)
    return sum(rank * (inputs + outputs) + (outputs if dora else 0) for inputs, outputs in shapes)


def adapter_parameters(
    model: Transformer, rank: int, targets: tuple[str, ...] = (), *, dora: bool = False
) -> int:
    """Parameters that adapters train in all layers; ``targets`` empty means every matrix.

    Keys and values count with their own width, which is narrower under grouped queries. In a
    mixture, matrices of the MLP are adapted in every expert. Raises ``Nonsense`` for a target that
    the model has no matrix for.
    """
    shapes = model.linear_shapes
    unknown = [target for target in targets if target not in shapes]
    if unknown:
        raise Nonsense(
            "model.method.targets",
            f"{model.name} has no matrix {', '.join(unknown)}",
            f"state some of {', '.join(shapes)}",
        )
    chosen = targets or tuple(shapes)
    dense = low_rank_parameters((shapes[name] for name in chosen), rank, dora=dora)
    if not model.experts:
        return dense * (model.layers + model.encoder_layers)
    attention = [name for name in chosen if name not in {"gate", "up", "down"}]
    everywhere = low_rank_parameters((shapes[name] for name in attention), rank, dora=dora)
    expert = _expert_shapes(model)
    routed = [expert[name] for name in chosen if name in expert]
    experts = model.experts * low_rank_parameters(routed, rank, dora=dora)
    return (
        model.layers * everywhere
        + model.moe_layers * experts
        + model.dense_layers * (dense - everywhere)
    )


def rank_of(model: Transformer, trained: float, targets: tuple[str, ...] = ()) -> int | None:
    """The rank whose adapters come closest to ``trained`` parameters, at least 1.

    None where all weights are trained and there are no adapters.
    """
    if positive("trained", trained) >= model.parameters:
        return None
    return max(1, round(trained / adapter_parameters(model, 1, targets)))


def square_adapter_parameters(
    *, layers: int, hidden: int, kv_width: int | None, rank: int, targets: tuple[str, ...]
) -> int:
    """Parameters of adapters beside attention's matrices where only their widths are known.

    ``kv_width`` None means that keys and values are as wide as the model.
    """
    positive("model.layers", layers)
    positive("model.hidden", hidden)
    width = kv_width or hidden
    shapes = {"q": (hidden, hidden), "k": (hidden, width), "v": (hidden, width),
              "o": (hidden, hidden)}  # fmt: skip
    unknown = [target for target in targets if target not in shapes]
    if unknown:
        raise Nonsense(
            "model.method.targets",
            f"{', '.join(unknown)} is no matrix of attention",
            f"state some of {', '.join(shapes)}",
        )
    return int(layers * low_rank_parameters((shapes[target] for target in targets), rank))


def _expert_shapes(model: Transformer) -> dict[str, tuple[int, int]]:
    inward, outward = (model.hidden, model.expert_ffn), (model.expert_ffn, model.hidden)
    shapes = {"up": inward, "down": outward}
    return {"gate": inward, **shapes} if model.gated else shapes


def trained_parameters(model: Transformer, run: TrainingRun) -> float:
    """Parameters that the run trains: all, or those of the adapters and the tables trained too."""
    if not run.adapts:
        return model.parameters
    adapter = run.adapter
    trained = adapter_parameters(
        model, adapter.rank, adapter.matrices, dora=run.method is Method.DORA
    )
    return trained + table_parameters(model, adapter)


def table_parameters(model: Transformer, adapter: Adapter) -> int:
    """Parameters of the tables that are trained as a whole beside the adapters."""
    sizes = {"embedding": model.embedding_parameters, "head": model.head_parameters}
    return sum(sizes[table] for table in adapter.tables)


def frozen_weight_bytes(model: Transformer, precision: str) -> float:
    """Bytes of the frozen weights: quantised ones keep tables, head and norms in 16 bits."""
    stored = bytes_per_value(precision)
    if not is_quantised(precision):
        return model.parameters * stored
    outside = model.embedding_parameters + model.head_parameters + model.norm_parameters
    wide = min(outside + model.tower_parameters, model.parameters)
    return wide * TABLE_BYTES + (model.parameters - wide) * stored


def unpacking_bytes(model: Transformer, precision: str) -> float:
    """Bytes of the widest matrix unpacked to 16 bits, which one product at a time needs.

    Source: Dettmers et al., QLoRA, section 3, equation 5: weights are dequantised per product.
    """
    if not is_quantised(precision):
        return 0.0
    widest = max(inputs * outputs for inputs, outputs in model.linear_shapes.values())
    return float(TABLE_BYTES * widest)
