"""Models and runs that the tests of training share."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from generator.catalog import Catalog
from generator.sizing.architecture import Transformer
from generator.sizing.resolve import from_row
from generator.sizing.train.device import TrainingDevice, training_device
from generator.sizing.train.run import Recompute, TrainingRun

CATALOG = Catalog.builtin()


def model(name: str) -> Transformer:
    """A model of the catalogue."""
    return from_row(CATALOG.model(name))


LLAMA_7B, LLAMA_8B, LLAMA_70B = map(model, ("llama-2-7b", "llama-3.1-8b", "llama-3.1-70b"))
QWEN_MOE = model("qwen3-30b-a3b")

GPT = Transformer(
    name="gpt",
    layers=32,
    hidden=4096,
    heads=32,
    kv_heads=32,
    head_dim=128,
    ffn=4 * 4096,
    vocabulary=51_200,
    gated=False,
    tied=True,
)
"""Layers as Korthikanti et al. count them."""

A100, H100 = "nvidia-a100-sxm4-80", "nvidia-h100-sxm5-80"


def run(**stated: Any) -> TrainingRun:
    """A run of 2048 tokens without recompute, but for what is stated."""
    return replace(TrainingRun(sequence=2048, recompute=Recompute.NONE), **stated)


def device(name: str = A100, of: TrainingRun | None = None) -> TrainingDevice:
    """A GPU of the catalogue as ``of`` uses it."""
    return training_device(CATALOG.accelerator(name), of or run())
