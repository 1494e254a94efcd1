"""From a catalogue row, a blueprint's figures or both to a transformer that can exist."""

from __future__ import annotations

from dataclasses import replace
from math import isqrt
from typing import TYPE_CHECKING, Any

from generator.catalog import Catalog, UnknownRow
from generator.sizing.architecture import Transformer
from generator.sizing.nonsense import Nonsense, not_negative, positive

if TYPE_CHECKING:
    from generator.blueprint.model.model import Model
    from generator.catalog.model import Model as Row

CONTRADICTION_FACTOR = 3
"""How far a stated parameter count may lie from the counted one. Assumed: beyond it no architecture
explains the difference, so that one of the figures belongs to another model."""

_NEEDED = {
    "layers": "layers",
    "hidden": "hidden_size",
    "heads": "attention_heads",
    "vocabulary": "vocab_size",
}
"""Figures without which nothing can be counted, and what the catalogue calls them."""

_STATED = (
    "layers",
    "hidden",
    "heads",
    "kv_heads",
    "head_dim",
    "ffn",
    "vocabulary",
    "gated",
    "experts",
    "active_experts",
    "expert_ffn",
    "shared_experts",
    "dense_layers",
    "sliding_window",
    "sliding_layers",
    "kv_lora_rank",
    "q_lora_rank",
    "qk_rope_dim",
    "qk_nope_dim",
    "v_head_dim",
)
"""Figures that a blueprint's model and a transformer call alike."""

_OF_COUNT = frozenset(("name", "stated_parameters", "stated_active_parameters"))
_OF_CACHE = frozenset(("sliding_window", "sliding_layers", "linear_state_bytes"))


def from_row(row: Row) -> Transformer:
    """The transformer of a catalogue row, checked.

    Where the row has no KV heads each head has its own; where it has no head size, the hidden size
    is shared by the heads. Raises ``Nonsense`` where a figure is missing or cannot be.
    """
    for figure, field in _NEEDED.items():
        if getattr(row, field) is None:
            raise _missing(figure, row.id)
    hidden, heads = row.hidden_size or 0, row.attention_heads or 0
    transformer = Transformer(
        name=row.id,
        layers=row.layers or 0,
        hidden=hidden,
        heads=heads,
        kv_heads=heads if row.kv_heads is None else row.kv_heads,
        head_dim=_head_dim(hidden, heads) if row.head_dim is None else row.head_dim,
        ffn=row.intermediate_size or 0,
        vocabulary=row.vocab_size or 0,
        gated=row.gated_mlp,
        tied=row.tied_embeddings,
        qkv_bias=row.qkv_bias,
        biases=row.biases,
        learned_positions=row.learned_positions or 0,
        encoder_layers=row.encoder_layers or 0,
        kv_lora_rank=row.kv_lora_rank or 0,
        q_lora_rank=row.q_lora_rank or 0,
        qk_rope_dim=row.qk_rope_head_dim or 0,
        qk_nope_dim=row.qk_nope_head_dim or 0,
        v_head_dim=row.v_head_dim or 0,
        sliding_window=row.sliding_window_tokens or 0,
        sliding_layers=row.sliding_window_layers or 0,
        linear_layers=row.linear_attention_layers or 0,
        linear_state_bytes=row.linear_state_bytes_per_sequence or 0,
        experts=row.experts or 0,
        active_experts=row.experts_per_token or 0,
        expert_ffn=row.expert_intermediate_size
        or (row.intermediate_size or 0 if row.experts else 0),
        shared_experts=row.shared_experts or 0,
        shared_ffn=row.shared_expert_intermediate_size or 0,
        dense_layers=row.dense_layers or 0,
        tower_parameters=float(row.tower_parameters or 0),
        wide_parameters=float(row.wide_parameters or 0),
        stated_parameters=float(row.parameters or 0),
        stated_active_parameters=float(row.active_parameters or 0),
    )
    check(transformer)
    return transformer


def transformer(model: Model, catalog: Catalog) -> Transformer:
    """The transformer that a workload names, checked: its family, with its own figures laid over.

    Without a known family the blueprint's figures must be enough; an MLP is then taken as gated and
    the head as a matrix of its own. Raises ``Nonsense`` where a figure is missing or cannot be.
    """
    stated: dict[str, Any] = {name: getattr(model, name) for name in _STATED}
    stated["tied"] = model.tied_embeddings
    for name, count in (("", model.params), ("active_", model.active_params)):
        if count is not None:
            stated[f"stated_{name}parameters"] = float(positive(f"model.{name}params", count.value))
    try:
        row = catalog.model(model.family or "")
    except UnknownRow:
        return _from_figures(model.family or "model", stated)
    base = from_row(row)
    if stated["expert_ffn"] is None and (
        stated["experts"] or (base.experts and base.moe_layers == base.layers)
    ):
        # Where no layer is dense, or all were until now, the stated width is that of the experts.
        stated["expert_ffn"] = stated["ffn"] or base.expert_ffn or base.ffn
    return with_overrides(base, **stated)


def with_overrides(base: Transformer, **figures: Any) -> Transformer:
    """``base`` with other figures, checked; a figure that is None stays as it was.

    The published counts of ``base`` hold for its own shape only: where the shape changes they are
    dropped, and the parameters are counted. Raises ``Nonsense`` where the result cannot be.
    """
    stated = {name: value for name, value in figures.items() if value is not None}
    changed = {name for name, value in stated.items() if getattr(base, name) != value}
    if changed - _OF_COUNT - _OF_CACHE:
        stated = {"stated_parameters": 0.0, "stated_active_parameters": 0.0, **stated}
    elif "stated_parameters" in changed:
        stated = {"stated_active_parameters": 0.0, **stated}
    other: Transformer = replace(base, **stated)
    check(other)
    return other


def gpt(
    *, layers: int, hidden: int, vocabulary: int, positions: int, heads: int = 1
) -> Transformer:
    """A GPT as Megatron-LM trains it: biases, learned positions, an MLP of four times the width.

    Its table is its head. The number of heads does not change its parameters, which are
    ``12 L h^2 (1 + 13/(12 h) + (V + s)/(12 L h))`` and the last norm. Source: Narayanan et al.,
    Efficient Large-Scale Language Model Training on GPU Clusters, equation 2.
    """
    other = Transformer(
        name="gpt",
        layers=layers,
        hidden=hidden,
        heads=heads,
        kv_heads=heads,
        head_dim=_head_dim(hidden, heads),
        ffn=4 * hidden,
        vocabulary=vocabulary,
        learned_positions=positions,
        gated=False,
        tied=True,
        biases=True,
    )
    check(other)
    return other


def valid_tensor_parallel(heads: int) -> list[int]:
    """The degrees of tensor parallelism that give every rank the same number of heads.

    KV heads do not limit it: ranks beyond their number hold copies. Source: vLLM and Megatron-LM
    both refuse a degree that does not divide the heads.
    """
    positive("model.heads", heads)
    small = [degree for degree in range(1, isqrt(heads) + 1) if heads % degree == 0]
    return sorted({*small, *(heads // degree for degree in small)})


def check(t: Transformer) -> None:
    """Raises ``Nonsense``, with the blueprint's name of the figure, for what no model can be."""
    for name in ("layers", "hidden", "heads", "kv_heads", "head_dim", "vocabulary"):
        positive(f"model.{name}", getattr(t, name))
    for name in ("ffn", "learned_positions", "encoder_layers", "tower_parameters"):
        not_negative(f"model.{name}", getattr(t, name))
    if t.kv_heads > t.heads or t.heads % t.kv_heads:
        raise Nonsense(
            "model.kv_heads",
            f"{t.kv_heads} KV heads cannot be shared by {t.heads} heads",
            "state a divisor of model.heads",
        )
    _check_layers(t)
    _check_experts(t)
    _check_latent(t)
    _check_count(t)


def _check_layers(t: Transformer) -> None:
    for name in ("sliding_layers", "linear_layers", "dense_layers"):
        not_negative(f"model.{name}", getattr(t, name))
        if getattr(t, name) > t.layers:
            raise Nonsense(
                f"model.{name}",
                f"{getattr(t, name)} of {t.layers} layers",
                "state model.layers or fewer",
            )
    if t.sliding_layers + t.linear_layers > t.layers:
        raise Nonsense(
            "model.linear_layers",
            f"{t.sliding_layers} sliding and {t.linear_layers} linear of {t.layers} layers",
            "a layer is one of them only",
        )
    if t.sliding_layers:
        positive("model.sliding_window", t.sliding_window)
    if t.ffn == 0 and t.moe_layers < t.layers:
        raise Nonsense("model.ffn", "the MLP of a dense layer has no width", "state model.ffn")


def _check_experts(t: Transformer) -> None:
    not_negative("model.experts", t.experts)
    if not t.experts:
        return
    positive("model.active_experts", t.active_experts)
    positive("model.ffn", t.expert_ffn)
    not_negative("model.shared_experts", t.shared_experts)
    if t.active_experts > t.experts:
        raise Nonsense(
            "model.active_experts",
            f"{t.active_experts} of {t.experts} experts",
            "state model.experts or fewer",
        )


def _check_latent(t: Transformer) -> None:
    not_negative("model.kv_lora_rank", t.kv_lora_rank)
    if t.kv_lora_rank:
        for name in ("qk_rope_dim", "qk_nope_dim", "v_head_dim"):
            positive(f"model.{name}", getattr(t, name))


def _check_count(t: Transformer) -> None:
    not_negative("model.params", t.stated_parameters)
    not_negative("model.active_params", t.stated_active_parameters)
    if t.stated_active_parameters > t.parameters:
        raise Nonsense(
            "model.active_params",
            f"{t.stated_active_parameters:.3g} of {t.parameters:.3g} parameters",
            "state model.params or fewer",
        )
    counted = t.counted_parameters + t.tower_parameters
    if t.stated_parameters and not (
        counted / CONTRADICTION_FACTOR <= t.stated_parameters <= counted * CONTRADICTION_FACTOR
    ):
        raise Nonsense(
            "model.params",
            f"{t.stated_parameters:.3g} contradict the {counted:.3g} that its layers come to",
            "correct the count or the figures of the layers",
        )


def _from_figures(name: str, stated: dict[str, Any]) -> Transformer:
    given = {figure: value for figure, value in stated.items() if value is not None}
    for figure in (*_NEEDED, "ffn"):
        if figure not in given:
            raise _missing(figure, name)
    given.setdefault("kv_heads", given["heads"])
    if "head_dim" not in given:
        latent = given.get("qk_rope_dim", 0) + given.get("qk_nope_dim", 0)
        given["head_dim"] = latent or _head_dim(given["hidden"], given["heads"])
    if given.get("experts"):
        given.setdefault("expert_ffn", given["ffn"])
    other = Transformer(name=name, **given)
    check(other)
    return other


def _head_dim(hidden: int, heads: int) -> int:
    """The share of each head where all of them together are as wide as the model."""
    positive("model.hidden", hidden)
    positive("model.heads", heads)
    if hidden % heads:
        raise Nonsense(
            "model.head_dim",
            f"a hidden size of {hidden} is not {heads} heads of one size",
            "state model.head_dim, or a hidden size that model.heads divide",
        )
    return hidden // heads


def _missing(figure: str, name: str) -> Nonsense:
    return Nonsense(f"model.{figure}", f"nobody states it for {name}", f"state model.{figure}")
