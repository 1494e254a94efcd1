"""Serving: weights, KV cache and sessions, and what each topic asks."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from generator.catalog import Catalog
from generator.catalog.names import find_accelerator, find_model
from generator.sizing.architecture import Transformer
from generator.sizing.precision import bytes_per_value
from generator.sizing.resolve import from_row
from generator.sizing.serve import kv_cache, weights
from generator.sizing.vision import networks
from generator.sizing.vision.memory import state_bytes as network_state_bytes
from tests.vectors.ask import estimate, verdict
from tests.vectors.printed import Inputs, first, known_board
from tests.vectors.topics.inference_time import (
    amx_speedup,
    cpu_decode,
    cpu_memory,
    decode,
    prefill,
    tokens_per_s,
    tpot,
    ttft,
)
from tests.vectors.topics.inference_words import engine_of, model_of, precision_of
from tests.vectors.topics.training_memory import training_feasibility
from tests.vectors.units import in_base

# --- arithmetic ---------------------------------------------------------------------------------


def _weights(inputs: Inputs) -> float:
    if "params" in inputs:
        return weights.nominal_bytes(inputs["params"], precision_of(inputs["dtype"]))
    precision = precision_of(inputs["dtype"])
    row = Catalog.builtin().model(find_model(inputs["model"]))
    if networks.knows(row.id):
        return network_state_bytes(networks.network_named(row.id), precision)
    return weights.weights(from_row(row), precision).total_bytes


def _bytes_per_value(inputs: Inputs) -> float:
    return bytes_per_value(precision_of(inputs["dtype"]))


def _gpu_count(inputs: Inputs) -> int:
    document = {
        "model": model_of(inputs["model"], inputs["precision"].lower()),
        "serving": {"context": 4096, "sessions": 1},
        "gpu": find_accelerator(inputs["gpu"]),
    }
    return estimate(document)["gpus"]


def _kv_bytes_per_token(inputs: Inputs) -> float:
    return kv_cache.bytes_per_token(**_attention(inputs))


def _attention(inputs: Inputs) -> dict[str, Any]:
    """A row's own figures of attention, or those of the model that it names."""
    if "layers" not in inputs:
        return _attention_of(_named(inputs), inputs)
    names = ("kv_heads", "head_dim", "hidden", "kv_lora_rank")
    stated = {name: inputs[name] for name in names if name in inputs}
    # The layers of a speculative drafter cache too.
    stated["layers"] = sum(inputs.get(name, 0) for name in ("layers", *DRAFTERS))
    rope = first(inputs, "qk_rope_head_dim", "qk_rope_dim")
    if rope is not None:
        stated["qk_rope_dim"] = rope
    return {**stated, **_value_bytes(inputs)}


DRAFTERS = ("drafter_layers", "draft_layers", "eagle_layers")


def _named(inputs: Inputs) -> Transformer:
    return from_row(Catalog.builtin().model(find_model(inputs["model"])))


def _attention_of(model: Transformer, inputs: Inputs) -> dict[str, Any]:
    figures: dict[str, Any] = {"layers": model.layers}
    if model.kv_lora_rank:
        figures.update(kv_lora_rank=model.kv_lora_rank, qk_rope_dim=model.qk_rope_dim)
    else:
        figures.update(kv_heads=model.kv_heads, head_dim=model.head_dim)
    return {**figures, **_value_bytes(inputs)}


def _value_bytes(inputs: Inputs) -> dict[str, float]:
    if "dtype_bytes" in inputs:
        return {"dtype_bytes": inputs["dtype_bytes"]}
    printed = first(inputs, "kv_dtype", "dtype", "kv_precision")
    return {} if printed is None else {"dtype_bytes": bytes_per_value(precision_of(str(printed)))}


def _kv_total(inputs: Inputs) -> float:
    return kv_cache.total_bytes(
        first(inputs, "tokens", "delta_tokens", "seq", "context"),
        sequences=first(inputs, "batch", "sequences", default=1),
        **_attention(inputs),
    )


def _kv_blocks(inputs: Inputs) -> int:
    if "tokens" in inputs:
        return kv_cache.blocks_for(inputs["tokens"], inputs["block"])
    return kv_cache.blocks_in(
        in_base(inputs["kv_gib"], "GiB"),
        kv_cache.bytes_per_token(tensor_parallel=inputs.get("tp", 1), **_attention(inputs)),
        inputs.get("block", VLLM_BLOCK),
    )


VLLM_BLOCK = 16
VLLM_STEP = 2048
"""vLLM, CacheConfig and SchedulerConfig: where neither a row nor its GPU says otherwise."""


def _kv_concurrency(inputs: Inputs) -> float:
    longest = first(inputs, "max_model_len", "context", "seq")
    if "model" in inputs and _named(inputs).sliding_layers:
        return _windowed_concurrency(inputs, longest)
    held = first(inputs, "capacity_tokens", "tokens")
    return kv_cache.concurrency(_kv_capacity(inputs) if held is None else held, longest)


def _windowed_concurrency(inputs: Inputs, longest: int) -> float:
    """Sequences of a model whose layers partly slide, from the tokens that vLLM prints."""
    model = _named(inputs)
    step = first(inputs, "batched_tokens", "max_num_batched_tokens", default=VLLM_STEP)
    cache = kv_cache.kv_cache(model, step_tokens=step, tensor_parallel=inputs.get("tp", 1))
    if "kv_gib" in inputs:
        return cache.sequences(in_base(inputs["kv_gib"], "GiB"), longest)
    held = first(inputs, "capacity_tokens", "tokens")
    whole = kv_cache.kv_cache(model, step_tokens=step)
    return whole.sequences(kv_cache.total_bytes(held, **_attention_of(model, {})), longest)


def _kv_capacity(inputs: Inputs) -> float:
    if "gpu_blocks" in inputs:
        return kv_cache.tokens_in(inputs["gpu_blocks"], inputs.get("block", VLLM_BLOCK))
    rooms = [in_base(inputs[key], "GiB") for key in ("kv_gib", "k_gib", "v_gib") if key in inputs]
    if not rooms:
        return estimate(_vllm(inputs))["serving"]["kv_capacity_tokens"]
    block = inputs.get("block", VLLM_BLOCK)
    each = kv_cache.bytes_per_token(tensor_parallel=inputs.get("tp", 1), **_attention(inputs))
    return kv_cache.tokens_in(kv_cache.blocks_in(sum(rooms), each, block), block)


def _file_size(inputs: Inputs) -> float:
    if "bits_per_weight" in inputs:
        return weights.file_bytes(inputs["params"], inputs["bits_per_weight"])
    model = model_of(inputs["model"], inputs["quant"])
    return estimate({"model": model, "serving": {"context": 1}})["memory"]["weights_bytes"]


# --- measured memory ----------------------------------------------------------------------------


def _litgpt(inputs: Inputs, precision: str) -> dict[str, Any]:
    return {
        "model": model_of(inputs["model"], precision),
        "serving": {"engine": "litgpt", "context": 256, "sessions": 1},
    }


def _vllm(inputs: Inputs) -> dict[str, Any]:
    serving: dict[str, Any] = {
        "engine": engine_of(str(inputs.get("engine", "vllm"))),
        "tensor_parallel": inputs.get("tp", 1),
    }
    for printed, name in (
        ("max_num_seqs", "max_num_seqs"),
        ("batched_tokens", "max_num_batched_tokens"),
        ("max_num_batched_tokens", "max_num_batched_tokens"),
        ("tokens", "max_num_batched_tokens"),
        ("max_model_len", "context"),
    ):
        if printed in inputs:
            serving[name] = inputs[printed]
    release = first(inputs, "vllm", "vllm_version", "engine_version", "version")
    if release is not None:
        serving["engine_version"] = str(release).lower().removeprefix("v")
    if "sampler" in inputs:
        serving["sampler"] = "native" if "native" in inputs["sampler"].lower() else "fused"
    share = first(inputs, "gpu_memory_utilization", "mem_fraction_static", "mem_fraction")
    if share is not None:
        serving["memory_utilisation"] = f"{share:.0%}"
    serving.setdefault("context", 16)
    assume = {
        name: f"{inputs[printed]}GiB"
        for printed, name in (
            ("weights_gib", "weights"),
            ("activation_gib", "activations"),
            ("non_torch_gib", "runtime"),
        )
        if printed in inputs
    }
    model = model_of(inputs["model"], first(inputs, "precision", "dtype"))
    document = {"model": model, "serving": serving, "assume": assume}
    return {**document, "gpu": find_accelerator(inputs.get("gpu", "H100"))}


def _weights_measured(inputs: Inputs) -> float:
    if "quant" in inputs:
        return estimate(_litgpt(inputs, inputs["quant"]))["memory"]["allocated_bytes"]
    return estimate(_anywhere(inputs))["memory"]["weights_bytes"]


def _anywhere(inputs: Inputs) -> dict[str, Any]:
    """As vLLM runs it, on no GPU in particular where the row names none of the catalogue's."""
    document = _vllm({**inputs, "gpu": "H100"})
    document.pop("gpu")
    board = known_board(inputs)
    return document if board is None else {**document, "gpu": board}


def _dq_saving(inputs: Inputs) -> float:
    before = estimate(_litgpt(inputs, inputs["from_"]))["memory"]["allocated_bytes"]
    after = estimate(_litgpt(inputs, inputs["to"]))["memory"]["allocated_bytes"]
    return before - after


def _activation(inputs: Inputs) -> float:
    return estimate(_anywhere(inputs))["memory"]["activations_bytes"]


def _kv_room(inputs: Inputs) -> float:
    return estimate(_vllm(inputs))["memory"]["kv_room_bytes"]


def _eager(inputs: Inputs) -> dict[str, Any]:
    return {
        "model": {**model_of(inputs["model"], "bf16"), "kv_precision": inputs["kv_dtype"]},
        "serving": {
            "engine": "huggingface",
            "context": inputs["gen_tokens"],
            "sessions": inputs["batch"],
            "tensor_parallel": 1,
        },
        "gpu": find_accelerator(inputs.get("gpu", "A100-80GB")),
    }


def _total_measured(inputs: Inputs) -> float:
    return estimate(_eager(inputs))["memory"]["total_bytes"]


def _feasibility(inputs: Inputs) -> str:
    told = str(first(inputs, "method", "case", default="")).lower()
    if "method" in inputs and "infer" not in told:
        return training_feasibility(inputs)
    if "quant" in inputs or "infer" in told:
        document = _litgpt(inputs, inputs.get("quant", "bf16"))
        document["serving"]["tensor_parallel"] = 1
        return verdict({**document, "gpu": find_accelerator(inputs.get("gpu", "A100-40GB"))})
    return verdict(_eager(inputs) if "gen_tokens" in inputs else _vllm(inputs))


ANSWERS: dict[str, Callable[[Inputs], object]] = {
    "weights": _weights,
    "quantization.bytes_per_param": _bytes_per_value,
    "numerics.storage_bytes": _bytes_per_value,
    "gpu_count.profile": _gpu_count,
    "quantization.file_size": _file_size,
    "quantization.overhead": _dq_saving,
    "kv_cache.bytes_per_token": _kv_bytes_per_token,
    "kv_cache.total": _kv_total,
    "kv_cache.slope": _kv_total,
    "kv_cache.blocks": _kv_blocks,
    "kv_cache.max_concurrency": _kv_concurrency,
    "kv_cache.capacity_tokens": _kv_capacity,
    "inference_memory.weights_measured": _weights_measured,
    "inference_memory.activation": _activation,
    "inference_memory.kv_capacity": _kv_room,
    "inference_memory.total_measured": _total_measured,
    "inference_latency.tpot": tpot,
    "inference_latency.itl": tpot,
    "inference_latency.ttft": ttft,
    "inference_latency.prefill": prefill,
    "inference_latency.decode": decode,
    "inference_throughput.saturated": tokens_per_s,
    "inference_throughput.closed_loop": tokens_per_s,
    "inference_throughput.concurrency": tokens_per_s,
    "inference_throughput.fixed_batch": tokens_per_s,
    "inference_throughput.served": tokens_per_s,
    "inference_throughput.sweep": tokens_per_s,
    "feasibility": _feasibility,
    "cpu.decode": cpu_decode,
    "cpu.memory": cpu_memory,
    "cpu.amx_speedup": amx_speedup,
}
