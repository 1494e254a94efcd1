"""Thirty changes of a rule's input, each of which must change the number that rests on it.

An engine that passed its tests without reading an input would be told apart here: every row seeds
one change and names the figures that it must move, and which way.
"""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest

from generator.catalog import Catalog
from generator.cli.estimate import estimate_body
from generator.sizing.estimate import estimate
from tests.sizing.estimate.asked import CATALOG, Document, workload

H100 = "nvidia-h100-sxm5-80"

SERVE: Document = {
    "model": {
        "layers": 32,
        "hidden": 4096,
        "heads": 32,
        "kv_heads": 8,
        "ffn": 14336,
        "vocabulary": 128256,
        "precision": "bf16",
        "kv_precision": "fp16",
    },
    "serving": {
        "context": 8192,
        "sessions": 16,
        "input_tokens": 2048,
        "output_tokens": 256,
        "engine": "vllm",
        "max_num_seqs": 256,
        "max_num_batched_tokens": 8192,
        "memory_utilisation": "90%",
        "sampler": "native",
        "block_tokens": 16,
        "tensor_parallel": 1,
    },
    "gpu": H100,
}
LONG: Document = {**SERVE, "serving": {**SERVE["serving"], "context": 32768}}
TRAIN: Document = {
    "model": {"family": "llama-3.1-8b", "precision": "bf16"},
    "train": {
        "sequence": 4096,
        "micro_batch": 2,
        "batch": 512,
        "optimizer": "adamw",
        "framework": "megatron",
        "recompute": "none",
        "attention": "flash",
        "tokens": 1_000_000_000,
        "sharding": "none",
        "fused_loss": False,
    },
    "gpu": {"model": H100, "gpus": 8},
}
TUNE: Document = {
    "model": {"family": "llama-2-7b", "precision": "bf16", "method": {"lora": {"rank": 16}}},
    "train": {"sequence": 2048, "micro_batch": 2, "framework": "peft"},
    "gpu": H100,
}
SEARCH: Document = {"hpo": {"trials": 240, "trial_time": "3h", "deadline": "3d", "memory": "16GiB"}}
EMBED: Document = {
    "model": {"family": "bge-m3", "precision": "fp16"},
    "serving": {"batch": 8, "input_tokens": 512, "rate": "2000/s"},
    "gpu": "nvidia-l40s",
}

MORE, LESS = "more", "less"

MUTATIONS: tuple[tuple[str, Document, str, Any, dict[str, str]], ...] = (
    ("layers", SERVE, "model.layers", 40,
     {"memory.weights_bytes": MORE, "memory.kv_bytes_per_token": MORE, "serving.tpot_s": MORE}),
    ("hidden size", SERVE, "model.hidden", 5120,
     {"memory.weights_bytes": MORE, "serving.prefill_s": MORE}),
    ("KV heads", SERVE, "model.kv_heads", 4,
     {"memory.kv_bytes_per_token": LESS, "serving.kv_capacity_tokens": MORE}),
    ("MLP width", SERVE, "model.ffn", 16384,
     {"memory.weights_bytes": MORE, "memory.total_bytes": MORE}),
    ("vocabulary", SERVE, "model.vocabulary", 32000,
     {"memory.weights_bytes": LESS, "memory.activations_bytes": LESS}),
    ("precision of weights", SERVE, "model.precision", "int4",
     {"memory.weights_bytes": LESS, "memory.kv_room_bytes": MORE, "serving.tpot_s": LESS}),
    ("precision of the cache", SERVE, "model.kv_precision", "fp8",
     {"memory.kv_cache_bytes": LESS, "serving.sessions_guaranteed": MORE}),
    ("sliding window", LONG, "model", {"sliding_layers": 16, "sliding_window": 1024},
     {"memory.kv_cache_bytes": LESS, "serving.concurrency": MORE}),
    ("context", SERVE, "serving.context", 16384,
     {"memory.kv_cache_bytes": MORE, "serving.sessions_guaranteed": LESS}),
    ("sessions", SERVE, "serving.sessions", 24,
     {"memory.kv_cache_bytes": MORE, "serving.tpot_s": MORE, "serving.tokens_per_s": MORE}),
    ("length of prompts", SERVE, "serving.input_tokens", 6000,
     {"serving.prefill_s": MORE, "serving.ttft_s.low": MORE}),
    ("length of answers", SERVE, "serving.output_tokens", 64,
     {"serving.tpot_s": MORE, "serving.tokens_per_s": LESS}),
    ("sequences at once", SERVE, "serving.max_num_seqs", 1024,
     {"memory.activations_bytes": MORE, "memory.kv_room_bytes": LESS}),
    ("tokens of a step", SERVE, "serving.max_num_batched_tokens", 65536,
     {"memory.activations_bytes": MORE}),
    ("share of the GPU", SERVE, "serving.memory_utilisation", "60%",
     {"memory.kv_room_bytes": LESS, "serving.kv_capacity_tokens": LESS}),
    ("sampler", SERVE, "serving.sampler", "fused", {"memory.activations_bytes": LESS}),
    ("tensor parallelism", SERVE, "serving.tensor_parallel", 2,
     {"memory.weights_bytes": LESS, "memory.runtime_bytes": MORE, "serving.tpot_s": LESS}),
    ("memory of the GPU", SERVE, "gpu", "nvidia-h200-sxm-141",
     {"memory.kv_room_bytes": MORE, "serving.sessions_guaranteed": MORE}),
    ("micro-batch", TRAIN, "train.micro_batch", 4,
     {"memory.activations_bytes": MORE, "memory.total_bytes": MORE}),
    ("sequence", TRAIN, "train.sequence", 8192,
     {"memory.activations_bytes": MORE, "training.flops_per_token": MORE}),
    ("optimizer", TRAIN, "train.optimizer", "sgd",
     {"memory.optimizer_bytes": LESS, "checkpoint.bytes": LESS}),
    ("sharding", TRAIN, "train.sharding", "zero-3", {"memory.static_bytes": LESS}),
    ("recompute", TRAIN, "train.recompute", "full",
     {"memory.activations_bytes": LESS, "training.step_s": MORE}),
    ("attention", TRAIN, "train.attention", "eager", {"memory.activations_bytes": MORE}),
    ("tokens", TRAIN, "train.tokens", 3_000_000_000,
     {"training.hours": MORE, "training.flops": MORE, "training.gpu_hours": MORE}),
    ("GPUs", TRAIN, "gpu.gpus", 16, {"training.hours": LESS, "memory.all_gpus_bytes": MORE}),
    ("rank", TUNE, "model.method.lora.rank", 64,
     {"memory.optimizer_bytes": MORE, "checkpoint.bytes": MORE}),
    ("deadline of a search", SEARCH, "hpo.deadline", "6d", {"training.slots": LESS}),
    ("time of a trial", SEARCH, "hpo.trial_time", "4h",
     {"training.slots": MORE, "training.gpu_hours": MORE}),
    ("batch of a pass", EMBED, "serving.batch", 64,
     {"memory.activations_bytes": MORE, "serving.latency_s": MORE, "serving.items_per_s": MORE}),
)  # fmt: skip
"""Name, document, what is changed to what, and which figures must become more or less."""


def changed(document: Document, path: str, value: Any) -> Document:
    """The document with something else at a dotted path; a mapping is laid over what is there."""
    other = copy.deepcopy(document)
    *above, last = path.split(".")
    node = other
    for step in above:
        node = node[step]
    node[last] = {**node[last], **value} if isinstance(value, dict) else value
    return other


def figures(document: Document, catalog: Catalog = CATALOG) -> dict[str, float]:
    """The numbers of an answer by their dotted keys."""
    found: dict[str, float] = {}
    waiting = list(estimate_body(estimate(workload(document), catalog)).items())
    while waiting:
        key, value = waiting.pop()
        if isinstance(value, dict):
            waiting += ((f"{key}.{inner}", item) for inner, item in value.items())
        elif isinstance(value, int | float) and not isinstance(value, bool):
            found[key] = value
    return found


def check(before: dict[str, float], after: dict[str, float], wanted: dict[str, str]) -> None:
    """Each figure moved the way that it must, by more than rounding."""
    for figure, way in wanted.items():
        ratio = after[figure] / before[figure]
        assert ratio > 1.001 if way == MORE else ratio < 0.999, (figure, way, ratio)


def test_thirty_changes_are_seeded() -> None:
    """Each of another input."""
    assert len(MUTATIONS) == 30
    assert len({(json.dumps(row[1], sort_keys=True), row[2]) for row in MUTATIONS}) == 30


@pytest.mark.parametrize(
    ("document", "path", "value", "wanted"),
    [row[1:] for row in MUTATIONS],
    ids=[row[0].replace(" ", "-") for row in MUTATIONS],
)
def test_a_changed_input_changes_its_numbers(
    document: Document, path: str, value: Any, wanted: dict[str, str]
) -> None:
    """And in the right direction."""
    check(figures(document), figures(changed(document, path, value)), wanted)


ROWS = (
    ("bandwidth", SERVE, ("memory", "bandwidth_gb_per_s"), {"serving.tpot_s": LESS}),
    ("peak", SERVE, ("peak_dense_tflops", "bf16"), {"serving.prefill_s": LESS}),
    ("memory", SERVE, ("memory", "cuda_total_mib"), {"serving.kv_capacity_tokens": MORE}),
    ("trained peak", TRAIN, ("measured_peak_tflops", "bf16"), {"training.step_s": LESS}),
    ("link", {**TRAIN, "train": {**TRAIN["train"], "parallel": {"tensor": 8}}},
     ("nvlink", "bidirectional_gb_per_s"), {"training.step_s": LESS}),
)  # fmt: skip
"""Figures of a GPU's row in the catalogue, doubled."""


@pytest.mark.parametrize(
    ("document", "field", "wanted"), [row[1:] for row in ROWS], ids=[row[0] for row in ROWS]
)
def test_a_changed_row_of_the_catalogue_changes_its_numbers(
    document: Document, field: tuple[str, str], wanted: dict[str, str]
) -> None:
    """No figure of a device is written into a formula."""
    row = copy.deepcopy(dict(CATALOG.fields("accelerators", H100)))
    row["memory"].setdefault("cuda_total_mib", row["memory"]["visible_mib"])
    group, name = field
    row[group][name] = int(row[group][name] * 2)
    doubled = Catalog.builtin().with_rows({"accelerators": [row]})
    check(figures(document), figures(document, doubled), wanted)
