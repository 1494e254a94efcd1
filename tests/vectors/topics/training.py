"""Training and fine-tuning. What was measured goes through ``mlgen estimate``."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from generator.catalog import Catalog, UnknownRow
from generator.catalog.names import find_accelerator, find_model
from generator.sizing.precision import arithmetic, bytes_per_value
from generator.sizing.resolve import from_row
from generator.sizing.train import activations, adapters, estimators, flops, sharding
from generator.sizing.train.optimizers import named_state_bytes
from generator.sizing.train.regime import bytes_per_parameter
from generator.sizing.train.run import Method, model_parallel, step_samples, virtual_stages
from generator.sizing.train.runtime import context_bytes
from tests.vectors.ask import estimate, verdict
from tests.vectors.topics.models import feature_map
from tests.vectors.units import in_base
from tests.vectors.written import parameters_written

Inputs = Mapping[str, Any]

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

SQUAD_TOKENS = 206
"""Megatron Bridge counts the attention of LoRA over packed samples of SQuAD and not over the whole
sequence. Their length is assumed: at 100 or 400 tokens the count differs by less than 1 %."""

ALPACA_TOKENS = 512
"""torchtune, single-device configurations: unpacked samples of Alpaca, of which few are longer."""

TORCHTUNE = ["q", "v", "o", "gate", "up", "down"]
LINEAR = ["q", "k", "v", "o", "gate", "up", "down"]
ACCUMULATED = 32
"""Samples per step of the Qwen rows: each rank accumulates eight passes, on four GPUs at most."""

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

PEFT_MODELS = {"t0_3b": "t0-3b", "mt0xxl_12b": "mt0-xxl", "bloomz_7b1": "bloomz-7b1",
               "sd14": "stable-diffusion-1.4"}  # fmt: skip
PEFT_BATCH, PEFT_TOKENS = 8, 64
"""PEFT, example scripts of the README's table: batch and length of a tweet."""

DREAMBOOTH_BATCH = 1


# --- arithmetic ---------------------------------------------------------------------------------


def _model_states(inputs: Inputs) -> float:
    if "terms" in inputs:
        states = sharding.sharded_states(
            inputs["params"], weight_bytes=0, gradient_bytes=2, optimizer_bytes=4, stage=0, ranks=1
        )
        return states.total_bytes
    if "zero_stage" not in inputs:
        return _plain_states(inputs)
    return _sharded(inputs).total_bytes


def _plain_states(inputs: Inputs) -> float:
    """Weights, gradients and both moments of Adam in one format, as Accelerate counts them."""
    each = bytes_per_value(_format(inputs))
    parameters = inputs.get("params")
    if parameters is None:
        family = find_model(inputs["model"])
        parameters = Catalog.builtin().model(family).parameters
    states = sharding.sharded_states(
        parameters,
        weight_bytes=each,
        gradient_bytes=each,
        optimizer_bytes=sum((each, each)),
        stage=0,
        ranks=1,
    )
    return states.total_bytes


def _sharded(inputs: Inputs) -> sharding.States:
    return sharding.sharded_states(
        inputs["params"],
        weight_bytes=inputs.get("bytes_param", 2),
        gradient_bytes=inputs.get("bytes_grad", 2),
        optimizer_bytes=inputs["bytes_optimizer"],
        stage=inputs["zero_stage"],
        ranks=inputs.get("data_parallel", 1),
    )


def _optimizer(inputs: Inputs) -> float:
    if "from_optimizer" not in inputs:
        return _sharded(inputs).optimizer_bytes
    before = _deepspeed_document({**inputs, "optimizer": inputs["from_optimizer"]})
    after = _deepspeed_document({**inputs, "optimizer": inputs["to_optimizer"]})
    return _memory(before)["total_bytes"] - _memory(after)["total_bytes"]


def _largest_model(inputs: Inputs) -> float:
    shared = {
        "stage": inputs["zero_stage"],
        "model_ranks": inputs["model_parallel"],
    }
    if "gpu_memory_gb" in inputs:
        return sharding.largest_model_parameters(
            in_base(inputs["gpu_memory_gb"], "GB"), ranks=inputs["data_parallel"], **shared
        )
    document = {
        "train": {
            "sharding": SHARDING[inputs["zero_stage"]],
            "parallel": {"tensor": inputs["model_parallel"]},
        },
        "gpu": _gpus(inputs),
    }
    return _training(document)["largest_model_parameters"]


def _estimator(inputs: Inputs) -> estimators.StatesEstimate:
    offload = {
        key: inputs.get(key, False) not in (False, "none")
        for key in ("offload_optimizer", "offload_param")
    }
    if "largest_layer_params" not in inputs:
        told = " ".join(value for value in inputs.values() if isinstance(value, str)).lower()
        return estimators.zero2_estimate(
            inputs["total_params"],
            total_gpus=_first(inputs, "total_gpus", "gpus", "gpus_per_node"),
            offload_optimizer=offload["offload_optimizer"] or inputs.get("cpu_offload", False),
            documented="doc" in told,
        )
    return estimators.zero3_estimate(
        inputs["total_params"],
        inputs["largest_layer_params"],
        gpus_per_node=_first(inputs, "gpus_per_node", "total_gpus"),
        nodes=inputs.get("nodes", 1),
        offload_optimizer=offload["offload_optimizer"],
        offload_parameters=offload["offload_param"],
        zero_init=inputs.get("zero_init", True),
    )


def _gpu_estimate(inputs: Inputs) -> float:
    if "total_params" not in inputs:
        return _plain_states(inputs)
    return _estimator(inputs).gpu_bytes


def _host_estimate(inputs: Inputs) -> float:
    return _estimator(inputs).host_bytes


def _state_bytes(inputs: Inputs) -> float:
    return named_state_bytes(inputs["optimizer"])


def _bytes_per_parameter(inputs: Inputs) -> float:
    return bytes_per_parameter(
        _first(inputs, "regime", "framework"),
        inputs.get("optimizer", "adamw"),
        stage=1 if inputs.get("distributed_optimizer") else 0,
        shared_over=inputs.get("data_parallel", 1),
    )


def _activations(inputs: Inputs) -> float:
    if "expr" in inputs:
        return activations.score_ratio(heads=inputs["a"], sequence=inputs["s"], hidden=inputs["h"])
    if "model" in inputs:
        return _eager_activations(inputs)
    if "s" not in inputs:
        return feature_map(inputs)
    layer = activations.Layer(
        sequence=inputs["s"],
        micro_batch=inputs["b"],
        hidden=inputs["h"],
        heads=inputs["a"],
    )
    if "term" in inputs:
        scores = inputs["term"].startswith("5")
        return activations.score_bytes(layer) if scores else activations.dense_bytes(layer)
    return activations.model_bytes(
        layer,
        inputs.get("layers", 1),
        recompute=inputs["recompute"],
        tensor=inputs.get("tp", 1),
        sequence_parallel=bool(_first(inputs, "sp", "sequence_parallel", default=False)),
    )


def _eager_activations(inputs: Inputs) -> float:
    model = from_row(Catalog.builtin().model(find_model(inputs["model"])))
    layer = activations.Layer(
        sequence=inputs["s"], micro_batch=inputs["b"], hidden=model.hidden, heads=model.heads
    )
    if "bytes" in inputs:
        return activations.hidden_state_bytes(layer, inputs["bytes"])
    if "saved_tensors_per_layer_multiplier" in inputs:
        return activations.eager_layer_bytes(layer, inputs["saved_tensors_per_layer_multiplier"])
    return activations.eager_model_bytes(
        layer, model.layers, model.vocabulary, checkpointing=inputs["gradient_checkpointing"]
    )


def _logits(inputs: Inputs) -> float:
    return activations.logits_bytes(inputs["s"], inputs["b"], inputs["vocab"], inputs["bytes"])


def _adapter_parameters(inputs: Inputs) -> int:
    targets = _targets(inputs["targets"])
    if "model" in inputs:
        model = from_row(Catalog.builtin().model(find_model(inputs["model"])))
        return adapters.adapter_parameters(model, inputs["rank"], targets)
    return adapters.square_adapter_parameters(
        layers=inputs["layers"],
        hidden=inputs["hidden"],
        kv_width=inputs.get("kv_dim"),
        rank=inputs["rank"],
        targets=targets,
    )


def _targets(text: str) -> tuple[str, ...]:
    return tuple(target.strip().removesuffix("_proj") for target in text.split(","))


def _context(inputs: Inputs) -> float:
    return context_bytes(lazy_loading=inputs.get("lazy_loading", True))


def _days(inputs: Inputs) -> float:
    return in_base(_training(_achieved_document(inputs))["hours"], "h")


def _achieved_document(inputs: Inputs) -> dict[str, Any]:
    """A run of which only parameters, tokens or batch, and what each GPU achieved are printed."""
    achieved = _first(inputs, "achieved_tflops_per_gpu", "achieved_tflops")
    train: dict[str, Any] = {
        "achieved_flops": f"{in_base(achieved, 'TFLOP/s'):.0f}/s",
        "recompute": flops.recompute_named(inputs["recompute"]).value,
    }
    for printed, name in (("tokens", "tokens"), ("global_batch", "batch"), ("seq", "sequence")):
        if printed in inputs:
            train[name] = round(inputs[printed])
    return {
        "model": {"params": parameters_written(inputs["params"])},
        "train": train,
        "gpu": {"gpus": inputs["gpus"]},
    }


def _step(inputs: Inputs) -> float:
    if "achieved_tflops" in inputs:
        return _training(_achieved_document(inputs))["step_s"]
    return _training(time_document(inputs))["step_s"]


def _mfu(inputs: Inputs) -> float:
    if "achieved_tflops" in inputs:
        return flops.achieved_ratio(
            in_base(inputs["achieved_tflops"], "TFLOP/s"), in_base(inputs["peak_tflops"], "TFLOP/s")
        )
    if "tokens_per_s" in inputs:
        work = flops.palm_flops_per_token(
            inputs["params"],
            layers=inputs["layers"],
            width=inputs["hidden"],
            sequence=inputs["seq"],
        )
        peaks = _accelerator(inputs).peak_dense_tflops
        return flops.utilisation_ratio(
            inputs["tokens_per_s"],
            work,
            gpus=inputs["gpus"],
            peak_flops_per_s=arithmetic(_format(inputs), peaks).peak_flops,
        )
    return _training(time_document(inputs))["mfu"]


def _hfu(inputs: Inputs) -> float:
    """From a printed MFU by what recompute adds, on that shape where one is printed."""
    if inputs.get("model") not in KORTHIKANTI:
        kept = "full" if inputs.get("act_ckpt", True) else "none"
        recompute = flops.recompute_named(inputs.get("recompute", kept))
        return flops.hardware_utilisation_ratio(in_base(inputs["mfu"], "%"), recompute)
    shape = {**KORTHIKANTI[inputs["model"]], "vocabulary": MEGATRON_VOCABULARY}
    document = {
        "model": {name: shape[name] for name in ("layers", "hidden", "heads", "vocabulary")},
        "train": {
            "framework": "megatron",
            "sequence": inputs.get("seq", 2048),
            "micro_batch": 1,
            "recompute": flops.recompute_named(inputs["recompute"]).value,
            "utilisation": f"{inputs['mfu']}%",
        },
        "gpu": {"model": find_accelerator("A100-80GB"), "gpus": 1},
    }
    return _training(document)["hfu"]


def _flops_per_token(inputs: Inputs) -> float:
    """As Megatron Bridge prints it: active weights, and half of the square of attention."""
    model = from_row(Catalog.builtin().model(find_model(inputs["model"])))
    sequence = next((inputs[key] for key in SPELLINGS["sequence"] if key in inputs), 4096)
    told = str(_first(inputs, "method", "task", "recipe", "mode", default="full")).lower()
    if "lora" in told:
        return flops.flops_per_token(model, SQUAD_TOKENS, method=Method("lora"), causal=True).total
    return flops.flops_per_token(model, sequence, method=Method("full"), causal=True).total


def _step_flops(inputs: Inputs) -> float:
    """Of one optimizer step on each GPU."""
    return flops.step_flops(
        inputs["params"],
        samples=_first(inputs, *SPELLINGS["batch"]),
        sequence=_first(inputs, *SPELLINGS["sequence"]),
        gpus=inputs.get("gpus", 1),
        recompute=flops.recompute_named(str(inputs.get("recompute", "full"))),
    )


def _gpu_hours(inputs: Inputs) -> float:
    document = {
        "model": {"params": parameters_written(_first(inputs, "total_params", "params"))},
        "train": {"tokens": inputs["tokens"]},
        "gpu": _gpu(inputs),
    }
    if "active_params" in inputs:
        document["model"]["active_params"] = parameters_written(inputs["active_params"])
    if "precision" in inputs:
        document["model"]["precision"] = _format(inputs)
    return in_base(_training(document)["programme_gpu_hours"], "h")


# --- measured memory ----------------------------------------------------------------------------


def _measured_memory(inputs: Inputs) -> float:
    return _memory(memory_document(inputs))[printed_memory(inputs)]


def _static(inputs: Inputs) -> float:
    return _memory(memory_document(inputs))["static_bytes"]


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
    return _deepspeed_document(inputs) if "zero_stage" in inputs else time_document(inputs)


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
        "gpu": _gpus(inputs),
    }


def _deepspeed_document(inputs: Inputs) -> dict[str, Any]:
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
    model: dict[str, Any] = {"family": family, "precision": _format(inputs)}
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
        "gpu": _gpu(inputs),
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
    return {"model": model, "train": train, "gpu": _gpus(inputs)}


def _torchtune_document(inputs: Inputs) -> dict[str, Any]:
    """The single-device configurations of torchtune: rank 8, but for keys on every matrix."""
    method = inputs["method"].lower().replace("-", "")
    model: dict[str, Any] = {"family": find_model(inputs["model"]), "precision": "bf16"}
    if "qlora" in method:
        model.update(precision="nf4-dq", method={"qlora": _adapter(TORCHTUNE, rank=8)})
    elif "lora" in method:
        model["method"] = {"lora": _adapter(TORCHTUNE, rank=8)}
    train = {"framework": "torchtune", "sequence": ALPACA_TOKENS, "micro_batch": 2,
             **_sizes(inputs)}  # fmt: skip
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


# --- measured time ------------------------------------------------------------------------------


def _throughput(inputs: Inputs) -> float:
    return _training(time_document(inputs))["tokens_per_s_per_gpu"]


def _achieved(inputs: Inputs) -> float:
    """Papers that recompute everything count that too."""
    training = _training(time_document(inputs))
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
            "precision": _format(inputs),
        },
        "train": {
            "framework": "llm-foundry",
            "sharding": SHARDING[inputs["sharding"]],
            "recompute": "full" if inputs["act_ckpt"] else "none",
            "attention": "flash",
            **_sizes(inputs),
        },
        "gpu": _gpus(inputs),
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
        **_sizes(inputs),
        "parallel": _parallel(inputs),
    }
    if "batch_per_dp" in inputs:
        train["batch"] = step_samples(inputs["batch_per_dp"], inputs["dp"])
    if str(inputs.get("model", "")).startswith("Llama-3") and "batch" not in _sizes(inputs):
        train["batch"] = LLAMA3_SAMPLES[inputs["seq"]]
    document = {"model": _shape(inputs), "train": train, "gpu": _gpus(inputs)}
    document["model"]["precision"] = _format(inputs)
    return document


def _parallel(inputs: Inputs) -> dict[str, Any]:
    degrees: dict[str, Any] = {
        key: value
        for key, value in _stated(inputs)
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
    model = {"family": find_model(inputs["model"]), "precision": _format(inputs)}
    if inputs["model"] == "LLaMA-65B":
        train: dict[str, Any] = {
            "framework": "megatron",
            "sequence": 2048,
            "batch": LLAMA1_SAMPLES,
            "distributed_optimizer": True,
            "parallel": {"tensor": 8},
        }
        return {"model": model, "train": train, "gpu": _gpus(inputs)}
    told = " ".join(map(str, inputs.values())).lower()
    if "float8" in told or inputs.get("float8"):
        model["precision"] = "fp8"
    train = {
        "framework": "torchtitan",
        "sharding": "fsdp",
        "sequence": 8192,
        "micro_batch": TORCHTITAN_BATCH,
        "parallel": _parallel(inputs),
        **_sizes(inputs),
    }
    if "compile" in told or inputs.get("compile"):
        train["compiled"] = True
    recompute = dict(_stated(inputs)).get("recompute")
    if recompute is not None:
        train["recompute"] = str(recompute).partition(" ")[0].lower()
    return {"model": model, "train": train, "gpu": _gpus(inputs)}


# --- what rows have in common -------------------------------------------------------------------


def _stated(inputs: Inputs) -> Iterator[tuple[str, Any]]:
    """What a row states, by the language's names."""
    for key, spellings in SPELLINGS.items():
        for spelling in spellings:
            if inputs.get(spelling) is not None:
                yield key, inputs[spelling]
                break


def _sizes(inputs: Inputs) -> dict[str, Any]:
    return {
        key: value for key, value in _stated(inputs) if key in {"sequence", "micro_batch", "batch"}
    }


def _format(inputs: Inputs) -> str:
    printed = str(_first(inputs, "precision", "dtype", default="bf16"))
    return FORMATS.get(printed, printed)


def _first(inputs: Inputs, *names: str, default: Any = None) -> Any:
    return next((inputs[name] for name in names if name in inputs), default)


def _gpu(inputs: Inputs) -> str:
    return find_accelerator(inputs.get("gpu", "H100"))


def known_board(inputs: Inputs) -> str | None:
    """The GPU that a row names; None where it names none, or none of the catalogue."""
    try:
        return find_accelerator(inputs["gpu"]) if "gpu" in inputs else None
    except UnknownRow:
        return None


def _gpus(inputs: Inputs) -> dict[str, Any]:
    return {"model": _gpu(inputs), "gpus": inputs.get("gpus", 1)}


def _accelerator(inputs: Inputs) -> Any:
    return Catalog.builtin().accelerator(_gpu(inputs))


def _memory(document: dict[str, Any]) -> dict[str, Any]:
    memory: dict[str, Any] = estimate(document)["memory"]
    return memory


def _training(document: dict[str, Any]) -> dict[str, Any]:
    training: dict[str, Any] = estimate(document)["training"]
    return training


ANSWERS: dict[str, Callable[[Inputs], object]] = {
    "training_memory.model_states": _model_states,
    "training_memory.bytes_per_param": _bytes_per_parameter,
    "training_memory.estimator": _gpu_estimate,
    "training_memory.max_model_size": _largest_model,
    "training_memory.optimizer": _optimizer,
    "training_memory.optimizer_bytes_per_param": _state_bytes,
    "training_memory.finetune_measured": _measured_memory,
    "training_memory.lora_measured": _measured_memory,
    "training_memory.measured_peak": _measured_memory,
    "training_memory.measured_static": _static,
    "host_ram.training": _host_estimate,
    "activation_memory.cnn": feature_map,
    "activation_memory.feature_map": feature_map,
    "activation_memory": _activations,
    "activation_memory.logits": _logits,
    "lora.params": _adapter_parameters,
    "gpu.context_memory": _context,
    "training_time.days": _days,
    "training_time.flops": _step_flops,
    "training_time.flops_per_step": _step_flops,
    "training_time.step_flops": _step_flops,
    "training_time.flops_per_token": _flops_per_token,
    "training_time.gpu_hours": _gpu_hours,
    "training_time.hfu": _hfu,
    "training_time.mfu": _mfu,
    "training_time.step": _step,
    "training_time.tflops_per_gpu": _achieved,
    "training_time.throughput": _throughput,
}
