"""Models and devices that the tests of serving share."""

from __future__ import annotations

from generator.catalog import Catalog
from generator.sizing.architecture import Transformer
from generator.sizing.resolve import from_row
from generator.sizing.serve.device import Device, whole_gpu
from generator.sizing.serve.service import Service

H100, A100, L4 = "nvidia-h100-sxm5-80", "nvidia-a100-sxm4-80", "nvidia-l4"


def model(family: str = "llama-3.1-8b") -> Transformer:
    """A transformer of the catalogue."""
    return from_row(Catalog.builtin().model(family))


def gpu(name: str = H100) -> Device:
    """A whole GPU of the catalogue."""
    return whole_gpu(Catalog.builtin().accelerator(name))


def service(**stated: object) -> Service:
    """Llama 3.1 8B with 8192 tokens of context on an H100, unless stated otherwise."""
    usual = {
        "model": model(),
        "precision": "bf16",
        "context_tokens": 8192,
        "device": gpu(),
    }
    return Service(**(usual | stated))  # type: ignore[arg-type]
