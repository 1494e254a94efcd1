"""Measured times and rates of serving, by the workload that a row describes."""

from __future__ import annotations

from typing import Any

from generator.catalog.names import find_accelerator, find_model
from tests.vectors.ask import estimate
from tests.vectors.printed import Inputs, first
from tests.vectors.topics.inference_words import engine_of, model_of, says_four_bits


def served(inputs: Inputs) -> dict[str, Any]:
    serving: dict[str, Any] = {
        "engine": engine_of(str(inputs.get("engine", "trtllm"))),
        "tensor_parallel": first(inputs, "tp", "tensor_parallel", "gpus", default=1),
    }
    for name, spellings in (
        ("input_tokens", ("input", "isl", "input_tokens", "prompt", "input_len")),
        ("output_tokens", ("output", "osl", "output_tokens", "gen", "output_len")),
        ("sessions", ("concurrency", "batch", "sessions", "users", "batch_size")),
    ):
        stated = first(inputs, *spellings)
        if stated is not None:
            serving[name] = stated
    if "input_tokens" in serving:
        serving.setdefault("output_tokens", 1)
    model = model_of(inputs["model"], first(inputs, "precision", "dtype"))
    return {"model": model, "serving": serving, "gpu": find_accelerator(inputs["gpu"])}


def tpot(inputs: Inputs) -> float:
    return estimate(served(inputs))["serving"]["tpot_s"]


def ttft(inputs: Inputs) -> dict[str, float]:
    bounds: dict[str, float] = estimate(served(inputs))["serving"]["ttft_s"]
    return bounds


def tokens_per_s(inputs: Inputs) -> float:
    return estimate(served(inputs))["serving"]["tokens_per_s"]


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


def prefill(inputs: Inputs) -> float:
    return estimate(_dense(inputs))["serving"]["prefill_s"]


def decode(inputs: Inputs) -> float:
    return estimate({**_dense({**inputs, "gen": 10})})["serving"]["tpot_s"]


def _cpu_document(inputs: Inputs, precision: str, cpu: str) -> dict[str, Any]:
    four_bit = says_four_bits(precision)
    return {
        "model": model_of(inputs["model"], precision),
        "serving": {
            "engine": "autoawq" if four_bit else "ipex",
            "context": 1024,
            "batch": inputs.get("batch", 1),
        },
        "accelerator": {"kind": "cpu", "model": cpu},
    }


SAPPHIRE_RAPIDS, ICE_LAKE = "intel-spr-8488c", "intel-icx-8375c"


def cpu_decode(inputs: Inputs) -> float:
    document = _cpu_document(inputs, _cpu_format(inputs), SAPPHIRE_RAPIDS)
    return estimate(document)["serving"]["tokens_per_s"]


def cpu_memory(inputs: Inputs) -> float:
    document = _cpu_document(inputs, _cpu_format(inputs), SAPPHIRE_RAPIDS)
    return estimate(document)["memory"]["weights_bytes"]


def _cpu_format(inputs: Inputs) -> str:
    return str(first(inputs, "dtype", "precision", "quant", default="int4"))


def amx_speedup(inputs: Inputs) -> float:
    new = "int8" if "int8" in inputs["new"] else "bf16"
    old = "int8" if "int8" in inputs["old"] else "fp32"
    after = estimate(_cpu_document(inputs, new, SAPPHIRE_RAPIDS))["serving"]["tokens_per_s"]
    before = estimate(_cpu_document(inputs, old, ICE_LAKE))["serving"]["tokens_per_s"]
    return after / before
