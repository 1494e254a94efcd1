"""Layouts that fit: the largest micro-batch of a run, and the fewest GPUs that hold it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from generator.sizing.architecture import Transformer
from generator.sizing.nonsense import positive
from generator.sizing.train.calibration import CALIBRATION, TrainingCalibration
from generator.sizing.train.device import HOST_GPUS
from generator.sizing.train.memory import training_memory
from generator.sizing.train.run import Method, Parallel, Sharding, TrainingRun

LARGEST_MICRO_BATCH = 1 << 16
"""Where the search for a micro-batch ends: no run has more samples per pass."""

LARGEST_LAYOUT = 1 << 14
"""GPUs at which the search for a layout ends: the largest published runs have 16,384."""


def fits(
    model: Transformer,
    run: TrainingRun,
    device_bytes: float,
    *,
    calibration: TrainingCalibration = CALIBRATION,
) -> bool:
    """Whether the run's peak is within what a process can allocate of its device."""
    positive("device", device_bytes)
    return training_memory(model, run, calibration=calibration).total_bytes <= device_bytes


def largest_micro_batch(
    model: Transformer,
    run: TrainingRun,
    device_bytes: float,
    *,
    calibration: TrainingCalibration = CALIBRATION,
) -> int:
    """The most samples per pass that fit; 0 where not even one does. One pass per step is taken."""
    low, high = 0, 1
    single = replace(run, batch=None)
    while high <= LARGEST_MICRO_BATCH and fits(
        model, replace(single, micro_batch=high), device_bytes, calibration=calibration
    ):
        low, high = high, 2 * high
    while high - low > 1:
        middle = (low + high) // 2
        candidate = replace(single, micro_batch=middle)
        if fits(model, candidate, device_bytes, calibration=calibration):
            low = middle
        else:
            high = middle
    return low


def smallest_layout(
    model: Transformer,
    run: TrainingRun,
    device_bytes: float,
    *,
    fewest: int = 1,
    host_gpus: int = HOST_GPUS,
    calibration: TrainingCalibration = CALIBRATION,
) -> TrainingRun | None:
    """The run on the fewest GPUs that hold it; None where even ``LARGEST_LAYOUT`` do not.

    GPUs double from ``fewest``. On each number come first what exchanges least: the sharding that
    is stated, or the least that fits of none, ZeRO-1, -2 and -3; then tensor ranks inside a host;
    then pipeline stages beside full tensor hosts. Frozen weights are sharded by ZeRO-3 only, and
    quantised ones not at all.
    """
    gpus = fewest
    while gpus <= LARGEST_LAYOUT:
        # A stated batch is kept where other ranks can take over from data-parallel ones.
        candidates = _candidates(model, run, gpus, host_gpus)
        for candidate in sorted(candidates, key=lambda one: one.batch != run.batch):
            if fits(model, candidate, device_bytes, calibration=calibration):
                return candidate
        gpus *= 2
    return None


def _candidates(
    model: Transformer, run: TrainingRun, gpus: int, host_gpus: int
) -> Iterator[TrainingRun]:
    """Layouts on ``gpus`` GPUs from the one that exchanges least."""
    tensor = 1
    while tensor <= min(gpus, host_gpus):
        for pipeline in _stages(model, gpus, tensor, host_gpus):
            for sharding in _shardings(run, gpus > tensor * pipeline):
                yield replace(
                    run,
                    gpus=gpus,
                    sharding=sharding,
                    parallel=Parallel(tensor=tensor, pipeline=pipeline, sequence=tensor > 1),
                    batch=_batch(run, gpus // (tensor * pipeline)),
                )
        tensor *= 2


def _stages(model: Transformer, gpus: int, tensor: int, host_gpus: int) -> Iterator[int]:
    """One stage; several only where tensor ranks fill a host already."""
    if model.heads % tensor:
        return
    yield 1
    stages = 2
    while tensor == host_gpus and stages * tensor <= gpus and stages <= model.layers:
        yield stages
        stages *= 2


def _shardings(run: TrainingRun, shared: bool) -> Iterator[Sharding]:  # noqa: FBT001
    """The stated sharding, else those that help; none of them helps a single copy."""
    if run.sharding is not Sharding.NONE or not shared:
        yield run.sharding
    elif run.method is Method.QLORA:
        yield Sharding.NONE
    else:
        yield from (Sharding.NONE, Sharding.ZERO1, Sharding.ZERO2, Sharding.ZERO3)


def _batch(run: TrainingRun, ranks: int) -> int | None:
    """The stated batch, or one sample per rank where there are more ranks than samples."""
    return None if run.batch is None else max(run.batch, ranks)
