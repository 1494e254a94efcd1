"""Models: the figures of an architecture that memory and time are computed from."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

from generator.catalog.row import Row

KINDS = (
    "dense-transformer",
    "moe-transformer",
    "encoder-transformer",
    "cnn",
    "detector",
    "trees",
)


class Model(NamedTuple):
    """One model family; None where a figure does not apply or was not found.

    A mixture of experts computes with ``active_parameters`` and stores ``parameters``. Of its
    layers, ``sliding_window_layers`` keep only ``sliding_window_tokens`` tokens of context.
    ``forward_gmacs_per_sample`` counts 10^9 multiply-adds for one square image of
    ``input_pixels`` on each side.
    """

    id: str
    product: str
    kind: str
    parameters: int | None
    active_parameters: int | None
    layers: int | None
    hidden_size: int | None
    attention_heads: int | None
    kv_heads: int | None
    head_dim: int | None
    intermediate_size: int | None
    vocab_size: int | None
    max_context_tokens: int | None
    tied_embeddings: bool
    experts: int | None
    experts_per_token: int | None
    sliding_window_tokens: int | None
    sliding_window_layers: int | None
    input_pixels: int | None
    forward_gmacs_per_sample: float | None
    sources: Mapping[str, tuple[str, ...]]
    unverified: tuple[str, ...]
    notes: tuple[str, ...]

    def __hash__(self) -> int:
        return hash(self.id)

    @property
    def is_transformer(self) -> bool:
        """Whether layers, heads and vocabulary describe it."""
        return self.kind.endswith("transformer")


def read_model(row: Row) -> Model:
    """A model from its row."""
    model = Model(
        id=row.text("id"),
        product=row.text("product"),
        kind=row.one_of("kind", KINDS),
        parameters=row.whole_or_none("parameters"),
        active_parameters=row.whole_or_none("active_parameters"),
        layers=row.whole_or_none("layers"),
        hidden_size=row.whole_or_none("hidden_size"),
        attention_heads=row.whole_or_none("attention_heads"),
        kv_heads=row.whole_or_none("kv_heads"),
        head_dim=row.whole_or_none("head_dim"),
        intermediate_size=row.whole_or_none("intermediate_size"),
        vocab_size=row.whole_or_none("vocab_size"),
        max_context_tokens=row.whole_or_none("max_context_tokens"),
        tied_embeddings=row.flag("tied_embeddings"),
        experts=row.whole_or_none("experts"),
        experts_per_token=row.whole_or_none("experts_per_token"),
        sliding_window_tokens=row.whole_or_none("sliding_window_tokens"),
        sliding_window_layers=row.whole_or_none("sliding_window_layers"),
        input_pixels=row.whole_or_none("input_pixels"),
        forward_gmacs_per_sample=row.number_or_none("forward_gmacs_per_sample"),
        sources=MappingProxyType(row.citations()),
        unverified=row.texts("unverified"),
        notes=row.texts("notes"),
    )
    row.done()
    return model
