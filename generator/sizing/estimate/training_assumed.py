"""What a training run leaves open: its lengths, its batch, its optimizer."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from generator.blueprint.model.workloads import Train
from generator.quantity import GIB
from generator.sizing.assumption import Assumption, judge
from generator.sizing.figures import Figures
from generator.sizing.train.run import Recompute, TrainingRun

SEQUENCE_RANGE = (512, 8192)
"""Assumed range of the tokens per item: from short instructions to long documents."""

MICRO_BATCH_RANGE = (1, 8)
"""Assumed range of the items per rank and pass: what published recipes take."""


def judge_open(
    train: Train,
    run: TrainingRun,
    memory_bytes: Callable[[TrainingRun], float],
    figures: Figures,
) -> tuple[float, float]:
    """Notes what stands in for what is not stated; the total at both ends as shares of the total.

    ``memory_bytes`` says what a run takes per GPU.
    """
    open_to = tuple(_open(train, run))
    if not open_to:
        return 1.0, 1.0
    low, high = judge(
        open_to,
        run,
        memory_bytes,
        figures,
        what="framebuffer",
        show=lambda size: f"{size / GIB:.2f} GiB",
    )
    middle = memory_bytes(run)
    return low / middle, high / middle


def _open(train: Train, run: TrainingRun) -> Iterator[Assumption]:
    if train.sequence is None:
        yield _count("sequence", run.sequence, "tokens", SEQUENCE_RANGE, "a usual length")
    if train.micro_batch is None and train.batch is None:
        yield _count("micro_batch", run.micro_batch, "items", MICRO_BATCH_RANGE, "the least")
    if train.optimizer is None:
        yield Assumption(
            name="optimizer kind",
            value=run.optimizer,
            unit="",
            rule="the usual optimizer of transformers",
            source="assumed; state train.optimizer",
            low=None,
            high=None,
            changes=(("optimizer", "adamw-8bit", "adamw"),),
        )
    if train.framework is None and run.recompute is None:
        yield Assumption(
            name="recompute",
            value=Recompute.NONE.value,
            unit="",
            rule="every activation is kept",
            source="assumed; state train.recompute",
            low=None,
            high=None,
            changes=(("recompute", Recompute.FULL, Recompute.NONE),),
        )


def _count(name: str, value: int, unit: str, ends: tuple[int, int], rule: str) -> Assumption:
    low, high = min(ends[0], value), max(ends[1], value)
    return Assumption(
        name=name,
        value=value,
        unit=unit,
        rule=rule,
        source=f"assumed; state train.{name}",
        low=low,
        high=high,
        changes=((name, low, high),),
    )
