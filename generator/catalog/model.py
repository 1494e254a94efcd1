"""Models: the figures of an architecture that memory and time are computed from."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

from generator.catalog.row import Row

LANGUAGE_KINDS = (
    "dense-transformer",
    "moe-transformer",
    "encoder-transformer",
    "encoder-decoder-transformer",
)
"""Kinds that layers, heads and a vocabulary describe."""

KINDS = (*LANGUAGE_KINDS, "vision-transformer", "cnn", "detector", "diffusion", "trees")

STORED_PRECISIONS = ("fp32", "fp16", "fp8", "int8", "int4", "fp4", "nf4", "mxfp4", "nvfp4")
"""What the linear weights of a published checkpoint can be stored in, other than bf16."""


class Model(NamedTuple):
    """One model family; None where a figure does not apply or was not found.

    A mixture of experts computes with ``active_parameters`` and stores ``parameters``. All but its
    first ``dense_layers`` layers hold ``experts`` of inner width ``expert_intermediate_size`` and
    ``shared_experts`` of ``shared_expert_intermediate_size`` each, that every token passes.

    Of the layers, ``sliding_window_layers`` keep only ``sliding_window_tokens`` tokens of context,
    and ``linear_attention_layers`` (state space or linear attention) keep
    ``linear_state_bytes_per_sequence`` each, per sequence and whatever its length, in place of a
    KV cache. ``kv_lora_rank`` marks multi-head latent attention: its ``head_dim`` is that of a
    query, with and without position, ``v_head_dim`` that of a value.

    ``layers`` are those of the decoder where ``encoder_layers`` are stated beside them.
    ``gated_mlp`` says that an MLP has three matrices and not two; ``biases`` that linear layers and
    norms have a bias each, ``qkv_bias`` that only queries, keys and values do. Position embeddings
    are counted in ``learned_positions`` where they are learned.

    ``tower_parameters`` are counted in ``parameters``: a vision or audio tower with its projector,
    or what a diffusion model has beside the network that removes noise. ``stored_precision`` is
    what the published checkpoint holds its linear weights in where that is not 16 bits; in its
    matrices, ``wide_parameters`` stay in 16 bits all the same.
    ``forward_gmacs_per_sample`` counts 10^9 multiply-adds for one square image of
    ``input_pixels`` on each side; of a diffusion model, for one step of removing noise.
    """

    id: str
    product: str
    kind: str
    parameters: int | None
    active_parameters: int | None
    tower_parameters: int | None
    wide_parameters: int | None
    stored_precision: str | None
    layers: int | None
    encoder_layers: int | None
    hidden_size: int | None
    attention_heads: int | None
    kv_heads: int | None
    head_dim: int | None
    intermediate_size: int | None
    vocab_size: int | None
    max_context_tokens: int | None
    learned_positions: int | None
    tied_embeddings: bool
    gated_mlp: bool
    qkv_bias: bool
    biases: bool
    q_lora_rank: int | None
    kv_lora_rank: int | None
    qk_rope_head_dim: int | None
    qk_nope_head_dim: int | None
    v_head_dim: int | None
    experts: int | None
    experts_per_token: int | None
    expert_intermediate_size: int | None
    shared_experts: int | None
    shared_expert_intermediate_size: int | None
    dense_layers: int | None
    sliding_window_tokens: int | None
    sliding_window_layers: int | None
    linear_attention_layers: int | None
    linear_state_bytes_per_sequence: int | None
    input_pixels: int | None
    forward_gmacs_per_sample: float | None
    sources: Mapping[str, tuple[str, ...]]
    unverified: tuple[str, ...]
    notes: tuple[str, ...]

    def __hash__(self) -> int:
        return hash(self.id)

    @property
    def is_transformer(self) -> bool:
        """Whether layers, heads and a vocabulary describe it."""
        return self.kind in LANGUAGE_KINDS


def read_model(row: Row) -> Model:
    """A model from its row."""
    has_stored = row.has("stored_precision")
    model = Model(
        id=row.text("id"),
        product=row.text("product"),
        kind=row.one_of("kind", KINDS),
        parameters=row.whole_or_none("parameters"),
        active_parameters=row.whole_or_none("active_parameters"),
        tower_parameters=row.whole_or_none("tower_parameters"),
        wide_parameters=row.whole_or_none("wide_parameters"),
        stored_precision=row.one_of("stored_precision", STORED_PRECISIONS) if has_stored else None,
        layers=row.whole_or_none("layers"),
        encoder_layers=row.whole_or_none("encoder_layers"),
        hidden_size=row.whole_or_none("hidden_size"),
        attention_heads=row.whole_or_none("attention_heads"),
        kv_heads=row.whole_or_none("kv_heads"),
        head_dim=row.whole_or_none("head_dim"),
        intermediate_size=row.whole_or_none("intermediate_size"),
        vocab_size=row.whole_or_none("vocab_size"),
        max_context_tokens=row.whole_or_none("max_context_tokens"),
        learned_positions=row.whole_or_none("learned_positions"),
        tied_embeddings=row.flag("tied_embeddings"),
        gated_mlp=row.flag("gated_mlp"),
        qkv_bias=row.flag("qkv_bias"),
        biases=row.flag("biases"),
        q_lora_rank=row.whole_or_none("q_lora_rank"),
        kv_lora_rank=row.whole_or_none("kv_lora_rank"),
        qk_rope_head_dim=row.whole_or_none("qk_rope_head_dim"),
        qk_nope_head_dim=row.whole_or_none("qk_nope_head_dim"),
        v_head_dim=row.whole_or_none("v_head_dim"),
        experts=row.whole_or_none("experts"),
        experts_per_token=row.whole_or_none("experts_per_token"),
        expert_intermediate_size=row.whole_or_none("expert_intermediate_size"),
        shared_experts=row.whole_or_none("shared_experts"),
        shared_expert_intermediate_size=row.whole_or_none("shared_expert_intermediate_size"),
        dense_layers=row.whole_or_none("dense_layers"),
        sliding_window_tokens=row.whole_or_none("sliding_window_tokens"),
        sliding_window_layers=row.whole_or_none("sliding_window_layers"),
        linear_attention_layers=row.whole_or_none("linear_attention_layers"),
        linear_state_bytes_per_sequence=row.whole_or_none("linear_state_bytes_per_sequence"),
        input_pixels=row.whole_or_none("input_pixels"),
        forward_gmacs_per_sample=row.number_or_none("forward_gmacs_per_sample"),
        sources=MappingProxyType(row.citations()),
        unverified=row.texts("unverified"),
        notes=row.texts("notes"),
    )
    row.done()
    return model
