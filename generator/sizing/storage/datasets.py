"""Datasets: what their forms, versions and copies take, now and month by month.

``size x sum of ratios x versions x copies x (1 + growth) ^ months``: the formula is arithmetic; its
pattern (data that is transformed and versioned explodes) is F. Denneman, Machine Learning on VMware
Platform, part 1. Growth compounds, which is an assumption that the report has to state.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import StrEnum
from types import MappingProxyType

from generator.record import Record, record
from generator.sizing.nonsense import Nonsense, not_negative, positive, ratio

HOST_MEMORY_MULTIPLE = 5
"""How many times the memory of all clients a benchmark's dataset must have, so that no page cache
hides the storage. Published: MLPerf Storage, README, "datasize"; a rule for benchmarks only."""

PUBLISHED_SAMPLE_BYTES: Mapping[str, float] = MappingProxyType(
    {"kits19": 140e6, "imagenet": 150e3, "cosmoflow": 2e6}
)
"""Bytes per sample of public datasets by their name. Published: MLPerf Storage, Submission
guidelines, Table 2 (rounded there; the benchmark's configuration has 146.6 MB, 114.7 kB and
2.83 MB, which is what a measured read rate must be compared with)."""


class Versioning(StrEnum):
    """How a version of a dataset is stored beside the one before."""

    COPY = "copy"
    CONTENT_ADDRESSED = "content-addressed"
    COPY_ON_WRITE = "copy-on-write"


@record
class Form(Record):
    """A derived form of a dataset: ``ratio`` is its size over that of the original.

    One that is not retained exists only while its pipeline runs.
    """

    name: str
    ratio: float
    retained: bool = True


@record
class Versions(Record):
    """``keep`` versions; ``churn_ratio`` of the data is new in each where only changes are kept."""

    keep: int
    churn_ratio: float = 1.0
    mode: Versioning = Versioning.CONTENT_ADDRESSED

    @property
    def factor(self) -> float:
        """All kept versions over one; a full copy per version, or the first and the changes."""
        positive("datasets[].versions.keep", self.keep)
        churn = ratio("datasets[].versions.churn", self.churn_ratio)
        return self.keep if self.mode is Versioning.COPY else 1 + (self.keep - 1) * churn


@record
class StoredDataset(Record):
    """A dataset as it is stored: its original, forms, versions, copies and growth.

    ``growth_per_month_ratio`` compounds; ``added_per_month_bytes`` is what a capture or a feed
    appends each month on top, with its own retention already in it.
    """

    name: str
    size_bytes: float
    forms: tuple[Form, ...] = ()
    versions: Versions | None = None
    copies: int = 1
    growth_per_month_ratio: float = 0.0
    added_per_month_bytes: float = 0.0


@record
class Volume(Record):
    """What a dataset takes: ``logical_bytes`` before any protection.

    ``form_ratio`` is the original with its retained forms over the original alone;
    ``scratch_bytes`` is what forms that are not retained take while a pipeline runs, once.
    """

    logical_bytes: float
    form_ratio: float
    version_factor: float
    scratch_bytes: float


def volume(dataset: StoredDataset, *, month: int = 0) -> Volume:
    """Bytes of a dataset after ``month`` months.

    Raises ``Nonsense`` for a size, ratio, count or growth that cannot be.
    """
    where = f"datasets[{dataset.name}]"
    size = positive(f"{where}.size", dataset.size_bytes)
    copies = positive(f"{where}.copies", dataset.copies)
    not_negative("month", month)
    if not dataset.growth_per_month_ratio > -1:
        raise Nonsense(
            f"{where}.growth_per_month",
            f"{dataset.growth_per_month_ratio:.0%} leaves less than nothing",
            "state a growth above -100 %",
        )
    for form in dataset.forms:
        not_negative(f"{where}.transforms[{form.name}].ratio", form.ratio)
    retained = 1 + sum(form.ratio for form in dataset.forms if form.retained)
    passing = sum(form.ratio for form in dataset.forms if not form.retained)
    kept = dataset.versions.factor if dataset.versions else 1.0
    original = (
        size * (1 + dataset.growth_per_month_ratio) ** month
        + not_negative(f"{where}.added_per_month", dataset.added_per_month_bytes) * month
    )
    return Volume(
        logical_bytes=original * retained * kept * copies,
        form_ratio=retained,
        version_factor=kept,
        scratch_bytes=original * passing,
    )


def curve(datasets: Sequence[StoredDataset], *, months: int) -> tuple[float, ...]:
    """Logical bytes of all ``datasets`` together now and at the end of each of ``months`` months.

    Scratch of the largest pipeline is in it: capacity has to hold it while the pipeline runs.
    """
    not_negative("months", months)
    return tuple(_together(datasets, month) for month in range(months + 1))


def _together(datasets: Sequence[StoredDataset], month: int) -> float:
    volumes = [volume(dataset, month=month) for dataset in datasets]
    scratch = max((each.scratch_bytes for each in volumes), default=0.0)
    return sum(each.logical_bytes for each in volumes) + scratch


def first_month_over(curve_bytes: Sequence[float], capacity_bytes: float) -> int | None:
    """The first month in which ``curve_bytes`` exceeds the capacity; None where it never does.

    Month 0 is today. What comes after the end of the curve is not known.
    """
    not_negative("storage.tiers[].usable", capacity_bytes)
    over = (month for month, size in enumerate(curve_bytes) if size > capacity_bytes)
    return next(over, None)


def sample_count(*, files: int, samples_per_file: int) -> int:
    """Samples of a dataset that packs several in a file (record files, shards)."""
    positive("datasets[].files", files)
    positive("datasets[].samples_per_file", samples_per_file)
    return files * samples_per_file


def bytes_of_samples(*, samples: float, sample_bytes: float) -> float:
    """Bytes of ``samples`` samples of a mean size."""
    return positive("datasets[].items", samples) * positive("datasets[].item_size", sample_bytes)


def mean_sample_bytes(*, size_bytes: float, samples: float) -> float:
    """Mean bytes per sample, from a dataset's size and its number of items."""
    return positive("datasets[].size", size_bytes) / positive("datasets[].items", samples)


def published_sample_bytes(workload: str) -> float:
    """Bytes per sample of the public dataset that ``workload`` names, as it is published.

    Raises ``Nonsense`` where it names none that is known.
    """
    words = workload.lower().replace(" ", "").replace("-", "")
    for name, size in PUBLISHED_SAMPLE_BYTES.items():
        if name in words:
            return size
    known = ", ".join(sorted(PUBLISHED_SAMPLE_BYTES))
    raise Nonsense("datasets[].name", f"{workload} is none of {known}", "state size and items")


def benchmark_dataset_minimum(*, client_hosts: int, memory_per_host_bytes: float) -> float:
    """Bytes that a storage benchmark's dataset must have, so that clients cannot cache it.

    A rule for measuring storage, never for sizing it. Source: MLPerf Storage, README, "datasize".
    """
    hosts = positive("client_hosts", client_hosts)
    return HOST_MEMORY_MULTIPLE * hosts * positive("memory_per_host", memory_per_host_bytes)
