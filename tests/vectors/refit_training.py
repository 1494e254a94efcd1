"""The rows that the constants of training were fitted on, and the fit itself."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cache
from math import exp, log
from pathlib import Path
from typing import Any

from generator.blueprint.read import read_workload
from generator.catalog import Catalog
from generator.sizing.architecture import Transformer
from generator.sizing.estimate.inputs import subject
from generator.sizing.estimate.training_run import run_of
from generator.sizing.train.calibration import CALIBRATION, ORIGIN, TrainingCalibration
from generator.sizing.train.device import TrainingDevice, training_device
from generator.sizing.train.memory import training_memory
from generator.sizing.train.run import TrainingRun
from generator.sizing.train.time import StepTime, step_time
from generator.source.reading import parse
from tests.vectors.left_out import Group
from tests.vectors.runner import Row, factor, rows
from tests.vectors.topics.training_memory import memory_document, printed_memory
from tests.vectors.topics.training_time import time_document

MEMORY_TOPICS = (
    "training_memory.finetune_measured",
    "training_memory.lora_measured",
    "training_memory.measured_peak",
)
TIME_TOPICS = (
    "training_time.throughput",
    "training_time.tflops_per_gpu",
    "training_time.mfu",
    "training_time.step",
)

MEMORY_CONSTANTS = ("runtime_bytes", "allocator_slack_ratio")
TIME_CONSTANTS = (
    "matmul_ratio",
    "matmul_fp8_ratio",
    "attention_ampere_ratio",
    "attention_hopper_ratio",
    "attention_hopper_vendor_ratio",
    "elementwise_passes",
    "score_passes",
    "exposed_sharding_ratio",
    "exposed_tensor_ratio",
    "deterministic_attention_ratio",
)
"""What is fitted; the other constants are published or assumed."""

LARGEST_LOSS = 0.3
"""Logarithm of the error from which on a row pulls no harder: one odd row moves no constant."""

SOURCES = {
    "mem.qwen.": "Qwen README",
    "mem.peft.": "PEFT README",
    "mem.peftcmp.": "PEFT method comparison",
    "mem.litgpt.": "LitGPT",
    "mem.megatron.": "Megatron-LM functional tests",
    "mem.torchtune.": "torchtune",
    "mem.torchtitan.": "torchtitan",
    "mem.meas.": "DeepSpeed",
    "time.megatron.gpt3": "Megatron-LM functional tests",
    "flops.megatron.h100.": "Megatron-LM on H100",
    "flops.megatron.": "Megatron-LM 2021",
    "mfu.korthikanti.": "Korthikanti et al.",
    "mfu.llama405b.": "Llama 3",
    "flops.llama405b.": "Llama 3",
    "time.llama65b.": "LLaMA",
    "tput.mosaic.": "LLM Foundry",
}
"""Families of rows by the beginning of their ids, the longest first where one begins another."""


SAMPLE = Path(__file__).parent / "fitted" / "foundry_training.csv"
"""Every row of a benchmark of which only some are gates: a fit on few overfits."""

THINNED = 3
"""Of the sample that is fitted on, one row in so many: a fit must not take minutes."""


@dataclass(frozen=True, eq=False)
class Case:
    """One measured run: what was asked of the engine, and what was seen. Each is its own."""

    row: Row
    model: Transformer
    run: TrainingRun
    device: TrainingDevice
    expected: float

    @property
    def source(self) -> str:
        """The family of rows that it belongs to."""
        found = [name for start, name in SOURCES.items() if self.row.id.startswith(start)]
        return found[0] if found else self.row.source

    @property
    def pair(self) -> str:
        """GPU and model; models without a name are told apart by their shape."""
        shape = f"{self.model.layers} x {self.model.hidden}"
        named = self.model.name if self.model.name != "own model" else shape
        return f"{self.device.name} {named}"

    @property
    def of_memory(self) -> bool:
        """Whether bytes were measured, not a rate."""
        return self.row.topic in MEMORY_TOPICS

    def answer(self, calibration: TrainingCalibration) -> float:
        """The engine's figure with other constants."""
        if self.of_memory:
            memory = training_memory(self.model, self.run, calibration=calibration)
            printed = printed_memory(self.row.inputs)
            name = {"allocated_bytes": "tensor_bytes"}.get(printed, printed)
            return float(getattr(memory, name))
        step = step_time(self.model, self.run, self.device, calibration=calibration)
        return self._rate(step)

    def _rate(self, step: StepTime) -> float:
        topic = self.row.topic.partition(".")[2]
        if topic == "tflops_per_gpu":
            everything = str(self.row.inputs.get("recompute", "")).startswith("full")
            return step.hardware_flops_per_s_per_gpu if everything else step.flops_per_s_per_gpu
        return {
            "throughput": step.tokens_per_s_per_gpu,
            "mfu": step.mfu_ratio,
            "step": step.step_s,
        }[topic]

    def error(self, calibration: TrainingCalibration = CALIBRATION) -> float:
        """The relative error, without its sign."""
        return abs(self.answer(calibration) / self.expected - 1)


@cache
def answered(case: Case, calibration: TrainingCalibration) -> float:
    """The engine's figure, remembered: fits without one group or another ask much the same."""
    return case.answer(calibration)


@cache
def sample() -> tuple[Row, ...]:
    """The rows of the sample, in the form of the rows that are gates."""
    with SAMPLE.open(encoding="utf-8") as stream:
        lines = csv.DictReader(line for line in stream if not line.startswith("#"))
        return tuple(map(_row, lines))


WORDS = ("gpu", "precision", "sharding")
"""What the sample states in words."""


def _row(line: dict[str, str]) -> Row:
    expected = int(line.pop("tokens_per_s_per_gpu"))
    inputs: dict[str, Any] = {
        key: stated if key in WORDS else json.loads(stated) for key, stated in line.items()
    }
    return Row(
        id="tput.mosaic." + ".".join(line.values()),
        topic="training_time.throughput",
        tier="C",
        inputs=inputs,
        expected=expected,
        unit="tokens/s/GPU",
        tolerance={"rel": 0.2},
        source="LLM Foundry",
    )


@cache
def measured() -> tuple[Case, ...]:
    """All rows of tier C that a document describes wholly, and some of the sample."""
    gates = [row.inputs for row in rows()]
    more = [row for row in sample() if row.inputs not in gates]
    return _cases((*rows(), *more[::THINNED]))


@cache
def sampled() -> tuple[Case, ...]:
    """The whole sample."""
    return _cases(sample())


def _cases(known: Iterable[Row]) -> tuple[Case, ...]:
    found = []
    for row in known:
        if row.tier != "C" or row.topic not in (*MEMORY_TOPICS, *TIME_TOPICS):
            continue
        ask = memory_document if row.topic in MEMORY_TOPICS else time_document
        case = _case(row, ask(row.inputs))
        if case is not None:
            found.append(case)
    return tuple(found)


def _case(row: Row, document: dict[str, Any]) -> Case | None:
    (parsed,) = parse(json.dumps(document).encode(), file=row.id)
    workload = read_workload(parsed)
    about = subject(workload, Catalog.builtin())
    if about.transformer is None or about.accelerator is None:
        return None
    run = run_of(workload, about)
    return Case(
        row=row,
        model=about.transformer,
        run=run,
        device=training_device(about.accelerator, run),
        expected=row.expected * factor(row.unit),
    )


def fit(
    cases: Iterable[Case],
    start: TrainingCalibration = CALIBRATION,
    *,
    rounds: int = 12,
    step: float = 0.1,
) -> TrainingCalibration:
    """The constants with the least squared logarithmic error over ``cases``, within their ranges.

    One constant after the other is moved up and down by a factor, which shrinks where neither
    helps.
    """
    known = tuple(cases)
    memory = tuple(case for case in known if case.of_memory)
    time = tuple(case for case in known if not case.of_memory)
    found = _descend(memory, MEMORY_CONSTANTS, start, rounds, step)
    return _descend(time, TIME_CONSTANTS, found, rounds, step)


def _descend(
    cases: Sequence[Case],
    constants: Sequence[str],
    start: TrainingCalibration,
    rounds: int,
    step: float,
) -> TrainingCalibration:
    best, least = start, _loss(cases, start)
    steps = dict.fromkeys(constants, step)
    for _ in range(rounds):
        for name in constants:
            for direction in (1, -1):
                candidate = _moved(best, name, direction * steps[name])
                loss = _loss(cases, candidate)
                if loss < least:
                    best, least = candidate, loss
                    break
            else:
                steps[name] /= 2
    return best


def _moved(calibration: TrainingCalibration, name: str, by: float) -> TrainingCalibration:
    origin = ORIGIN[name]
    value = getattr(calibration, name) * exp(by)
    moved: TrainingCalibration = replace(
        calibration, **{name: min(origin.high, max(origin.low, value))}
    )
    return moved


def _loss(cases: Sequence[Case], calibration: TrainingCalibration) -> float:
    if not cases:
        return 0.0
    logs = (abs(log(answered(case, calibration) / case.expected)) for case in cases)
    return sum(min(LARGEST_LOSS, error) ** 2 for error in logs) / len(cases)


def left_out(
    group: Callable[[Case], str], cases: Sequence[Case], start: TrainingCalibration
) -> dict[str, Group]:
    """For each group its median error with the fit of all rows, and with a fit without the group.

    The fit starts from ``start``, the fit of all, so that few rounds are enough.
    """
    found = {}
    for name in sorted({group(case) for case in cases}):
        held = [case for case in cases if group(case) == name]
        others = [case for case in cases if group(case) != name]
        without = fit(others, start, rounds=3, step=0.04)
        found[name] = Group(
            rows=len(held),
            fitted=median([case.error(start) for case in held]),
            left_out=median([case.error(without) for case in held]),
        )
    return found


def median(values: Sequence[float]) -> float:
    """The middle value, or the mean of the two middle ones."""
    ordered = sorted(values)
    middle = len(ordered) // 2
    return ordered[middle] if len(ordered) % 2 else (ordered[middle - 1] + ordered[middle]) / 2
