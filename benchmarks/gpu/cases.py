"""What is measured: workloads as ``mlgen estimate`` takes them, built from the catalogue's models.

Each case is a mapping of the language, so that what is measured and what is predicted are the same
words. A case that the GPU cannot hold is left out by the program, with a word.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

Case = dict[str, Any]

SEQUENCE = 2048
LORA = {"lora": {"rank": 16, "targets": ["q", "k", "v", "o", "gate", "up", "down"]}}
TINY = {
    "layers": 2,
    "hidden": 64,
    "heads": 4,
    "kv_heads": 2,
    "ffn": 160,
    "vocabulary": 512,
    "gated": True,
    "tied_embeddings": False,
}
"""A language model that a CPU trains in a moment, for a run of the program itself."""

LANGUAGE = ("qwen2.5-0.5b", "llama-3.2-1b", "llama-3.2-3b", "llama-3.1-8b")
NETWORKS = (("resnet50", 64), ("vgg16", 32), ("vit-b-16", 64), ("vit-l-16", 32))
"""Vision models with the images of one step."""

BATCHES = (1, 8, 32)
CONTEXTS = (512, 2048, 8192)
ANSWER = 128


def cases(*, quick: bool) -> list[Case]:
    """All cases, or a few small ones that a CPU can run."""
    return list(_quick() if quick else _all())


def _all() -> Iterator[Case]:
    for family in LANGUAGE:
        for recompute in ("none", "full"):
            yield _training(family, {"family": family}, SEQUENCE, recompute, "huggingface", "full")
            adapted = {"family": family, "method": LORA}
            yield _training(family, adapted, SEQUENCE, recompute, "peft", "lora")
        yield _training(family, {"family": family}, SEQUENCE, "full", "peft", "pure")
    for family, batch in NETWORKS:
        yield _vision(family, batch)
    for family in LANGUAGE[1:]:
        for batch in BATCHES:
            for context in CONTEXTS:
                yield _serving(family, {"family": family}, batch, context, ANSWER)


def _quick() -> Iterator[Case]:
    yield _training("tiny", TINY, 32, "none", "huggingface", "full")
    yield _training("tiny", TINY, 32, "full", "huggingface", "full")
    yield _training("tiny", {**TINY, "method": LORA}, 32, "none", "peft", "lora")
    yield _training("tiny", TINY, 32, "none", "peft", "pure")
    yield _vision("resnet18", 2)
    yield _vision("vit-b-16", 1)
    yield _serving("tiny", TINY, 2, 48, 8)


def _training(
    label: str, model: Case, sequence: int, recompute: str, framework: str, method: str
) -> Case:
    """A step of a language model; ``pure`` keeps everything in 16 bits."""
    return {
        "name": f"{method}-{label}-s{sequence}-recompute-{recompute}",
        "model": {"precision": "bf16", **model},
        "train": {
            "framework": framework,
            "sequence": sequence,
            "micro_batch": 1,
            "steps": 1000,
            "recompute": recompute,
            "attention": "flash",
            "optimizer": "adamw",
        },
    }


def _vision(family: str, batch: int) -> Case:
    return {
        "name": f"train-{family}-b{batch}",
        "model": {"family": family, "precision": "bf16-mixed"},
        "train": {"micro_batch": batch, "batch": batch, "steps": 1000, "optimizer": "adamw"},
    }


def _serving(label: str, model: Case, batch: int, context: int, answer: int) -> Case:
    return {
        "name": f"serve-{label}-b{batch}-c{context}",
        "model": {"precision": "bf16", **model},
        "serving": {
            "mode": "service",
            "engine": "huggingface",
            "context": context,
            "sessions": batch,
            "input_tokens": context - answer,
            "output_tokens": answer,
        },
    }
