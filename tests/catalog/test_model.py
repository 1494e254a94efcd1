"""generator.catalog.model: the model rows."""

from __future__ import annotations

import re

import pytest

from generator.catalog import Catalog
from generator.catalog.model import Model

CATALOG = Catalog.builtin()
MODELS = [CATALOG.model(row_id) for row_id in CATALOG.ids("models")]
LLAMAS = [model for model in MODELS if model.id.startswith("llama")]
ENCODERS = [model for model in MODELS if model.kind == "encoder-transformer"]


def size(figure: int | None) -> int:
    """A figure that the row must state."""
    assert figure is not None
    return figure


def decoder_parameters(model: Model) -> int:
    """A gated decoder without biases: embeddings, attention, three matrices, two norms."""
    hidden, inner = size(model.hidden_size), size(model.intermediate_size)
    heads, kv = size(model.attention_heads), size(model.kv_heads)
    dim = size(model.head_dim)
    attention = 2 * hidden * heads * dim + 2 * hidden * kv * dim
    layer = attention + 3 * hidden * inner + 2 * hidden
    return 2 * size(model.vocab_size) * hidden + size(model.layers) * layer + hidden


def table(model: Model) -> int:
    """The token table, which a tied head does not repeat."""
    return size(model.vocab_size) * size(model.hidden_size)


def encoder_parameters(model: Model, positions: int, segments: int) -> int:
    """BERT's shape: biases everywhere, two norms per layer, a pooler on top."""
    hidden, inner = size(model.hidden_size), size(model.intermediate_size)
    embeddings = (size(model.vocab_size) + positions + segments) * hidden + 2 * hidden
    attention = 4 * (hidden * hidden + hidden)
    layer = attention + 2 * hidden * inner + inner + hidden + 4 * hidden
    return embeddings + size(model.layers) * layer + hidden * hidden + hidden


@pytest.mark.parametrize("model", LLAMAS, ids=lambda model: model.id)
def test_the_parameters_of_a_llama_follow_from_its_shape(model: Model) -> None:
    """Counted from the configuration, to the last parameter."""
    repeated = table(model) if model.tied_embeddings else 0

    assert model.parameters == decoder_parameters(model) - repeated


@pytest.mark.parametrize(
    ("row_id", "positions", "segments"),
    [("bge-m3", 8194, 1), ("bert-large", 512, 2), ("bert-base", 512, 2), ("bge-large", 512, 2)],
)
def test_the_parameters_of_an_encoder_follow_from_its_shape(
    row_id: str, positions: int, segments: int
) -> None:
    """Counted from the configuration, to the last parameter."""
    model = CATALOG.model(row_id)

    assert model.parameters == encoder_parameters(model, positions, segments)


def test_the_embedding_model_is_its_base_without_the_output_head() -> None:
    """Qwen3 also norms queries and keys in each layer."""
    model = CATALOG.model("qwen3-embedding-8b")
    head = size(model.vocab_size) * size(model.hidden_size)
    norms = 2 * size(model.head_dim) * size(model.layers)

    assert model.parameters == decoder_parameters(model) - head + norms


@pytest.mark.parametrize(
    ("row_id", "values_per_token"), [("llama-3.1-70b", 163_840), ("llama-2-7b", 262_144)]
)
def test_kv_cache_values_per_token_match_published_figures(
    row_id: str, values_per_token: int
) -> None:
    """At two bytes each a 70B model holds 327,680 bytes per token."""
    model = CATALOG.model(row_id)
    per_layer = 2 * size(model.kv_heads) * size(model.head_dim)

    assert size(model.layers) * per_layer == values_per_token


EXACT = {
    "bert-base": 109_482_240,
    "bge-large": 335_141_888,
    "bge-m3": 567_754_752,
    "all-minilm-l6-v2": 22_713_216,
    "flan-t5-xxl": 11_135_332_352,
    "gemma-2-9b": 9_241_705_984,
    "gemma-2-27b": 27_227_128_320,
    "gpt-oss-120b": 116_829_156_672,
    "gpt-oss-20b": 20_914_757_184,
    "gpt2": 124_439_808,
    "gpt2-xl": 1_557_611_200,
    "gradient-boosting": None,
    "llama-2-7b": 6_738_415_616,
    "llama-3-8b": 8_030_261_248,
    "llama-3.2-3b": 3_212_749_824,
    "mistral-7b-v0.1": 7_241_732_096,
    "mistral-7b-v0.3": 7_248_023_552,
    "mistral-small-24b-2501": 23_572_403_200,
    "mixtral-8x7b": 46_702_792_704,
    "pythia-1b": 1_011_781_632,
    "pythia-1.4b": 1_414_647_808,
    "pythia-2.8b": 2_775_208_960,
    "pythia-6.9b": 6_857_302_016,
    "pythia-12b": 11_846_072_320,
    "qwen2.5-0.5b": 494_032_768,
    "qwen2.5-32b": 32_763_876_352,
    "qwen2.5-72b": 72_706_203_648,
    "qwen3-0.6b": 596_049_920,
    "qwen3-1.7b": 1_720_574_976,
    "qwen3-4b": 4_022_468_096,
    "qwen3-8b": 8_190_735_360,
    "qwen3-14b": 14_768_307_200,
    "qwen3-30b-a3b": 30_532_122_624,
    "qwen3-32b": 32_762_123_264,
    "qwen3-235b-a22b": 235_093_634_560,
    "resnet50": 25_557_032,
    "t0-3b": 2_849_757_184,
    "vgg16": 138_357_544,
    "vit-b-16": 86_567_656,
}
"""Counts that somebody who holds the weights prints to the last parameter: Keras Hub, torchvision,
the Pythia README, PEFT's comparison of methods."""

PRINTED = {
    "bloom-176b": 176.247,
    "codellama-34b": 33.7,
    "deepseek-v2": 236,
    "deepseek-v2-lite": 15.7,
    "deepseek-v3": 671,
    "falcon-40b": 41.8,
    "falcon-7b": 7.22,
    "gemma-3-27b": 27.4,
    "gpt-j-6b": 6.05,
    "granite-4.0-h-small": 32.2,
    "llama-13b": 13.0,
    "llama-2-13b": 13.02,
    "llama-3.1-405b": 405,
    "llama-3.2-1b": 1.23,
    "llama-3.3-70b": 70.6,
    "llama-33b": 32.5,
    "llama-65b": 65.2,
    "llama-7b": 6.7,
    "mistral-small-24b": 24.0,
    "mixtral-8x22b": 141,
    "mpt-30b": 29.95,
    "mpt-7b": 6.7,
    "mt-nlg-530b": 530,
    "mt0-xxl": 13.0,
    "opt-30b": 30,
    "qwen-72b": 72.3,
    "qwen2-7b": 7.62,
    "qwen2.5-14b": 14.7,
    "qwen2.5-3b": 3.09,
    "qwen3-next-80b-a3b": 80,
    "t5-3b": 2.851,
    "tinyllama-1.1b": 1.1,
    "whisper-large-v3": 1.55,
}
"""Billions as the publishers round them: model cards and papers, LitGPT's table of memory."""


@pytest.mark.parametrize(("row_id", "parameters"), EXACT.items())
def test_parameter_counts_are_the_published_ones(row_id: str, parameters: int | None) -> None:
    """Figures that readers know."""
    assert CATALOG.model(row_id).parameters == parameters


@pytest.mark.parametrize(("row_id", "billions"), PRINTED.items())
def test_counted_parameters_agree_with_what_publishers_round(row_id: str, billions: float) -> None:
    """Within one percent, which is what the last printed digit is worth."""
    assert size(CATALOG.model(row_id).parameters) == pytest.approx(billions * 1e9, rel=0.01)


def test_the_catalogue_holds_sixty_models_and_more() -> None:
    """Ids are what a blueprint calls the family: lower case, digits, dots and hyphens."""
    assert len(MODELS) >= 60
    assert all(re.fullmatch(r"[a-z0-9]+([.-][a-z0-9]+)*", model.id) for model in MODELS)


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.id)
def test_a_row_states_what_its_kind_needs(model: Model) -> None:
    """Language models have a shape, networks for images a cost per image."""
    shape = (model.layers, model.hidden_size, model.kv_heads, model.head_dim, model.vocab_size)
    image = (model.input_pixels, model.forward_gmacs_per_sample)
    complete = {
        "trees": (),
        "cnn": image,
        "detector": image,
        "vision-transformer": (*image, *shape[:-1]),
        "diffusion": (model.input_pixels, model.tower_parameters),
    }.get(model.kind, shape)

    assert None not in complete
    assert model.is_transformer == (complete is shape)
    assert model.sources or model.unverified
    assert hash(model) == hash(model.id)


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.id)
def test_every_doubt_about_a_model_names_a_field_of_its_row(model: Model) -> None:
    """``architecture`` stands for the figures of the shape."""
    fields = {*Model._fields, "architecture"}

    assert {remark.partition(":")[0] for remark in model.unverified} <= fields
    assert set(model.sources) <= fields


@pytest.mark.parametrize("model", [m for m in MODELS if m.experts], ids=lambda model: model.id)
def test_a_mixture_states_its_experts_and_what_works_on_a_token(model: Model) -> None:
    """Fewer parameters work than are stored."""
    assert model.kind == "moe-transformer"
    assert size(model.expert_intermediate_size) > 0
    assert 0 < size(model.experts_per_token) < size(model.experts)
    assert size(model.active_parameters) < size(model.parameters) / 3


def test_latent_attention_caches_a_low_rank_and_a_position() -> None:
    """DeepSeek-V3: 61 layers of 512 + 64 values of two bytes are 70,272 bytes per token."""
    model = CATALOG.model("deepseek-v3")
    values = size(model.kv_lora_rank) + size(model.qk_rope_head_dim)

    assert size(model.layers) * values * 2 == 70_272


def test_a_diffusion_model_counts_what_stands_beside_its_network() -> None:
    """Of Stable Diffusion 1.5 the U-Net has 860 million."""
    model = CATALOG.model("stable-diffusion-1.5")

    assert size(model.parameters) - size(model.tower_parameters) == 859_520_964


@pytest.mark.parametrize("row_id", ["gpt-oss-20b", "gpt-oss-120b"])
def test_a_mixture_of_experts_computes_with_less_than_it_stores(row_id: str) -> None:
    """Half of its layers see a window only."""
    model = CATALOG.model(row_id)

    assert model.kind == "moe-transformer"
    assert size(model.active_parameters) < size(model.parameters) / 5
    assert size(model.experts) > size(model.experts_per_token)
    assert 2 * size(model.sliding_window_layers) == model.layers
