"""Floating-point operations of training, and the times and shares that follow by arithmetic.

Conventions differ between sources, so each function says what it counts. Unless it says otherwise
attention counts the full square of the sequence, as PaLM and Megatron-LM do; a causal kernel
executes half of it.
"""

from __future__ import annotations

from generator.record import Record, record
from generator.sizing.architecture import Transformer
from generator.sizing.nonsense import Nonsense, positive, ratio
from generator.sizing.train.run import Method, Recompute

FORWARD_FLOP = 2
"""Operations per weight and token of one pass: a multiplication and an addition."""

TRAINING_PASSES = 3
"""Forward, and backward for activations and for weights. Published: Kaplan et al., Scaling Laws,
section 2.1 (6N)."""

FROZEN_PASSES = 2
"""Passes where weights are frozen: no gradient of them is computed, so that LoRA takes 4N."""

ATTENTION_FLOP = 4
"""Operations of one forward pass per layer, token, unit of attention width and token attended to:
the product with the keys and the one with the values."""

SECONDS_PER_DAY = 86_400
SECONDS_PER_HOUR = 3600


@record
class TokenFlops(Record):
    """Operations per token, by what executes them: matrices of the body, the head, attention."""

    body: float
    head: float
    attention: float

    @property
    def total(self) -> float:
        """All of them."""
        return self.body + self.head + self.attention


def flops_per_token(
    model: Transformer,
    sequence: int,
    *,
    method: Method = Method.FULL,
    recompute: Recompute = Recompute.NONE,
    causal: bool = False,
) -> TokenFlops:
    """Operations of a training step per token: active weights only, the table not at all.

    Full recompute adds a forward pass of the layers, selective one of attention. ``causal`` counts
    half of the square, as Megatron Bridge prints it.
    """
    positive("train.sequence", sequence)
    passes = FROZEN_PASSES if method is not Method.FULL else TRAINING_PASSES
    again = 1 if recompute is Recompute.FULL else 0
    attends = TRAINING_PASSES + (0 if recompute is Recompute.NONE else 1)
    square = ATTENTION_FLOP * model.layers * attention_width(model) * sequence
    return TokenFlops(
        body=FORWARD_FLOP * (passes + again) * model.active_body_parameters,
        head=FORWARD_FLOP * passes * model.multiplied_head_parameters,
        attention=attends * square * (0.5 if causal else 1),
    )


def attention_width(model: Transformer) -> float:
    """Width in which scores and their values are computed, averaged; MLA's two differ."""
    if model.kv_lora_rank:
        query = model.qk_nope_dim + model.qk_rope_dim
        return model.heads * (query + model.v_head_dim) / 2
    return model.attention_width


def palm_flops_per_token(
    parameters: float, *, layers: int = 0, width: int = 0, sequence: int = 0
) -> float:
    """6P + 12 L d s: what an MFU is computed with, whatever is recomputed.

    Source: Chowdhery et al., PaLM, appendix B. ``width`` is heads x head size.
    """
    positive("model.params", parameters)
    square = ATTENTION_FLOP * layers * width * sequence
    return TRAINING_PASSES * (FORWARD_FLOP * parameters + square)


def utilisation_ratio(
    tokens_per_s: float, flops: float, *, gpus: int, peak_flops_per_s: float
) -> float:
    """Share of the peak that ``tokens_per_s`` over all GPUs reach at ``flops`` per token."""
    peak = positive("gpus", gpus) * positive("peak", peak_flops_per_s)
    return positive("tokens_per_s", tokens_per_s) * flops / peak


def achieved_ratio(achieved_flops_per_s: float, peak_flops_per_s: float) -> float:
    """Share of a GPU's peak that it reached."""
    positive("achieved", achieved_flops_per_s)
    return achieved_flops_per_s / positive("peak", peak_flops_per_s)


def hardware_utilisation_ratio(
    model_utilisation_ratio: float,
    recompute: Recompute,
    *,
    hidden: int = 0,
    layers: int = 0,
    sequence: int = 0,
    vocabulary: int = 0,
) -> float:
    """HFU from MFU: what recompute executes on top.

    Full recompute is 4/3. Selective recompute doubles attention's share: from
    ``1 + s/6h + V/12hL`` to ``1 + s/3h + V/12hL``. Source: Korthikanti et al., appendix A.
    """
    ratio("mfu", model_utilisation_ratio)
    if recompute is Recompute.FULL:
        return model_utilisation_ratio * (TRAINING_PASSES + 1) / TRAINING_PASSES
    if recompute is Recompute.NONE:
        return model_utilisation_ratio
    share = positive("train.sequence", sequence) / (6 * positive("model.hidden", hidden))
    head = vocabulary / (12 * hidden * positive("model.layers", layers))
    return model_utilisation_ratio * (1 + 2 * share + head) / (1 + share + head)


def step_flops(
    parameters: float,
    *,
    samples: float,
    sequence: int,
    gpus: int,
    recompute: Recompute = Recompute.FULL,
    layers: int = 0,
    hidden: int = 0,
) -> float:
    """Operations of one optimizer step per GPU: 8 P s B / n with full recompute, else 6.

    With ``layers`` and ``hidden`` attention counts too. Source: Narayanan et al. (2021), section
    5.1 and equation 3.
    """
    passes = TRAINING_PASSES + (1 if recompute is Recompute.FULL else 0)
    square = ATTENTION_FLOP * layers * hidden * sequence
    tokens = positive("train.batch", samples) * positive("train.sequence", sequence)
    per_token = passes * (FORWARD_FLOP * positive("model.params", parameters) + square)
    return per_token * tokens / positive("gpus", gpus)


def run_seconds(
    parameters: float,
    tokens: float,
    *,
    gpus: int,
    achieved_flops_per_s: float,
    recompute: Recompute = Recompute.FULL,
) -> float:
    """Seconds of a run over ``tokens``: 8TP/(nX) with full recompute, else 6TP/(nX).

    X is what one GPU achieves, recompute included. ``parameters`` are the active ones. Source:
    Narayanan et al. (2021), equation 4.
    """
    passes = TRAINING_PASSES + (1 if recompute is Recompute.FULL else 0)
    work = FORWARD_FLOP * passes * positive("model.params", parameters)
    work *= positive("train.tokens", tokens)
    rate = positive("gpus", gpus) * positive("achieved", achieved_flops_per_s)
    return work / rate


def pipeline_bubble_ratio(stages: int, micro_batches: int, *, virtual_stages: int = 1) -> float:
    """Idle time of a pipeline as a share of its ideal time: (p - 1)/(v m).

    Source: Narayanan et al. (2021), section 2.2.
    """
    positive("train.parallel.pipeline", stages)
    passes = positive("micro_batches", micro_batches)
    return (stages - 1) / (positive("virtual_stages", virtual_stages) * passes)


def bubble_of_total_ratio(stages: int, micro_batches: int, *, virtual_stages: int = 1) -> float:
    """The same idle time as a share of the whole: (p - 1)/(v m + p - 1)."""
    ideal = pipeline_bubble_ratio(stages, micro_batches, virtual_stages=virtual_stages)
    return ideal / (1 + ideal)


def recompute_named(text: str) -> Recompute:
    """The recompute that sources speak of, such as ``full (8TP/nX)`` or ``selective+SP``."""
    written = text.strip().lower()
    for kind in Recompute:
        if written.startswith(kind.value):
            return kind
    raise Nonsense(
        "train.recompute", f"{text!r} is not known", f"state one of {', '.join(Recompute)}"
    )
