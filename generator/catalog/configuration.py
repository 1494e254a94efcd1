"""The keys of a ``config.json`` by what they say, and figures read from them."""

from __future__ import annotations

from generator.catalog.row import Row

LAYERS = ("num_hidden_layers", "n_layer", "n_layers", "num_layers")
HIDDEN = ("hidden_size", "n_embd", "n_embed", "d_model")
HEADS = ("num_attention_heads", "n_head", "n_heads", "num_heads")
KV_HEADS = ("num_key_value_heads", "num_kv_heads")
HEAD_DIM = ("head_dim", "d_kv", "attention_head_dim")
FFN = ("intermediate_size", "ffn_dim", "n_inner", "d_ff", "ffn_hidden_size")
CONTEXT = ("max_position_embeddings", "n_positions", "max_seq_len", "seq_length")
EXPERTS = ("num_local_experts", "n_routed_experts", "num_experts")
PER_TOKEN = ("num_experts_per_tok", "experts_per_token")

LARGEST = 10**9
"""No figure of a configuration is larger; assumed, to refuse what would only overflow later."""


def figure(row: Row, keys: tuple[str, ...], least: int = 1) -> int | None:
    """The first of the keys that is there, as a whole number; None where none is."""
    for key in keys:
        if row.has(key):
            value = row.whole(key, least)
            if value > LARGEST:
                row.refuse(key, f"is larger than {LARGEST:.0e}, as in no model")
            return value
    return None


def needed(row: Row, keys: tuple[str, ...]) -> int:
    """The same where the model cannot do without; refused under the name of the first key."""
    value = figure(row, keys)
    if value is None:
        row.refuse(keys[0], "is missing")
    return value


def flag(row: Row, key: str, *, usual: bool) -> bool:
    """True or false as stated, else what is usual for the family."""
    return row.flag(key) if row.has(key) else usual
