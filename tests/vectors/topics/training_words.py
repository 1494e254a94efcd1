"""How sources of training call what the language has a key for."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from generator.catalog import Catalog
from generator.catalog.names import find_accelerator
from tests.vectors.ask import estimate
from tests.vectors.printed import Inputs, first

FORMATS = {
    "none": "bf16",
    "bnb.nf4": "nf4",
    "bnb.nf4-dq": "nf4-dq",
    "bnb.fp4": "nf4",
    "bnb.fp4-dq": "nf4-dq",
    "bnb.int8-training": "int8",
    "bf16-true": "bf16",
    "bfloat16": "bf16",
    "float32": "fp32",
    "float16": "fp16",
    "amp_bf16": "bf16-mixed",
    "amp_fp8": "fp8-mixed",
    "amp_fp16": "fp16-mixed",
    "BF16": "bf16",
    "FP8": "fp8",
    "FP8-CS": "fp8",
    "FP8-MX": "mxfp8",
    "MXFP8": "mxfp8",
    "NVFP4": "nvfp4",
    "float8": "fp8",
}
"""How sources call the formats of the language."""

SPELLINGS = {
    "sequence": ("seq", "seq_max", "max_seq", "seq_len", "sequence", "sequence_length", "s"),
    "micro_batch": ("micro_batch", "micro_batch_size", "mbs", "local_batch", "local_batch_size"),
    "batch": ("global_batch", "global_batch_size", "gbs", "batch"),
    "tensor": ("tp", "tensor_parallel"),
    "pipeline": ("pp", "pipeline_parallel"),
    "context": ("cp", "context_parallel"),
    "expert": ("ep", "expert_parallel"),
    "virtual_stages": ("vp", "vpp", "virtual_pipeline"),
    "precision": ("precision", "dtype"),
    "recompute": ("recompute", "ac", "activation_checkpointing"),
    "framework": ("framework",),
}
"""How sources call the keys of the language."""

SHARDING = {
    "FULL_SHARD": "fsdp",
    "SHARD_GRAD_OP": "zero-2",
    "NO_SHARD": "ddp",
    "fsdp": "fsdp",
    "fsdp2": "fsdp",
    0: "none",
    1: "zero-1",
    2: "zero-2",
    3: "zero-3",
}


def stated(inputs: Inputs) -> Iterator[tuple[str, Any]]:
    """What a row states, by the language's names."""
    for key, spellings in SPELLINGS.items():
        for spelling in spellings:
            if inputs.get(spelling) is not None:
                yield key, inputs[spelling]
                break


def sizes(inputs: Inputs) -> dict[str, Any]:
    return {
        key: value for key, value in stated(inputs) if key in {"sequence", "micro_batch", "batch"}
    }


def format_of(inputs: Inputs) -> str:
    printed = str(first(inputs, "precision", "dtype", default="bf16"))
    return FORMATS.get(printed, printed)


def gpu_of(inputs: Inputs) -> str:
    return find_accelerator(inputs.get("gpu", "H100"))


def gpus_of(inputs: Inputs) -> dict[str, Any]:
    return {"model": gpu_of(inputs), "gpus": inputs.get("gpus", 1)}


def board_of(inputs: Inputs) -> Any:
    return Catalog.builtin().accelerator(gpu_of(inputs))


def memory_of(document: dict[str, Any]) -> dict[str, Any]:
    memory: dict[str, Any] = estimate(document)["memory"]
    return memory


def training_of(document: dict[str, Any]) -> dict[str, Any]:
    training: dict[str, Any] = estimate(document)["training"]
    return training
