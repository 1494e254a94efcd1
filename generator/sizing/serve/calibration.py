"""Every constant of serving that was fitted or measured, with what it was fitted on.

A refit replaces this record and nothing else: each function that uses a constant takes it as an
argument, so that the suite can leave a source out, fit again and see the error on what it left out.
"""

from __future__ import annotations

from collections.abc import Mapping

from generator.record import Record, record

SILICON = "aiconfigurator, silicon_sample.csv: dense models, aggregated serving"
SATURATED = "TensorRT-LLM, docs/source/performance/perf-overview.md: infinite request rate"
PLANNER = "llm-d-planner, docs/empirical-vllm-memory-results.md"
INTEL = "Intel Extension for PyTorch, docs/tutorials/performance.md"
AWQ = "AutoAWQ, README.md: CPU benchmarks"


@record
class ServingCalibration(Record):
    """Fitted and measured constants of serving; units in the names.

    ``*_efficiency`` are shares of the published bandwidth or dense peak that a step attains.
    """

    weight_read_efficiency: float = 0.93
    kv_read_efficiency: float = 0.93
    multiply_efficiency_16bit: float = 0.85
    multiply_efficiency_8bit: float = 0.644
    multiply_efficiency_4bit: float = 0.481
    attention_efficiency: float = 0.501
    link_efficiency: float = 0.467
    layer_overhead_s: float = 6.26e-5
    sequence_overhead_s: float = 1.53e-5
    decode_share_of_prefill_first: float = 0.592
    request_overhead_s: float = 0.089
    arrivals_together_vllm: float = 0.128
    arrivals_together_trtllm: float = 0.199
    arrivals_together_prefill_first: float = 1.03
    queue_share: float = 0.616
    first_token_spread: float = 2.4
    sampler_copies: float = 9.545
    residual_copies: float = 1.40
    context_bytes: float = 0.13 * 2**30
    collective_bytes: float = 0.42 * 2**30
    cpu_read_efficiency: float = 0.80
    cpu_layer_overhead_s: float = 3.5e-4
    cpu_layer_overhead_eager_s: float = 5.7e-4
    cpu_sequence_flops: float = 9.4e12


@record
class Origin(Record):
    """Where a constant comes from: its range, unit, how it came about, and the rows behind it."""

    low: float
    high: float
    unit: str
    how: str
    fitted_on: tuple[str, ...]


def _fit(low: float, high: float, unit: str, *rows: str) -> Origin:
    return Origin(low=low, high=high, unit=unit, how="fitted", fitted_on=rows)


ORIGINS: Mapping[str, Origin] = {
    "weight_read_efficiency": _fit(0.80, 0.95, "ratio", SILICON, SATURATED),
    "kv_read_efficiency": _fit(0.60, 0.95, "ratio", SILICON, SATURATED),
    "multiply_efficiency_16bit": _fit(0.65, 0.88, "ratio", SILICON),
    "multiply_efficiency_8bit": _fit(0.52, 0.72, "ratio", SILICON, SATURATED),
    "multiply_efficiency_4bit": _fit(0.34, 0.50, "ratio", SILICON, SATURATED),
    "attention_efficiency": _fit(0.25, 0.75, "ratio", SILICON, SATURATED),
    "link_efficiency": _fit(0.35, 0.60, "ratio", SILICON, SATURATED),
    "layer_overhead_s": _fit(4e-5, 8e-5, "s", SILICON),
    "sequence_overhead_s": _fit(1e-5, 2.5e-5, "s", SILICON, SATURATED),
    "decode_share_of_prefill_first": _fit(0.4, 0.8, "ratio", SILICON),
    "request_overhead_s": _fit(0.03, 0.15, "s", SILICON),
    "arrivals_together_vllm": _fit(0.05, 0.3, "ratio", SILICON),
    "arrivals_together_trtllm": _fit(0.1, 0.5, "ratio", SILICON),
    "arrivals_together_prefill_first": _fit(0.3, 1.5, "ratio", SILICON),
    "queue_share": _fit(0.1, 1.4, "ratio", SILICON),
    "first_token_spread": _fit(2.0, 3.0, "ratio", SILICON),
    "sampler_copies": _fit(9.5, 9.6, "copies of the logits", PLANNER),
    "residual_copies": _fit(1.3, 1.5, "copies of the hidden states", PLANNER),
    "context_bytes": _fit(0.13 * 2**30, 1.78 * 2**30, "B", PLANNER),
    "collective_bytes": _fit(0.3 * 2**30, 1.8 * 2**30, "B", PLANNER),
    "cpu_read_efficiency": _fit(0.7, 0.9, "ratio", INTEL, AWQ),
    "cpu_layer_overhead_s": _fit(2.5e-4, 5e-4, "s", INTEL),
    "cpu_layer_overhead_eager_s": _fit(5e-4, 6.5e-4, "s", AWQ),
    "cpu_sequence_flops": _fit(5e12, 15e12, "1/s", INTEL),
}
"""Range, unit and rows of every constant of ``ServingCalibration``."""

CALIBRATION = ServingCalibration()
"""The constants as fitted on all rows."""
