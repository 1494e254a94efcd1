"""The fitted constants of training: few, each with its range, its source and what it was fitted on.

Everything else in this package follows from shapes and published formulas. A function that uses one
of these takes the whole record, so that it can be fitted again without a part of the measurements.
"""

from __future__ import annotations

from collections.abc import Mapping

from generator.record import Record, record


@record
class TrainingCalibration(Record):
    """Values that no formula gives.

    Memory: ``runtime_bytes`` a process takes of a device beside its tensors (CUDA context,
    libraries' workspaces), ``communicator_bytes`` more where it talks to others, and
    ``allocator_slack_ratio`` of its activations that the caching allocator holds beyond them.

    Time: ``matmul_ratio`` of the rate measured for the largest products is reached over a model's
    own, ``matmul_fp8_ratio`` in 8 bits, ``matmul_fp8_vendor_ratio`` with kernels of the GPU's
    vendor; ``attention_*_ratio`` of it in flash attention, by architecture and again by kernels.
    ``elementwise_passes`` is how often the kept activations of a layer cross the memory bus in
    forward and backward together, and its logits, ``score_passes`` the same for stored scores.
    ``exposed_sharding_ratio`` of the time to gather and scatter sharded states is not hidden, and
    ``exposed_tensor_ratio`` of the time that tensor ranks exchange beside products; without such
    overlap all of it shows. Repeatable attention is ``deterministic_attention_ratio`` times slower.
    ``programme_ratio`` is the share of a training programme's GPU hours that the final run takes.
    """

    runtime_bytes: float
    communicator_bytes: float
    allocator_slack_ratio: float
    matmul_ratio: float
    matmul_fp8_ratio: float
    matmul_fp8_vendor_ratio: float
    attention_ampere_ratio: float
    attention_hopper_ratio: float
    attention_hopper_vendor_ratio: float
    elementwise_passes: float
    score_passes: float
    exposed_sharding_ratio: float
    exposed_tensor_ratio: float
    deterministic_attention_ratio: float
    programme_ratio: float


@record
class Origin(Record):
    """Where a constant is from: its plausible range and unit, and who explains it.

    ``fitted_on`` names the families of measurements that its value was fitted on; none where it is
    published or assumed, as ``source`` says.
    """

    low: float
    high: float
    unit: str
    source: str
    fitted_on: tuple[str, ...] = ()


CALIBRATION = TrainingCalibration(
    runtime_bytes=1.62e9,
    communicator_bytes=1.0e9,
    allocator_slack_ratio=0.001,
    matmul_ratio=0.780,
    matmul_fp8_ratio=0.594,
    matmul_fp8_vendor_ratio=0.66,
    attention_ampere_ratio=0.384,
    attention_hopper_ratio=0.218,
    attention_hopper_vendor_ratio=0.321,
    elementwise_passes=5.57,
    score_passes=8.23,
    exposed_sharding_ratio=0.550,
    exposed_tensor_ratio=0.918,
    deterministic_attention_ratio=1.18,
    programme_ratio=0.75,
)
"""Fitted once on the measurements that ``ORIGIN`` names."""

_FINE_TUNING = ("Qwen README", "DeepSpeed")
_PRETRAINING = (
    "LLM Foundry",
    "Megatron-LM 2021",
    "Megatron-LM on H100",
    "Korthikanti et al.",
    "Llama 3",
    "LLaMA",
    "Megatron-LM functional tests",
)

ORIGIN: Mapping[str, Origin] = {
    "runtime_bytes": Origin(
        low=0.5e9,
        high=2.5e9,
        unit="B",
        source="S. Bekman, Machine Learning Engineering: 0.5 to 1.8 GiB of context, workspaces on "
        "top",
        fitted_on=_FINE_TUNING,
    ),
    "communicator_bytes": Origin(
        low=0.5e9,
        high=2.1e9,
        unit="B",
        source="S. Bekman, Machine Learning Engineering: torch.distributed takes 1 to 2 GiB",
    ),
    "allocator_slack_ratio": Origin(
        low=0.0,
        high=0.2,
        unit="ratio",
        source="PyTorch, CUDA caching allocator: blocks are rounded and split",
        fitted_on=_FINE_TUNING,
    ),
    "matmul_ratio": Origin(
        low=0.6,
        high=0.95,
        unit="ratio",
        source="S. Bekman, Machine Learning Engineering, maximum achievable matmul FLOPS: the rate "
        "that it is a share of",
        fitted_on=_PRETRAINING,
    ),
    "matmul_fp8_ratio": Origin(
        low=0.4,
        high=0.8,
        unit="ratio",
        source="LLM Foundry, benchmarking: on H100 22 to 28 % of the 8-bit peak, 36 to 41 % of "
        "the 16-bit one",
        fitted_on=("LLM Foundry",),
    ),
    "matmul_fp8_vendor_ratio": Origin(
        low=0.5,
        high=0.8,
        unit="ratio",
        source="assumed: between the share of LLM Foundry in 8 bits and that of 16 bits, which "
        "scaling and casts (NVIDIA, Transformer Engine) keep it from",
    ),
    "attention_ampere_ratio": Origin(
        low=0.25,
        high=0.75,
        unit="ratio",
        source="Dao, FlashAttention-2, section 4.1: up to 0.72 of the peak",
        fitted_on=_PRETRAINING,
    ),
    "attention_hopper_ratio": Origin(
        low=0.15,
        high=0.75,
        unit="ratio",
        source="Shah et al., FlashAttention-3, section 4: 0.35 of the peak with FlashAttention-2, "
        "0.75 with -3",
        fitted_on=_PRETRAINING,
    ),
    "attention_hopper_vendor_ratio": Origin(
        low=0.25,
        high=0.75,
        unit="ratio",
        source="Shah et al., FlashAttention-3, section 4: cuDNN reaches 0.6 of the peak forward",
        fitted_on=("Megatron-LM on H100", "Llama 3", "Megatron-LM functional tests"),
    ),
    "elementwise_passes": Origin(
        low=2.0,
        high=8.0,
        unit="count",
        source="Ivanov et al., Data Movement Is All You Need: element-wise work is bound by memory",
        fitted_on=_PRETRAINING,
    ),
    "score_passes": Origin(
        low=4.0,
        high=15.0,
        unit="count",
        source="Dao et al., FlashAttention, section 2: scores are read and written several times",
        fitted_on=_PRETRAINING,
    ),
    "exposed_sharding_ratio": Origin(
        low=0.0,
        high=1.0,
        unit="ratio",
        source="Zhao et al., PyTorch FSDP, section 3.3: gathers overlap with compute",
        fitted_on=("LLM Foundry",),
    ),
    "exposed_tensor_ratio": Origin(
        low=0.3,
        high=1.0,
        unit="ratio",
        source="Korthikanti et al., section 4.2.2: layers wait; Transformer Engine overlaps a part",
        fitted_on=("Megatron-LM on H100",),
    ),
    "deterministic_attention_ratio": Origin(
        low=1.0,
        high=5.0,
        unit="ratio",
        source="Megatron-LM, functional tests: runs in deterministic mode",
        fitted_on=("Megatron-LM functional tests",),
    ),
    "programme_ratio": Origin(
        low=0.35,
        high=0.9,
        unit="ratio",
        source="model cards of Llama 2, 3 and 3.1, and DeepSeek-V3",
        fitted_on=("model cards",),
    ),
}
"""For each constant where it is from. Those without measurements are published or assumed."""
