"""generator.catalog.huggingface: rows from configurations, and configurations that are none."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.catalog import Catalog, IllFormedRow
from generator.catalog.huggingface import read_config
from generator.catalog.model import Model

CATALOG = Catalog.builtin()

LLAMA: dict[str, Any] = {
    "model_type": "llama",
    "num_hidden_layers": 32,
    "hidden_size": 4096,
    "num_attention_heads": 32,
    "num_key_value_heads": 8,
    "intermediate_size": 14336,
    "vocab_size": 128256,
    "max_position_embeddings": 131072,
    "tie_word_embeddings": False,
    "rope_theta": 500000.0,
}

CONFIGS: dict[str, dict[str, Any]] = {
    "llama-3.1-8b": LLAMA,
    "mixtral-8x7b": {
        **LLAMA, "model_type": "mixtral", "vocab_size": 32000, "max_position_embeddings": 32768,
        "num_local_experts": 8, "num_experts_per_tok": 2, "sliding_window": None,
    },
    "mistral-7b-v0.1": {
        **LLAMA, "model_type": "mistral", "vocab_size": 32000, "max_position_embeddings": 32768,
        "sliding_window": 4096,
    },
    "qwen2.5-0.5b": {
        "model_type": "qwen2", "num_hidden_layers": 24, "hidden_size": 896,
        "num_attention_heads": 14, "num_key_value_heads": 2, "intermediate_size": 4864,
        "vocab_size": 151936, "max_position_embeddings": 32768, "tie_word_embeddings": True,
        "sliding_window": 32768, "use_sliding_window": False,
    },
    "qwen3-30b-a3b": {
        "model_type": "qwen3_moe", "num_hidden_layers": 48, "hidden_size": 2048, "head_dim": 128,
        "num_attention_heads": 32, "num_key_value_heads": 4, "intermediate_size": 6144,
        "vocab_size": 151936, "max_position_embeddings": 40960, "num_experts": 128,
        "num_experts_per_tok": 8, "moe_intermediate_size": 768, "mlp_only_layers": [],
        "tie_word_embeddings": False, "attention_bias": False,
    },
    "qwen3-next-80b-a3b": {
        "model_type": "qwen3_next", "num_hidden_layers": 48, "hidden_size": 2048, "head_dim": 256,
        "num_attention_heads": 16, "num_key_value_heads": 2, "intermediate_size": 5120,
        "vocab_size": 151936, "max_position_embeddings": 262144, "num_experts": 512,
        "num_experts_per_tok": 10, "moe_intermediate_size": 512, "full_attention_interval": 4,
        "shared_expert_intermediate_size": 512, "linear_conv_kernel_dim": 4,
        "linear_key_head_dim": 128, "linear_value_head_dim": 128, "linear_num_key_heads": 16,
        "linear_num_value_heads": 32,
    },
    "gemma-2-9b": {
        "model_type": "gemma2", "num_hidden_layers": 42, "hidden_size": 3584, "head_dim": 256,
        "num_attention_heads": 16, "num_key_value_heads": 8, "intermediate_size": 14336,
        "vocab_size": 256000, "max_position_embeddings": 8192, "sliding_window": 4096,
    },
    "gemma-3-27b": {
        "model_type": "gemma3", "vision_config": {"hidden_size": 1152},
        "text_config": {
            "model_type": "gemma3_text", "num_hidden_layers": 62, "hidden_size": 5376,
            "head_dim": 128, "num_attention_heads": 32, "num_key_value_heads": 16,
            "intermediate_size": 21504, "sliding_window": 1024,
        },
    },
    "gpt-oss-20b": {
        "model_type": "gpt_oss", "num_hidden_layers": 24, "hidden_size": 2880, "head_dim": 64,
        "num_attention_heads": 64, "num_key_value_heads": 8, "intermediate_size": 2880,
        "vocab_size": 201088, "max_position_embeddings": 131072, "num_local_experts": 32,
        "experts_per_token": 4, "attention_bias": True, "sliding_window": 128,
        "layer_types": ["sliding_attention", "full_attention"] * 12,
        "quantization_config": {"quant_method": "mxfp4"},
    },
    "deepseek-v3": {
        "model_type": "deepseek_v3", "num_hidden_layers": 61, "hidden_size": 7168,
        "num_attention_heads": 128, "num_key_value_heads": 128, "intermediate_size": 18432,
        "vocab_size": 129280, "max_position_embeddings": 163840, "n_routed_experts": 256,
        "num_experts_per_tok": 8, "moe_intermediate_size": 2048, "n_shared_experts": 1,
        "first_k_dense_replace": 3, "kv_lora_rank": 512, "q_lora_rank": 1536,
        "qk_rope_head_dim": 64, "qk_nope_head_dim": 128, "v_head_dim": 128,
        "quantization_config": {"quant_method": "fp8"},
    },
    "phi-1.5": {
        "model_type": "phi", "num_hidden_layers": 24, "hidden_size": 2048,
        "num_attention_heads": 32, "num_key_value_heads": None, "intermediate_size": 8192,
        "vocab_size": 51200, "max_position_embeddings": 2048, "tie_word_embeddings": False,
    },
    "gpt2": {
        "model_type": "gpt2", "n_layer": 12, "n_embd": 768, "n_head": 12, "n_inner": None,
        "vocab_size": 50257, "n_positions": 1024,
    },
    "opt-13b": {
        "model_type": "opt", "num_hidden_layers": 40, "hidden_size": 5120,
        "num_attention_heads": 40, "ffn_dim": 20480, "vocab_size": 50272,
        "max_position_embeddings": 2048,
    },
    "falcon-7b": {
        "model_type": "falcon", "num_hidden_layers": 32, "hidden_size": 4544, "bias": False,
        "num_attention_heads": 71, "num_kv_heads": 71, "multi_query": True, "vocab_size": 65024,
        "new_decoder_architecture": False, "max_position_embeddings": 2048,
    },
    "falcon-40b": {
        "model_type": "falcon", "num_hidden_layers": 60, "hidden_size": 8192, "bias": False,
        "num_attention_heads": 128, "num_kv_heads": 8, "vocab_size": 65024,
        "new_decoder_architecture": True, "max_position_embeddings": 2048,
    },
    "pythia-12b": {
        "model_type": "gpt_neox", "num_hidden_layers": 36, "hidden_size": 5120,
        "num_attention_heads": 40, "intermediate_size": 20480, "vocab_size": 50688,
        "max_position_embeddings": 2048, "tie_word_embeddings": False,
    },
    "mpt-7b": {
        "model_type": "mpt", "n_layers": 32, "d_model": 4096, "n_heads": 32, "expansion_ratio": 4,
        "vocab_size": 50432, "max_seq_len": 2048,
    },
    "bge-large": {
        "model_type": "bert", "num_hidden_layers": 24, "hidden_size": 1024,
        "num_attention_heads": 16, "intermediate_size": 4096, "vocab_size": 30522,
        "max_position_embeddings": 512,
    },
    "t0-3b": {
        "model_type": "t5", "num_layers": 24, "num_decoder_layers": 24, "d_model": 2048,
        "num_heads": 32, "d_kv": 64, "d_ff": 5120, "vocab_size": 32128,
        "feed_forward_proj": "gated-gelu", "tie_word_embeddings": False,
    },
    "granite-4.0-micro": {
        "model_type": "granitemoehybrid", "num_hidden_layers": 40, "hidden_size": 2560,
        "num_attention_heads": 40, "num_key_value_heads": 8, "intermediate_size": 8192,
        "shared_intermediate_size": 8192, "num_local_experts": 0, "num_experts_per_tok": 0,
        "vocab_size": 100352, "max_position_embeddings": 131072,
        "layer_types": ["attention"] * 40,
    },
    "granite-4.0-h-small": {
        "model_type": "granitemoehybrid", "num_hidden_layers": 40, "hidden_size": 4096,
        "num_attention_heads": 32, "num_key_value_heads": 8, "intermediate_size": 768,
        "shared_intermediate_size": 1536, "num_local_experts": 72, "num_experts_per_tok": 10,
        "vocab_size": 100352, "max_position_embeddings": 131072, "mamba_n_heads": 128,
        "mamba_d_state": 128, "mamba_expand": 2, "mamba_d_conv": 4, "mamba_n_groups": 1,
        "layer_types": (["mamba"] * 9 + ["attention"]) * 4,
    },
}  # fmt: skip
"""The keys that matter of published configurations, by the row that they belong to."""

OF_THE_SHAPE = set(Model._fields) - {
    "id", "product", "parameters", "active_parameters", "tower_parameters", "sources",
    "unverified", "notes", "kind",
}  # fmt: skip


@pytest.mark.parametrize("row_id", CONFIGS)
def test_a_configuration_gives_the_figures_of_its_row(row_id: str) -> None:
    """Every family says the same things in other words."""
    read, row = read_config(row_id, CONFIGS[row_id]), CATALOG.model(row_id)
    other = {
        field: (getattr(read, field), getattr(row, field))
        for field in OF_THE_SHAPE
        if getattr(read, field) != getattr(row, field)
    }
    # Granite's row leaves out a width that no layer has.
    if row_id == "granite-4.0-h-small":
        other.pop("intermediate_size")

    assert other == {}
    assert read.kind == row.kind


def test_a_configuration_states_no_size() -> None:
    """Its row says so where doubts stand."""
    read = read_config("meta-llama/Llama-3.1-8B", LLAMA)

    assert (read.id, read.product) == ("llama-3.1-8b", "meta-llama/Llama-3.1-8B")
    assert read.parameters is None
    assert [remark.partition(":")[0] for remark in read.unverified] == ["parameters"]


def test_a_tower_and_an_unknown_family_are_remarked() -> None:
    """What could not be read stays in view."""
    config = {**LLAMA, "model_type": "acme", "vision_config": {}}
    doubts = [remark.partition(":")[0] for remark in read_config("x", config).unverified]

    assert doubts == ["parameters", "architecture", "tower_parameters"]


@pytest.mark.parametrize(
    ("how", "precision"),
    [
        ({"quant_method": "fp8"}, "fp8"),
        ({"quant_method": "awq", "bits": 4}, "int4"),
        ({"quant_method": "gptq", "bits": 8}, "int8"),
        ({"quant_method": "modelopt", "quant_algo": "NVFP4"}, "nvfp4"),
        (
            {
                "quant_method": "compressed-tensors",
                "config_groups": {"group_0": {"weights": {"num_bits": 8, "type": "float"}}},
            },
            "fp8",
        ),
        (
            {
                "quant_method": "compressed-tensors",
                "config_groups": {"group_0": {"weights": {"num_bits": 4, "type": "int"}}},
            },
            "int4",
        ),
        ({"quant_method": "compressed-tensors", "config_groups": {}}, None),
        ({"quant_method": "acme"}, None),
    ],
)
def test_the_stored_format_is_read_where_it_is_known(
    how: dict[str, Any], precision: str | None
) -> None:
    """Else a remark says that it was not."""
    read = read_config("x", {**LLAMA, "quantization_config": how})

    assert read.stored_precision == precision
    assert any("stored_precision" in remark for remark in read.unverified) == (precision is None)


@pytest.mark.parametrize(
    ("wrong", "complaint"),
    [
        ({"num_hidden_layers": None}, "num_hidden_layers is missing"),
        ({"vocab_size": None}, "vocab_size is missing"),
        ({"intermediate_size": None}, "intermediate_size is missing"),
        ({"hidden_size": "4096"}, "hidden_size must be a whole number"),
        ({"hidden_size": 4096.0}, "hidden_size must be a whole number"),
        ({"hidden_size": True}, "hidden_size must be a whole number"),
        ({"num_attention_heads": 0}, "num_attention_heads must be a whole number of 1"),
        ({"num_hidden_layers": -1}, "num_hidden_layers must be a whole number of 1"),
        ({"vocab_size": 10**12}, "vocab_size is larger than 1e"),
        ({"hidden_size": 10**5000}, "hidden_size is larger than 1e"),
        ({"hidden_size": -(10**5000)}, "too large to be read"),
        ({"num_attention_heads": 7}, "head_dim is missing, and 7 heads do not divide 4096"),
        ({"num_experts": 8}, "num_experts_per_tok is missing"),
        ({"kv_lora_rank": 512}, "qk_rope_head_dim is missing"),
        ({"layer_types": 7}, "layer_types must be a list"),
        ({"layer_types": [7]}, "layer_types must be a list of texts"),
        ({"text_config": 7}, "text_config. must be a mapping"),
        ({"text_config": {}}, "text_config.hidden_size is missing"),
        ({"quantization_config": []}, "quantization_config. must be a mapping"),
        ({"model_type": 7}, "model_type must be a text"),
        ({"tie_word_embeddings": "no"}, "tie_word_embeddings must be true or false"),
        ({"hybrid_override_pattern": "M-M*"}, "gives layers several shapes"),
    ],
)
def test_what_no_model_can_have_is_refused_by_its_key(
    wrong: dict[str, Any], complaint: str
) -> None:
    """The file comes from somewhere."""
    with pytest.raises(IllFormedRow, match=complaint):
        read_config("x", {**LLAMA, **wrong})


def test_what_is_no_mapping_is_refused() -> None:
    """JSON can hold a list too."""
    with pytest.raises(IllFormedRow, match="must be a mapping"):
        read_config("x", ["llama"])  # type: ignore[arg-type]


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=5,
)
KEYS = sorted({key for config in CONFIGS.values() for key in config} | {"bits", "text_config"})


@given(base=st.sampled_from(sorted(CONFIGS)), wrong=st.dictionaries(st.sampled_from(KEYS), VALUES))
def test_any_configuration_is_read_or_refused(base: str, wrong: dict[str, Any]) -> None:
    """Never another exception."""
    try:
        read = read_config("x", {**CONFIGS[base], **wrong})
    except IllFormedRow:
        return
    assert read.layers is not None
    assert read.layers > 0
