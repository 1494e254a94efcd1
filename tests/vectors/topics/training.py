"""Training and fine-tuning: activations, adapters, work and hours, and what each topic asks."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from generator.catalog import Catalog
from generator.catalog.names import find_accelerator, find_model
from generator.sizing.precision import arithmetic
from generator.sizing.resolve import from_row
from generator.sizing.train import activations, adapters, flops
from generator.sizing.train.run import Method
from generator.sizing.train.runtime import context_bytes
from tests.vectors.printed import Inputs, first
from tests.vectors.topics.models import feature_map
from tests.vectors.topics.training_memory import measured_memory, static
from tests.vectors.topics.training_states import (
    gpu_estimate,
    host_estimate,
    largest_model,
    model_states,
    optimizer,
    per_parameter,
    state_bytes,
)
from tests.vectors.topics.training_time import (
    KORTHIKANTI,
    MEGATRON_VOCABULARY,
    achieved,
    throughput,
    time_document,
)
from tests.vectors.topics.training_words import SPELLINGS, board_of, format_of, gpu_of, training_of
from tests.vectors.units import in_base
from tests.vectors.written import parameters_written

SQUAD_TOKENS = 206
"""Megatron Bridge counts the attention of LoRA over packed samples of SQuAD and not over the whole
sequence. Their length is assumed: at 100 or 400 tokens the count differs by less than 1 %."""


def _activations(inputs: Inputs) -> float:
    if "expr" in inputs:
        return activations.score_ratio(heads=inputs["a"], sequence=inputs["s"], hidden=inputs["h"])
    if "model" in inputs:
        return _eager_activations(inputs)
    if "s" not in inputs:
        return feature_map(inputs)
    layer = activations.Layer(
        sequence=inputs["s"],
        micro_batch=inputs["b"],
        hidden=inputs["h"],
        heads=inputs["a"],
    )
    if "term" in inputs:
        scores = inputs["term"].startswith("5")
        return activations.score_bytes(layer) if scores else activations.dense_bytes(layer)
    return activations.model_bytes(
        layer,
        inputs.get("layers", 1),
        recompute=inputs["recompute"],
        tensor=inputs.get("tp", 1),
        sequence_parallel=bool(first(inputs, "sp", "sequence_parallel", default=False)),
    )


def _eager_activations(inputs: Inputs) -> float:
    model = from_row(Catalog.builtin().model(find_model(inputs["model"])))
    layer = activations.Layer(
        sequence=inputs["s"], micro_batch=inputs["b"], hidden=model.hidden, heads=model.heads
    )
    if "bytes" in inputs:
        return activations.hidden_state_bytes(layer, inputs["bytes"])
    if "saved_tensors_per_layer_multiplier" in inputs:
        return activations.eager_layer_bytes(layer, inputs["saved_tensors_per_layer_multiplier"])
    return activations.eager_model_bytes(
        layer, model.layers, model.vocabulary, checkpointing=inputs["gradient_checkpointing"]
    )


def _logits(inputs: Inputs) -> float:
    return activations.logits_bytes(inputs["s"], inputs["b"], inputs["vocab"], inputs["bytes"])


def _adapter_parameters(inputs: Inputs) -> int:
    targets = _targets(inputs["targets"])
    if "model" in inputs:
        model = from_row(Catalog.builtin().model(find_model(inputs["model"])))
        return adapters.adapter_parameters(model, inputs["rank"], targets)
    return adapters.square_adapter_parameters(
        layers=inputs["layers"],
        hidden=inputs["hidden"],
        kv_width=inputs.get("kv_dim"),
        rank=inputs["rank"],
        targets=targets,
    )


def _targets(text: str) -> tuple[str, ...]:
    return tuple(target.strip().removesuffix("_proj") for target in text.split(","))


def _context(inputs: Inputs) -> float:
    return context_bytes(lazy_loading=inputs.get("lazy_loading", True))


def _days(inputs: Inputs) -> float:
    return in_base(training_of(_achieved_document(inputs))["hours"], "h")


def _achieved_document(inputs: Inputs) -> dict[str, Any]:
    """A run of which only parameters, tokens or batch, and what each GPU achieved are printed."""
    achieved = first(inputs, "achieved_tflops_per_gpu", "achieved_tflops")
    train: dict[str, Any] = {
        "achieved_flops": f"{in_base(achieved, 'TFLOP/s'):.0f}/s",
        "recompute": flops.recompute_named(inputs["recompute"]).value,
    }
    for printed, name in (("tokens", "tokens"), ("global_batch", "batch"), ("seq", "sequence")):
        if printed in inputs:
            train[name] = round(inputs[printed])
    return {
        "model": {"params": parameters_written(inputs["params"])},
        "train": train,
        "gpu": {"gpus": inputs["gpus"]},
    }


def _step(inputs: Inputs) -> float:
    if "achieved_tflops" in inputs:
        return training_of(_achieved_document(inputs))["step_s"]
    return training_of(time_document(inputs))["step_s"]


def _mfu(inputs: Inputs) -> float:
    if "achieved_tflops" in inputs:
        return flops.achieved_ratio(
            in_base(inputs["achieved_tflops"], "TFLOP/s"), in_base(inputs["peak_tflops"], "TFLOP/s")
        )
    if "tokens_per_s" in inputs:
        work = flops.palm_flops_per_token(
            inputs["params"],
            layers=inputs["layers"],
            width=inputs["hidden"],
            sequence=inputs["seq"],
        )
        peaks = board_of(inputs).peak_dense_tflops
        return flops.utilisation_ratio(
            inputs["tokens_per_s"],
            work,
            gpus=inputs["gpus"],
            peak_flops_per_s=arithmetic(format_of(inputs), peaks).peak_flops,
        )
    return training_of(time_document(inputs))["mfu"]


def _hfu(inputs: Inputs) -> float:
    """From a printed MFU by what recompute adds, on that shape where one is printed."""
    if inputs.get("model") not in KORTHIKANTI:
        kept = "full" if inputs.get("act_ckpt", True) else "none"
        recompute = flops.recompute_named(inputs.get("recompute", kept))
        return flops.hardware_utilisation_ratio(in_base(inputs["mfu"], "%"), recompute)
    shape = {**KORTHIKANTI[inputs["model"]], "vocabulary": MEGATRON_VOCABULARY}
    document = {
        "model": {name: shape[name] for name in ("layers", "hidden", "heads", "vocabulary")},
        "train": {
            "framework": "megatron",
            "sequence": inputs.get("seq", 2048),
            "micro_batch": 1,
            "recompute": flops.recompute_named(inputs["recompute"]).value,
            "utilisation": f"{inputs['mfu']}%",
        },
        "gpu": {"model": find_accelerator("A100-80GB"), "gpus": 1},
    }
    return training_of(document)["hfu"]


def _flops_per_token(inputs: Inputs) -> float:
    """As Megatron Bridge prints it: active weights, and half of the square of attention."""
    model = from_row(Catalog.builtin().model(find_model(inputs["model"])))
    sequence = next((inputs[key] for key in SPELLINGS["sequence"] if key in inputs), 4096)
    told = str(first(inputs, "method", "task", "recipe", "mode", default="full")).lower()
    if "lora" in told:
        return flops.flops_per_token(model, SQUAD_TOKENS, method=Method("lora"), causal=True).total
    return flops.flops_per_token(model, sequence, method=Method("full"), causal=True).total


def _step_flops(inputs: Inputs) -> float:
    """Of one optimizer step on each GPU."""
    return flops.step_flops(
        inputs["params"],
        samples=first(inputs, *SPELLINGS["batch"]),
        sequence=first(inputs, *SPELLINGS["sequence"]),
        gpus=inputs.get("gpus", 1),
        recompute=flops.recompute_named(str(inputs.get("recompute", "full"))),
    )


def _gpu_hours(inputs: Inputs) -> float:
    document = {
        "model": {"params": parameters_written(first(inputs, "total_params", "params"))},
        "train": {"tokens": inputs["tokens"]},
        "gpu": gpu_of(inputs),
    }
    if "active_params" in inputs:
        document["model"]["active_params"] = parameters_written(inputs["active_params"])
    if "precision" in inputs:
        document["model"]["precision"] = format_of(inputs)
    return in_base(training_of(document)["programme_gpu_hours"], "h")


ANSWERS: dict[str, Callable[[Inputs], object]] = {
    "training_memory.model_states": model_states,
    "training_memory.bytes_per_param": per_parameter,
    "training_memory.estimator": gpu_estimate,
    "training_memory.max_model_size": largest_model,
    "training_memory.optimizer": optimizer,
    "training_memory.optimizer_bytes_per_param": state_bytes,
    "training_memory.finetune_measured": measured_memory,
    "training_memory.lora_measured": measured_memory,
    "training_memory.measured_peak": measured_memory,
    "training_memory.measured_static": static,
    "host_ram.training": host_estimate,
    "activation_memory.cnn": feature_map,
    "activation_memory.feature_map": feature_map,
    "activation_memory": _activations,
    "activation_memory.logits": _logits,
    "lora.params": _adapter_parameters,
    "gpu.context_memory": _context,
    "training_time.days": _days,
    "training_time.flops": _step_flops,
    "training_time.flops_per_step": _step_flops,
    "training_time.step_flops": _step_flops,
    "training_time.flops_per_token": _flops_per_token,
    "training_time.gpu_hours": _gpu_hours,
    "training_time.hfu": _hfu,
    "training_time.mfu": _mfu,
    "training_time.step": _step,
    "training_time.tflops_per_gpu": achieved,
    "training_time.throughput": throughput,
}
