"""Shapes of models and figures of accelerators, as the catalogue and its functions answer them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from generator.catalog import Catalog
from generator.catalog.accelerator import Accelerator
from generator.catalog.names import find_accelerator
from generator.catalog.rates import (
    achievable_flop_per_s,
    computes_in,
    peak_flop_per_s,
)
from generator.sizing.resolve import gpt, valid_tensor_parallel


def parameters_of_a_gpt(inputs: Mapping[str, Any]) -> object:
    """Parameters of a GPT with learned positions and biases."""
    model = gpt(
        layers=inputs["layers"],
        hidden=inputs["hidden"],
        vocabulary=inputs["vocab"],
        positions=inputs["seq"],
    )
    return model.counted_parameters


def peak(inputs: Mapping[str, Any]) -> object:
    """Peak of a format, or that the GPU has no units for it."""
    gpu = accelerator(inputs)
    if not computes_in(gpu, inputs["dtype"]):
        return "unsupported"
    return peak_flop_per_s(gpu, inputs["dtype"], sparse=inputs.get("sparsity", False))


def sparse_peak(inputs: Mapping[str, Any]) -> object:
    """Peak of a format with 2:4 sparsity."""
    return peak_flop_per_s(accelerator(inputs), inputs["dtype"], sparse=True)


def accelerator(inputs: Mapping[str, Any]) -> Accelerator:
    """The GPU that a row names."""
    return Catalog.builtin().accelerator(find_accelerator(inputs["gpu"]))


ANSWERS: dict[str, Callable[[Mapping[str, Any]], object]] = {
    "numerics.max_achievable_matmul": lambda inputs: achievable_flop_per_s(
        accelerator(inputs), inputs["dtype"]
    ),
    "numerics.peak": peak,
    "numerics.sparsity": sparse_peak,
    "parallelism.valid_tp": lambda inputs: valid_tensor_parallel(inputs["attention_heads"]),
    "params.gpt": parameters_of_a_gpt,
}
