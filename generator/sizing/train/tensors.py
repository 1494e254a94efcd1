"""Activations tensor by tensor: what autograd keeps of one layer, from its shapes and the recipe.

A matrix product keeps its input for the gradient of its weight, so that a frozen matrix keeps none;
an element-wise product keeps both factors whoever is trained. This, and not a factor on the weights
of the model, is why LoRA needs fewer activations than full training and more than none. The count
follows the autograd formulas of PyTorch and the layers of each framework; for GPT layers with
dropout it gives Korthikanti's 34 bytes per token and hidden unit, for Llama-3-8B 41 with fused
norms and 34 with a fused gate too.
"""

from __future__ import annotations

from generator.record import Record, record
from generator.sizing.architecture import Transformer
from generator.sizing.precision import bytes_per_value
from generator.sizing.train.frameworks import Framework
from generator.sizing.train.run import Adapter, Method, Recompute, TrainingRun

WIDE_BYTES = 4
"""Bytes of a 32-bit value."""

MASK_BYTES = 1
"""Bytes per value of a dropout mask."""

COMPILED_LOGIT_BYTES = 2
"""Bytes per logit that a compiled loss does not write: a 16-bit gradient beside the 32-bit one.
Assumed from torchtitan's benchmarks of Llama 3.1 8B, where compiling frees about 5 GiB of 16,384 x
128,256 logits."""

SCORE_COPIES = 2
"""Copies of the attention scores that eager attention keeps: softmax and what is multiplied."""

_INPUT_OF = {
    "q": "attention", "k": "attention", "v": "attention", "q_a": "attention", "kv_a": "attention",
    "q_b": "q_low", "kv_b": "kv_low", "o": "context",
    "gate": "mlp", "up": "mlp", "down": "product",
}  # fmt: skip
"""Which tensor each matrix multiplies; ``context`` is what attention gives out."""


@record
class Tokenwise(Record):
    """Bytes per token: ``whole_bytes`` on every tensor rank, ``split_bytes`` divided by them.

    Sequence parallelism divides the former too.
    """

    whole_bytes: float
    split_bytes: float

    def on_rank_bytes(self, *, tensor: int = 1, sequence_parallel: bool = False) -> float:
        """What a token takes on one of ``tensor`` ranks."""
        return self.whole_bytes / (tensor if sequence_parallel else 1) + self.split_bytes / tensor


@record
class LayerTensors(Record):
    """One layer: what it keeps until its backward pass, and what exists only during that pass."""

    kept: Tokenwise
    live: Tokenwise


@record
class _Layer(Record):
    """The figures that the count needs, in one place."""

    model: Transformer
    run: TrainingRun
    recipe: Framework
    value_bytes: float

    @property
    def full(self) -> bool:
        return self.run.method is Method.FULL

    @property
    def fused(self) -> bool:
        return self.run.compiled or self.recipe.fused_gate

    @property
    def keeps_inputs(self) -> bool:
        """Whether every matrix keeps its input, trained or not."""
        quantised = self.run.method is Method.QLORA and self.recipe.saves_quantised_inputs
        return self.full or quantised


def layer_tensors(model: Transformer, run: TrainingRun, recipe: Framework) -> LayerTensors:
    """What one layer of the average kind keeps per token, without recomputing anything."""
    layer = _Layer(model=model, run=run, recipe=recipe, value_bytes=compute_bytes(run))
    inputs = _inputs(layer)
    inner = (3 if model.gated else 2) * _mlp_width(model)
    return LayerTensors(
        kept=Tokenwise(
            whole_bytes=_norms(layer) + _masks(layer) + inputs["attention"] + inputs["mlp"],
            split_bytes=_attention(layer) + inputs["context"] + _mlp(layer),
        ),
        # Gradients of the MLP's inner tensors, which are the widest, and of two hidden states.
        live=Tokenwise(
            whole_bytes=2 * layer.value_bytes * model.hidden,
            split_bytes=layer.value_bytes * inner,
        ),
    )


def compute_bytes(run: TrainingRun) -> float:
    """Bytes of a value that is computed with: 16 bits unless the run is in plain 32."""
    wide = bytes_per_value(run.precision) >= WIDE_BYTES and not run.precision.endswith("-mixed")
    return WIDE_BYTES if wide else 2


def _norms(layer: _Layer) -> float:
    """What the two norms read: the residual stream, or a 32-bit copy of it.

    A LayerNorm, which models without gates have, is one kernel in every framework.
    """
    hidden, value = layer.model.hidden, layer.value_bytes
    upcast = layer.recipe.upcast_norms and not layer.run.compiled and layer.model.gated
    if not upcast:
        return 2 * value * hidden
    # The normalised values are kept for the gradient of the norm's own weight.
    return 2 * (WIDE_BYTES + (value if layer.full else 0)) * hidden


def _masks(layer: _Layer) -> float:
    return 2 * MASK_BYTES * layer.model.hidden if layer.recipe.dropout else 0


def _attention(layer: _Layer) -> float:
    """Queries, keys, values and what attention gives out, and the scores where they are stored."""
    model, value = layer.model, layer.value_bytes
    if model.kv_lora_rank:
        latent = model.q_lora_rank + model.kv_lora_rank + model.qk_rope_dim
        query = model.heads * (model.qk_nope_dim + model.qk_rope_dim)
        return value * (latent + 2 * query + 2 * model.heads * model.v_head_dim)
    keys = model.attention_width if layer.recipe.repeats_kv else model.kv_width
    kept = value * (2 * model.attention_width + 2 * keys)
    if layer.recipe.keeps_raw_qkv:
        kept += value * (model.attention_width + model.kv_width)
        kept += _padded_adapters(layer)
    return kept + stored_score_bytes(model, layer.run, layer.recipe)


def _padded_adapters(layer: _Layer) -> float:
    """What the joint adapter of q, k and v gives out, where it is padded for those without one.

    Autograd keeps what is copied into the zeros. Sources: LitGPT, lora.py, ``zero_pad``; PyTorch,
    derivatives.yaml, ``index_copy``.
    """
    model, adapted = layer.model, _adapted(layer.run.adapter, layer)
    widths = {"q": model.attention_width, "k": model.kv_width, "v": model.kv_width}
    padded = [width for name, width in widths.items() if name in adapted]
    return layer.value_bytes * sum(padded) if len(padded) < len(widths) else 0.0


def _mlp(layer: _Layer) -> float:
    """Inner tensors of the MLP; a mixture keeps them once per expert that works on the token."""
    model, value = layer.model, layer.value_bytes
    inner = (2 if layer.fused else 3) if model.gated else 1
    inner += 1 if _keeps(layer, "down") else 0
    kept = inner * value * _mlp_width(model)
    adapted = _adapter_copies(layer, "down") * _mlp_width(model)
    if not model.experts:
        return kept + adapted
    # Tokens are gathered for their experts and weighed when they come back.
    moved = 2 * model.active_experts * value * model.hidden
    return kept + adapted + (moved + WIDE_BYTES * model.experts) * model.moe_layers / model.layers


def _mlp_width(model: Transformer) -> float:
    """Inner width that a token meets in the average layer."""
    if not model.experts:
        return model.ffn
    met = model.active_experts * model.expert_ffn
    met += model.shared_experts * (model.shared_ffn or model.expert_ffn)
    return (model.moe_layers * met + model.dense_layers * model.ffn) / model.layers


def _inputs(layer: _Layer) -> dict[str, float]:
    """Bytes per token of the inputs of matrices that are not kept for another reason anyway."""
    widths = {"attention": layer.model.hidden, "mlp": layer.model.hidden, "context": 0}
    kept = dict.fromkeys(widths, 0.0)
    for matrix in layer.model.linear_shapes:
        tensor = _INPUT_OF[matrix]
        if tensor not in widths:
            continue
        if _keeps(layer, matrix):
            kept[tensor] = max(kept[tensor], layer.value_bytes * widths[tensor])
    for matrix in _adapted(layer.run.adapter, layer):
        tensor = _INPUT_OF[matrix]
        if tensor in widths:
            kept[tensor] += _adapter_copies(layer, matrix) * layer.model.hidden
    return kept


def _keeps(layer: _Layer, matrix: str) -> bool:
    """Whether autograd keeps the very tensor that ``matrix`` multiplies."""
    if layer.keeps_inputs:
        return True
    shares = not layer.recipe.wide_adapters and not layer.recipe.adapter_dropout
    return shares and matrix in _adapted(layer.run.adapter, layer)


def _adapted(adapter: Adapter, layer: _Layer) -> tuple[str, ...]:
    if layer.full:
        return ()
    return adapter.matrices or tuple(layer.model.linear_shapes)


def _adapter_copies(layer: _Layer, matrix: str) -> float:
    """Bytes per input value that the adapter of ``matrix`` keeps of its own.

    Adapters in 32 bits beside a 16-bit model cast their input and keep the copy, in 16 bits where
    autocast casts it back; dropout keeps what it lets through and its mask. Where several matrices
    are cut from one (q, k and v of LitGPT) they share one adapter.
    """
    if matrix not in _adapted(layer.run.adapter, layer):
        return 0.0
    if layer.recipe.keeps_raw_qkv and matrix in {"k", "v"} and _also_adapts(layer, "q"):
        return 0.0
    casts = layer.recipe.wide_adapters and layer.value_bytes < WIDE_BYTES
    autocast = layer.recipe.regime == "autocast"
    copy = WIDE_BYTES if casts and not autocast else layer.value_bytes
    if layer.recipe.adapter_dropout:
        return copy + MASK_BYTES
    return copy if casts else 0.0


def _also_adapts(layer: _Layer, matrix: str) -> bool:
    return matrix in _adapted(layer.run.adapter, layer)


def kept_tensors(model: Transformer, run: TrainingRun, recipe: Framework) -> LayerTensors:
    """What the run keeps per layer under its recompute, or the recipe's where it states none.

    ``full`` keeps the input; the layer is whole again while its own backward pass runs.
    """
    whole = layer_tensors(model, run, recipe)
    recompute = run.recompute if run.recompute is not None else recipe.recompute
    if recompute is Recompute.NONE:
        return whole
    kept = Tokenwise(whole_bytes=compute_bytes(run) * model.hidden, split_bytes=0.0)
    if recompute is Recompute.SELECTIVE:
        kept = _kept_by_selection(whole.kept, model, run, recipe)
    return LayerTensors(
        kept=kept,
        live=Tokenwise(
            whole_bytes=whole.live.whole_bytes + whole.kept.whole_bytes - kept.whole_bytes,
            split_bytes=whole.live.split_bytes + whole.kept.split_bytes - kept.split_bytes,
        ),
    )


def _kept_by_selection(
    whole: Tokenwise, model: Transformer, run: TrainingRun, recipe: Framework
) -> Tokenwise:
    """What selective recompute keeps of a layer.

    By default only scores are dropped (Korthikanti et al., section 5), which flash attention never
    stores. Recipes that choose by operation keep the input, attention's result and every second
    matrix product (torchtitan, selective recompute with option ``op``).
    """
    value = compute_bytes(run)
    if recipe.alternate_matrices:
        products = model.attention_width + model.kv_width + _mlp_width(model)
        return Tokenwise(
            whole_bytes=value * (2 if model.gated else 1) * model.hidden,
            split_bytes=value * (products + model.attention_width),
        )
    return Tokenwise(
        whole_bytes=whole.whole_bytes,
        split_bytes=whole.split_bytes - stored_score_bytes(model, run, recipe),
    )


def logit_bytes(run: TrainingRun, recipe: Framework) -> float:
    """Bytes that one logit takes at the loss, in all its copies."""
    return recipe.logit_bytes - (COMPILED_LOGIT_BYTES if run.compiled else 0)


def stored_score_bytes(model: Transformer, run: TrainingRun, recipe: Framework) -> float:
    """Bytes per token and layer of the attention scores that are stored: none if flash."""
    if run.attention == "flash":
        return 0.0
    value = compute_bytes(run)
    copies = SCORE_COPIES * value + (MASK_BYTES if recipe.dropout else 0)
    return copies * model.heads * run.sequence
