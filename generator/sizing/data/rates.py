"""The rate at which each dataset is read: what its readers need to be done in time.

Training reads all of its dataset in each epoch, so ``items x epochs / deadline x bytes per item``
is the least that storage must give. Source: requirements S0-6; F. Denneman, Machine Learning on
VMware Platform, part 3.
"""

from __future__ import annotations

from collections.abc import Iterator

from generator.blueprint.model.blueprint import Blueprint
from generator.blueprint.model.resource_management import Pipeline, Step
from generator.blueprint.model.storage_compute import Dataset
from generator.blueprint.model.workloads import Hpo, Train, Workload
from generator.quantity import Quantity
from generator.record import Record, record
from generator.sizing.nonsense import Nonsense
from generator.sizing.storage.reading import epoch_rate, rate_of_samples


@record
class Reader(Record):
    """Something that reads a dataset. Without a rate ``rule`` says what would give one."""

    name: str
    bytes_per_s: float | None
    rule: str


@record
class ReadRate(Record):
    """The readers of one dataset. ``together`` is their sum, ``largest`` that of one alone."""

    readers: tuple[Reader, ...]

    @property
    def known(self) -> tuple[Reader, ...]:
        """Readers with a rate."""
        return tuple(reader for reader in self.readers if reader.bytes_per_s is not None)

    @property
    def unknown(self) -> tuple[Reader, ...]:
        """Readers whose rate nobody can tell."""
        return tuple(reader for reader in self.readers if reader.bytes_per_s is None)

    @property
    def together(self) -> float | None:
        """Bytes per second of all readers with a rate at once; None where none has one."""
        rates = [reader.bytes_per_s or 0.0 for reader in self.known]
        return sum(rates) if rates else None

    @property
    def largest(self) -> float | None:
        """Bytes per second of the most demanding reader."""
        return max((reader.bytes_per_s or 0.0 for reader in self.known), default=None)


def read_rates(blueprint: Blueprint) -> dict[str, ReadRate]:
    """The readers of every dataset by its name: workloads, and pipeline steps of their own."""
    datasets = {dataset.name: dataset for dataset in blueprint.storage_compute.datasets}
    found: dict[str, list[Reader]] = {name: [] for name in datasets}
    for workload in blueprint.workloads:
        for name in dict.fromkeys((workload.data, *workload.uses)):
            if name in datasets:
                found[name].append(_reader(workload, datasets[name]))
    for pipeline in blueprint.resource_management.pipelines:
        for step in pipeline.steps:
            if step.workload is None and step.uses in datasets:
                found[step.uses].append(_of_step(step, pipeline, datasets[step.uses]))
    return {name: ReadRate(readers=tuple(readers)) for name, readers in found.items()}


def _reader(workload: Workload, dataset: Dataset) -> Reader:
    try:
        for rate, rule in _rates(workload, dataset):
            return Reader(name=workload.name, bytes_per_s=rate, rule=rule)
    except Nonsense as nonsense:
        # Its own sizing reports it; here its rate is not known.
        return Reader(name=workload.name, bytes_per_s=None, rule=nonsense.field)
    return Reader(name=workload.name, bytes_per_s=None, rule=_would_tell(workload))


def _rates(workload: Workload, dataset: Dataset) -> Iterator[tuple[float, str]]:
    """What the workload's figures say about its rate, the most certain first."""
    train, search, serving = workload.train, workload.hpo, workload.serving
    if search is not None:
        yield from _of_search(search, train, dataset)
    elif train is not None:
        yield from _of_training(train, dataset)
        gpus = workload.accelerator.gpus if workload.accelerator else None
        speed, sample = _value(train.throughput_per_gpu_per_s), _sample(train, dataset)
        if gpus and speed and sample:
            rate = rate_of_samples(samples_per_s=gpus * speed, sample_bytes=sample)
            yield rate, "GPUs x items per second and GPU x bytes per item"
    if workload.spark is not None and (window := _value(workload.spark.window_s)):
        yield workload.spark.input_bytes.value / window, "spark.input / spark.window"
    if serving is not None and serving.mode == "batch" and (window := _value(serving.window_s)):
        share = serving.items / dataset.items if serving.items and dataset.items else 1.0
        yield dataset.size_bytes.value * share / window, "bytes of a run / serving.window"


def _of_training(train: Train, dataset: Dataset) -> Iterator[tuple[float, str]]:
    deadline = _value(train.deadline_s)
    if not train.epochs or not deadline:
        return
    sample = _sample(train, dataset)
    if sample and dataset.items:
        needed = dataset.items * train.epochs / deadline
        rate = rate_of_samples(samples_per_s=needed, sample_bytes=sample)
        yield rate, "items x epochs / deadline x bytes per item"
    elif dataset.size_bytes.value:
        rate = epoch_rate(dataset_bytes=dataset.size_bytes.value, epoch_s=deadline / train.epochs)
        yield rate, "size x epochs / deadline"


def _of_search(search: Hpo, train: Train | None, dataset: Dataset) -> Iterator[tuple[float, str]]:
    """All trials that run at once, each reading the dataset once per epoch."""
    from generator.sizing.queueing.trials import Trials
    from generator.sizing.queueing.trials import search as sized

    trial = _value(search.trial_time_s)
    if train is None or not train.epochs or not trial or not dataset.size_bytes.value:
        return
    slots = sized(
        Trials(
            trials=search.trials,
            trial_s=trial,
            deadline_s=_value(search.deadline_s),
            max_parallel=search.max_parallel,
        )
    ).slots
    rate = epoch_rate(dataset_bytes=dataset.size_bytes.value, epoch_s=trial / train.epochs)
    yield slots * rate, f"{slots} trials at once x size x epochs / trial time"


def _of_step(step: Step, pipeline: Pipeline, dataset: Dataset) -> Reader:
    for name, stated in (("duration", step.duration_s), ("window", pipeline.window_s)):
        if seconds := _value(stated):
            return Reader(
                name=f"step {step.name}",
                bytes_per_s=dataset.size_bytes.value / seconds,
                rule=f"size / {name} of {pipeline.name if name == 'window' else step.name}",
            )
    at = f"resource_management.pipelines[{pipeline.name}]"
    return Reader(name=f"step {step.name}", bytes_per_s=None, rule=f"{at}.window")


def _sample(train: Train, dataset: Dataset) -> float | None:
    """Bytes per item as the loader reads it, else the dataset's mean."""
    stated = train.loader.sample_bytes if train.loader else None
    if stated is not None:
        return _value(stated)
    return dataset.size_bytes.value / dataset.items if dataset.items else None


def _would_tell(workload: Workload) -> str:
    at = f"workloads[{workload.name}]"
    if workload.hpo is not None:
        return f"{at}.train.epochs and hpo.trial_time"
    if workload.spark is not None:
        return f"{at}.spark.window"
    if workload.serving is not None and workload.serving.mode == "batch":
        return f"{at}.serving.window"
    if workload.phase in ("training", "retraining"):
        return f"{at}.train.epochs and train.deadline"
    return "read_rate"


def _value(quantity: Quantity | None) -> float | None:
    """A quantity above zero; zero is what other rules refuse."""
    return float(quantity.value) if quantity is not None and quantity.value > 0 else None
