"""Number formats: what a stored value takes, and in which format a device multiplies it."""

from __future__ import annotations

from collections.abc import Mapping

from generator.record import Record, record
from generator.sizing.nonsense import Nonsense

BITS_PER_VALUE: Mapping[str, float] = {
    "fp64": 64,
    "fp32": 32,
    "tf32": 32,
    "bf16": 16,
    "fp16": 16,
    "fp8": 8,
    "int8": 8,
    "fp6": 6,
    "fp4": 4,
    "int4": 4,
}
"""Bits of the plain formats. TF32 rounds inside the multiplier and is stored as 32 bits, so it
saves no memory (NVIDIA, A100 architecture white paper)."""

SCALED_BITS_PER_VALUE: Mapping[str, float] = {
    "mxfp8": 8 + 8 / 32,
    "mxfp6": 6 + 8 / 32,
    "mxfp4": 4 + 8 / 32,
    "nvfp4": 4 + 8 / 16,
    "nf4": 4 + 32 / 64,
    "nf4-dq": 4 + 32 / 64 - 0.373,
    "int4-g128": 4 + 16 / 128,
    "int4-g128-zero": 4 + (16 + 4) / 128,
}
"""Bits of formats whose blocks carry a scale: an 8-bit scale per 32 values (OCP Microscaling
Formats, section 5) or per 16 (NVFP4), a 32-bit constant per 64 values (NF4; Dettmers et al., QLoRA,
section 3, where quantising the constants again saves 0.373 bits), a 16-bit scale per group of 128
(GPTQ, AWQ), with a 4-bit zero point where the grid is not symmetric."""

GGUF_BITS_PER_VALUE: Mapping[str, float] = {
    "IQ1_S": 2.0042,
    "IQ1_M": 2.1460,
    "IQ2_XXS": 2.3824,
    "IQ2_XS": 2.5882,
    "IQ2_S": 2.7403,
    "IQ2_M": 2.9294,
    "IQ3_XXS": 3.2548,
    "IQ3_XS": 3.4977,
    "IQ3_S": 3.6606,
    "IQ3_M": 3.7628,
    "IQ4_XS": 4.4597,
    "IQ4_NL": 4.6818,
    "Q2_K_S": 2.9697,
    "Q2_K": 3.1593,
    "Q3_K_S": 3.6429,
    "Q3_K_M": 3.9960,
    "Q3_K_L": 4.2979,
    "Q4_0": 4.5500,
    "Q4_1": 5.0900,
    "Q4_K_S": 4.6672,
    "Q4_K_M": 4.8944,
    "Q5_K_S": 5.5704,
    "Q5_K_M": 5.7036,
    "Q6_K": 6.5633,
    "Q8_0": 8.5008,
    "F16": 16.0005,
    "BF16": 16.0,
    "F32": 32.0,
}
"""Bits per weight of whole GGUF files of Llama 3.1 8B, tables of other precision included.

Source: llama.cpp, tools/quantize/README.md. The mix of types follows the share of the tables, so a
much larger model comes out a few percent smaller.
"""

WEIGHT_ONLY = frozenset(
    {"int4", "nf4", "nf4-dq", "int4-g128", "int4-g128-zero", *GGUF_BITS_PER_VALUE}
)
"""Formats that are unpacked to 16 bits before they are multiplied."""


def stored(precision: str) -> str:
    """The format in which weights are stored: ``bf16-mixed`` stores bf16."""
    return precision.removesuffix("-mixed")


def bytes_per_value(precision: str) -> float:
    """Bytes that one value takes, its share of the block's scale included.

    Raises ``Nonsense`` for a format that nobody knows.
    """
    name = stored(precision)
    for table in (BITS_PER_VALUE, SCALED_BITS_PER_VALUE, GGUF_BITS_PER_VALUE):
        if name in table:
            return table[name] / 8
    known = ", ".join((*BITS_PER_VALUE, *SCALED_BITS_PER_VALUE))
    raise Nonsense("model.precision", f"{precision!r} is no known format", f"state one of {known}")


def is_quantised(precision: str) -> bool:
    """Whether weights are stored in fewer than 16 bits, so that some parts stay wider."""
    return bytes_per_value(precision) < 2  # noqa: PLR2004 - two bytes are 16 bits


class Unsupported(Nonsense):
    """A device has no units for the arithmetic that was asked for."""


@record
class Arithmetic(Record):
    """The format that a device multiplies in, and its dense peak in operations per second."""

    precision: str
    peak_flops: float


_FAMILY = {
    "mxfp8": "fp8",
    "nvfp4": "fp4",
    "mxfp4": "fp4",
    "mxfp6": "fp8",
}


def arithmetic(precision: str, peaks_tflops: Mapping[str, float]) -> Arithmetic:
    """How a device with these dense peaks (10^12/s by format) multiplies values so stored.

    Weight-only formats are unpacked to 16 bits. A narrow format that the device has no units for is
    unpacked too: it still saves memory and traffic, never arithmetic. ``Unsupported`` where not
    even 16-bit units of the kind exist (bf16 on Volta or Turing).
    """
    name = stored(precision)
    wanted = _FAMILY.get(name, name)
    if name in WEIGHT_ONLY or wanted not in peaks_tflops:
        wanted = "bf16" if name not in {"fp16", "fp32", "fp64", "tf32"} else name
    if wanted == "bf16" and "bf16" not in peaks_tflops and name != "bf16":
        wanted = "fp16"
    if wanted not in peaks_tflops:
        near = ", ".join(peaks_tflops)
        raise Unsupported(
            "model.precision", f"the GPU does not compute in {wanted}", f"state one of {near}"
        )
    return Arithmetic(precision=wanted, peak_flops=peaks_tflops[wanted] * 1e12)


def computes_natively(precision: str, peaks_tflops: Mapping[str, float]) -> bool:
    """Whether the device has units for the format itself, so that it saves time too."""
    name = stored(precision)
    return name not in WEIGHT_ONLY and _FAMILY.get(name, name) in peaks_tflops


STORED_BITS_OF_SPARSE_VALUE = 2
"""Index bits per kept value of a 2:4 pattern (NVIDIA, Ampere architecture white paper)."""


def sparse_bytes_per_value(precision: str) -> float:
    """Bytes per original value of a 2:4 sparse matrix: half of the values and their index."""
    return (bytes_per_value(precision) + STORED_BITS_OF_SPARSE_VALUE / 8) / 2
