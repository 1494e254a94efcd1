"""DeepSpeed's own estimators of model states, as its documentation and its code have them.

They are kept beside the project's own formulas because their outputs are what people compare with;
one of them is documented with numbers that its code does not give. Source: DeepSpeed,
docs/code-docs/source/memory.rst, runtime/zero/stage_1_and_2.py and stage3.py.
"""

from __future__ import annotations

from generator.record import Record, record
from generator.sizing.nonsense import positive

HOST_BUFFER_RATIO = 1.5
"""``additional_buffer_factor``: host memory over the sum of what is offloaded. Published there."""

WEIGHT_BYTES = 2
"""Bytes of a 16-bit weight. Published there."""

WEIGHT_AND_GRADIENT_BYTES = 4
"""Bytes of a 16-bit weight and its gradient; also of a 32-bit weight in host memory."""

STATES_WITHOUT_WEIGHT_BYTES = 16
"""Bytes of gradient, master weight and moments. Published there."""

STATES_BYTES = 18
"""Bytes of all states of a parameter, gradients in 32 bits. Published there."""


@record
class StatesEstimate(Record):
    """Bytes of model states: per GPU, and of host memory per node."""

    gpu_bytes: float
    host_bytes: float


def zero2_estimate(
    parameters: float,
    *,
    total_gpus: int,
    offload_optimizer: bool,
    documented: bool = False,
    host_buffer_ratio: float = HOST_BUFFER_RATIO,
) -> StatesEstimate:
    """ZeRO-1 and -2. ``total_gpus`` counts those of all nodes.

    Without offload the documentation prints 4 + 16/gpus bytes per parameter while the code computes
    2 + 18/gpus; ``documented`` asks for the former.
    """
    positive("parameters", parameters)
    positive("gpus", total_gpus)
    if offload_optimizer:
        gpu = WEIGHT_BYTES * parameters
        host = max(WEIGHT_AND_GRADIENT_BYTES * total_gpus, STATES_WITHOUT_WEIGHT_BYTES)
    else:
        held, shared = WEIGHT_BYTES, STATES_BYTES
        if documented:
            held, shared = WEIGHT_AND_GRADIENT_BYTES, STATES_WITHOUT_WEIGHT_BYTES
        gpu = held * parameters + shared * parameters / total_gpus
        host = WEIGHT_AND_GRADIENT_BYTES * total_gpus
    return StatesEstimate(gpu_bytes=gpu, host_bytes=parameters * host * host_buffer_ratio)


def zero3_estimate(
    parameters: float,
    largest_layer_parameters: float,
    *,
    gpus_per_node: int,
    nodes: int = 1,
    offload_optimizer: bool,
    offload_parameters: bool,
    zero_init: bool = True,
    host_buffer_ratio: float = HOST_BUFFER_RATIO,
) -> StatesEstimate:
    """ZeRO-3. ``gpus_per_node`` counts those of one node.

    Without ``zero_init`` each process builds the whole model in host memory first: for 3 B
    parameters on eight GPUs that is 127 GiB that no figure per GPU shows.
    """
    positive("parameters", parameters)
    positive("gpus", gpus_per_node)
    positive("nodes", nodes)
    total_gpus = gpus_per_node * nodes
    gpu = WEIGHT_AND_GRADIENT_BYTES * positive("largest_layer_parameters", largest_layer_parameters)
    per_process = (largest_layer_parameters if zero_init else parameters) * gpus_per_node
    built = per_process * WEIGHT_AND_GRADIENT_BYTES
    if offload_optimizer and offload_parameters:
        offloaded = STATES_BYTES * parameters / nodes
    elif offload_optimizer:
        gpu += WEIGHT_BYTES * parameters / total_gpus
        offloaded = STATES_WITHOUT_WEIGHT_BYTES * parameters / nodes
    else:
        gpu += STATES_BYTES * parameters / total_gpus
        return StatesEstimate(gpu_bytes=gpu, host_bytes=built * host_buffer_ratio)
    host = offloaded if zero_init else max(built, offloaded)
    return StatesEstimate(gpu_bytes=gpu, host_bytes=host * host_buffer_ratio)
