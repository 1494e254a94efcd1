"""Memory of models, in bytes: weights, KV cache and the state of fine-tuning.

Formulas and their limits: see each function. Sizes in, sizes out; nothing here rounds.
"""

from __future__ import annotations

from generator.quantity import GIB

BYTES_PER_VALUE = {
    "fp64": 8.0,
    "fp32": 4.0,
    "tf32": 4.0,
    "bf16": 2.0,
    "fp16": 2.0,
    "fp8": 1.0,
    "int8": 1.0,
    "int4": 0.5,
    "fp4": 0.5,
    "nf4": 0.5 + 4 / 64,
    "mxfp4": 0.5 + 1 / 32,
}
"""Bytes that one stored value takes. TF32 speeds arithmetic up and saves no memory.

NF4 keeps a 32-bit constant per block of 64 values (Dettmers et al., QLoRA, section 3, without
double quantisation); MXFP4 an 8-bit scale per block of 32 (OCP Microscaling Formats, section 5).
"""

ADAMW_MIXED_BYTES = 16
"""Bytes per trained parameter under AdamW in mixed precision: weight and gradient in 16 bits,
master weight and two moments in 32. Source: Rajbhandari et al., ZeRO, section 3.1."""

LAYER_ACTIVATION_BYTES = 34
"""Bytes per token and hidden unit that one transformer layer keeps for its backward pass, without
the attention matrix, which flash attention never stores. Source: Korthikanti et al., Reducing
Activation Recomputation, equation 1."""

LOGIT_BYTES = 8
"""Bytes per logit in training: a 32-bit logit and its gradient."""

ALLOCATOR_FACTOR = 1.15
"""Room for fragmentation of the framework's allocator; assumed, to be replaced by a measurement."""

RUNTIME_BYTES = GIB
"""CUDA context and framework; assumed, between the 0.5 and 1 GiB that practitioners report."""

ACTIVATION_BYTES = 2 * GIB
"""Activation peak of inference; assumed for models of this size."""


def stored_precision(precision: str) -> str:
    """The type in which values are stored: ``bf16-mixed`` stores bf16."""
    return precision.removesuffix("-mixed")


def weights(params: float, precision: str) -> float:
    """Bytes of the weights of ``params`` parameters."""
    return params * BYTES_PER_VALUE[stored_precision(precision)]


def kv_bytes_per_token(layers: int, kv_heads: int, head_dim: int, precision: str) -> float:
    """KV cache of one token: a key and a value per layer and KV head.

    Source: 327,680 bytes for Llama-3.1-70B in 16 bits follow from it.
    """
    return 2 * layers * kv_heads * head_dim * BYTES_PER_VALUE[stored_precision(precision)]


def lora_parameters(rank: int, layers: int, shapes: tuple[tuple[int, int], ...]) -> int:
    """Trained parameters of LoRA: ``rank x (in + out)`` for each adapted matrix of each layer.

    Source: Hu et al., LoRA, section 4.1.
    """
    return layers * sum(rank * (inputs + outputs) for inputs, outputs in shapes)


def llama_linear_shapes(
    hidden: int, kv_width: int, intermediate: int
) -> tuple[tuple[int, int], ...]:
    """(in, out) of every linear matrix of a gated transformer layer: q, k, v, o, gate, up, down."""
    return (
        (hidden, hidden),
        (hidden, kv_width),
        (hidden, kv_width),
        (hidden, hidden),
        (hidden, intermediate),
        (hidden, intermediate),
        (intermediate, hidden),
    )


def training_activations(tokens: int, hidden: int, layers: int, *, recompute: bool) -> float:
    """Bytes of activations for ``tokens`` = sequence x micro-batch.

    With full recompute each layer keeps its 16-bit input, and one layer at a time its whole state.
    """
    whole_layer = tokens * hidden * LAYER_ACTIVATION_BYTES
    if recompute:
        return layers * tokens * hidden * 2 + whole_layer
    return layers * whole_layer


def with_headroom(size_bytes: float) -> int:
    """What a training process takes of the device for ``size_bytes`` of tensors."""
    return round(size_bytes * ALLOCATOR_FACTOR + RUNTIME_BYTES)
