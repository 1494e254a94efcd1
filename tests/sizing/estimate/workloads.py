"""Hypothesis strategies: services, runs and models whose settings are all fixed, or all open."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from hypothesis import strategies as st

from generator.blueprint.model.model import Adapter, Method, Model
from generator.blueprint.model.workloads import (
    Hpo,
    Offload,
    Parallel,
    Serving,
    Train,
    Workload,
)
from generator.quantity import Quantity
from tests.sizing.estimate.asked import run, service

DECODERS = (
    "llama-3.1-8b",
    "llama-3.1-70b",
    "qwen2.5-0.5b",
    "qwen3-14b",
    "gemma-2-9b",
    "gemma-3-12b",
    "falcon-7b",
    "gpt2-xl",
    "opt-13b",
    "mixtral-8x7b",
    "qwen3-30b-a3b",
    "gpt-oss-20b",
    "deepseek-v2-lite",
    "granite-4.0-h-small",
    "qwen3-next-80b-a3b",
)
"""Every kind of attention, MLP and cache that the catalogue has: grouped, multi-query, latent,
sliding, linear, learned positions, mixtures."""

DENSE = ("llama-3.1-8b", "qwen2.5-0.5b", "gemma-2-9b", "gpt2-xl", "opt-13b", "falcon-7b")
GPUS = ("nvidia-h100-sxm5-80", "nvidia-a100-sxm4-80", "nvidia-l40s", "nvidia-b200-sxm-180")
ENGINES = ("vllm", "trtllm", "sglang", "huggingface", "litgpt", "llama.cpp")
FRAMEWORKS = (None, "huggingface", "peft", "deepspeed", "fsdp", "torchtitan", "megatron", "litgpt")
PRECISIONS = ("bf16", "fp32", "int8", "int4", "nf4")
SHARDINGS = ("none", "zero-1", "zero-2", "zero-3", "fsdp", "ddp")

counts = st.integers(1, 64)
lengths = st.integers(16, 65_536)


@st.composite
def own_models(draw: st.DrawFn) -> Model:
    """A decoder by its own figures, dense or a mixture."""
    head_dim = draw(st.sampled_from((32, 64, 128)))
    heads = draw(st.sampled_from((4, 8, 16, 32)))
    mixture: dict[str, Any] = {}
    if draw(st.booleans()):
        mixture = {
            "experts": draw(st.sampled_from((4, 8, 64))),
            "active_experts": draw(st.integers(1, 4)),
            "expert_ffn": draw(st.integers(64, 4096)),
        }
    return Model(
        layers=draw(st.integers(1, 96)),
        hidden=heads * head_dim,
        heads=heads,
        kv_heads=draw(st.sampled_from([n for n in (1, 2, 4) if heads % n == 0])),
        head_dim=head_dim,
        ffn=draw(st.integers(64, 32_768)),
        vocabulary=draw(st.integers(100, 300_000)),
        precision=draw(st.sampled_from(PRECISIONS)),
        tied_embeddings=draw(st.booleans()),
        **mixture,
    )


def known_models(families: tuple[str, ...] = DECODERS) -> st.SearchStrategy[Model]:
    """A decoder of the catalogue."""
    return st.builds(
        Model,
        family=st.sampled_from(families),
        precision=st.sampled_from(PRECISIONS),
        kv_precision=st.sampled_from(("fp16", "fp8")),
    )


@st.composite
def fixed_services(draw: st.DrawFn, models: st.SearchStrategy[Model] | None = None) -> Workload:
    """A service that leaves nothing open: engine and limits, lengths, format and layout."""
    prompt, output = draw(st.integers(8, 8192)), draw(st.integers(1, 4096))
    return service(
        draw(known_models() if models is None else models),
        Serving(
            mode="service",
            context=prompt + output + draw(st.integers(0, 65_536)),
            sessions=draw(st.integers(1, 2000)),
            input_tokens=prompt,
            output_tokens=output,
            engine=draw(st.sampled_from(ENGINES)),
            max_num_seqs=draw(st.integers(1, 2048)),
            max_num_batched_tokens=draw(st.integers(128, 16_384)),
            memory_utilisation_ratio=Quantity(draw(st.sampled_from((0.5, 0.9, 0.95)))),
            block_tokens=draw(st.sampled_from((1, 16, 32))),
            sampler=draw(st.sampled_from(("native", "fused"))),
            tensor_parallel=draw(st.sampled_from((1, 2, 4))),
            shared_prefix_tokens=draw(st.sampled_from((0, 7))),
        ),
        draw(st.sampled_from((None, *GPUS))),
    )


@st.composite
def fixed_runs(draw: st.DrawFn, models: st.SearchStrategy[Model] | None = None) -> Workload:
    """A training run that leaves nothing open: framework, recompute, optimizer and layout."""
    method = draw(st.sampled_from((None, "lora", "qlora", "dora")))
    adapters = Method(**{method: Adapter(rank=draw(st.integers(1, 128)))}) if method else None
    known = st.builds(Model, family=st.sampled_from(DENSE))
    model = draw(known if models is None else models)
    gpus = draw(st.sampled_from((1, 2, 4, 8, 16)))
    tensor = draw(st.sampled_from([n for n in (1, 2, 4) if gpus % n == 0]))
    return run(
        replace(model, precision="bf16", method=adapters),
        Train(
            sequence=draw(st.integers(16, 16_384)),
            micro_batch=draw(counts),
            optimizer=draw(st.sampled_from(("adamw", "adamw-8bit", "sgd", "adafactor"))),
            sharding=draw(st.sampled_from(SHARDINGS)),
            framework=draw(st.sampled_from(FRAMEWORKS)),
            recompute=draw(st.sampled_from(("none", "selective", "full"))),
            attention=draw(st.sampled_from(("flash", "eager"))),
            parallel=Parallel(tensor=tensor, sequence=draw(st.booleans())),
            fused_loss=draw(st.booleans()),
            offload=Offload(optimizer=draw(st.booleans())),
            tokens=draw(st.integers(10**6, 10**13)),
        ),
        draw(st.sampled_from((None, *GPUS))),
        gpus,
    )


@st.composite
def open_services(draw: st.DrawFn) -> Workload:
    """A service that leaves most open, on any model and any GPU."""
    maybe = st.one_of(st.none(), st.integers(1, 4000))
    return service(
        Model(family=draw(st.sampled_from((*DECODERS, "bge-m3", "resnet50")))),
        Serving(
            mode="service",
            context=draw(st.one_of(st.none(), lengths)),
            sessions=draw(maybe),
            batch=draw(maybe),
            replicas=draw(st.one_of(st.none(), st.integers(1, 8))),
            engine=draw(st.one_of(st.none(), st.sampled_from(ENGINES))),
            p95_per_token_s=draw(st.one_of(st.none(), st.just(Quantity(0.05)))),
        ),
        draw(st.sampled_from((None, *GPUS, "nvidia-t4", "nvidia-v100-sxm2-32", "amd-mi300x"))),
    )


@st.composite
def open_runs(draw: st.DrawFn) -> Workload:
    """A training run that leaves most open."""
    return run(
        Model(family=draw(st.sampled_from((*DECODERS, "bert-large", "t5-3b")))),
        Train(
            sequence=draw(st.one_of(st.none(), st.integers(1, 32_768))),
            batch=draw(st.one_of(st.none(), st.integers(1, 4096))),
            tokens=draw(st.one_of(st.none(), st.integers(1, 10**13))),
            framework=draw(st.sampled_from(FRAMEWORKS)),
            utilisation_ratio=draw(st.one_of(st.none(), st.just(Quantity(0.4)))),
        ),
        draw(st.sampled_from((None, *GPUS))),
        draw(st.one_of(st.none(), st.sampled_from((1, 2, 8, 64)))),
    )


@st.composite
def searches(draw: st.DrawFn) -> Workload:
    """A search over hyperparameters whose trial has a stated footprint."""
    hours = draw(st.integers(1, 12))
    return Workload(
        name="w",
        owner="o",
        phase="hpo",
        hpo=Hpo(
            trials=draw(st.integers(1, 5000)),
            trial_time_s=Quantity(hours * 3600),
            deadline_s=Quantity(hours * 3600 * draw(st.integers(1, 30))),
            memory_bytes=Quantity(draw(st.integers(1, 80)) << 30),
            early_stopping=draw(st.sampled_from((None, "none", "median", "asha", "hyperband"))),
        ),
    )
