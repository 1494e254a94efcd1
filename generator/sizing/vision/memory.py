"""Memory of a vision network: in training all feature maps of a batch, in inference two of them."""

from __future__ import annotations

from itertools import pairwise

from generator.sizing.nonsense import positive
from generator.sizing.precision import bytes_per_value
from generator.sizing.train.calibration import CALIBRATION, TrainingCalibration
from generator.sizing.train.memory import TrainingMemory
from generator.sizing.train.optimizers import optimizer_named
from generator.sizing.train.regime import REGIMES, Regime
from generator.sizing.vision.layers import VisionNetwork

WIDE_BYTES = 4
"""Bytes of a 32-bit value."""

LARGEST_BATCH = 1 << 20
"""Where the search for a batch ends."""


COUNTER_BYTES = 8
"""A batch norm's count of the batches that it saw. PyTorch, torch.nn.BatchNorm2d."""


def state_bytes(network: VisionNetwork, precision: str = "fp32") -> float:
    """Bytes of a saved network: parameters, and each batch norm's mean, variance and counter.

    A batch norm keeps as many statistics as parameters (PyTorch, torch.nn.BatchNorm2d); ResNet-50
    in 32 bits takes 102,441,032 bytes (Hugging Face Accelerate, estimate-memory).
    """
    # Other norms, as those of a vision transformer, keep no statistics.
    norms = [
        layer
        for before, layer in pairwise(network.layers)
        if layer.kind == "norm" and before.kind == "convolution"
    ]
    kept = network.parameters + sum(norm.parameters for norm in norms)
    return kept * bytes_per_value(precision) + len(norms) * COUNTER_BYTES


def map_bytes(batch: int, height: int, width: int, channels: int, precision: str = "fp32") -> float:
    """Bytes of one feature map of a batch: b x h x w x c x bytes of a value.

    Source: F. Denneman, Training vs Inference - Memory Consumption by Neural Networks.
    """
    values = positive("model.image_pixels", height) * positive("model.image_pixels", width)
    maps = positive("train.batch", batch) * positive("channels", channels)
    return maps * values * bytes_per_value(precision)


def feature_map_bytes(network: VisionNetwork, batch: int, precision: str = "fp32") -> float:
    """Bytes of all feature maps of a batch: h x w x c x batch x bytes, summed over the layers.

    Batch 32 of VGG-16 in 32 bits takes 1,934,229,504 bytes, 411,041,792 of them in the first
    convolution; F. Denneman prints 401.40 MB for the latter, which its own count of 102,760,448
    values contradicts.
    """
    return network.feature_map_values * positive("train.batch", batch) * bytes_per_value(precision)


def inference_bytes(network: VisionNetwork, batch: int, precision: str = "fp32") -> float:
    """Bytes of the weights and of the two largest consecutive maps, all that is alive at once.

    Source: F. Denneman, Training vs Inference - Memory Consumption by Neural Networks.
    """
    value = bytes_per_value(precision)
    maps = network.largest_pair_values * positive("serving.batch", batch)
    return (network.parameters + maps) * value


def network_training_memory(
    network: VisionNetwork,
    batch: int,
    *,
    precision: str = "fp32",
    optimizer: str = "sgd-momentum",
    gpus: int = 1,
    calibration: TrainingCalibration = CALIBRATION,
) -> TrainingMemory:
    """The peak of a step with ``batch`` images per GPU.

    ``precision`` ``fp32`` keeps everything in 32 bits, a ``-mixed`` one maps in 16 bits beside
    32-bit weights (autocast), a plain 16-bit one everything in 16 bits. Maps count once where an
    activation works in place and twice around a norm; workspaces of convolutions are part of the
    runtime.
    """
    positive("train.batch", batch)
    positive("gpus", gpus)
    regime, stepped = _regime(precision), optimizer_named(optimizer)
    weights = network.parameters * regime.weight_bytes
    gradients = network.parameters * regime.gradient_bytes
    states = network.parameters * regime.optimizer_bytes(stepped)
    value = WIDE_BYTES if regime.name == "single" else bytes_per_value("bf16")
    maps = network.kept_values * batch * value
    copies = network.parameters * regime.working_bytes
    # Gradients fill up while maps go, so that the larger of the two decides.
    at_loss = maps + copies >= gradients
    runtime = calibration.runtime_bytes + calibration.allocator_slack_ratio * maps
    return TrainingMemory(
        moment="loss" if at_loss else "step",
        weight_bytes=weights,
        gradient_bytes=0.0 if at_loss else gradients,
        optimizer_bytes=states,
        activation_bytes=maps if at_loss else 0.0,
        logits_bytes=0.0,
        buffer_bytes=copies if at_loss else 0.0,
        runtime_bytes=runtime + (calibration.communicator_bytes if gpus > 1 else 0.0),
        static_bytes=weights + gradients + states,
        host_bytes=0.0,
        gpus=gpus,
    )


def _regime(precision: str) -> Regime:
    if precision.endswith("-mixed"):
        return REGIMES["autocast"]
    return REGIMES["single" if bytes_per_value(precision) >= WIDE_BYTES else "pure"]


def largest_batch(
    network: VisionNetwork,
    device_bytes: float,
    *,
    precision: str = "fp32",
    optimizer: str = "sgd-momentum",
    calibration: TrainingCalibration = CALIBRATION,
) -> int:
    """The most images per step that fit a device; 0 where not even one does."""
    positive("device", device_bytes)
    low, high = 0, LARGEST_BATCH + 1
    while high - low > 1:
        middle = (low + high) // 2
        memory = network_training_memory(
            network, middle, precision=precision, optimizer=optimizer, calibration=calibration
        )
        if memory.total_bytes <= device_bytes:
            low = middle
        else:
            high = middle
    return low
