"""GPU instance types of public clouds, to calibrate a prototype that comes home.

Facts of the sellers' own pages: Amazon EC2, accelerated computing instances, and AWS Batch, running
GPU jobs; Microsoft Azure, GPU-accelerated virtual machine sizes; Google Compute Engine,
accelerator-optimized machine family. Counts were compared with the catalogue of the SkyPilot
project where it has the type. There are no prices here: those are the user's.
"""

from __future__ import annotations

from collections.abc import Mapping

from generator.quantity import GIB
from generator.record import Record, record

AWS = "Amazon EC2, accelerated computing instances"
AZURE = "Microsoft Azure, GPU-accelerated virtual machine sizes"
GCP = "Google Compute Engine, accelerator-optimized machines"

T4, A10, L4, L40S = "nvidia-t4", "nvidia-a10", "nvidia-l4", "nvidia-l40s"
V100_PCIE, V100_SXM, V100_SXM_32 = (
    "nvidia-v100-pcie-16",
    "nvidia-v100-sxm2-16",
    "nvidia-v100-sxm2-32",
)
A100_40, A100_80, A100_PCIE = (
    "nvidia-a100-sxm4-40",
    "nvidia-a100-sxm4-80",
    "nvidia-a100-pcie-80",
)
H100, H100_NVL, H200 = (
    "nvidia-h100-sxm5-80",
    "nvidia-h100-nvl-94",
    "nvidia-h200-sxm-141",
)


@record
class Instance(Record):
    """An instance type: ``gpus`` of the catalogue's ``accelerator``, vCPUs and memory.

    ``gpus`` below 1 is a part of a GPU. ``near`` names the seller's own GPU where the catalogue has
    only a relative of it.
    """

    name: str
    accelerator: str
    gpus: float
    vcpus: int
    memory_bytes: int
    source: str
    near: str = ""


_Row = tuple[str, float, int, int]
"""Name, GPUs, vCPUs, memory in GiB."""

_ROWS: tuple[tuple[str, str, str, tuple[_Row, ...]], ...] = (
    (AWS, V100_SXM, "", (
        ("p3.2xlarge", 1, 8, 61), ("p3.8xlarge", 4, 32, 244), ("p3.16xlarge", 8, 64, 488),
    )),
    (AWS, V100_SXM_32, "", (("p3dn.24xlarge", 8, 96, 768),)),
    (AWS, A100_40, "", (("p4d.24xlarge", 8, 96, 1152),)),
    (AWS, A100_80, "", (("p4de.24xlarge", 8, 96, 1152),)),
    (AWS, H100, "", (("p5.48xlarge", 8, 192, 2048),)),
    (AWS, H200, "", (("p5e.48xlarge", 8, 192, 2048), ("p5en.48xlarge", 8, 192, 2048))),
    (AWS, T4, "", (
        ("g4dn.xlarge", 1, 4, 16), ("g4dn.2xlarge", 1, 8, 32), ("g4dn.4xlarge", 1, 16, 64),
        ("g4dn.8xlarge", 1, 32, 128), ("g4dn.16xlarge", 1, 64, 256),
        ("g4dn.12xlarge", 4, 48, 192), ("g4dn.metal", 8, 96, 384),
    )),
    (AWS, A10, "A10G", (
        ("g5.xlarge", 1, 4, 16), ("g5.2xlarge", 1, 8, 32), ("g5.4xlarge", 1, 16, 64),
        ("g5.8xlarge", 1, 32, 128), ("g5.16xlarge", 1, 64, 256), ("g5.12xlarge", 4, 48, 192),
        ("g5.24xlarge", 4, 96, 384), ("g5.48xlarge", 8, 192, 768),
    )),
    (AWS, L4, "", (
        ("g6.xlarge", 1, 4, 16), ("g6.2xlarge", 1, 8, 32), ("g6.4xlarge", 1, 16, 64),
        ("g6.8xlarge", 1, 32, 128), ("g6.16xlarge", 1, 64, 256), ("g6.12xlarge", 4, 48, 192),
        ("g6.24xlarge", 4, 96, 384), ("g6.48xlarge", 8, 192, 768),
    )),
    (AWS, L40S, "", (
        ("g6e.xlarge", 1, 4, 32), ("g6e.2xlarge", 1, 8, 64), ("g6e.4xlarge", 1, 16, 128),
        ("g6e.8xlarge", 1, 32, 256), ("g6e.16xlarge", 1, 64, 512), ("g6e.12xlarge", 4, 48, 384),
        ("g6e.24xlarge", 4, 96, 768), ("g6e.48xlarge", 8, 192, 1536),
    )),
    (AZURE, V100_PCIE, "", (
        ("Standard_NC6s_v3", 1, 6, 112), ("Standard_NC12s_v3", 2, 12, 224),
        ("Standard_NC24s_v3", 4, 24, 448), ("Standard_NC24rs_v3", 4, 24, 448),
    )),
    (AZURE, V100_SXM_32, "", (("Standard_ND40rs_v2", 8, 40, 672),)),
    (AZURE, T4, "", (
        ("Standard_NC4as_T4_v3", 1, 4, 28), ("Standard_NC8as_T4_v3", 1, 8, 56),
        ("Standard_NC16as_T4_v3", 1, 16, 110), ("Standard_NC64as_T4_v3", 4, 64, 440),
    )),
    (AZURE, A10, "", (
        ("Standard_NV6ads_A10_v5", 1 / 6, 6, 55), ("Standard_NV12ads_A10_v5", 1 / 3, 12, 110),
        ("Standard_NV18ads_A10_v5", 1 / 2, 18, 220), ("Standard_NV36ads_A10_v5", 1, 36, 440),
        ("Standard_NV72ads_A10_v5", 2, 72, 880),
    )),
    (AZURE, A100_PCIE, "", (
        ("Standard_NC24ads_A100_v4", 1, 24, 220), ("Standard_NC48ads_A100_v4", 2, 48, 440),
        ("Standard_NC96ads_A100_v4", 4, 96, 880),
    )),
    (AZURE, A100_40, "", (("Standard_ND96asr_v4", 8, 96, 900),)),
    (AZURE, A100_80, "", (("Standard_ND96amsr_A100_v4", 8, 96, 1800),)),
    (AZURE, H100_NVL, "", (
        ("Standard_NC40ads_H100_v5", 1, 40, 320), ("Standard_NC80adis_H100_v5", 2, 80, 640),
    )),
    (AZURE, H100, "", (("Standard_ND96isr_H100_v5", 8, 96, 1900),)),
    (GCP, A100_40, "", (
        ("a2-highgpu-1g", 1, 12, 85), ("a2-highgpu-2g", 2, 24, 170), ("a2-highgpu-4g", 4, 48, 340),
        ("a2-highgpu-8g", 8, 96, 680), ("a2-megagpu-16g", 16, 96, 1360),
    )),
    (GCP, A100_80, "", (
        ("a2-ultragpu-1g", 1, 12, 170), ("a2-ultragpu-2g", 2, 24, 340),
        ("a2-ultragpu-4g", 4, 48, 680), ("a2-ultragpu-8g", 8, 96, 1360),
    )),
    (GCP, H100, "", (
        ("a3-highgpu-1g", 1, 26, 234), ("a3-highgpu-2g", 2, 52, 468),
        ("a3-highgpu-4g", 4, 104, 936), ("a3-highgpu-8g", 8, 208, 1872),
        ("a3-megagpu-8g", 8, 208, 1872), ("a3-edgegpu-8g", 8, 208, 1872),
    )),
    (GCP, L4, "", (
        ("g2-standard-4", 1, 4, 16), ("g2-standard-8", 1, 8, 32), ("g2-standard-12", 1, 12, 48),
        ("g2-standard-16", 1, 16, 64), ("g2-standard-32", 1, 32, 128),
        ("g2-standard-24", 2, 24, 96), ("g2-standard-48", 4, 48, 192),
        ("g2-standard-96", 8, 96, 384),
    )),
)  # fmt: skip

INSTANCES: Mapping[str, Instance] = {
    name.lower(): Instance(
        name=name,
        accelerator=accelerator,
        gpus=gpus,
        vcpus=vcpus,
        memory_bytes=memory_gib * GIB,
        source=source,
        near=near,
    )
    for source, accelerator, near, rows in _ROWS
    for name, gpus, vcpus, memory_gib in rows
}
"""Instance types by their name in small letters."""

MANAGED_PREFIX = "ml."
"""What Amazon SageMaker puts before the name of the same machine."""


def instance(name: str) -> Instance | None:
    """The instance type of that name, with or without SageMaker's prefix; None where unknown."""
    return INSTANCES.get(name.lower().removeprefix(MANAGED_PREFIX))
