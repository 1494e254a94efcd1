"""Serving on CPUs: reading weights through one socket, with an overhead per layer."""

from __future__ import annotations

from generator.record import Record, record
from generator.sizing.architecture import Transformer
from generator.sizing.nonsense import positive
from generator.sizing.precision import bytes_per_value
from generator.sizing.serve.calibration import CALIBRATION, ServingCalibration
from generator.sizing.serve.weights import weights

EAGER_FRAMEWORKS = frozenset({"autoawq", "huggingface", "transformers"})
"""Frameworks that dispatch each operation of a layer on its own."""

WORKING_COPIES = 2.5
"""Memory over the bytes of 4-bit weights that AutoAWQ's CPU rows show (README: 9.74, 17.46 and
41.7 GB for 7, 13 and 34 billion); the cause is not stated, so 16-bit weights count once."""


@record
class Socket(Record):
    """One CPU socket: memory bandwidth, and whether it multiplies 16- and 8-bit tiles (AMX)."""

    name: str
    bandwidth_bytes_per_s: float
    amx: bool


@record
class CpuSpeed(Record):
    """A decode step of ``batch`` sequences on one socket, and the tokens per second it gives."""

    per_token_s: float
    tokens_per_s: float


def step_s(
    model: Transformer,
    precision: str,
    socket: Socket,
    batch: float = 1.0,
    *,
    framework: str = "ipex",
    calibration: ServingCalibration = CALIBRATION,
) -> float:
    """Seconds of one decode step: weights read once, an overhead per layer, a cost per sequence.

    Efficiency rises with the model because the overhead does not: one share of the bandwidth for
    all sizes is wrong by a factor of four between 1 and 34 billion parameters. Sockets without AMX
    compute 16-bit values in 32 bits and read twice as much.
    """
    positive("serving.batch", batch)
    stored = precision
    if not socket.amx and bytes_per_value(precision) == bytes_per_value("bf16"):
        stored = "fp32"
    held = weights(model, stored)
    table = 0.0 if model.tied else model.embedding_parameters * bytes_per_value("fp16")
    eager = framework in EAGER_FRAMEWORKS
    c = calibration
    overhead = c.cpu_layer_overhead_eager_s if eager else c.cpu_layer_overhead_s
    read = (held.total_bytes - table) / (socket.bandwidth_bytes_per_s * c.cpu_read_efficiency)
    multiplied = (batch - 1) * 2 * model.active_body_parameters / c.cpu_sequence_flops
    return read + model.layers * overhead + multiplied


def cpu_speed(
    model: Transformer,
    precision: str,
    socket: Socket,
    batch: float = 1.0,
    *,
    framework: str = "ipex",
    calibration: ServingCalibration = CALIBRATION,
) -> CpuSpeed:
    """Time per token and throughput of one socket; crossing sockets is not covered."""
    step = step_s(model, precision, socket, batch, framework=framework, calibration=calibration)
    return CpuSpeed(per_token_s=step, tokens_per_s=batch / step)


def cpu_memory_bytes(model: Transformer, precision: str, *, framework: str = "ipex") -> float:
    """RAM of the weights as a CPU framework holds them."""
    held = weights(model, precision).total_bytes
    four_bit = bytes_per_value(precision) < 1
    return held * WORKING_COPIES if four_bit and framework in EAGER_FRAMEWORKS else held
