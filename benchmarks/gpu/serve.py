"""Serving: prefill, time per token over batch and context, and the bytes of the KV cache."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import torch
from meter import Meter, Timed
from networks import NotBuilt, language_model
from results import Figure
from torch import nn
from train import held_bytes

from generator.catalog import Catalog

WARM_UP = 3

WEIGHTS = {"bf16": torch.bfloat16, "fp16": torch.float16, "fp32": torch.float32}
"""Precisions of weights that a program is here for."""


class Decoder:
    """One step of decoding over a KV cache of fixed size, with the layers of a transformers model.

    Nothing in a step depends on data, so that a GPU can replay it as a graph, as engines do.
    """

    def __init__(self, model: Any, batch: int, context: int) -> None:
        config, device = model.config, next(model.parameters()).device
        self._model, self._batch, self._at = model, batch, context - 1
        self._heads, self._kv = config.num_attention_heads, config.num_key_value_heads
        shape = (batch, self._kv, context, _head_dim(config))
        kinds = {"device": device, "dtype": next(model.parameters()).dtype}
        self.cache = [
            (torch.randn(shape, **kinds), torch.randn(shape, **kinds)) for _ in model.model.layers
        ]
        self._tokens = torch.randint(config.vocab_size, (batch, 1), device=device)
        self._position = torch.full((batch, 1), self._at, device=device)
        self.logits: torch.Tensor | None = None

    @property
    def cache_bytes(self) -> int:
        """Bytes of all keys and values."""
        return sum(part.nbytes for pair in self.cache for part in pair)

    def step(self) -> None:
        """One token for each sequence, at the last place of the cache."""
        inner = self._model.model
        hidden = inner.embed_tokens(self._tokens)
        turn = inner.rotary_emb(hidden, self._position)
        for layer, kept in zip(inner.layers, self.cache, strict=True):
            attended = self._attention(layer.self_attn, layer.input_layernorm(hidden), turn, kept)
            hidden = hidden + attended
            hidden = hidden + layer.mlp(layer.post_attention_layernorm(hidden))
        self.logits = self._model.lm_head(inner.norm(hidden))

    def _attention(
        self, part: Any, hidden: torch.Tensor, turn: Any, kept: tuple[torch.Tensor, torch.Tensor]
    ) -> torch.Tensor:
        keys, values = kept
        size = (self._batch, 1, -1, keys.shape[-1])
        asked = _rotated(part.q_proj(hidden).view(size).transpose(1, 2), *turn)
        keys[:, :, self._at] = _rotated(part.k_proj(hidden).view(size).transpose(1, 2), *turn)[
            :, :, 0
        ]
        values[:, :, self._at] = part.v_proj(hidden).view(size)[:, 0]
        found = nn.functional.scaled_dot_product_attention(
            asked, keys, values, enable_gqa=self._heads != self._kv
        )
        out: torch.Tensor = part.o_proj(found.transpose(1, 2).reshape(self._batch, 1, -1))
        return out


def _head_dim(config: Any) -> int:
    return getattr(config, "head_dim", None) or config.hidden_size // config.num_attention_heads


def _rotated(heads: torch.Tensor, cosine: torch.Tensor, sine: torch.Tensor) -> torch.Tensor:
    """Rotary positions as transformers' Llama has them."""
    first, second = heads.chunk(2, dim=-1)
    turned = torch.cat((-second, first), dim=-1)
    return heads * cosine.unsqueeze(1) + turned * sine.unsqueeze(1)


def serving(workload: Any, about: Any, meter: Meter, *, repeats: int) -> Iterator[Figure]:
    """Measures one service: its sessions, with prompts and answers of their usual length."""
    from generator.sizing.estimate.serving import service_of
    from generator.sizing.serve.service import engine_of, lengths

    if about.transformer is None or about.precision not in WEIGHTS:
        raise NotBuilt(f"no program for such a model in {about.precision}")
    service = service_of(workload, about, Catalog.builtin())
    if service.tensor_parallel > 1:
        raise NotBuilt("one GPU is measured, the workload asks for more")
    name, batch = workload.name, service.sessions or 1
    prompt, answer = lengths(service)
    model = language_model(
        about.transformer,
        attention="sdpa",
        device=meter.device,
        dtype=WEIGHTS[about.precision],
    ).eval()
    held = held_bytes(model)
    yield Figure(name, "weights", "B", held)
    with torch.inference_mode():
        # An engine that fills the GPU with its cache has other peaks than transformers has.
        own = not engine_of(service).kind.reserves
        for figure in _memory(name, model, meter, batch, prompt, held):
            yield replace(figure, observable=own)
        prefill = _prefill(model, meter, prompt, repeats)
        middle = prompt + answer // 2
        decoder = Decoder(model, batch, middle)
        per_token = float(decoder.cache_bytes) / (batch * middle)
        yield Figure(name, "kv_bytes_per_token", "B", per_token)
        decode, how = _decode(decoder, meter, repeats)
    over = f"{repeats} runs"
    yield Figure(name, "prefill", "s", prefill.median_s, window=over, spread=prefill.spread)
    yield Figure(
        name, "decode step", "s", decode.median_s, window=over, spread=decode.spread, note=how
    )
    # A finished answer lets the next prompt in: each step carries batch / answer prompts.
    mixed = decode.median_s + batch / answer * prefill.median_s
    words = f"{how}; a step of decoding and {batch / answer:.3g} prompts of {prompt} tokens"
    if engine_of(service).kind.scheduling == "static":
        yield Figure(name, "per_token", "s", decode.median_s, window=over, note=how)
    else:
        yield Figure(name, "per_token", "s", mixed, window=over, note=words)
    if batch == 1:
        yield Figure(
            name, "first_token", "s", prefill.median_s, window=over, note="prefill, idle server"
        )
    yield Figure(name, "throughput", "/s", batch / mixed, window=over, note=words)


def _memory(
    name: str, model: Any, meter: Meter, batch: int, prompt: int, held: float
) -> Iterator[Figure]:
    """The peak of a prefill of the whole batch and a few steps with transformers' own cache."""
    ids = torch.randint(model.config.vocab_size, (batch, prompt), device=meter.device)
    meter.settle()
    cache = model(input_ids=ids, use_cache=True, logits_to_keep=1).past_key_values
    for _ in range(WARM_UP):
        model(input_ids=ids[:, :1], past_key_values=cache, use_cache=True, logits_to_keep=1)
    peak = meter.peak()
    tokens = prompt + WARM_UP
    if peak is None:
        yield Figure(name, "total", "B", None)
        return
    kept = sum(layer.keys.nbytes + layer.values.nbytes for layer in getattr(cache, "layers", ()))
    del cache
    yield Figure(name, "kv_cache", "B", float(kept), note=f"at {tokens} tokens")
    yield Figure(name, "activations", "B", max(0.0, peak.allocated - held - kept))
    yield Figure(name, "runtime", "B", peak.total - peak.allocated)
    yield Figure(name, "total", "B", peak.total)


def _prefill(model: Any, meter: Meter, prompt: int, repeats: int) -> Timed:
    """One prompt alone on the device."""
    ids = torch.randint(model.config.vocab_size, (1, prompt), device=meter.device)

    def work() -> object:
        return model(input_ids=ids, use_cache=True, logits_to_keep=1)

    return meter.timed(work, warm_up=WARM_UP, repeats=repeats)


def _decode(decoder: Decoder, meter: Meter, repeats: int) -> tuple[Timed, str]:
    """A step of decoding, replayed as a graph where the device can."""
    work, how = decoder.step, "eager"
    if meter.is_cuda:
        try:
            work, how = _captured(decoder), "CUDA graph"
        except RuntimeError as error:
            how = f"eager, no graph: {str(error).splitlines()[0][:60]}"
    return meter.timed(work, warm_up=WARM_UP, repeats=repeats), how


def _captured(decoder: Decoder) -> Callable[[], None]:
    aside = torch.cuda.Stream()
    aside.wait_stream(torch.cuda.current_stream())
    with torch.cuda.stream(aside):
        for _ in range(WARM_UP):
            decoder.step()
    torch.cuda.current_stream().wait_stream(aside)
    graph = torch.cuda.CUDAGraph()
    with torch.cuda.graph(graph):
        decoder.step()
    replay: Callable[[], None] = graph.replay
    return replay
