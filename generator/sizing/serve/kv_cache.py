"""The KV cache: bytes per token by kind of attention, and what a number of bytes holds."""

from __future__ import annotations

from math import ceil, floor
from typing import Any

from generator.record import Record, record
from generator.sizing.architecture import Transformer
from generator.sizing.nonsense import Nonsense, positive
from generator.sizing.precision import bytes_per_value

SLIDING_SPARE_BLOCKS = 1
"""One block more than a window needs, because window and block edges do not meet (vLLM)."""


@record
class KvCache(Record):
    """One GPU's KV cache of a sequence.

    ``full_bytes_per_token`` grow with the context, ``sliding_bytes_per_token`` up to
    ``sliding_tokens`` tokens (the window and what one step adds), and ``constant_bytes`` are the
    state of layers without attention. ``block_tokens`` is the allocation unit.
    """

    full_bytes_per_token: float
    sliding_bytes_per_token: float
    sliding_tokens: int
    constant_bytes: float
    block_tokens: int

    @property
    def bytes_per_token(self) -> float:
        """What a token takes in every layer that caches it, as cards print it."""
        return self.full_bytes_per_token + self.sliding_bytes_per_token

    def sequence_bytes(self, tokens: float) -> float:
        """Bytes of one sequence of ``tokens``, rounded up to blocks."""
        blocks = ceil(tokens / self.block_tokens) * self.block_tokens
        return (
            self.full_bytes_per_token * blocks
            + self.sliding_bytes_per_token * self._window(tokens)
            + self.constant_bytes
        )

    def _window(self, tokens: float) -> int:
        if not self.sliding_bytes_per_token:
            return 0
        window = ceil(self.sliding_tokens / self.block_tokens) + SLIDING_SPARE_BLOCKS
        return min(ceil(tokens / self.block_tokens), window) * self.block_tokens

    def tokens(self, room_bytes: float) -> int:
        """Whole blocks' tokens that fit into ``room_bytes`` where every layer caches every token.

        Where layers slide, this is the reserve that an engine prints, not a per-session rate: ask
        ``sequences``.
        """
        if room_bytes <= 0 or not self.bytes_per_token:
            return 0
        return floor(room_bytes / (self.bytes_per_token * self.block_tokens)) * self.block_tokens

    def sequences(self, room_bytes: float, tokens: float) -> float:
        """How many sequences of ``tokens`` each fit at once."""
        if room_bytes <= 0:
            return 0.0
        if not (self.sliding_bytes_per_token or self.constant_bytes):
            return self.tokens(room_bytes) / tokens
        return room_bytes / self.sequence_bytes(tokens)


def kv_cache(
    model: Transformer,
    precision: str = "fp16",
    tensor_parallel: int = 1,
    *,
    block_tokens: int = 16,
    step_tokens: int = 8192,
    drafter_layers: int = 0,
) -> KvCache:
    """The KV cache that each of ``tensor_parallel`` GPUs keeps.

    MHA, GQA and MQA keep a key and a value per KV head and layer, and a GPU its share of the KV
    heads, at least one; MLA a latent per layer, whole on every GPU. Layers with a sliding window
    keep the window less one token plus what a step adds. The layers of a speculative drafter count
    as layers.
    """
    positive("serving.tensor_parallel", tensor_parallel)
    value = bytes_per_value(precision)
    if model.kv_lora_rank:
        layers = model.layers + drafter_layers
        latent = layers * (model.kv_lora_rank + model.qk_rope_dim) * value
        return KvCache(
            full_bytes_per_token=latent,
            sliding_bytes_per_token=0.0,
            sliding_tokens=0,
            constant_bytes=0.0,
            block_tokens=block_tokens,
        )
    per_layer = 2 * model.kv_width * value / min(tensor_parallel, model.kv_heads)
    full = model.layers + drafter_layers - model.sliding_layers - model.linear_layers
    return KvCache(
        full_bytes_per_token=full * per_layer,
        sliding_bytes_per_token=model.sliding_layers * per_layer,
        sliding_tokens=model.sliding_window - 1 + step_tokens if model.sliding_layers else 0,
        constant_bytes=model.linear_layers * model.linear_state_bytes / tensor_parallel,
        block_tokens=block_tokens,
    )


def bytes_per_token(
    *,
    layers: int,
    kv_heads: int | None = None,
    head_dim: int | None = None,
    hidden: int | None = None,
    kv_lora_rank: int = 0,
    qk_rope_dim: int = 0,
    dtype_bytes: float = 2.0,
    tensor_parallel: int = 1,
) -> float:
    """Bytes of one token by an attention's figures alone, per tensor-parallel GPU.

    A key and a value per KV head where KV heads are stated, of the whole width under MHA, and one
    latent with its rotary key under MLA, which is not divided. Llama 3.1 8B in 16 bits takes
    131,072 bytes, OPT-13B 800 KiB (Kwon et al., PagedAttention).
    """
    positive("model.layers", layers)
    if kv_lora_rank:
        return layers * (kv_lora_rank + qk_rope_dim) * dtype_bytes
    if kv_heads is None or head_dim is None:
        width = positive("model.hidden", hidden or 0) / tensor_parallel
    else:
        width = kv_heads * head_dim / min(tensor_parallel, kv_heads)
    return 2 * layers * width * dtype_bytes


def total_bytes(tokens: int, *, sequences: int = 1, **attention: Any) -> float:
    """Cache of ``sequences`` of ``tokens`` each; ``attention`` as for ``bytes_per_token``."""
    return sequences * tokens * bytes_per_token(**attention)


def blocks_for(tokens: int, block_tokens: int) -> int:
    """Blocks that hold ``tokens``."""
    return ceil(tokens / positive("serving.block_tokens", block_tokens))


def blocks_in(room_bytes: float, token_bytes: float, block_tokens: int) -> int:
    """Whole blocks that fit into ``room_bytes`` at ``token_bytes`` per token."""
    return floor(room_bytes / (token_bytes * positive("serving.block_tokens", block_tokens)))


def tokens_in(blocks: int, block_tokens: int) -> int:
    """Tokens that ``blocks`` hold."""
    return blocks * block_tokens


def concurrency(capacity_tokens: float, context_tokens: float) -> float:
    """Sequences at full context that a capacity holds; for models whose layers all attend fully."""
    return capacity_tokens / positive("serving.context", context_tokens)


def check_tensor_parallel(model: Transformer, tensor_parallel: int) -> None:
    """Raises ``Nonsense`` where the heads do not divide over the GPUs."""
    positive("serving.tensor_parallel", tensor_parallel)
    if model.heads % tensor_parallel:
        from generator.sizing.resolve import valid_tensor_parallel

        fits = ", ".join(map(str, valid_tensor_parallel(model.heads)))
        raise Nonsense(
            "serving.tensor_parallel",
            f"{model.heads} attention heads do not divide over {tensor_parallel} GPUs",
            f"state one of {fits}",
        )
