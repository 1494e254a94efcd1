"""Activations by formula: what one transformer layer keeps for its backward pass, case by case.

Source of all cases: Korthikanti et al., Reducing Activation Recomputation in Large Transformer
Models, section 4 and table 2, for 16-bit GPT layers with dropout and an inner width of 4h. Layers
with gates, grouped queries or without dropout are counted tensor by tensor in ``tensors``.
"""

from __future__ import annotations

from generator.record import Record, record
from generator.sizing.nonsense import Nonsense, positive

LAYER_BYTES = 34
"""Bytes per token and hidden unit without the attention scores, masks of dropout included."""

UNSPLIT_BYTES = 10
"""The part of ``LAYER_BYTES`` that tensor parallelism alone does not split: what the two norms read
and write to, and the two dropout masks."""

SCORE_BYTES = 5
"""Bytes per score: softmax, its dropout and the mask between them."""

INPUT_BYTES = 2
"""Bytes per token and hidden unit of a layer's input, which full recompute keeps."""

EAGER_MULTIPLE = 28
"""Tensors of the size of the hidden states that an eager Hugging Face layer keeps. Published: S.
Bekman, Machine Learning Engineering, Anatomy of Model's Memory Usage (Llama 8B); an upper bound."""

LOGIT_COPY_BYTES = 4
"""Bytes of a 32-bit logit."""


@record
class Layer(Record):
    """One layer's figures: ``tokens`` of ``micro_batch`` sequences of ``sequence`` tokens."""

    sequence: int
    micro_batch: int
    hidden: int
    heads: int

    @property
    def tokens(self) -> int:
        """Tokens of one micro-batch."""
        return self.sequence * self.micro_batch


def score_ratio(*, heads: int, sequence: int, hidden: int) -> float:
    """Bytes of attention scores per token and hidden unit: 5as/h."""
    return (
        SCORE_BYTES
        * positive("model.heads", heads)
        * positive("train.sequence", sequence)
        / positive("model.hidden", hidden)
    )


def score_bytes(layer: Layer) -> float:
    """Bytes of one layer's attention scores: 5abs^2."""
    return SCORE_BYTES * layer.heads * layer.sequence * layer.tokens


def dense_bytes(layer: Layer) -> float:
    """Bytes of one layer without its scores: 34sbh."""
    return LAYER_BYTES * layer.tokens * layer.hidden


def layer_bytes(
    layer: Layer, *, recompute: str = "none", tensor: int = 1, sequence_parallel: bool = False
) -> float:
    """Bytes that one layer keeps per micro-batch and rank.

    ``recompute`` is ``none``, ``selective`` (or ``flash``, whose kernel never stores the scores) or
    ``full``, which keeps the layer's input only. Raises ``Nonsense`` for other words.
    """
    positive("train.parallel.tensor", tensor)
    written = recompute.strip().lower()
    if written.startswith("full"):
        return INPUT_BYTES * layer.tokens * layer.hidden
    scores = 0.0 if _stores_no_scores(written) else score_bytes(layer) / tensor
    if sequence_parallel or tensor == 1:
        return dense_bytes(layer) / tensor + scores
    split = (LAYER_BYTES - UNSPLIT_BYTES) / tensor
    return layer.tokens * layer.hidden * (UNSPLIT_BYTES + split) + scores


def _stores_no_scores(recompute: str) -> bool:
    if recompute.startswith(("flash", "selective")):
        return True
    if recompute.startswith("none"):
        return False
    raise Nonsense(
        "train.recompute", f"{recompute!r} is not known", "state none, selective, flash or full"
    )


def model_bytes(
    layer: Layer,
    layers: int,
    *,
    recompute: str = "none",
    tensor: int = 1,
    sequence_parallel: bool = False,
) -> float:
    """What all layers keep per micro-batch, without logits and without the one live layer."""
    each = layer_bytes(
        layer, recompute=recompute, tensor=tensor, sequence_parallel=sequence_parallel
    )
    return positive("model.layers", layers) * each


def hidden_state_bytes(layer: Layer, value_bytes: float = INPUT_BYTES) -> float:
    """Bytes of one tensor of hidden states."""
    return layer.tokens * layer.hidden * positive("value_bytes", value_bytes)


def eager_layer_bytes(layer: Layer, multiple: float = EAGER_MULTIPLE) -> float:
    """What one eager layer keeps, as a multiple of its hidden states."""
    return positive("multiple", multiple) * hidden_state_bytes(layer)


def logits_bytes(
    sequence: int, micro_batch: int, vocabulary: int, value_bytes: float = LOGIT_COPY_BYTES
) -> float:
    """Bytes of one copy of the logits."""
    tokens = positive("train.sequence", sequence) * positive("train.micro_batch", micro_batch)
    return tokens * positive("model.vocabulary", vocabulary) * value_bytes


def eager_model_bytes(layer: Layer, layers: int, vocabulary: int, *, checkpointing: bool) -> float:
    """Activations of an eager model with one 32-bit copy of its logits.

    With checkpointing: each layer's input, one layer whole, and the logits. Without: all layers
    whole, and the logits. Source: S. Bekman, Machine Learning Engineering, Anatomy of Model's
    Memory Usage.
    """
    logits = logits_bytes(layer.sequence, layer.micro_batch, vocabulary)
    if checkpointing:
        return layers * hidden_state_bytes(layer) + eager_layer_bytes(layer) + logits
    return layers * eager_layer_bytes(layer) + logits


def in_flight_layers(
    layers: int, *, pipeline: int = 1, virtual_stages: int = 1, micro_batches: int | None = None
) -> float:
    """Layers whose activations the first pipeline rank holds at its peak.

    One forward, one backward: the first rank holds a micro-batch per stage, so that all layers
    count. Interleaving adds (p - 1)/(p v) of them. Fewer micro-batches than stages hold less.
    Source: Narayanan et al. (2021), section 2.2; Korthikanti et al., section 4.2.3.
    """
    positive("model.layers", layers)
    stages, chunks = positive("pipeline", pipeline), positive("virtual_stages", virtual_stages)
    if chunks > 1:
        return layers * (1 + (stages - 1) / (stages * chunks))
    passes = stages if micro_batches is None else min(stages, micro_batches)
    return layers * passes / stages
