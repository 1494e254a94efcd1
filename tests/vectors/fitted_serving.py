"""The rows that the constants of serving were fitted on, and the fit itself."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cache
from math import exp, log
from pathlib import Path

from generator.catalog import Catalog
from generator.catalog.names import find_accelerator, find_model
from generator.sizing.resolve import from_row
from generator.sizing.serve.calibration import CALIBRATION, ServingCalibration
from generator.sizing.serve.device import Device, whole_gpu
from generator.sizing.serve.service import Service, memory_of, speed_of
from generator.sizing.serve.speed import ServingSpeed
from tests.vectors.runner import rows
from tests.vectors.topics.inference_words import FORMATS

ROWS = Path(__file__).parent / "fitted" / "dense_serving.csv"

BOUNDS: dict[str, tuple[float, float]] = {
    "weight_read_efficiency": (0.50, 0.93),
    "kv_read_efficiency": (0.30, 0.93),
    "multiply_efficiency_16bit": (0.20, 0.85),
    "multiply_efficiency_8bit": (0.20, 0.85),
    "multiply_efficiency_4bit": (0.10, 0.85),
    "attention_efficiency": (0.10, 1.00),
    "link_efficiency": (0.05, 1.00),
    "layer_overhead_s": (1e-6, 5e-4),
    "sequence_overhead_s": (1e-8, 1e-4),
    "decode_share_of_prefill_first": (0.05, 1.00),
}
"""What is fitted, and the physical limits: nothing reads or multiplies faster than its peak."""

PRIORS: dict[str, float] = {
    "weight_read_efficiency": 0.92,
    "kv_read_efficiency": 0.85,
    "multiply_efficiency_16bit": 0.80,
    "multiply_efficiency_8bit": 0.70,
    "multiply_efficiency_4bit": 0.50,
    "attention_efficiency": 0.50,
    "link_efficiency": 0.50,
    "layer_overhead_s": 6e-5,
    "sequence_overhead_s": 1.5e-5,
    "decode_share_of_prefill_first": 0.60,
}
"""What is known before any of the rows: 271 of 312 and 794 of 989 TFLOP/s in 16 bits and 1403 of
1979 in 8 (S. Bekman, ML Engineering), half of the peak in flash attention (Dao, FlashAttention-2),
bus bandwidth of small all-reduces (nccl-tests), a dozen kernels of 5 us per layer. A fit that stays
near them where rows say little predicts what it has not seen better than one that does not."""

PRIOR_SPREAD = 0.15
PRIOR_SHARE = 0.02
"""How far a constant may be from what is known, and how much that weighs beside the rows."""

SATURATED_WEIGHT = 3.0
"""There are thirty times fewer saturated rows, and each says more."""


@dataclass(frozen=True)
class Case:
    """One measured service: what was asked, and what was seen."""

    model: str
    gpu: str
    engine: str
    campaign: str
    service: Service
    device: Device
    kv_room_bytes: float
    per_token_s: float | None = None
    first_token_s: float | None = None
    tokens_per_s: float | None = None

    @property
    def pair(self) -> str:
        """GPU and model; Llama 3.3 has the shape of 3.1."""
        return f"{self.device.name} {self.model.replace('3.3', '3.1')}"


ODD = frozenset({("gb200", "gap-analysis"), ("llama-3.1-8b vllm", "gap-analysis")})
"""Not fitted on, but scored. The GB200 rows hold runs of one configuration that differ by ten
times, and the other rows answer faster than their own prompts could be read."""


def is_odd(case: Case) -> bool:
    """Whether a row contradicts itself or its neighbours."""
    return (case.gpu, case.campaign) in ODD or (f"{case.model} {case.engine}", case.campaign) in ODD


@cache
def measured() -> tuple[Case, ...]:
    """All rows of the sample, odd ones too."""
    with ROWS.open(encoding="utf-8") as stream:
        lines = csv.DictReader(line for line in stream if not line.startswith("#"))
        return tuple(map(_case, lines))


@cache
def saturated() -> tuple[Case, ...]:
    """The published rows under an infinite request rate."""
    found = []
    for row in rows():
        if row.topic == "inference_throughput.saturated":
            i = row.inputs
            found.append(
                replace(
                    _built(
                        model=find_model(i["model"]),
                        gpu=i["gpu"],
                        engine="trtllm",
                        precision=FORMATS.get(i["dtype"], i["dtype"]),
                        lengths=(i["input"], i["output"]),
                        tensor_parallel=i["tp"],
                        sessions=0,
                        campaign="TensorRT-LLM",
                    ),
                    tokens_per_s=float(row.expected),
                )
            )
    return tuple(found)


def _case(line: dict[str, str]) -> Case:
    case = _built(
        model=line["model"],
        gpu=line["gpu"],
        engine=line["engine"],
        precision=line["precision"],
        lengths=(int(line["input"]), int(line["output"])),
        tensor_parallel=int(line["tp"]),
        sessions=int(line["concurrency"]),
        campaign=line["campaign"],
    )
    return replace(
        case,
        per_token_s=float(line["tpot_ms"]) / 1e3,
        first_token_s=float(line["ttft_ms"]) / 1e3,
    )


def _built(
    *,
    model: str,
    gpu: str,
    engine: str,
    precision: str,
    lengths: tuple[int, int],
    tensor_parallel: int,
    sessions: int,
    campaign: str,
) -> Case:
    catalog = Catalog.builtin()
    device = whole_gpu(catalog.accelerator(find_accelerator(gpu)))
    service = Service(
        model=from_row(catalog.model(model)),
        precision=precision,
        context_tokens=sum(lengths),
        sessions=sessions,
        engine=engine,
        prompt_tokens=lengths[0],
        answer_tokens=lengths[1],
        tensor_parallel=tensor_parallel,
        device=device,
    )
    room = max(1.0, memory_of(service).kv_room_bytes or 1.0)
    return Case(model, gpu, engine, campaign, service, device, room)


def predicted(case: Case, calibration: ServingCalibration = CALIBRATION) -> ServingSpeed:
    """What the engine says of a case."""
    service = replace(case.service, calibration=calibration)
    return speed_of(service, case.device, case.kv_room_bytes)


def error(case: Case, calibration: ServingCalibration = CALIBRATION) -> float:
    """Signed relative error of the time per token, or of the throughput where that was seen."""
    said = predicted(case, calibration)
    if case.tokens_per_s is not None:
        return said.tokens_per_s / case.tokens_per_s - 1
    assert case.per_token_s is not None
    return said.per_token_s / case.per_token_s - 1


def fit(
    cases: Sequence[Case], start: ServingCalibration = CALIBRATION, *, rounds: int = 2
) -> ServingCalibration:
    """The constants that make the logarithmic errors smallest, robust against outliers.

    Coordinate descent with a shrinking step: ten constants, each within its physical limits.
    """
    constants = {name: getattr(start, name) for name in BOUNDS}
    best = _cost(cases, replace(start, **constants))
    for scale in (0.10, 0.03)[:rounds]:
        for name in (*BOUNDS, *BOUNDS):
            best = _descend(cases, start, constants, name, scale, best)
    return replace(start, **constants)


def _descend(
    cases: Sequence[Case],
    start: ServingCalibration,
    constants: dict[str, float],
    name: str,
    scale: float,
    best: float,
) -> float:
    low, high = BOUNDS[name]
    for direction in (1.0, -1.0):
        while True:
            moved = min(high, max(low, constants[name] * exp(direction * scale)))
            if abs(moved / constants[name] - 1) < 1e-6:
                break
            cost = _cost(cases, replace(start, **{**constants, name: moved}))
            if cost >= best:
                break
            constants[name], best = moved, cost
    return best


def _cost(cases: Iterable[Case], calibration: ServingCalibration) -> float:
    """Sum of soft absolute errors; a factor of e weighs ten times a tenth."""
    total, count = 0.0, 0
    for case in cases:
        count += 1
        off = log(1 + error(case, calibration)) / 0.1
        weight = SATURATED_WEIGHT if case.tokens_per_s is not None else 1.0
        total += weight * 2 * ((1 + off * off) ** 0.5 - 1)
    known = sum(
        (log(getattr(calibration, name) / prior) / PRIOR_SPREAD) ** 2
        for name, prior in PRIORS.items()
    )
    return total + PRIOR_SHARE * count * known


def median(values: Iterable[float]) -> float:
    """The middle of the absolute values."""
    ordered = sorted(map(abs, values))
    return ordered[len(ordered) // 2]


def grouped(cases: Iterable[Case], key: Callable[[Case], str]) -> dict[str, list[Case]]:
    """The cases by a key."""
    found: dict[str, list[Case]] = {}
    for case in cases:
        found.setdefault(key(case), []).append(case)
    return found
