"""Simpler laws on the same rows: what the engine's model of a step is worth."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from generator.sizing.architecture import Transformer
from generator.sizing.precision import arithmetic, bytes_per_value
from tests.vectors.fitted_serving import Case, error, measured, median

Law = Callable[[Case], float]


def naive(case: Case) -> float:
    """Weights and KV cache over the bandwidth, and nothing else."""
    service, device = case.service, case.device
    gpus = service.tensor_parallel
    moved = weight_bytes(case) / gpus + cache_bytes(case)
    return moved / device.bandwidth_bytes_per_s


def five_parameters(case: Case) -> float:
    """Weights, KV cache, interference of prompts, all-reduces and a constant.

    Its five constants were fitted by others on half of a thousand rows of the same sample.
    """
    service, device = case.service, case.device
    model, gpus = service.model, service.tensor_parallel
    peak = arithmetic(service.precision, device.peaks_tflops).peak_flops
    tokens = running(case) * prompt(case) / answer(case)
    return (
        weight_bytes(case) / (gpus * device.bandwidth_bytes_per_s * 0.916)
        + cache_bytes(case) / (device.bandwidth_bytes_per_s * 0.662)
        + 2 * model.parameters * tokens / (gpus * peak * 0.679)
        + 2 * model.layers * 32.5e-6 * (gpus > 1)
        + 1.1e-3
    )


def weight_bytes(case: Case) -> float:
    """Parameters x bytes."""
    return case.service.model.parameters * bytes_per_value(case.service.precision)


def cache_bytes(case: Case) -> float:
    """Of all sessions at their mean context, per GPU."""
    model: Transformer = case.service.model
    per_token = 2 * model.layers * model.kv_width * 2
    held = running(case) * (prompt(case) + answer(case) / 2) * per_token
    return held / min(case.service.tensor_parallel, model.kv_heads)


def running(case: Case) -> int:
    """Sessions, all of which these laws take as running."""
    return case.service.sessions


def prompt(case: Case) -> int:
    """Tokens of a prompt."""
    return case.service.prompt_tokens or 0


def answer(case: Case) -> int:
    """Tokens of an answer."""
    return case.service.answer_tokens or 1


def test_the_engine_beats_simpler_laws(capsys: pytest.CaptureFixture[str]) -> None:
    """By the median and at the 90th percentile, on every row of the sample."""
    scores = {
        "engine": [abs(error(case)) for case in measured()],
        "five-parameter law": [abs(law_error(five_parameters, case)) for case in measured()],
        "naive roofline": [abs(law_error(naive, case)) for case in measured()],
    }
    with capsys.disabled():
        print("\ntime per token, same rows:")
        for name, found in scores.items():
            tail = sorted(found)[int(0.9 * len(found))]
            print(f"  {name:20} median {median(found):6.1%}  p90 {tail:6.1%}  of {len(found)}")
    best = median(scores["engine"])
    assert best < median(scores["five-parameter law"]) < median(scores["naive roofline"])


def law_error(law: Law, case: Case) -> float:
    """Signed relative error of a law."""
    assert case.per_token_s is not None
    return law(case) / case.per_token_s - 1
