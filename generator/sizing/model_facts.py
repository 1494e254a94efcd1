"""What is known of a model: the blueprint's own numbers over those of the catalogue."""

from __future__ import annotations

from generator.blueprint.model.model import Model
from generator.catalog import Catalog, UnknownRow
from generator.record import Record, record


@record
class ModelFacts(Record):
    """The numbers that the formulas take; 0 where nobody states one.

    ``kind`` is the catalogue's kind of architecture, ``params`` the number of parameters.
    """

    family: str
    kind: str
    params: float
    layers: int
    hidden: int
    kv_heads: int
    head_dim: int
    ffn: int
    vocabulary: int

    @property
    def transformer(self) -> bool:
        """Whether the transformer formulas apply and have all their numbers."""
        return all((self.layers, self.hidden, self.kv_heads, self.head_dim))


def model_facts(model: Model, catalog: Catalog) -> ModelFacts:
    """Resolves a workload's model: explicit before catalogue; an unknown family leaves zeros."""
    try:
        row = catalog.model(model.family or "")
    except UnknownRow:
        row = None

    def number(stated: int | None, name: str) -> int:
        return stated or (getattr(row, name) if row else 0) or 0

    params = model.params.value if model.params else (row.parameters if row else 0) or 0
    heads = number(model.heads, "attention_heads")
    hidden = number(model.hidden, "hidden_size")
    return ModelFacts(
        family=model.family or "",
        kind=row.kind if row else "",
        params=params,
        layers=number(model.layers, "layers"),
        hidden=hidden,
        # Without a separate figure every attention head has its own KV head.
        kv_heads=number(model.kv_heads, "kv_heads") or heads,
        head_dim=number(model.head_dim, "head_dim") or (hidden // heads if heads else 0),
        ffn=number(model.ffn, "intermediate_size"),
        vocabulary=number(model.vocabulary, "vocab_size"),
    )
