"""Figures that a profile or a log measured, laid over those that were computed.

A service's formulas take measured weights, activations, runtime and room for the KV cache
themselves (see ``serving``). Everywhere else the figures here are results: the measured one takes
the place of the computed one, what follows from it is scaled with it, and the ledger says what was
computed.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from generator.blueprint.model.workloads import Assumptions, Workload
from generator.ledger import Basis, Entry
from generator.quantity import Quantity
from generator.sizing.estimate.answer import Estimate, ServingAnswer, TrainingAnswer
from generator.sizing.figures import Figures
from generator.sizing.nonsense import positive
from generator.sizing.written import written

STATED_SOURCE = "blueprint, assume"
"""Who vouches for a figure of ``assume`` that names no source."""

_SLOWER = ("step_s", "hours", "programme_hours", "gpu_hours", "programme_gpu_hours")
"""Figures of a training run that grow with the time of a step."""

_FASTER = (
    "mfu",
    "hfu",
    "tokens_per_s_per_gpu",
    "items_per_s_per_gpu",
    "tflops_per_gpu",
    "model_tflops_per_gpu",
)
"""Figures of a training run that shrink with the time of a step."""


def with_assumed(answer: Estimate, workload: Workload, figures: Figures) -> Estimate:
    """The answer with measured memory, step, time per token, first token and throughput.

    A figure that the workload has no use for (a step of a service) changes nothing.

    Raises:
        Nonsense: for figures that are not above zero.
    """
    given = workload.assume
    if given is None:
        return answer
    answer = _total(_parts(answer, given, figures), given.total_bytes, figures)
    if answer.serving is not None:
        answer = replace(answer, serving=_served(answer, answer.serving, given, figures))
    if answer.training is not None:
        answer = _trained(answer, answer.training, given, figures)
    return answer


def _parts(answer: Estimate, given: Assumptions, figures: Figures) -> Estimate:
    """The parts of memory that the formulas have not taken already."""
    memory = answer.memory
    for name in ("weights_bytes", "activations_bytes", "runtime_bytes"):
        measured, computed = getattr(given, name), getattr(memory, name)
        if measured is None or measured.value == computed:
            continue
        figure = name.removesuffix("_bytes")
        size = _noted(figures, figure, figure, measured, computed or None, "B")
        held = memory.held_bytes
        if held is not None and figure == "weights":
            memory = replace(memory, held_bytes=held + size - computed)
        part: dict[str, Any] = {name: size}
        memory = replace(memory, **part)
    if memory is answer.memory:
        return answer
    _follow(figures, "total", memory.total_bytes)
    return _fitting(replace(answer, memory=memory))


def _fitting(answer: Estimate) -> Estimate:
    """A run whose memory was measured is judged again, with its profile: memory alone decides."""
    if answer.training is None or answer.training.slots is not None:
        return answer
    return replace(answer, feasible=True, reasons=())


def _total(answer: Estimate, measured: Quantity | None, figures: Figures) -> Estimate:
    if measured is None:
        return answer
    computed = answer.memory.total_bytes
    size = _noted(figures, "total", "total", measured, computed, "B")
    return _fitting(replace(answer, memory=replace(answer.memory, measured_total_bytes=size)))


def _served(
    answer: Estimate, serving: ServingAnswer, given: Assumptions, figures: Figures
) -> ServingAnswer:
    """Times and throughput of a service; tokens per second follow a measured time per token."""
    if given.per_token_s is not None:
        before = serving.per_token_s
        after = _noted(figures, "per_token", "per_token", given.per_token_s, before, "s")
        serving = replace(serving, per_token_s=after)
        if before and serving.tokens_per_s is not None and given.throughput_per_s is None:
            rate = serving.tokens_per_s * before / after
            serving = replace(serving, tokens_per_s=rate)
            _follow(figures, "tokens_per_s", rate)
    if given.first_token_s is not None:
        before = serving.first_token_s
        after = _noted(figures, "first_token", "first_token", given.first_token_s, before, "s")
        serving = replace(
            serving, first_token_low_s=after, first_token_s=after, first_token_high_s=after
        )
    if given.throughput_per_s is None:
        return serving
    items = serving.items_per_s is not None
    name, unit = ("items_per_s", "items/s") if items else ("tokens_per_s", "tokens/s")
    gpus = max(1, answer.gpus)
    whole = Quantity(given.throughput_per_s.value * gpus, given.throughput_per_s.source)
    rate = _noted(figures, "throughput", name, whole, getattr(serving, name), unit)
    return replace(serving, items_per_s=rate) if items else replace(serving, tokens_per_s=rate)


def _trained(
    answer: Estimate, training: TrainingAnswer, given: Assumptions, figures: Figures
) -> Estimate:
    """A run with its measured step or rate; times, rates and reading are scaled with it."""
    name, unit = "tokens_per_s_per_gpu", "tokens/s"
    if training.tokens_per_s_per_gpu is None:
        name, unit = "items_per_s_per_gpu", "items/s"
    rate: float | None = getattr(training, name)
    # A search lasts as long as its trials are said to.
    slower, searches = 1.0, training.slots is not None
    if given.step_s is not None:
        step = _noted(figures, "step", "step", given.step_s, training.step_s, "s")
        slower = step / training.step_s if training.step_s and not searches else 1.0
    if given.throughput_per_s is not None:
        measured = _noted(figures, "throughput", name, given.throughput_per_s, rate, unit)
        if rate and given.step_s is None and not searches:
            slower = rate / measured
    training = _scaled(training, slower, figures)
    if given.step_s is not None:
        training = replace(training, step_s=float(given.step_s.value))
    if given.throughput_per_s is not None:
        told: dict[str, Any] = {name: float(given.throughput_per_s.value)}
        training = replace(training, **told)
    read = answer.read_bytes_per_s
    return replace(
        answer, training=training, read_bytes_per_s=None if read is None else read / slower
    )


def _scaled(training: TrainingAnswer, slower: float, figures: Figures) -> TrainingAnswer:
    """The run with every time and rate scaled, in the ledger too."""
    factors = {**dict.fromkeys(_SLOWER, slower), **dict.fromkeys(_FASTER, 1 / slower)}
    stated = {name: getattr(training, name) for name in factors}
    scaled: dict[str, Any] = {n: v * factors[n] for n, v in stated.items() if v is not None}
    if slower != 1:
        for name, value in scaled.items():
            _follow(figures, name, value)
    return replace(training, **scaled)


def _follow(figures: Figures, name: str, value: float) -> None:
    """Corrects the ledger's line of a computed figure that a measured one has moved."""
    for index, entry in enumerate(figures.entries):
        if entry.name == name and entry.basis is not Basis.MEASURED:
            figures.entries[index] = replace(
                entry,
                value=value,
                rule=f"{entry.rule}; scaled by what was measured",
                low=None,
                high=None,
            )


def _noted(
    figures: Figures,
    figure: str,
    name: str,
    measured: Quantity,
    computed: float | None,
    unit: str,
) -> float:
    """The measured value of ``assume``, written over the ledger's line of the computed ``name``."""
    value = positive(f"assume.{figure}", float(measured.value))
    entry = Entry(
        subject=figures.subject,
        name=name,
        value=value,
        unit=unit,
        rule="as measured",
        source=measured.source or STATED_SOURCE,
        basis=Basis.MEASURED,
        effect="" if computed is None else f"computed: {written(computed, unit)}",
    )
    at = [index for index, old in enumerate(figures.entries) if old.name == name]
    if at:
        figures.entries[at[-1]] = entry
    else:
        figures.entries.append(entry)
    return value
