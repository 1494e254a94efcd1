"""The GPU as training sees it: matrix products, memory bus, links."""

from __future__ import annotations

from collections.abc import Mapping

from generator.catalog.accelerator import Accelerator
from generator.record import Record, record
from generator.sizing.network.links import gpu_link, network_link
from generator.sizing.nonsense import Nonsense, positive
from generator.sizing.precision import arithmetic
from generator.sizing.train.run import TrainingRun

ACHIEVABLE_SHARE: Mapping[str, float] = {"ampere": 0.87, "hopper": 0.80, "blackwell": 0.775}
"""Share of the dense 16-bit peak that the best matrix products reach, by architecture. Published:
S. Bekman, Machine Learning Engineering, maximum achievable matmul FLOPS: 271 of 312, 794 of 989 and
1745 of 2250 TFLOP/s."""

OTHER_ACHIEVABLE_SHARE = 0.75
"""The same for an architecture without a measurement; assumed, between 0.55 and 0.87 there."""

HOST_GPUS = 8
"""GPUs of a host where nobody says otherwise: the boards with NVSwitch carry eight."""

RAIL_BYTES_PER_S: Mapping[str, float] = {"volta": 12.5e9, "ampere": 25e9}
"""Network bandwidth per GPU that hosts of a generation are built with, one way: 100 Gb/s on Volta,
200 on Ampere. Published: NVIDIA, DGX reference architectures. Later ones have 400 Gb/s."""

LATER_RAIL_BYTES_PER_S = 50e9
"""400 Gb/s per GPU, as DGX H100 and later have."""


@record
class TrainingDevice(Record):
    """One GPU of a training cluster; rates are per GPU and per second, one way for links.

    ``peak_flops_per_s`` is the dense peak that utilisation is stated against and
    ``matmul_flops_per_s`` what the largest products were measured to reach of it, both in the
    format that the run multiplies in; ``narrow`` says that this has 8 bits or fewer.
    ``wide_matmul_flops_per_s`` is the latter in 16 bits, in which attention stays.
    ``host_gpus`` are joined by ``link_bytes_per_s``, hosts by ``network_bytes_per_s``.
    """

    name: str
    architecture: str
    memory_bytes: float
    peak_flops_per_s: float
    matmul_flops_per_s: float
    wide_matmul_flops_per_s: float
    narrow: bool
    bandwidth_bytes_per_s: float
    host_gpus: int
    link_bytes_per_s: float
    network_bytes_per_s: float


def training_device(
    gpu: Accelerator,
    run: TrainingRun,
    *,
    host_gpus: int = HOST_GPUS,
    network_bytes_per_s: float | None = None,
) -> TrainingDevice:
    """The device for ``run`` on ``gpu``, ``network_bytes_per_s`` being one GPU's share of the NICs.

    Raises ``Nonsense`` where the GPU does not compute in the run's format.
    """
    positive("network.nic", network_bytes_per_s or 1)
    multiplied = arithmetic(run.precision, gpu.peak_dense_tflops)
    wide = "bf16" if "bf16" in gpu.peak_dense_tflops else "fp16"
    if wide not in gpu.peak_dense_tflops:
        raise Nonsense(
            "accelerator", f"{gpu.id} has no 16-bit matrix units", "choose another accelerator"
        )
    rail = network_bytes_per_s or RAIL_BYTES_PER_S.get(gpu.architecture, LATER_RAIL_BYTES_PER_S)
    domain = gpu.nvlink.max_gpus or 1
    inside = gpu_link(gpu, min(host_gpus, domain) if domain > 1 else host_gpus, vgpu=False)
    return TrainingDevice(
        name=gpu.id,
        architecture=gpu.architecture,
        memory_bytes=gpu.passthrough_memory_bytes,
        peak_flops_per_s=multiplied.peak_flops,
        matmul_flops_per_s=_achievable(gpu, multiplied.precision, wide),
        wide_matmul_flops_per_s=_achievable(gpu, wide, wide),
        narrow=multiplied.precision not in {"bf16", "fp16", "tf32", "fp32"},
        bandwidth_bytes_per_s=gpu.memory_bandwidth_bytes_per_s,
        host_gpus=max(host_gpus, domain),
        link_bytes_per_s=inside.rate_bytes_per_s if inside else rail,
        network_bytes_per_s=network_link(rail, rdma=True).rate_bytes_per_s,
    )


def _achievable(gpu: Accelerator, precision: str, wide: str) -> float:
    """What the best products reach in ``precision``, measured or by the architecture's share."""
    measured = gpu.measured_peak_tflops.get(precision)
    if measured:
        return measured * 1e12
    known = gpu.measured_peak_tflops.get(wide)
    share = (
        known / gpu.peak_dense_tflops[wide]
        if known
        else ACHIEVABLE_SHARE.get(gpu.architecture, OTHER_ACHIEVABLE_SHARE)
    )
    return share * gpu.peak_dense_tflops[precision] * 1e12
