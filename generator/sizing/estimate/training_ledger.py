"""The ledger of a training run."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from generator.ledger import Basis
from generator.quantity import GIB
from generator.record import Record, record
from generator.sizing.architecture import Transformer
from generator.sizing.assumption import Assumption, judge
from generator.sizing.estimate.answer import CheckpointAnswer, TrainingAnswer
from generator.sizing.figures import Figures
from generator.sizing.train.calibration import CALIBRATION, ORIGIN
from generator.sizing.train.frameworks import framework_named
from generator.sizing.train.memory import TrainingMemory, training_memory
from generator.sizing.train.planning import (
    ALLOCATOR_FACTOR,
    ALLOCATOR_RANGE,
    INPUT_BYTES,
    LAYER_ACTIVATION_BYTES,
    LOGIT_BYTES,
    RUNTIME_BYTES,
    RUNTIME_RANGE_BYTES,
    planned_memory,
)
from generator.sizing.train.run import TrainingRun
from generator.sizing.train.time import StepTime


def note_choices(run: TrainingRun, precision: str, figures: Figures) -> None:
    """Notes what follows from what is stated: the layout, and the format of frozen weights."""
    parallel = run.parallel
    ranks = f"tensor {parallel.tensor} x pipeline {parallel.pipeline} x data {run.data_parallel}"
    figures.note(
        "layout",
        f"{ranks}, {run.sharding.value}",
        "",
        rule="as stated; where neither gpus nor a layout are, the fewest that hold the run and end"
        " before its deadline",
        source="arithmetic",
    )
    figures.note(
        "samples per pass",
        run.micro_batch,
        "items",
        rule="train.micro_batch; else as much of a rank's batch as fits, in several passes",
        source="arithmetic",
    )
    if run.precision != precision:
        figures.note(
            "frozen precision",
            run.precision,
            "",
            rule="QLoRA keeps frozen weights of 16 bits in NF4",
            source="Dettmers et al., QLoRA, section 3",
        )


Part = tuple[str, float, str, str]
"""A part of the memory: name, bytes, rule and source."""


def recipe_parts(memory: TrainingMemory, run: TrainingRun) -> tuple[Part, ...]:
    """The parts by a framework's recipe, whose source is what the recipe was read from."""
    recipe = framework_named(run.framework).source.partition(":")[0]
    return (
        *_states(memory, run, f"ZeRO, section 3.1; {recipe}"),
        (
            "activations",
            memory.activation_bytes,
            "tensors that the backward pass needs, counted one by one",
            f"Korthikanti et al., Reducing Activation Recomputation, section 4; {recipe}",
        ),
        ("logits", memory.logits_bytes, "copies of the logits at the loss", recipe),
        ("buffers", memory.buffer_bytes, "communication buckets and temporaries", recipe),
        (
            "runtime",
            memory.runtime_bytes,
            "CUDA context, communicators and what the allocator holds beyond its tensors",
            "fitted: LitGPT; fitted: Qwen; fitted: PEFT; S. Bekman, Machine Learning Engineering",
        ),
    )


def plan_parts(memory: TrainingMemory, run: TrainingRun) -> tuple[Part, ...]:
    """The parts by the planning rule."""
    return (
        *_states(memory, run, "ZeRO, section 3.1"),
        (
            "activations",
            memory.activation_bytes,
            f"{LAYER_ACTIVATION_BYTES} B per token, hidden unit and layer; {INPUT_BYTES} if redone",
            "Korthikanti et al., Reducing Activation Recomputation, equation 1",
        ),
        (
            "logits",
            memory.logits_bytes,
            f"tokens x vocabulary x {LOGIT_BYTES} B",
            "counted: a 32-bit logit and its gradient",
        ),
        (
            "runtime",
            memory.runtime_bytes,
            "runtime context + (allocator factor - 1) x all tensors",
            "assumed, as runtime context and allocator factor say",
        ),
    )


def _states(memory: TrainingMemory, run: TrainingRun, weights_source: str) -> tuple[Part, ...]:
    shared = f"sharded as {run.sharding.value}"
    return (
        (
            "weights",
            memory.weight_bytes,
            "parameters of the most loaded rank x bytes of the regime",
            weights_source,
        ),
        (
            "gradients",
            memory.gradient_bytes,
            f"bytes of the regime, {shared}, at the peak ({memory.moment})",
            "ZeRO, sections 5.1 to 5.3",
        ),
        (
            "optimizer",
            memory.optimizer_bytes,
            f"states of {run.optimizer}, {shared}",
            "ZeRO, sections 3.1 and 5",
        ),
    )


def note_memory(
    memory: TrainingMemory, parts: Sequence[Part], ends: tuple[float, float], figures: Figures
) -> None:
    """Notes the parts of a step's peak, and the total between its ends."""
    for name, size, rule, source in parts:
        figures.note(name, size, "B", rule=rule, source=source)
    names = " + ".join(name for name, *_ in parts)
    figures.note(
        "total",
        memory.total_bytes,
        "B",
        rule=f"{names}, at the peak ({memory.moment})",
        source="sum of the parts",
        low=ends[0],
        high=ends[1],
    )


_MEMORY_CONSTANTS = ("runtime_bytes", "communicator_bytes", "allocator_slack_ratio")


def recipe_ends(run: TrainingRun, model: Transformer) -> tuple[float, float]:
    """The total by a framework's recipe with every fitted constant at its low and its high end."""
    totals = []
    for end in ("low", "high"):
        constants = {name: getattr(ORIGIN[name], end) for name in _MEMORY_CONSTANTS}
        totals.append(
            training_memory(model, run, calibration=replace(CALIBRATION, **constants)).total_bytes
        )
    return totals[0], totals[1]


@record
class _Plan(Record):
    """What the planning rule assumes."""

    allocator_factor: float = ALLOCATOR_FACTOR
    runtime_bytes: float = float(RUNTIME_BYTES)


def judge_plan(run: TrainingRun, model: Transformer, figures: Figures) -> tuple[float, float]:
    """Notes what the planning rule assumes with its effects; the ends of the total."""

    def total(plan: _Plan) -> float:
        return planned_memory(
            model,
            run,
            allocator_factor=plan.allocator_factor,
            runtime_bytes=plan.runtime_bytes,
        ).total_bytes

    return judge(
        (
            Assumption(
                name="allocator factor",
                value=ALLOCATOR_FACTOR,
                unit="ratio",
                rule="room for fragmentation where no framework is stated",
                source="state train.framework for its own recipe",
                low=ALLOCATOR_RANGE[0],
                high=ALLOCATOR_RANGE[1],
                changes=(("allocator_factor", *ALLOCATOR_RANGE),),
            ),
            Assumption(
                name="runtime context",
                value=RUNTIME_BYTES,
                unit="B",
                rule="CUDA context and framework",
                source="S. Bekman, ML Engineering, 0.47 to 1.78 GiB",
                low=RUNTIME_RANGE_BYTES[0],
                high=RUNTIME_RANGE_BYTES[1],
                changes=(("runtime_bytes", *RUNTIME_RANGE_BYTES),),
            ),
        ),
        _Plan(),
        total,
        figures,
        what="framebuffer",
        show=lambda size: f"{size / GIB:.2f} GiB",
    )


def note_time(step: StepTime, answer: TrainingAnswer, figures: Figures) -> None:
    """Notes the step by purpose, and the run where its length is stated."""
    source = "fitted: Megatron-LM; fitted: LLM Foundry; fitted: torchtitan"
    figures.note(
        "step",
        step.step_s,
        "s",
        rule="products + attention + element-wise + exchanges + bubble + optimizer",
        source=source,
        basis=Basis.PUBLISHED,
        low=step.step_s / STEP_SPREAD,
        high=step.step_s * STEP_SPREAD,
    )
    figures.note(
        "mfu",
        step.mfu_ratio,
        "ratio",
        rule="(6 P + 12 L d s) x tokens/s / peak",
        source="PaLM, appendix B",
        basis=Basis.PUBLISHED,
    )
    if answer.hours is not None:
        figures.note(
            "hours",
            answer.hours,
            "h",
            rule="tokens / tokens per second, the machine's own time",
            source="arithmetic",
        )
        figures.note(
            "programme_hours",
            answer.programme_hours or answer.hours,
            "h",
            rule="machine time x what failed and auxiliary work adds",
            source="fitted: model cards of Llama 2, 3 and 3.1",
            basis=Basis.PUBLISHED,
        )


STEP_SPREAD = 1.25
"""Nine of ten published step times lie within this factor of the computed one."""


def note_checkpoint(checkpoint: CheckpointAnswer, figures: Figures, *, stated: bool) -> None:
    """Notes the checkpoint's size and its interval, which may be stated."""
    figures.note(
        "checkpoint",
        checkpoint.bytes,
        "B",
        rule="weights and optimizer states, or the adapters alone",
        source="ZeRO, section 3.1; MLPerf Storage",
    )
    if checkpoint.interval_s is not None:
        figures.note(
            "checkpoint interval",
            checkpoint.interval_s,
            "s",
            rule="as stated" if stated else "sqrt(2 x write time x time between failures)",
            source="blueprint" if stated else "Young (1974); Daly (2006)",
            basis=Basis.STATED if stated else Basis.ANALYTIC,
        )
