"""Video engines of GPUs: who can encode. Compute boards can only decode.

Encoders per GPU. A vGPU must be of the Q series to encode; C series decode. Sources: F. Denneman,
GPU Device Differentiators (2023), whose text swaps the engines of A30 and A100 where its diagrams
are right; NVIDIA, Video Encode and Decode GPU Support Matrix; product briefs for A10 (one encoder,
where the article has two).
"""

from __future__ import annotations

from collections.abc import Mapping

ENCODERS: Mapping[str, int] = {
    "nvidia-t4": 1,
    "nvidia-a2": 1,
    "nvidia-a10": 1,
    "nvidia-a16": 1,
    "nvidia-a40": 1,
    "nvidia-l4": 2,
    "nvidia-l40": 3,
    "nvidia-l40s": 3,
    "nvidia-rtx-pro-6000-blackwell-se": 4,
    "nvidia-v100-pcie-16": 3,
    "nvidia-v100-pcie-32": 3,
    "nvidia-v100-sxm2-16": 3,
    "nvidia-v100-sxm2-32": 3,
    "nvidia-a30": 0,
    "nvidia-a100-pcie-40": 0,
    "nvidia-a100-pcie-80": 0,
    "nvidia-a100-sxm4-40": 0,
    "nvidia-a100-sxm4-80": 0,
    "nvidia-h100-pcie-80": 0,
    "nvidia-h100-nvl-94": 0,
    "nvidia-h100-sxm5-80": 0,
    "nvidia-h200-nvl-141": 0,
    "nvidia-h200-sxm-141": 0,
    "nvidia-gh200-96": 0,
    "nvidia-gh200-144": 0,
    "nvidia-h800-sxm5-80": 0,
    "nvidia-gb200-186": 0,
    "nvidia-b200-sxm-180": 0,
    "nvidia-b300-sxm-269": 0,
}
"""NVENC engines by catalogue id. A GPU that is not here has an unknown number."""

ENCODING_SERIES = "Q"
COMPUTE_SERIES = "C"


def encoders(accelerator: str) -> int | None:
    """Encoders of one GPU; None where nobody has said."""
    return ENCODERS.get(accelerator)
