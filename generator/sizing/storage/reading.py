"""Reading: the rate at which a job wants its data, and what happens when storage gives less.

Training reads its dataset in random order and again in each epoch. Sources: MLPerf Storage
(Submission guidelines: accelerator utilisation is the share of time in which the accelerator
computes); F. Denneman, Machine Learning on VMware Platform, part 3 (0.055 s of compute per batch
of 32 images needs 76 MB/s where the loader gave 11 MB/s).
"""

from __future__ import annotations

from generator.record import Record, record
from generator.sizing.nonsense import not_negative, positive, ratio


def rate_per_accelerator(
    *, batch: int, record_bytes: float, compute_time_s: float, utilisation_ratio: float = 1.0
) -> float:
    """Bytes per second that one accelerator reads: batch x record / compute time x utilisation.

    At the least utilisation that a benchmark asks for this is the floor that storage must give;
    at 1 it is what the accelerator can take.
    """
    positive("train.batch", batch)
    per_step = batch * positive("datasets[].item_size", record_bytes)
    busy = positive("utilisation", ratio("utilisation", utilisation_ratio))
    return per_step / positive("train.compute_time", compute_time_s) * busy


def rate_of_samples(*, samples_per_s: float, sample_bytes: float) -> float:
    """Bytes per second of a job that takes ``samples_per_s`` samples."""
    rate = positive("train.throughput", samples_per_s)
    return rate * positive("datasets[].item_size", sample_bytes)


def operations_per_s(*, bytes_per_s: float, request_bytes: float) -> float:
    """Requests per second at which a rate arrives, when each asks for ``request_bytes``."""
    return not_negative("rate", bytes_per_s) / positive("request_size", request_bytes)


@record
class Loading(Record):
    """What a loader does to a job: ``waiting_ratio`` of a step in which accelerators wait.

    ``step_s`` is how long a step then takes, and ``slower`` how many times as long as it could.
    """

    needed_bytes_per_s: float
    delivered_bytes_per_s: float
    step_s: float
    waiting_ratio: float
    slower: float

    @property
    def loader_bound(self) -> bool:
        """Whether the data, and not the accelerator, sets the pace."""
        return self.delivered_bytes_per_s < self.needed_bytes_per_s

    @property
    def missing_bytes_per_s(self) -> float:
        """Rate that is missing for the accelerators never to wait."""
        return max(0.0, self.needed_bytes_per_s - self.delivered_bytes_per_s)


def loading(
    *,
    step_bytes: float,
    compute_time_s: float,
    delivered_bytes_per_s: float,
    overlapped: bool = True,
) -> Loading:
    """How a step of ``step_bytes`` and ``compute_time_s`` runs on storage that delivers a rate.

    Overlapped, the next batch is loaded while this one is computed and the longer of the two sets
    the pace; otherwise both add up.
    """
    size = positive("datasets[].batch_size", step_bytes)
    compute = positive("train.compute_time", compute_time_s)
    delivered = positive("storage.throughput", delivered_bytes_per_s)
    load = size / delivered
    step = max(load, compute) if overlapped else load + compute
    return Loading(
        needed_bytes_per_s=size / compute,
        delivered_bytes_per_s=delivered,
        step_s=step,
        waiting_ratio=1 - compute / step,
        slower=step / compute,
    )


def prefetch_bytes(*, workers: int, batches_ahead: int, batch_bytes: float) -> float:
    """Host memory of a loader: workers x batches that each keeps ready x bytes of a batch.

    Source: PyTorch documentation, DataLoader (``num_workers``, ``prefetch_factor``).
    """
    kept = not_negative("train.loader.workers", workers)
    kept *= positive("train.loader.prefetch", batches_ahead)
    return kept * positive("datasets[].batch_size", batch_bytes)


def epoch_rate(*, dataset_bytes: float, epoch_s: float) -> float:
    """Bytes per second that reading a dataset once per epoch asks for."""
    return positive("datasets[].size", dataset_bytes) / positive("train.epoch", epoch_s)


def local_cache_bytes(*, dataset_bytes: float, local_bytes: float) -> float:
    """What a node keeps of a dataset on its own devices: all of it, or as much as they hold."""
    local = not_negative("hosts[].nvme", local_bytes)
    return min(positive("datasets[].size", dataset_bytes), local)


def cached_ratio(*, dataset_bytes: float, cache_bytes: float, random_order: bool) -> float:
    """Share of each later epoch that a page cache answers.

    In random order it is the share that fits. Read in the same order each time, a cache that
    evicts what was used longest ago has lost every page before its turn unless all of it fits.
    """
    size = positive("datasets[].size", dataset_bytes)
    fits = min(1.0, not_negative("cache", cache_bytes) / size)
    return fits if random_order or fits == 1 else 0.0


def storage_read_bytes(
    *, dataset_bytes: float, epochs: int, cache_bytes: float = 0.0, random_order: bool = True
) -> float:
    """Bytes that storage serves over a run: the first epoch whole, later ones less the cache."""
    size = positive("datasets[].size", dataset_bytes)
    positive("train.epochs", epochs)
    hit = cached_ratio(dataset_bytes=size, cache_bytes=cache_bytes, random_order=random_order)
    return size + (epochs - 1) * size * (1 - hit)
