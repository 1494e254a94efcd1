"""Measured memory of training and fine-tuning, by the workload that a row describes."""

from __future__ import annotations

from typing import Any

from generator.catalog import Catalog
from generator.catalog.names import find_accelerator, find_model
from generator.sizing.resolve import from_row
from generator.sizing.train import adapters
from tests.vectors.ask import verdict
from tests.vectors.printed import Inputs, known_board
from tests.vectors.topics.training_time import time_document
from tests.vectors.topics.training_words import (
    FORMATS,
    SHARDING,
    format_of,
    gpu_of,
    gpus_of,
    memory_of,
    sizes,
)

ALPACA_TOKENS = 512
"""torchtune, single-device configurations: unpacked samples of Alpaca, of which few are longer."""

TORCHTUNE = ["q", "v", "o", "gate", "up", "down"]
LINEAR = ["q", "k", "v", "o", "gate", "up", "down"]
ACCUMULATED = 32
"""Samples per step of the Qwen rows: each rank accumulates eight passes, on four GPUs at most."""

PEFT_MODELS = {"t0_3b": "t0-3b", "mt0xxl_12b": "mt0-xxl", "bloomz_7b1": "bloomz-7b1",
               "sd14": "stable-diffusion-1.4"}  # fmt: skip
PEFT_BATCH, PEFT_TOKENS = 8, 64
"""PEFT, example scripts of the README's table: batch and length of a tweet."""

DREAMBOOTH_BATCH = 1


def measured_memory(inputs: Inputs) -> float:
    return memory_of(memory_document(inputs))[printed_memory(inputs)]


def static(inputs: Inputs) -> float:
    return memory_of(memory_document(inputs))["static_bytes"]


def printed_memory(inputs: Inputs) -> str:
    """Which figure a source prints: its allocator's, one GPU's, or the sum over several GPUs.

    PEFT's examples print ``max_memory_allocated`` (TorchTracemalloc) and its method comparison what
    the allocator has reserved: neither holds the CUDA context.
    """
    if not {"quant", "vp_layers_per_stage", "tp", "case", "trainable"}.isdisjoint(inputs):
        return "allocated_bytes"
    summed = inputs.get("gpus", 1) != 1 and "method" in inputs
    each = "per" in str(inputs.get("unit", "")).split() or "/GPU" in str(inputs.get("unit", ""))
    if each or not str(inputs.get("model", "")).startswith("Qwen"):
        return "total_bytes"
    return "all_gpus_bytes" if summed else "total_bytes"


def memory_document(inputs: Inputs) -> dict[str, Any]:
    """The workload of a row that prints memory."""
    if "case" in inputs:
        return _peft_document(inputs["case"])
    if "tp" in inputs or ("method" not in inputs and {"quant", "trainable"}.isdisjoint(inputs)):
        return _trained_document(inputs)
    return _finetune_document(inputs)


def _trained_document(inputs: Inputs) -> dict[str, Any]:
    return deepspeed_document(inputs) if "zero_stage" in inputs else time_document(inputs)


def _finetune_document(inputs: Inputs) -> dict[str, Any]:
    """Which of the fine-tuning sources a row is from shows in its keys."""
    if "quant" in inputs:
        return _litgpt_document(inputs)
    if "trainable" in inputs:
        return _comparison_document(inputs)
    if str(inputs["model"]).startswith("Qwen"):
        return _qwen_document(inputs)
    return _torchtune_document(inputs)


def _litgpt_document(inputs: Inputs) -> dict[str, Any]:
    method = "lora" if inputs["quant"] == "none" else "qlora"
    return {
        "model": {
            "family": find_model(inputs["model"]),
            "precision": FORMATS[inputs["quant"]],
            "method": {method: {"rank": inputs["lora_r"], "targets": ["q", "v"]}},
        },
        "train": {
            "framework": "litgpt",
            "sequence": inputs["seq_max"],
            "micro_batch": inputs["micro_batch"],
            "recompute": "full" if inputs.get("gradient_checkpointing") else "none",
        },
        "gpu": gpus_of(inputs),
    }


def deepspeed_document(inputs: Inputs) -> dict[str, Any]:
    return {
        "model": {"family": find_model(inputs["model"]), "precision": "bf16"},
        "train": {
            "framework": "deepspeed",
            "sharding": SHARDING[inputs["zero_stage"]],
            "optimizer": inputs["optimizer"],
            "sequence": inputs.get("seq", 1024),
            "micro_batch": inputs.get("micro_batch", 4),
            "batch": inputs.get("global_batch", ACCUMULATED),
        },
        "gpu": {"model": find_accelerator(inputs.get("gpu", "A100-40GB")),
                "gpus": inputs["gpus"]},
    }  # fmt: skip


def _comparison_document(inputs: Inputs) -> dict[str, Any]:
    """PEFT's comparison of methods: those that train few parameters sit beside q and v."""
    family = find_model(inputs["model"])
    model: dict[str, Any] = {"family": family, "precision": format_of(inputs)}
    whole = from_row(Catalog.builtin().model(family))
    rank = adapters.rank_of(whole, inputs["trainable"], ("q", "v"))
    if rank is not None:
        model["method"] = {"lora": {"rank": rank, "targets": ["q", "v"]}}
    return {
        "model": model,
        "train": {
            "framework": "peft",
            "optimizer": inputs["optimizer"].lower(),
            "sequence": inputs["max_seq"],
            "micro_batch": inputs["batch"],
            "batch": inputs["batch"],
            "recompute": "full" if inputs["grad_ckpt"] else "none",
        },
        "gpu": gpu_of(inputs),
    }


def _qwen_document(inputs: Inputs) -> dict[str, Any]:
    """The fine-tuning scripts of the Qwen README: rank 64 on all matrices, checkpointing.

    One GPU trains adapters with the Trainer alone; the 4-bit models and full training need
    DeepSpeed, with ZeRO-2 on one GPU and ZeRO-3 on several.
    """
    method = inputs["method"].lower().replace("-", "").partition("+")[0].strip()
    several = inputs.get("gpus", 1) != 1
    model: dict[str, Any] = {"family": find_model(inputs["model"]), "precision": "bf16"}
    train: dict[str, Any] = {
        "framework": "huggingface",
        "sequence": inputs["seq"],
        "micro_batch": inputs["batch"],
        "batch": ACCUMULATED,
        "recompute": "full",
        "attention": "flash",
    }
    if method == "full" or "zero" in inputs["method"].lower() or method == "qlora":
        train.update(framework="deepspeed", sharding="zero-3" if several else "zero-2")
    if method == "qlora":
        model.update(precision="int4-g128-zero", method={"qlora": _adapter(LINEAR)})
    elif method == "lora(emb)":
        model["method"] = {"lora": _adapter([*LINEAR, "embedding", "head"])}
    elif method == "lora":
        model["method"] = {"lora": _adapter(LINEAR)}
    return {"model": model, "train": train, "gpu": gpus_of(inputs)}


def _torchtune_document(inputs: Inputs) -> dict[str, Any]:
    """The single-device configurations of torchtune: rank 8, but for keys on every matrix."""
    method = inputs["method"].lower().replace("-", "")
    model: dict[str, Any] = {"family": find_model(inputs["model"]), "precision": "bf16"}
    if "qlora" in method:
        model.update(precision="nf4-dq", method={"qlora": _adapter(TORCHTUNE, rank=8)})
    elif "lora" in method:
        model["method"] = {"lora": _adapter(TORCHTUNE, rank=8)}
    train = {"framework": "torchtune", "sequence": ALPACA_TOKENS, "micro_batch": 2,
             **sizes(inputs)}  # fmt: skip
    if inputs.get("gpus", 1) != 1:
        train["sharding"] = "fsdp"
    elif "lora" not in method:
        train["optimizer"] = "adamw-8bit"
    gpu = {"model": known_board(inputs), "gpus": inputs.get("gpus", 1)}
    stated = {key: value for key, value in gpu.items() if value is not None}
    return {"model": model, "train": train, "gpu": stated}


def _adapter(targets: list[str], rank: int = 64) -> dict[str, Any]:
    return {"rank": rank, "targets": targets}


def _peft_document(case: str) -> dict[str, Any]:
    """PEFT's README: weights in 32 bits on one A100 with 80 GB, a month before PyTorch 2.0."""
    name, _, method = case.partition(".")
    model: dict[str, Any] = {"family": PEFT_MODELS[name], "precision": "fp32"}
    if method.startswith("lora"):
        model["method"] = {"lora": _adapter(["q", "v"], rank=8)}
    train: dict[str, Any] = {
        "framework": "huggingface-legacy",
        "sequence": PEFT_TOKENS,
        "micro_batch": PEFT_BATCH,
    }
    if "offload" in method:
        train.update(
            framework="deepspeed",
            sharding="zero-3",
            offload={"optimizer": True, "parameters": True},
        )
    if name == "sd14":
        train["micro_batch"] = DREAMBOOTH_BATCH
    return {"model": model, "train": train, "gpu": find_accelerator("A100-80GB")}


def training_feasibility(inputs: Inputs) -> str:
    """Whether a LoRA of LitGPT's table fits its GPU: ``fits`` or ``does not fit``."""
    method = inputs["method"].lower()
    quantised = [name for name in FORMATS if name.startswith("bnb") and name in method]
    return verdict(
        _litgpt_document(
            {
                "gpu": f"A100-{inputs['gpu_memory']}" if "gpu_memory" in inputs else "A100-40GB",
                "gpus": 1,
                "quant": quantised[-1] if quantised else "none",
                "lora_r": 8,
                "seq_max": 1024,
                **inputs,
            }
        )
    )
