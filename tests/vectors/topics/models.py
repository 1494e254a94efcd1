"""Shapes of models and figures of accelerators, as the catalogue and its functions answer them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from generator.catalog import Catalog
from generator.catalog.accelerator import Accelerator
from generator.catalog.names import find_accelerator, find_model
from generator.catalog.rates import (
    achievable_flop_per_s,
    computes_in,
    peak_flop_per_s,
)
from generator.sizing.resolve import from_row, gpt, valid_tensor_parallel
from generator.sizing.vision import networks
from generator.sizing.vision.layers import convolution_parameters
from generator.sizing.vision.memory import map_bytes


def parameters_of_a_gpt(inputs: Mapping[str, Any]) -> object:
    """Parameters of a GPT with learned positions and biases."""
    model = gpt(
        layers=inputs["layers"],
        hidden=inputs["hidden"],
        vocabulary=inputs["vocab"],
        positions=inputs["seq"],
    )
    return model.counted_parameters


def attention_heads(inputs: Mapping[str, Any]) -> int:
    """A row's own, or those of the model that it names."""
    if "attention_heads" in inputs:
        return int(inputs["attention_heads"])
    return from_row(Catalog.builtin().model(find_model(inputs["model"]))).heads


def convolution(inputs: Mapping[str, Any]) -> int:
    """Parameters of one convolution with its bias, or of a whole named network."""
    stated = {name: stated_as(inputs, *spellings) for name, spellings in CONVOLUTION.items()}
    if stated["kernel"] is None:
        return networks.network_named(find_model(inputs["model"])).parameters
    return convolution_parameters(**stated)


CONVOLUTION = {
    "kernel": ("kernel", "k", "kernel_size"),
    "inputs": ("c_in", "in_channels", "cin"),
    "outputs": ("c_out", "out_channels", "cout"),
}


def feature_map(inputs: Mapping[str, Any]) -> float:
    """Bytes of one map of a batch."""
    return map_bytes(
        stated_as(inputs, "batch", "b"),
        stated_as(inputs, "height", "h"),
        stated_as(inputs, "width", "w"),
        stated_as(inputs, "channels", "c"),
        str(inputs.get("dtype", "fp32")),
    )


def stated_as(inputs: Mapping[str, Any], *spellings: str) -> Any:
    """What a row states under one of several names; None where it does not."""
    return next((inputs[name] for name in spellings if name in inputs), None)


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
    "parallelism.valid_tp": lambda inputs: valid_tensor_parallel(attention_heads(inputs)),
    "cnn.params": convolution,
    "cnn.feature_map": feature_map,
    "params.cnn": convolution,
    "params.gpt": parameters_of_a_gpt,
}
