"""A model as a workload states it: family, numbers, method, compression."""

from generator.blueprint.model.part import Part, part
from generator.blueprint.model.words import LoraTarget, ModelFormat, Precision
from generator.quantity import Quantity


@part
class Adapter(Part):
    """Low-rank adapters; empty ``targets`` means every linear layer."""

    rank: int
    targets: tuple[LoraTarget, ...] = ()


@part
class Method(Part):
    """How weights are trained; without it all of them are."""

    lora: Adapter | None = None
    qlora: Adapter | None = None
    dora: Adapter | None = None


@part
class Prune(Part):
    """Removal of weights (ratio per pass)."""

    percent_ratio: Quantity
    iterations: int | None = None


@part
class Compression(Part):
    """How a model is made smaller after training."""

    quantise: str | None = None
    prune: Prune | None = None
    sparsity: str | None = None
    distil: str | None = None


@part
class Model(Part):
    """A model: a catalogue family, overridden or completed field by field (size in bytes)."""

    family: str | None = None
    params: Quantity | None = None
    size_bytes: Quantity | None = None
    format: ModelFormat | None = None
    built_on: str | None = None
    precision: Precision | None = None
    precision_policy: str | None = None
    kv_precision: Precision | None = None
    method: Method | None = None
    compression: Compression | None = None
    layers: int | None = None
    hidden: int | None = None
    heads: int | None = None
    kv_heads: int | None = None
    head_dim: int | None = None
    ffn: int | None = None
    vocabulary: int | None = None
    experts: int | None = None
    active_experts: int | None = None
    active_params: Quantity | None = None
    expert_ffn: int | None = None
    shared_experts: int | None = None
    dense_layers: int | None = None
    sliding_window: int | None = None
    sliding_layers: int | None = None
    kv_lora_rank: int | None = None
    q_lora_rank: int | None = None
    qk_rope_dim: int | None = None
    qk_nope_dim: int | None = None
    v_head_dim: int | None = None
    gated: bool | None = None
    tied_embeddings: bool | None = None
    config: str | None = None
    image_pixels: int | None = None
