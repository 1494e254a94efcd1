"""How sources of serving call models, formats and engines."""

from __future__ import annotations

from typing import Any

from generator.catalog.names import find_model

FORMATS = {
    "bnb.nf4": "nf4",
    "bnb.nf4-dq": "nf4-dq",
    "bnb.fp4": "nf4",
    "bnb.fp4-dq": "nf4-dq",
    "bnb.int8": "int8",
    "bf16-true": "bf16",
    "16-true": "fp16",
    "32-true": "fp32",
    "float32": "fp32",
    "float16": "fp16",
    "bfloat16": "bf16",
    "nf4 double quant": "nf4-dq",
    "nf4+dq": "nf4-dq",
    "fp8_e4m3": "fp8",
    "fp8_e5m2": "fp8",
    "FP4": "nvfp4",
    "FP8": "fp8",
    "fp8 linears, bf16 embed/lm_head": "fp8",
    "MXFP4 experts, bf16 rest": "mxfp4",
}
"""How sources call the formats of the language."""


FOUR_BIT = ("awq", "gptq", "w4a16", "int4", "4bit", "4-bit")
"""How names of checkpoints and formats say that matrices have 4 bits in groups of 128."""


def precision_of(printed: str) -> str:
    known = FORMATS.get(printed, printed)
    if known == printed and printed != "int4" and says_four_bits(printed):
        return "int4-g128"
    return known


def says_four_bits(text: str) -> bool:
    return any(word in text.lower() for word in FOUR_BIT) and "g128" not in text


def model_of(name: str, precision: str | None = None) -> dict[str, Any]:
    """The catalogue's model of a printed name, in the precision that the name carries."""
    model: dict[str, Any] = {"family": find_model(name)}
    if "FP8" in name.upper():
        model["precision"] = "fp8"
    elif says_four_bits(name):
        model["precision"] = "int4-g128"
    if precision is not None:
        model["precision"] = precision_of(precision)
    return model


ENGINE_WORDS = {"tensorrt": "trtllm", "trt": "trtllm", "vllm": "vllm", "sglang": "sglang",
                "nim": "trtllm"}  # fmt: skip
"""NIM's optimised profiles run TensorRT-LLM. NVIDIA NIM, support matrix."""


def engine_of(printed: str) -> str:
    """A benchmark's engine with its version, as the language calls it."""
    plain = printed.lower()
    return next((name for word, name in ENGINE_WORDS.items() if word in plain), plain)
