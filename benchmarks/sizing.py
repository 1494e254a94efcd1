"""The time to size a blueprint of 200 workloads, all different, against the bar of 300 ms.

Usage: python benchmarks/sizing.py [--count 200] [--runs 9]. Prints the median in milliseconds of
``size(blueprint, catalog)``, of its slowest kind of workload, and of ``estimate`` on each workload.
The catalogue is warm: every row that is used was read before. Ends 1 above the bar.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from random import Random
from statistics import median
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from generator.blueprint.bind import bind  # noqa: E402
from generator.blueprint.model.blueprint import Blueprint  # noqa: E402
from generator.blueprint.model.workloads import Workload  # noqa: E402
from generator.catalog import Catalog  # noqa: E402
from generator.sizing.engine import size  # noqa: E402
from generator.sizing.estimate import estimate  # noqa: E402
from generator.sizing.nonsense import Nonsense  # noqa: E402
from generator.source import read  # noqa: E402

BAR_MS = 300.0
EXAMPLE = ROOT / "blueprints" / "acme-ml.yaml"

DECODERS = ("llama-3.1-8b", "qwen2.5-7b", "gemma-2-9b", "mixtral-8x7b", "mistral-7b-v0.3", "phi-4")
IMAGES = ("resnet50", "resnet152", "vgg16", "yolov8m", "efficientnet-b0")
GPUS = (None, "nvidia-h100-sxm5-80", "nvidia-l40s", "nvidia-a100-sxm4-80")


def main() -> int:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--count", type=int, default=200)
    arguments.add_argument("--runs", type=int, default=9)
    asked = arguments.parse_args()
    catalog = Catalog.builtin()
    whole = blueprint(asked.count)
    sized = size(whole, catalog)
    print(f"{asked.count} workloads: {dict(Counter(w.phase for w in whole.workloads))}")
    print(f"{len(sized.demands)} demands, {len(sized.ledger)} figures")
    refused = [f.message for f in sized.findings if f.rule in ("MLG-Z001", "MLG-Z003")]
    if refused:
        print("not sized:", *refused, sep="\n  ")
        return 1
    taken = timed(lambda: size(whole, catalog), asked.runs)
    print(
        f"size       {taken:7.1f} ms   {taken / asked.count * 1e3:7.0f} us each   bar {BAR_MS} ms"
    )
    for phase in sorted({workload.phase for workload in whole.workloads}):
        some = tuple(w for w in whole.workloads if w.phase == phase)
        part = replace(whole, workloads=some)
        each = timed(lambda part=part: size(part, catalog), asked.runs) / len(some)
        print(f"  {phase:<12} {each * 1e3:7.0f} us each, {len(some)} of them")
    alone = timed(lambda: [answered(w, catalog) for w in whole.workloads], asked.runs)
    print(f"estimate   {alone:7.1f} ms   {alone / asked.count * 1e3:7.0f} us each")
    return int(taken > BAR_MS)


def timed(work: Callable[[], Any], runs: int) -> float:
    """The median of several runs, in milliseconds."""
    taken = []
    for _ in range(runs):
        start = time.perf_counter()
        work()
        taken.append(time.perf_counter() - start)
    return median(taken) * 1e3


def answered(workload: Workload, catalog: Catalog) -> Any:
    """The estimate of a workload; None for those that state a shape alone."""
    try:
        return estimate(workload, catalog)
    except Nonsense:
        return None


def blueprint(count: int) -> Blueprint:
    """The shipped example with as many other workloads, each of them different."""
    (document,) = read(EXAMPLE)
    random = Random(20261121)
    kinds = (_chat, _tune, _train, _embed, _look, _search, _spark, _check)
    made = [kinds[number % len(kinds)](random) for number in range(count)]
    named = [
        {"name": f"work-{number:03}", "goal": "g", "owner": "ml-eng", **workload}
        for number, workload in enumerate(made)
    ]
    return bind(Blueprint, {**document.root, "workloads": named})


def _chat(random: Random) -> dict[str, Any]:
    return {
        "phase": "serving",
        "model": {"family": random.choice(DECODERS), "precision": random.choice(["bf16", "int8"])},
        "serving": {
            "mode": "service",
            "context": random.randint(1, 32) * 1024,
            "sessions": random.randint(1, 64),
            "replicas": random.randint(1, 4),
        },
        **_wish(random),
    }


def _tune(random: Random) -> dict[str, Any]:
    return {
        "phase": "training",
        "model": {
            "family": random.choice(DECODERS),
            "precision": "bf16",
            "method": {"lora": {"rank": random.randint(4, 64)}},
        },
        "train": {
            "sequence": random.randint(1, 8) * 512,
            "micro_batch": random.randint(1, 8),
            "activation_checkpointing": random.random() < 0.5,
        },
    }


def _train(random: Random) -> dict[str, Any]:
    return {
        "phase": "training",
        "model": {"family": random.choice(DECODERS), "precision": "bf16"},
        "train": {
            "sequence": 4096,
            "micro_batch": random.randint(1, 4),
            "framework": random.choice(["megatron", "deepspeed", "fsdp", "torchtitan"]),
            "sharding": random.choice(["zero-1", "zero-2", "zero-3"]),
            "tokens": random.randint(1, 999) * 10**7,
        },
        "accelerator": {"model": "nvidia-h100-sxm5-80", "gpus": random.choice([8, 16, 32])},
    }


def _embed(random: Random) -> dict[str, Any]:
    return {
        "phase": "serving",
        "model": {"family": "bge-m3", "precision": "fp16"},
        "serving": {"mode": "service", "batch": random.randint(1, 64), "replicas": 2},
    }


def _look(random: Random) -> dict[str, Any]:
    return {
        "phase": "serving",
        "model": {"family": random.choice(IMAGES), "precision": "fp16"},
        "serving": {"mode": "service", "batch": random.randint(1, 64), "p95": "80ms"},
        **_wish(random),
    }


def _search(random: Random) -> dict[str, Any]:
    hours = random.randint(1, 8)
    return {
        "phase": "hpo",
        "hpo": {
            "trials": random.randint(10, 900),
            "trial_time": f"{hours}h",
            "deadline": f"{hours * random.randint(2, 40)}h",
            "memory": f"{random.randint(4, 40)}GiB",
        },
    }


def _spark(random: Random) -> dict[str, Any]:
    return {
        "phase": "feature-engineering",
        "spark": {
            "input": f"{random.randint(10, 900)}GiB",
            "window": f"{random.randint(1, 8)}h",
            "executor": {"vcpu": random.randint(2, 16), "memory": "32GiB"},
        },
    }


def _check(random: Random) -> dict[str, Any]:
    return {
        "phase": "validation",
        "shape": {"vcpu": random.randint(2, 32), "memory": f"{random.randint(8, 256)}GiB"},
    }


def _wish(random: Random) -> dict[str, Any]:
    gpu = random.choice(GPUS)
    return {"accelerator": {"model": gpu}} if gpu else {}


if __name__ == "__main__":
    sys.exit(main())
