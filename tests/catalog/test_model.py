"""generator.catalog.model: the model rows."""

from __future__ import annotations

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
    assert model.parameters == decoder_parameters(model)


@pytest.mark.parametrize(
    ("row_id", "positions", "segments"), [("bge-m3", 8194, 1), ("bert-large", 512, 2)]
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


@pytest.mark.parametrize(
    ("row_id", "parameters"),
    [
        ("resnet50", 25_557_032),
        ("vgg16", 138_357_544),
        ("llama-2-7b", 6_738_415_616),
        ("llama-3.1-8b", 8_030_261_248),
        ("gpt-oss-120b", 116_830_000_000),
        ("gradient-boosting", None),
    ],
)
def test_parameter_counts_are_the_published_ones(row_id: str, parameters: int | None) -> None:
    """Figures that readers know."""
    assert CATALOG.model(row_id).parameters == parameters


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.id)
def test_a_row_states_what_its_kind_needs(model: Model) -> None:
    """Transformers have a shape, networks for images a cost per image."""
    shape = (model.layers, model.hidden_size, model.kv_heads, model.head_dim, model.vocab_size)
    image = (model.input_pixels, model.forward_gmacs_per_sample)
    complete = {"trees": (), "cnn": image, "detector": image}.get(model.kind, shape)

    assert None not in complete
    assert model.is_transformer == (complete is shape)
    assert model.sources or model.unverified
    assert hash(model) == hash(model.id)


@pytest.mark.parametrize("row_id", ["gpt-oss-20b", "gpt-oss-120b"])
def test_a_mixture_of_experts_computes_with_less_than_it_stores(row_id: str) -> None:
    """Half of its layers see a window only."""
    model = CATALOG.model(row_id)

    assert model.kind == "moe-transformer"
    assert size(model.active_parameters) < size(model.parameters) / 5
    assert size(model.experts) > size(model.experts_per_token)
    assert 2 * size(model.sliding_window_layers) == model.layers
