"""Measured rates of training, by the workload that a row describes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from generator.catalog.names import find_model
from generator.sizing.train.run import model_parallel, step_samples, virtual_stages
from tests.vectors.printed import Inputs
from tests.vectors.topics.training_words import (
    SHARDING,
    format_of,
    gpus_of,
    sizes,
    stated,
    training_of,
)
from tests.vectors.units import in_base
from tests.vectors.written import parameters_written

MPT_HEADS = {768: 12, 1024: 16, 1536: 12, 2048: 16, 2560: 20, 4096: 32, 5120: 40, 7168: 56,
             8192: 64}  # fmt: skip
MPT_VOCABULARY = 50432
"""LLM Foundry, scripts/train/yamls/pretrain: heads and padded vocabulary of its models."""

MEGATRON_VOCABULARY = 51200
"""Narayanan et al. (2021), table 1."""

MEGATRON_2021: Mapping[int, Mapping[str, int]] = {
    2304: {"heads": 24, "micro_batch": 16, "vp": 1},
    3072: {"heads": 32, "micro_batch": 16, "vp": 1},
    4096: {"heads": 32, "micro_batch": 16, "vp": 1},
    6144: {"heads": 48, "micro_batch": 8, "vp": 1},
    8192: {"heads": 64, "micro_batch": 4, "vp": 1},
    10240: {"heads": 80, "micro_batch": 2, "vp": 3},
    12288: {"heads": 96, "micro_batch": 2, "vp": 2},
    16384: {"heads": 128, "micro_batch": 1, "vp": 2},
    20480: {"heads": 128, "micro_batch": 1, "vp": 3},
    25600: {"heads": 160, "micro_batch": 1, "vp": 1},
}
"""What table 1 of Narayanan et al. (2021) was run with and does not print, by hidden size.
Megatron-LM, examples/sc21/run_table_1.sh: NAH, MBS, and chunks per stage from
``--num-layers-per-virtual-pipeline-stage``; nothing there shares out the optimizer."""

KORTHIKANTI: Mapping[str, Mapping[str, Any]] = {
    "22B": {"layers": 48, "hidden": 6144, "heads": 64, "pp": 1, "vp": 1, "gpus": 8,
            "global_batch": 4, "micro_batch": 4},
    "175B": {"layers": 96, "hidden": 12288, "heads": 96, "pp": 8, "vp": 3, "gpus": 64,
             "global_batch": 64, "micro_batch": 1},
    "530B": {"layers": 105, "hidden": 20480, "heads": 128, "pp": 35, "vp": 3, "gpus": 280,
             "global_batch": 280, "micro_batch": 1},
    "1T": {"layers": 128, "hidden": 25600, "heads": 160, "pp": 64, "vp": 1, "gpus": 512,
           "global_batch": 512, "micro_batch": 1},
}  # fmt: skip
"""Korthikanti et al. (2022), table 3: tensor parallelism is 8 throughout."""

LLAMA3_SAMPLES = {8192: 2048, 131072: 128}
"""Samples of the 16 million tokens of a step. Llama 3 paper, table 4."""

LLAMA1_SAMPLES = 2048
"""Samples of 2048 tokens of the 4 million tokens of a step. LLaMA paper, section 2.3."""

TITAN = frozenset({"local_batch", "local_batch_size", "compile", "float8", "dp_shard"})
"""Keys that only torchtitan's benchmarks have."""

TORCHTITAN_BATCH = 2
"""Samples per GPU of torchtitan's benchmarks of Llama 3.1 8B."""

INTERLEAVED = 4
"""Model chunks per pipeline rank where a row of Megatron-LM or Llama 3 does not print them: both
interleave."""


def throughput(inputs: Inputs) -> float:
    return training_of(time_document(inputs))["tokens_per_s_per_gpu"]


def achieved(inputs: Inputs) -> float:
    """Papers that recompute everything count that too."""
    training = training_of(time_document(inputs))
    everything = str(inputs.get("recompute", "")).startswith("full")
    counted = training["tflops_per_gpu" if everything else "model_tflops_per_gpu"]
    return in_base(counted, "TFLOP/s")


def time_document(inputs: Inputs) -> dict[str, Any]:
    """The workload of a row that prints a rate: which source it is from shows in its keys."""
    if inputs.get("model") in KORTHIKANTI:
        return _megatron_document(
            {**inputs, **KORTHIKANTI[inputs["model"]], "tp": 8, "seq": 2048, "sp": True,
             "vocab": MEGATRON_VOCABULARY, "recompute": "selective", "attention": "eager",
             "framework": "megatron-legacy"}
        )  # fmt: skip
    if "model_parallel" in inputs:
        split = model_parallel(inputs["model_parallel"], layers=inputs["layers"])
        return _megatron_document(
            {"micro_batch": 1, "vp": split.virtual_stages, **inputs,
             "tp": split.tensor, "pp": split.pipeline, **MEGATRON_2021.get(inputs["hidden"], {}),
             "vocab": MEGATRON_VOCABULARY, "attention": "eager", "distributed_optimizer": False,
             "framework": "megatron-legacy"}
        )  # fmt: skip
    if "sharding" in inputs:
        return _foundry_document(inputs)
    if "act_ckpt" in inputs:
        return _foundry_document({**inputs, "sharding": "FULL_SHARD"})
    titan = not TITAN.isdisjoint(inputs) or "torchtitan" in str(inputs.get("framework"))
    if ("tp" in inputs or "vp_layers_per_stage" in inputs or "gbs" in inputs) and not titan:
        return _megatron_document(inputs)
    return _named_document(inputs)


def _foundry_document(inputs: Inputs) -> dict[str, Any]:
    hidden = inputs["hidden"]
    return {
        "model": {
            "params": parameters_written(inputs["params"]),
            "layers": inputs["layers"],
            "hidden": hidden,
            "heads": MPT_HEADS[hidden],
            "vocabulary": MPT_VOCABULARY,
            "tied_embeddings": True,
            "precision": format_of(inputs),
        },
        "train": {
            "framework": "llm-foundry",
            "sharding": SHARDING[inputs["sharding"]],
            "recompute": "full" if inputs["act_ckpt"] else "none",
            "attention": "flash",
            **sizes(inputs),
        },
        "gpu": gpus_of(inputs),
    }


def _megatron_document(inputs: Inputs) -> dict[str, Any]:
    """Megatron-LM, its functional tests (which run in deterministic mode), and Llama 3."""
    tested = "vp_layers_per_stage" in inputs
    train: dict[str, Any] = {
        "framework": inputs.get("framework", "megatron-deterministic" if tested else "megatron"),
        "distributed_optimizer": inputs.get("distributed_optimizer", True),
        "recompute": str(inputs.get("recompute", "none")).partition(" ")[0],
        "attention": inputs.get("attention", "flash"),
        "micro_batch": 1,
        **sizes(inputs),
        "parallel": _parallel(inputs),
    }
    if "batch_per_dp" in inputs:
        train["batch"] = step_samples(inputs["batch_per_dp"], inputs["dp"])
    if str(inputs.get("model", "")).startswith("Llama-3") and "batch" not in sizes(inputs):
        train["batch"] = LLAMA3_SAMPLES[inputs["seq"]]
    document = {"model": _shape(inputs), "train": train, "gpu": gpus_of(inputs)}
    document["model"]["precision"] = format_of(inputs)
    return document


def _parallel(inputs: Inputs) -> dict[str, Any]:
    degrees: dict[str, Any] = {
        key: value
        for key, value in stated(inputs)
        if key in {"tensor", "pipeline", "context", "expert", "virtual_stages"}
    }
    if inputs.get("vp_layers_per_stage"):
        degrees["virtual_stages"] = virtual_stages(
            inputs["layers"], inputs["pp"], inputs["vp_layers_per_stage"]
        )
    elif inputs.get("pp", 1) != 1:
        degrees.setdefault("virtual_stages", INTERLEAVED)
    # Megatron-LM's README: H100 runs with --tp-comm-overlap, which needs sequence parallelism.
    overlapped = {"hidden", "tp", "dp"} <= inputs.keys()
    degrees["sequence"] = bool(inputs.get("sp", inputs.get("sequence_parallel", overlapped)))
    return degrees


def _shape(inputs: Inputs) -> dict[str, Any]:
    """A model by name, or a GPT by its figures: an MLP of four times the width, no gate."""
    if "layers" not in inputs:
        return {"family": find_model(inputs["model"])}
    model = {"layers": inputs["layers"], "hidden": inputs["hidden"], "heads": inputs["heads"],
             "vocabulary": inputs["vocab"], "gated": False,
             "tied_embeddings": not inputs.get("untied", False)}  # fmt: skip
    if "kv_groups" in inputs:
        model["kv_heads"] = inputs["kv_groups"]
    return model


def _named_document(inputs: Inputs) -> dict[str, Any]:
    """LLaMA, whose paper says how it was trained, or a benchmark of torchtitan."""
    model = {"family": find_model(inputs["model"]), "precision": format_of(inputs)}
    if inputs["model"] == "LLaMA-65B":
        train: dict[str, Any] = {
            "framework": "megatron",
            "sequence": 2048,
            "batch": LLAMA1_SAMPLES,
            "distributed_optimizer": True,
            "parallel": {"tensor": 8},
        }
        return {"model": model, "train": train, "gpu": gpus_of(inputs)}
    told = " ".join(map(str, inputs.values())).lower()
    if "float8" in told or inputs.get("float8"):
        model["precision"] = "fp8"
    train = {
        "framework": "torchtitan",
        "sharding": "fsdp",
        "sequence": 8192,
        "micro_batch": TORCHTITAN_BATCH,
        "parallel": _parallel(inputs),
        **sizes(inputs),
    }
    if "compile" in told or inputs.get("compile"):
        train["compiled"] = True
    recompute = dict(stated(inputs)).get("recompute")
    if recompute is not None:
        train["recompute"] = str(recompute).partition(" ")[0].lower()
    return {"model": model, "train": train, "gpu": gpus_of(inputs)}
