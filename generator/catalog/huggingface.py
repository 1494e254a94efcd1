"""A model's row from its Hugging Face ``config.json``, for models that the catalogue has not.

A configuration has the shape of a model and not its size: ``parameters`` stay None and follow from
the shape. Its keys differ by family; the tables below say how. Source: the configuration classes of
Hugging Face Transformers 5.23.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from generator.catalog.configuration import (
    CONTEXT,
    EXPERTS,
    FFN,
    HEAD_DIM,
    HEADS,
    HIDDEN,
    KV_HEADS,
    LAYERS,
    PER_TOKEN,
    figure,
    flag,
    needed,
)
from generator.catalog.model import Model, read_model
from generator.catalog.quantization import stored_precision
from generator.catalog.row import IllFormedRow, Row

MAMBA_STATE_BYTES = 2
"""Bytes per value of a recurrent state: engines keep it in 16 bits unless told otherwise."""

_LLAMA_LIKE = frozenset(
    ("llama", "mistral", "mistral3", "mixtral", "qwen2", "qwen2_moe", "qwen3", "qwen3_moe",
     "qwen3_next", "qwen3_5", "qwen3_5_moe", "gemma", "gemma2", "gemma3", "gemma3_text", "phi3",
     "gpt_oss", "deepseek_v2", "deepseek_v3", "kimi_k2", "granite", "granitemoe",
     "granitemoehybrid")
)  # fmt: skip
_UNGATED = frozenset(
    ("phi", "gpt2", "gptj", "opt", "bloom", "falcon", "gpt_neox", "mpt", "bert", "roberta",
     "xlm-roberta", "nemotron")
)  # fmt: skip
_BIASED = frozenset(("phi", "gpt2", "opt", "bloom", "gpt_neox", "bert", "roberta", "xlm-roberta"))
_TIED = frozenset(
    ("gpt2", "opt", "bloom", "mpt", "bert", "roberta", "xlm-roberta", "t5", "mt5", "gemma",
     "gemma2", "gemma3", "gemma3_text", "granitemoehybrid")
)  # fmt: skip
"""Families whose configuration leaves a tied head out, because it is their default."""

_QKV_BIASED = frozenset(("qwen2", "qwen2_moe"))
_ENCODERS = frozenset(("bert", "roberta", "xlm-roberta"))
_ENCODER_DECODERS = frozenset(("t5", "mt5"))
_WINDOWED = frozenset(("mistral", "phi3", "starcoder2"))
"""Families all of whose layers see the window that the configuration states."""

_LEFT_OUT: Mapping[str, Mapping[str, object]] = {
    "gemma3": {
        "vocab_size": 262_208,
        "num_attention_heads": 8,
        "num_key_value_heads": 4,
        "head_dim": 256,
        "max_position_embeddings": 131_072,
    },
}
"""Figures that published configurations of a family leave out, because they are its defaults."""

_NOT_READ = (
    "hybrid_override_pattern",
    "layers_block_type",
    "block_configs",
    "interleave_moe_layer_step",
)
"""Keys by which the layers of a model are of several shapes, so that one shape would mislead."""

_GEMMA3_PATTERN = 6
_OPT_PADDING = 2
_USUAL_FFN_FACTOR = 4


def read_config(name: str, config: Mapping[str, object]) -> Model:
    """The row of the model ``name`` from the parsed content of its ``config.json``.

    Raises ``IllFormedRow``, a ``ValueError`` that names the key, where one is missing or is not a
    figure that a model can have. An unknown ``model_type`` with the usual keys is read like Llama,
    with a remark under ``unverified``.
    """
    try:
        return _read(name, config)
    except IllFormedRow:
        raise
    except (ValueError, RecursionError) as error:
        # A figure of thousands of digits, or lists in lists without end, cannot even be printed.
        raise IllFormedRow(f"config of {name}: a value is too large to be read") from error


def _read(name: str, config: Mapping[str, object]) -> Model:
    where = f"config of {name}"
    outer = Row(where, config)
    nested = outer.has("text_config")
    family = _family(outer, outer.child("text_config") if nested else outer)
    given = outer.child("text_config").as_given() if nested else config
    row = Row(where, {**_LEFT_OUT.get(family, {}), **given}, "text_config." if nested else "")
    for key in _NOT_READ:
        if row.has(key):
            row.refuse(key, "gives layers several shapes; state the figures in a row of your own")
    fields: dict[str, Any] = {
        "id": re.sub(r"[^a-z0-9.]+", "-", name.lower().rpartition("/")[2]).strip("-") or "model",
        "product": name or "model",
        **_shape(row, family),
        **_experts(row),
        **_latent_attention(row),
    }
    fields.update(_contexts(row, family, fields["layers"]))
    fields["kind"] = _kind(family, fields)
    fields["stored_precision"] = _stored_precision(outer)
    fields["sources"] = {"architecture": ["HF"]}
    fields["unverified"] = _remarks(outer, family)
    return read_model(Row(where, fields))


def _family(outer: Row, row: Row) -> str:
    family = outer.text_or_none("model_type") or row.text_or_none("model_type") or ""
    return family.removesuffix("_text") if family != "gemma3_text" else "gemma3"


def _shape(row: Row, family: str) -> dict[str, Any]:
    hidden, heads = needed(row, HIDDEN), needed(row, HEADS)
    head_dim = figure(row, HEAD_DIM)
    if head_dim is None:
        if hidden % heads:
            row.refuse("head_dim", f"is missing, and {heads} heads do not divide {hidden}")
        head_dim = hidden // heads
    context = figure(row, CONTEXT)
    shape: dict[str, Any] = {
        "layers": needed(row, LAYERS),
        "hidden_size": hidden,
        "attention_heads": heads,
        "kv_heads": _kv_heads(row, family, heads),
        "head_dim": head_dim,
        "intermediate_size": _ffn(row, family, hidden),
        "vocab_size": needed(row, ("vocab_size",)),
        "max_context_tokens": context,
        "tied_embeddings": flag(row, "tie_word_embeddings", usual=family in _TIED),
        "gated_mlp": _gated(row, family),
        "qkv_bias": _qkv_bias(row, family),
        "biases": flag(row, "bias", usual=False) if family == "falcon" else family in _BIASED,
        "learned_positions": _learned_positions(family, context),
    }
    if family in _ENCODER_DECODERS:
        shape["encoder_layers"] = shape["layers"]
        shape["layers"] = figure(row, ("num_decoder_layers",)) or shape["layers"]
    return shape


def _kv_heads(row: Row, family: str, heads: int) -> int:
    if family == "falcon" and not flag(row, "new_decoder_architecture", usual=False):
        return 1 if flag(row, "multi_query", usual=True) else heads
    return figure(row, KV_HEADS) or heads


def _ffn(row: Row, family: str, hidden: int) -> int | None:
    if family == "mpt":
        return hidden * (figure(row, ("expansion_ratio",)) or _USUAL_FFN_FACTOR)
    if family == "granitemoehybrid" and not figure(row, EXPERTS, 0):
        return needed(row, ("shared_intermediate_size",))
    stated = figure(row, FFN)
    if stated is None and family in _UNGATED:
        return hidden * _USUAL_FFN_FACTOR
    return needed(row, FFN) if stated is None and not figure(row, EXPERTS, 0) else stated


def _gated(row: Row, family: str) -> bool:
    if family in _ENCODER_DECODERS:
        return (row.text_or_none("feed_forward_proj") or "relu").startswith("gated")
    return family not in _UNGATED


def _qkv_bias(row: Row, family: str) -> bool:
    stated = ("attention_bias", "qkv_bias", "attn_bias")
    return family in _QKV_BIASED or any(flag(row, key, usual=False) for key in stated)


def _learned_positions(family: str, context: int | None) -> int | None:
    if context is None or family not in {"gpt2", "opt"} | _ENCODERS:
        return None
    return context + (_OPT_PADDING if family == "opt" else 0)


def _experts(row: Row) -> dict[str, Any]:
    experts = figure(row, EXPERTS, 0)
    if not experts:
        return {}
    width = figure(row, ("moe_intermediate_size",)) or needed(row, FFN)
    shared_ffn = figure(row, ("shared_expert_intermediate_size", "shared_intermediate_size"), 0)
    shared = figure(row, ("n_shared_experts",), 0)
    skipped = row.wholes("mlp_only_layers")
    return {
        "experts": experts,
        "experts_per_token": needed(row, PER_TOKEN),
        "expert_intermediate_size": width,
        "shared_experts": shared or (1 if shared_ffn else None),
        "shared_expert_intermediate_size": shared_ffn or (width if shared else None),
        "dense_layers": figure(row, ("first_k_dense_replace",), 0) or len(skipped) or None,
    }


def _latent_attention(row: Row) -> dict[str, Any]:
    rank = figure(row, ("kv_lora_rank",), 0)
    if not rank:
        return {}
    rope, nope = needed(row, ("qk_rope_head_dim",)), needed(row, ("qk_nope_head_dim",))
    return {
        "kv_lora_rank": rank,
        "q_lora_rank": figure(row, ("q_lora_rank",), 0) or None,
        "qk_rope_head_dim": rope,
        "qk_nope_head_dim": nope,
        "v_head_dim": needed(row, ("v_head_dim",)),
        "head_dim": rope + nope,
    }


def _contexts(row: Row, family: str, layers: int) -> dict[str, Any]:
    """Layers that see a window only, and layers without a KV cache."""
    types = row.texts("layer_types")
    linear = sum(kind in ("linear_attention", "mamba") for kind in types)
    interval = figure(row, ("full_attention_interval",))
    if not types and interval:
        linear = layers - layers // interval
    fields: dict[str, Any] = {}
    if linear:
        fields["linear_attention_layers"] = linear
        fields["linear_state_bytes_per_sequence"] = _state_bytes(row)
    window = figure(row, ("sliding_window",), 0)
    sliding = _sliding_layers(row, family, layers, types) if window else 0
    if sliding:
        fields["sliding_window_tokens"], fields["sliding_window_layers"] = window, sliding
    return fields


def _sliding_layers(row: Row, family: str, layers: int, types: tuple[str, ...]) -> int:
    if row.has("use_sliding_window") and not row.flag("use_sliding_window"):
        return 0
    if types:
        return types.count("sliding_attention")
    if family == "gemma2":
        return (layers + 1) // 2
    if family in ("gemma3", "gpt_oss"):
        usual = _GEMMA3_PATTERN if family == "gemma3" else 2
        return layers - layers // (figure(row, ("sliding_window_pattern",)) or usual)
    return layers if family in _WINDOWED else 0


def _state_bytes(row: Row) -> int | None:
    """Bytes that one linear layer keeps per sequence: its state and its convolution's columns."""
    if row.has("mamba_n_heads"):
        heads, state = needed(row, ("mamba_n_heads",)), needed(row, ("mamba_d_state",))
        expand, hidden = needed(row, ("mamba_expand",)), needed(row, HIDDEN)
        inner, columns = expand * hidden, needed(row, ("mamba_d_conv",)) - 1
        groups = figure(row, ("mamba_n_groups",)) or 1
        values = heads * (inner // heads) * state + columns * (inner + 2 * groups * state)
        return values * MAMBA_STATE_BYTES
    if not row.has("linear_num_value_heads"):
        return None
    heads, keys = needed(row, ("linear_num_value_heads",)), needed(row, ("linear_num_key_heads",))
    width, depth = needed(row, ("linear_value_head_dim",)), needed(row, ("linear_key_head_dim",))
    columns = needed(row, ("linear_conv_kernel_dim",)) - 1
    return (heads * width * depth + columns * (2 * keys * depth + heads * width)) * (
        MAMBA_STATE_BYTES
    )


def _kind(family: str, fields: Mapping[str, Any]) -> str:
    if family in _ENCODER_DECODERS:
        return "encoder-decoder-transformer"
    if family in _ENCODERS:
        return "encoder-transformer"
    return "moe-transformer" if fields.get("experts") else "dense-transformer"


def _stored_precision(outer: Row) -> str | None:
    how = outer.child("quantization_config") if outer.has("quantization_config") else None
    return stored_precision(how) if how else None


def _remarks(outer: Row, family: str) -> list[str]:
    remarks = ["parameters: a configuration states none; they are counted from its figures"]
    known = _LLAMA_LIKE | _UNGATED | _ENCODER_DECODERS
    if family not in known:
        remarks.append(f"architecture: model type {family!r} is not known and was read like Llama")
    if outer.has("vision_config") or outer.has("audio_config"):
        remarks.append("tower_parameters: the configuration has a tower, which is not counted")
    if outer.has("quantization_config") and _stored_precision(outer) is None:
        remarks.append("stored_precision: the quantisation is not known")
    return remarks
