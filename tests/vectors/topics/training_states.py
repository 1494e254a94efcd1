"""States of a training run: weights, gradients and optimizer, whole and shared out."""

from __future__ import annotations

from generator.catalog import Catalog
from generator.catalog.names import find_model
from generator.sizing.precision import bytes_per_value
from generator.sizing.train import estimators, sharding
from generator.sizing.train.optimizers import named_state_bytes
from generator.sizing.train.regime import bytes_per_parameter
from tests.vectors.printed import Inputs, first
from tests.vectors.topics.training_memory import deepspeed_document
from tests.vectors.topics.training_words import SHARDING, format_of, gpus_of, memory_of, training_of
from tests.vectors.units import in_base


def model_states(inputs: Inputs) -> float:
    if "terms" in inputs:
        states = sharding.sharded_states(
            inputs["params"], weight_bytes=0, gradient_bytes=2, optimizer_bytes=4, stage=0, ranks=1
        )
        return states.total_bytes
    if "zero_stage" not in inputs:
        return plain_states(inputs)
    return _sharded(inputs).total_bytes


def plain_states(inputs: Inputs) -> float:
    """Weights, gradients and both moments of Adam in one format, as Accelerate counts them."""
    each = bytes_per_value(format_of(inputs))
    parameters = inputs.get("params")
    if parameters is None:
        family = find_model(inputs["model"])
        parameters = Catalog.builtin().model(family).parameters
    states = sharding.sharded_states(
        parameters,
        weight_bytes=each,
        gradient_bytes=each,
        optimizer_bytes=sum((each, each)),
        stage=0,
        ranks=1,
    )
    return states.total_bytes


def _sharded(inputs: Inputs) -> sharding.States:
    return sharding.sharded_states(
        inputs["params"],
        weight_bytes=inputs.get("bytes_param", 2),
        gradient_bytes=inputs.get("bytes_grad", 2),
        optimizer_bytes=inputs["bytes_optimizer"],
        stage=inputs["zero_stage"],
        ranks=inputs.get("data_parallel", 1),
    )


def optimizer(inputs: Inputs) -> float:
    if "from_optimizer" not in inputs:
        return _sharded(inputs).optimizer_bytes
    before = deepspeed_document({**inputs, "optimizer": inputs["from_optimizer"]})
    after = deepspeed_document({**inputs, "optimizer": inputs["to_optimizer"]})
    return memory_of(before)["total_bytes"] - memory_of(after)["total_bytes"]


def largest_model(inputs: Inputs) -> float:
    shared = {
        "stage": inputs["zero_stage"],
        "model_ranks": inputs["model_parallel"],
    }
    if "gpu_memory_gb" in inputs:
        return sharding.largest_model_parameters(
            in_base(inputs["gpu_memory_gb"], "GB"), ranks=inputs["data_parallel"], **shared
        )
    document = {
        "train": {
            "sharding": SHARDING[inputs["zero_stage"]],
            "parallel": {"tensor": inputs["model_parallel"]},
        },
        "gpu": gpus_of(inputs),
    }
    return training_of(document)["largest_model_parameters"]


def _estimator(inputs: Inputs) -> estimators.StatesEstimate:
    offload = {
        key: inputs.get(key, False) not in (False, "none")
        for key in ("offload_optimizer", "offload_param")
    }
    if "largest_layer_params" not in inputs:
        told = " ".join(value for value in inputs.values() if isinstance(value, str)).lower()
        return estimators.zero2_estimate(
            inputs["total_params"],
            total_gpus=first(inputs, "total_gpus", "gpus", "gpus_per_node"),
            offload_optimizer=offload["offload_optimizer"] or inputs.get("cpu_offload", False),
            documented="doc" in told,
        )
    return estimators.zero3_estimate(
        inputs["total_params"],
        inputs["largest_layer_params"],
        gpus_per_node=first(inputs, "gpus_per_node", "total_gpus"),
        nodes=inputs.get("nodes", 1),
        offload_optimizer=offload["offload_optimizer"],
        offload_parameters=offload["offload_param"],
        zero_init=inputs.get("zero_init", True),
    )


def gpu_estimate(inputs: Inputs) -> float:
    if "total_params" not in inputs:
        return plain_states(inputs)
    return _estimator(inputs).gpu_bytes


def host_estimate(inputs: Inputs) -> float:
    return _estimator(inputs).host_bytes


def state_bytes(inputs: Inputs) -> float:
    return named_state_bytes(inputs["optimizer"])


def per_parameter(inputs: Inputs) -> float:
    return bytes_per_parameter(
        first(inputs, "regime", "framework"),
        inputs.get("optimizer", "adamw"),
        stage=1 if inputs.get("distributed_optimizer") else 0,
        shared_over=inputs.get("data_parallel", 1),
    )
