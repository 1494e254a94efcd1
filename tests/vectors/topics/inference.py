"""Serving: weights, KV cache, sessions, times. Measured figures go through ``mlgen estimate``."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from generator.catalog import Catalog
from generator.catalog.names import find_accelerator, find_model
from generator.sizing.precision import bytes_per_value
from generator.sizing.resolve import from_row
from generator.sizing.serve import kv_cache, weights
from tests.vectors.ask import estimate, verdict
from tests.vectors.topics.training import training_feasibility
from tests.vectors.units import in_base

Inputs = Mapping[str, Any]

FORMATS = {
    "bnb.nf4": "nf4",
    "bnb.nf4-dq": "nf4-dq",
    "bnb.int8": "int8",
    "bf16-true": "bf16",
    "32-true": "fp32",
    "FP4": "nvfp4",
    "FP8": "fp8",
    "fp8 linears, bf16 embed/lm_head": "fp8",
    "MXFP4 experts, bf16 rest": "mxfp4",
}
"""How sources call the formats of the language."""


def _precision(printed: str) -> str:
    return FORMATS.get(printed, printed)


def _model(name: str, precision: str | None = None) -> dict[str, Any]:
    """The catalogue's model of a printed name, in the precision that the name carries."""
    model: dict[str, Any] = {"family": find_model(name)}
    if "FP8" in name.upper():
        model["precision"] = "fp8"
    if precision is not None:
        model["precision"] = _precision(precision)
    return model


# --- arithmetic ---------------------------------------------------------------------------------


def _weights(inputs: Inputs) -> float:
    if "params" in inputs:
        return weights.nominal_bytes(inputs["params"], _precision(inputs["dtype"]))
    row = Catalog.builtin().model(find_model(inputs["model"]))
    return weights.weights(from_row(row), _precision(inputs["dtype"])).total_bytes


def _bytes_per_value(inputs: Inputs) -> float:
    return bytes_per_value(inputs["dtype"])


def _gpu_count(inputs: Inputs) -> int:
    document = {
        "model": _model(inputs["model"], inputs["precision"].lower()),
        "serving": {"context": 4096, "sessions": 1},
        "gpu": find_accelerator(inputs["gpu"]),
    }
    return estimate(document)["gpus"]


def _kv_bytes_per_token(inputs: Inputs) -> float:
    return kv_cache.bytes_per_token(**_attention(inputs))


def _attention(inputs: Inputs) -> dict[str, Any]:
    names = ("layers", "kv_heads", "head_dim", "hidden", "kv_lora_rank", "dtype_bytes")
    stated = {name: inputs[name] for name in names if name in inputs}
    if "qk_rope_head_dim" in inputs:
        stated["qk_rope_dim"] = inputs["qk_rope_head_dim"]
    return stated


def _kv_total(inputs: Inputs) -> float:
    return kv_cache.total_bytes(
        inputs["tokens"], sequences=inputs.get("batch", 1), **_attention(inputs)
    )


def _kv_blocks(inputs: Inputs) -> int:
    if "tokens" in inputs:
        return kv_cache.blocks_for(inputs["tokens"], inputs["block"])
    return kv_cache.blocks_in(
        in_base(inputs["kv_gib"], "GiB"),
        kv_cache.bytes_per_token(tensor_parallel=inputs["tp"], **_attention(inputs)),
        inputs["block"],
    )


def _kv_concurrency(inputs: Inputs) -> float:
    if "capacity_tokens" in inputs:
        return kv_cache.concurrency(inputs["capacity_tokens"], inputs["max_model_len"])
    held = kv_cache.tokens_in(inputs["gpu_blocks"], inputs["block"])
    return kv_cache.concurrency(held, inputs["max_model_len"])


def _kv_capacity(inputs: Inputs) -> float:
    if "gpu_blocks" in inputs:
        return kv_cache.tokens_in(inputs["gpu_blocks"], inputs["block"])
    document = {
        "model": _model(inputs["model"]),
        "serving": {"context": 16},
        "assume": {"kv_room": f"{inputs['kv_gib']}GiB"},
    }
    return estimate(document)["serving"]["kv_capacity_tokens"]


def _file_size(inputs: Inputs) -> float:
    if "bits_per_weight" in inputs:
        return weights.file_bytes(inputs["params"], inputs["bits_per_weight"])
    model = _model(inputs["model"], inputs["quant"])
    return estimate({"model": model, "serving": {"context": 1}})["memory"]["weights_bytes"]


# --- measured memory ----------------------------------------------------------------------------


def _litgpt(inputs: Inputs, precision: str) -> dict[str, Any]:
    return {
        "model": _model(inputs["model"], precision),
        "serving": {"engine": "litgpt", "context": 256, "sessions": 1},
    }


def _vllm(inputs: Inputs) -> dict[str, Any]:
    serving: dict[str, Any] = {"engine": "vllm", "tensor_parallel": inputs.get("tp", 1)}
    for printed, name in (
        ("max_num_seqs", "max_num_seqs"),
        ("batched_tokens", "max_num_batched_tokens"),
        ("max_model_len", "context"),
    ):
        if printed in inputs:
            serving[name] = inputs[printed]
    if "sampler" in inputs:
        serving["sampler"] = "native" if "native" in inputs["sampler"].lower() else "fused"
    if "gpu_memory_utilization" in inputs:
        serving["memory_utilisation"] = f"{inputs['gpu_memory_utilization']:.0%}"
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
    document = {"model": _model(inputs["model"]), "serving": serving, "assume": assume}
    return {**document, "gpu": find_accelerator(inputs.get("gpu", "H100"))}


def _weights_measured(inputs: Inputs) -> float:
    if "quant" in inputs:
        return estimate(_litgpt(inputs, inputs["quant"]))["memory"]["allocated_bytes"]
    document = _vllm(inputs)
    if "gpu" not in inputs:
        document.pop("gpu")
    return estimate(document)["memory"]["weights_bytes"]


def _dq_saving(inputs: Inputs) -> float:
    before = estimate(_litgpt(inputs, inputs["from_"]))["memory"]["allocated_bytes"]
    after = estimate(_litgpt(inputs, inputs["to"]))["memory"]["allocated_bytes"]
    return before - after


def _activation(inputs: Inputs) -> float:
    return estimate(_vllm(inputs))["memory"]["activations_bytes"]


def _kv_room(inputs: Inputs) -> float:
    return estimate(_vllm(inputs))["memory"]["kv_room_bytes"]


def _eager(inputs: Inputs) -> dict[str, Any]:
    return {
        "model": {**_model(inputs["model"], "bf16"), "kv_precision": inputs["kv_dtype"]},
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
    if "method" in inputs:
        return training_feasibility(inputs)
    return verdict(_eager(inputs) if "gen_tokens" in inputs else _vllm(inputs))


# --- measured time ------------------------------------------------------------------------------


def _served(inputs: Inputs, precision: str) -> dict[str, Any]:
    serving = {
        "engine": inputs.get("engine", "trtllm"),
        "tensor_parallel": inputs["tp"],
        "input_tokens": inputs["input"],
        "output_tokens": inputs["output"],
    }
    if "concurrency" in inputs:
        serving["sessions"] = inputs["concurrency"]
    document = {"model": _model(inputs["model"], precision), "serving": serving}
    return {**document, "gpu": find_accelerator(inputs["gpu"])}


def _tpot(inputs: Inputs) -> float:
    return estimate(_served(inputs, inputs["precision"]))["serving"]["tpot_s"]


def _ttft(inputs: Inputs) -> dict[str, float]:
    bounds: dict[str, float] = estimate(_served(inputs, inputs["precision"]))["serving"]["ttft_s"]
    return bounds


def _saturated(inputs: Inputs) -> float:
    return estimate(_served(inputs, inputs["dtype"]))["serving"]["tokens_per_s"]


def _dense(inputs: Inputs) -> dict[str, Any]:
    return {
        "model": {"family": find_model(f"Llama 2 {inputs['model'].split()[0]}"),
                  "precision": inputs["dtype"]},
        "serving": {
            "engine": "huggingface",
            "tensor_parallel": inputs["tp"],
            "input_tokens": inputs["context"],
            "output_tokens": inputs.get("gen", 1),
            "sessions": inputs["batch"],
        },
        "gpu": find_accelerator(inputs["gpu"]),
    }  # fmt: skip


def _prefill(inputs: Inputs) -> float:
    return estimate(_dense(inputs))["serving"]["prefill_s"]


def _decode(inputs: Inputs) -> float:
    return estimate({**_dense({**inputs, "gen": 10})})["serving"]["tpot_s"]


def _cpu_document(inputs: Inputs, precision: str, cpu: str) -> dict[str, Any]:
    return {
        "model": _model(inputs["model"], precision),
        "serving": {"engine": "ipex", "context": 1024, "batch": inputs.get("batch", 1)},
        "accelerator": {"kind": "cpu", "model": cpu},
    }


SAPPHIRE_RAPIDS, ICE_LAKE = "intel-spr-8488c", "intel-icx-8375c"


def _cpu_decode(inputs: Inputs) -> float:
    document = _cpu_document(inputs, inputs["dtype"], SAPPHIRE_RAPIDS)
    return estimate(document)["serving"]["tokens_per_s"]


def _amx_speedup(inputs: Inputs) -> float:
    new = "int8" if "int8" in inputs["new"] else "bf16"
    old = "int8" if "int8" in inputs["old"] else "fp32"
    after = estimate(_cpu_document(inputs, new, SAPPHIRE_RAPIDS))["serving"]["tokens_per_s"]
    before = estimate(_cpu_document(inputs, old, ICE_LAKE))["serving"]["tokens_per_s"]
    return after / before


ANSWERS: dict[str, Callable[[Inputs], object]] = {
    "weights": _weights,
    "quantization.bytes_per_param": _bytes_per_value,
    "numerics.storage_bytes": _bytes_per_value,
    "gpu_count.profile": _gpu_count,
    "quantization.file_size": _file_size,
    "quantization.overhead": _dq_saving,
    "kv_cache.bytes_per_token": _kv_bytes_per_token,
    "kv_cache.total": _kv_total,
    "kv_cache.blocks": _kv_blocks,
    "kv_cache.max_concurrency": _kv_concurrency,
    "kv_cache.capacity_tokens": _kv_capacity,
    "inference_memory.weights_measured": _weights_measured,
    "inference_memory.activation": _activation,
    "inference_memory.kv_capacity": _kv_room,
    "inference_memory.total_measured": _total_measured,
    "inference_latency.tpot": _tpot,
    "inference_latency.ttft": _ttft,
    "inference_latency.prefill": _prefill,
    "inference_latency.decode": _decode,
    "inference_throughput.saturated": _saturated,
    "feasibility": _feasibility,
    "cpu.decode": _cpu_decode,
    "cpu.amx_speedup": _amx_speedup,
}
