"""A dataset's forms, versions, copies and growth."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.quantity import GIB
from generator.sizing.nonsense import Nonsense
from generator.sizing.storage import datasets
from generator.sizing.storage.datasets import Form, StoredDataset, Versioning, Versions

SHOP_IMAGES = StoredDataset(
    name="shop-images",
    size_bytes=156 * GIB,
    forms=(Form(name="clean", ratio=1.0), Form(name="features", ratio=0.4)),
    versions=Versions(keep=12, churn_ratio=0.25),
    growth_per_month_ratio=0.02,
)

sizes = st.floats(1, 1e15)
shares = st.floats(0, 1)
growths = st.floats(0, 0.5)


def test_the_worked_example_takes_1404_gib_and_1781_after_a_year() -> None:
    now = datasets.volume(SHOP_IMAGES)
    assert now.logical_bytes / GIB == pytest.approx(1404)
    assert now.form_ratio == pytest.approx(2.4)
    assert now.version_factor == pytest.approx(3.75)
    assert datasets.volume(SHOP_IMAGES, month=12).logical_bytes / GIB == pytest.approx(1781, abs=1)


def test_a_full_copy_per_version_takes_as_many_times_the_data() -> None:
    assert Versions(keep=12, churn_ratio=0.25, mode=Versioning.COPY).factor == 12
    assert Versions(keep=12, churn_ratio=0.25, mode=Versioning.COPY_ON_WRITE).factor == 3.75
    assert Versions(keep=1, churn_ratio=0.9).factor == 1


def test_a_form_that_is_not_retained_takes_room_only_while_its_pipeline_runs() -> None:
    passing = StoredDataset(
        name="d", size_bytes=100, forms=(Form(name="tmp", ratio=3.0, retained=False),), copies=2
    )
    found = datasets.volume(passing)
    assert (found.logical_bytes, found.scratch_bytes) == (200, 300)
    assert datasets.curve([passing], months=0) == (500,)


def test_the_scratch_of_the_largest_pipeline_counts_once() -> None:
    def one(ratio: float) -> StoredDataset:
        form = Form(name="tmp", ratio=ratio, retained=False)
        return StoredDataset(name="d", size_bytes=100, forms=(form,))

    assert datasets.curve([one(1.0), one(4.0)], months=0) == (600,)


def test_what_is_added_each_month_does_not_compound() -> None:
    fed = StoredDataset(name="d", size_bytes=100, added_per_month_bytes=10)
    assert datasets.curve([fed], months=3) == (100, 110, 120, 130)


def test_a_capacity_is_named_with_the_month_in_which_it_ends() -> None:
    found = datasets.curve([SHOP_IMAGES], months=24)
    assert datasets.first_month_over(found, 1400 * GIB) == 0
    assert datasets.first_month_over(found, 1600 * GIB) == 7
    assert datasets.first_month_over(found, 5000 * GIB) is None


def test_a_capacity_that_is_just_filled_is_not_exceeded() -> None:
    assert datasets.first_month_over((100, 100), 100) is None


def test_samples_are_counted_in_files_and_weighed() -> None:
    samples = datasets.sample_count(files=1024, samples_per_file=1251)
    assert samples == 1_281_024
    size = datasets.bytes_of_samples(samples=samples, sample_bytes=114_660.07)
    assert size == pytest.approx(146.88e9, rel=1e-3)
    assert datasets.mean_sample_bytes(size_bytes=155.84 * GIB, samples=1.28e6) == pytest.approx(
        130.7e3, rel=1e-3
    )


def test_a_public_dataset_is_known_by_its_name() -> None:
    assert datasets.published_sample_bytes("3D U-Net KiTS 19") == 140e6
    with pytest.raises(Nonsense, match="is none of"):
        datasets.published_sample_bytes("my own images")


def test_a_benchmark_needs_five_times_the_memory_of_its_clients() -> None:
    assert datasets.benchmark_dataset_minimum(client_hosts=2, memory_per_host_bytes=128e9) == 1280e9


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        (StoredDataset(name="d", size_bytes=0), r"datasets\[d\].size"),
        (StoredDataset(name="d", size_bytes=1, copies=0), r"datasets\[d\].copies"),
        (StoredDataset(name="d", size_bytes=1, growth_per_month_ratio=-1), "growth_per_month"),
        (StoredDataset(name="d", size_bytes=1, added_per_month_bytes=-1), "added_per_month"),
        (StoredDataset(name="d", size_bytes=1, versions=Versions(keep=0)), "versions.keep"),
        (
            StoredDataset(name="d", size_bytes=1, versions=Versions(keep=2, churn_ratio=1.5)),
            "versions.churn",
        ),
        (StoredDataset(name="d", size_bytes=1, forms=(Form(name="f", ratio=-1),)), "ratio"),
    ],
)
def test_a_dataset_that_cannot_be_is_refused(wrong: StoredDataset, field: str) -> None:
    with pytest.raises(Nonsense, match=field):
        datasets.volume(wrong)


@given(size=sizes, ratio=st.floats(0, 10), churn=shares, keep=st.integers(1, 50), growth=growths)
def test_nothing_that_is_added_makes_a_dataset_smaller(
    size: float, ratio: float, churn: float, keep: int, growth: float
) -> None:
    plain = StoredDataset(name="d", size_bytes=size)
    full = StoredDataset(
        name="d",
        size_bytes=size,
        forms=(Form(name="f", ratio=ratio),),
        versions=Versions(keep=keep, churn_ratio=churn),
        copies=2,
        growth_per_month_ratio=growth,
    )
    assert datasets.volume(full).logical_bytes >= datasets.volume(plain).logical_bytes
    curve = datasets.curve([full], months=12)
    assert all(later >= earlier for earlier, later in pairwise(curve))


@given(keep=st.integers(1, 50), churn=shares)
def test_keeping_changes_never_takes_more_than_copies(keep: int, churn: float) -> None:
    changes = Versions(keep=keep, churn_ratio=churn).factor
    copies = Versions(keep=keep, churn_ratio=churn, mode=Versioning.COPY).factor
    assert 1 <= changes <= copies


@given(size=sizes, growth=growths, smaller=sizes, larger=sizes)
def test_more_capacity_never_ends_earlier(
    size: float, growth: float, smaller: float, larger: float
) -> None:
    curve = datasets.curve(
        [StoredDataset(name="d", size_bytes=size, growth_per_month_ratio=growth)], months=24
    )
    low, high = sorted((smaller, larger))
    first, second = (datasets.first_month_over(curve, each) for each in (low, high))
    assert second is None or (first is not None and first <= second)
