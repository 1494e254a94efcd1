"""Documents of every kind that ``mlgen estimate`` answers: models x work x what is left open."""

from __future__ import annotations

from tests.sizing.estimate.asked import CATALOG, Document

H100, A100, L40S, V100 = (
    "nvidia-h100-sxm5-80",
    "nvidia-a100-sxm4-80",
    "nvidia-l40s",
    "nvidia-v100-sxm2-32",
)

DECODER_KINDS = ("dense-transformer", "moe-transformer", "encoder-decoder-transformer")
OWN = {"layers": 24, "hidden": 2048, "heads": 16, "kv_heads": 4, "vocabulary": 50_000}
ENGINES = ("vllm", "trtllm", "sglang", "huggingface", "litgpt", "llama.cpp", "nim", "tgi")
FRAMEWORKS = (
    "huggingface",
    "peft",
    "deepspeed",
    "fsdp",
    "torchtitan",
    "llm-foundry",
    "megatron",
    "litgpt",
    "torchtune",
)


def _decoders() -> list[str]:
    models = (CATALOG.model(row) for row in CATALOG.ids("models"))
    return [model.id for model in models if model.kind in DECODER_KINDS]


def _served_whole() -> list[str]:
    """Models that answer batches: encoders and vision models with a known number of operations."""
    models = (CATALOG.model(row) for row in CATALOG.ids("models"))
    return [
        model.id
        for model in models
        if model.kind == "encoder-transformer" or model.forward_gmacs_per_sample is not None
    ]


def services() -> list[Document]:
    """Generative services."""
    return [
        *({"model": {"family": one}, "serving": {"context": 2048}} for one in _decoders()),
        *(
            {"model": {"family": one}, "serving": {"sessions": 4}, "gpu": H100}
            for one in _decoders()
        ),
        *(
            {
                "model": {"family": "qwen2.5-7b", "precision": "bf16"},
                "serving": {"context": 4096, "sessions": 8, "engine": engine},
                "gpu": gpu,
            }
            for engine in ENGINES
            for gpu in (H100, A100, L40S)
        ),
        *(
            {"model": {"family": "llama-3.1-8b", "precision": precision}, "serving": {}}
            for precision in ("fp32", "fp8", "int4", "nf4", "Q4_K_M", "nvfp4")
        ),
        {"model": OWN, "serving": {"context": 1024, "sessions": 3}, "gpu": L40S},
        {
            "model": {"family": "llama-3.1-70b", "precision": "fp8"},
            "serving": {
                "engine": "trtllm",
                "tensor_parallel": 4,
                "input_tokens": 1000,
                "output_tokens": 200,
                "sessions": 64,
                "degraded_sessions": 40,
                "replicas": 2,
                "p95_per_token": "40ms",
                "p95_first_token": "2s",
                "shared_prefix_tokens": 300,
                "max_num_seqs": 64,
                "max_num_batched_tokens": 4096,
                "memory_utilisation": "85%",
                "sampler": "fused",
            },
            "gpu": {"model": H100, "gpus": 8},
        },
        {
            "model": {"family": "llama-3.1-8b"},
            "serving": {"context": 8192, "draft_model": "llama-3.2-1b", "sessions": 2},
            "gpu": {"model": H100, "profile": "nvidia_h100xm-40c"},
        },
        {
            "model": {"family": "llama-3.1-8b"},
            "serving": {"context": 8192, "sessions": 2},
            "gpu": H100,
            "assume": {
                "weights": {"value": "15GiB", "source": "vllm log of 2026-11-02"},
                "kv_room": "48GiB",
                "runtime": "900MiB",
                "activations": "2GiB",
                "per_token": "9ms",
                "first_token": {"value": "200ms", "source": "load test 14"},
            },
        },
        {"model": {"family": "llama-3.1-405b"}, "serving": {"context": 8192}, "gpu": L40S},
    ]


def batches() -> list[Document]:
    """Embeddings and images."""
    return [
        *({"model": {"family": one}, "serving": {"batch": 8}} for one in _served_whole()),
        *({"model": {"family": one}, "serving": {}, "gpu": L40S} for one in _served_whole()),
        {
            "model": {"family": "bge-m3"},
            "serving": {"p95": "80ms", "rate": "900/s", "input_tokens": 256},
            "gpu": L40S,
        },
        {
            "model": {"family": "yolov8m"},
            "serving": {"mode": "batch", "items": 10_000_000, "window": "4h", "batch": 32},
            "gpu": L40S,
        },
    ]


def on_cpus() -> list[Document]:
    """Services on CPUs, large and classic."""
    cpu = {"kind": "cpu"}
    return [
        *(
            {
                "model": {"family": "llama-2-7b", "precision": precision},
                "serving": {"context": 1024, "sessions": 2, "engine": engine},
                "accelerator": cpu,
            }
            for precision in ("bf16", "int8", "int4")
            for engine in ("ipex", "autoawq", "llama.cpp")
        ),
        {"model": {"family": "gradient-boosting", "size": "40MB"}, "serving": {}},
        {
            "model": {"family": "llama-2-7b"},
            "serving": {},
            "accelerator": {"kind": "cpu", "model": "intel-icx-8375c"},
        },
    ]


def runs() -> list[Document]:
    """Training, fine-tuning and searches."""
    trial = {"trials": 200, "trial_time": "2h", "deadline": "5d"}
    lora = {"family": "llama-2-7b", "method": {"lora": {"rank": 16}}}
    return [
        *({"model": {"family": one}, "train": {}} for one in _decoders()),
        *(
            {
                "model": {"family": "llama-3.1-8b"},
                "train": {"framework": framework, "sequence": 4096, "tokens": 10**12},
                "gpu": {"model": gpu, "gpus": 8},
            }
            for framework in FRAMEWORKS
            for gpu in (H100, A100)
        ),
        *(
            {"model": {**lora, "method": {method: {"rank": 8}}}, "train": {"framework": "peft"}}
            for method in ("lora", "qlora", "dora")
        ),
        *(
            {
                "model": {"family": "llama-3.1-8b"},
                "train": {"optimizer": optimizer, "micro_batch": 2, "sequence": 2048},
            }
            for optimizer in ("adamw", "adamw-8bit", "sgd", "lion", "adafactor", "muon")
        ),
        {"model": lora, "train": {"steps": 2000, "batch": 64}, "gpu": H100},
        {"model": OWN, "train": {"tokens": 10**10}, "gpu": {"model": A100, "gpus": 4}},
        {"model": {"params": "7B"}, "train": {"tokens": 10**11}, "gpu": {"model": H100, "gpus": 8}},
        {"model": {"params": "7B"}, "train": {"utilisation": "45%", "tokens": 10**9}, "gpu": A100},
        {"model": {"params": "7B"}, "train": {}},
        {
            "model": {"family": "resnet50"},
            "train": {
                "steps": 50_000,
                "batch": 256,
                "throughput_per_gpu": {"value": "2500/s", "source": "measured"},
                "deadline": "8h",
            },
            "gpu": L40S,
        },
        {
            "model": {"family": "llama-3.1-8b"},
            "train": {
                "framework": "deepspeed",
                "sharding": "zero-3",
                "offload": {"optimizer": True, "parameters": True},
                "sequence": 2048,
            },
            "checkpoint": {"interval": "30m", "store": "s"},
            "gpu": {"model": A100, "gpus": 8},
        },
        {
            "model": {"family": "llama-3.1-8b"},
            "train": {"framework": "megatron", "sequence": 4096, "loader": {"sample": "64kB"}},
            "gpu": {"model": H100, "gpus": 64},
            "assume": {"step": {"value": "9s", "source": "run 17"}, "total": "60GiB"},
        },
        {"hpo": {**trial, "memory": "16GiB"}},
        *(
            {"hpo": {**trial, "memory": "16GiB", "early_stopping": stopping}}
            for stopping in ("none", "median", "asha", "hyperband")
        ),
        {"hpo": trial, "model": lora, "train": {"sequence": 1024, "micro_batch": 1}, "gpu": H100},
        {
            "hpo": {
                **trial,
                "memory": "16GiB",
                "early_stopping": "asha",
                "early_stopping_saving": "30%",
                "max_parallel": 30,
            }
        },
    ]


def documents() -> list[Document]:
    """All of them."""
    return [*services(), *batches(), *on_cpus(), *runs()]
