"""What a training run leaves open: passes of a batch, and GPUs that hold it and end in time."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from generator.blueprint.model.workloads import Train
from generator.quantity import GIB
from generator.record import Record, record
from generator.sizing.architecture import Transformer
from generator.sizing.train.device import HOST_GPUS
from generator.sizing.train.layout import smallest_layout
from generator.sizing.train.run import Method, Parallel, Recompute, TrainingRun

LAYOUT_ATTEMPTS = 8
"""Layouts that are tried for the planning rule; each leaves at least as much room as it lacked."""


@record
class Limits(Record):
    """What a layout must keep to.

    ``needed_bytes`` says what a run takes per GPU, of which ``usable_bytes`` are there;
    ``hours`` how long it takes, None where nothing says; ``deadline_h`` is None where none is set.
    """

    usable_bytes: float
    needed_bytes: Callable[[TrainingRun], float]
    hours: Callable[[TrainingRun], float | None]
    deadline_h: float | None = None

    def holds(self, run: TrainingRun) -> bool:
        """Whether each GPU holds its part of the run."""
        return self.needed_bytes(run) <= self.usable_bytes

    def late(self, run: TrainingRun) -> bool:
        """Whether the run is known to end after its deadline."""
        if self.deadline_h is None:
            return False
        hours = self.hours(run)
        return hours is not None and hours > self.deadline_h


def least_pass(run: TrainingRun, train: Train) -> TrainingRun:
    """The run with a batch worked off sample by sample, unless a pass is stated."""
    if train.micro_batch is not None or train.batch is None:
        return run
    return replace(run, micro_batch=1)


def in_passes(run: TrainingRun, train: Train, limits: Limits) -> TrainingRun:
    """The run with as much of each rank's batch in one pass as fits, where no pass is stated.

    Gradients of several passes add up to those of one, so that a batch needs no GPU to hold it
    whole. The batch never makes a pass smaller, nor the need less.
    """
    if train.micro_batch is not None or train.batch is None:
        return run
    low, high = 1, max(1, train.batch // run.data_parallel)
    if limits.holds(replace(run, micro_batch=high)):
        return replace(run, micro_batch=high)
    while high - low > 1:
        middle = (low + high) // 2
        if limits.holds(replace(run, micro_batch=middle)):
            low = middle
        else:
            high = middle
    return replace(run, micro_batch=low)


def open_layout(
    model: Transformer, run: TrainingRun, train: Train, limits: Limits
) -> TrainingRun | None:
    """The run on the fewest GPUs that hold it and end before its deadline; None where none do.

    GPUs double, and beyond one host are whole hosts.
    """
    smallest = least_pass(run, train)
    fewest = 1
    before = 0
    while (found := _holding(model, smallest, limits, fewest)) is not None:
        if train.batch is not None and found.data_parallel > train.batch:
            # More ranks than samples: the rest would have nothing to do.
            return None if limits.deadline_h is not None else in_passes(found, train, limits)
        found = in_passes(found, train, limits)
        if not limits.late(found):
            return _fewest_hosts(found, before, train, limits)
        before, fewest = found.gpus, 2 * found.gpus
    return None


def _holding(
    model: Transformer, run: TrainingRun, limits: Limits, fewest: int
) -> TrainingRun | None:
    """The smallest layout of at least ``fewest`` GPUs that fits.

    The search knows recipes; the planning rule may want more on each GPU, so that the search is
    then given as much less.
    """
    room = limits.usable_bytes
    for _ in range(LAYOUT_ATTEMPTS):
        found = smallest_layout(model, run, room, fewest=fewest)
        if found is None:
            return None
        needed = limits.needed_bytes(found)
        if needed <= limits.usable_bytes:
            return found
        room *= limits.usable_bytes / needed
    return None


def _fewest_hosts(run: TrainingRun, late_gpus: int, train: Train, limits: Limits) -> TrainingRun:
    """The same layout on as few hosts as end in time; ``late_gpus`` are too few."""
    step = max(HOST_GPUS, run.model_ranks)
    if not late_gpus or run.gpus <= step:
        return run
    low, high = late_gpus // step, run.gpus // step
    best = run
    while high - low > 1:
        middle = (low + high) // 2
        fewer = in_passes(replace(run, gpus=middle * step), train, limits)
        if limits.holds(fewer) and not limits.late(fewer):
            best, high = fewer, middle
        else:
            low = middle
    return best


def too_large(needed_bytes: float, run: TrainingRun, limits: Limits) -> tuple[str, ...]:
    """Why the run does not fit, and what would; nothing where it does."""
    if needed_bytes <= limits.usable_bytes:
        return ()
    mends = ["more GPUs with sharding zero-3 or tensor parallelism"]
    if run.micro_batch > 1:
        mends.append(f"a micro_batch below {run.micro_batch}")
    if run.recompute is not Recompute.FULL:
        mends.append("recompute: full")
    if run.method is Method.FULL:
        mends.append("adapters (method.lora)")
    needed, usable = needed_bytes / GIB, limits.usable_bytes / GIB
    return (
        f"{needed:.2f} GiB are needed per GPU, {usable:.2f} GiB can be used",
        f"what would do: {', '.join(mends)}",
    )


def too_late(
    stated: TrainingRun, run: TrainingRun, train: Train, model: Transformer, limits: Limits
) -> tuple[str, ...]:
    """Why ``run`` ends after its deadline, and what would not; nothing where it does not.

    ``stated`` is the run as the workload states it, from which a layout in time is sought.
    """
    hours = limits.hours(run)
    if limits.deadline_h is None or hours is None or hours <= limits.deadline_h:
        return ()
    in_time = open_layout(model, replace(stated, gpus=1, parallel=Parallel()), train, limits)
    if in_time is None and not limits.holds(run):
        # It does not fit at all, which is said already.
        return ()
    otherwise = f"{in_time.gpus} GPUs" if in_time else "fewer tokens"
    if in_time is None and train.batch is not None:
        otherwise += ", a larger batch for more ranks to share"
    on = "1 GPU" if run.gpus == 1 else f"{run.gpus} GPUs"
    return (
        f"the run takes {hours:.1f} h on {on}, its deadline is {limits.deadline_h:.1f} h",
        f"what would do: {otherwise}, or a deadline of {hours:.1f} h",
    )
