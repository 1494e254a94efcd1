"""The rate that a job wants, and what a slow loader costs."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.quantity import GIB, MIB
from generator.sizing.nonsense import Nonsense
from generator.sizing.storage import reading

IMAGE_BYTES = 155.84 * GIB / 1.28e6


@pytest.mark.parametrize(
    ("batch", "record", "compute", "floor", "mib"),
    [
        (7, 146_600_628, 0.323, 0.9, 2727),
        (400, 114_660.07, 0.224, 0.9, 176),
        (1, 2_828_486, 0.0035, 0.7, 540),
        (7, 146_600_628, 0.323, 1.0, 3030),
    ],
)
def test_an_accelerator_reads_what_the_benchmark_asks_for(
    batch: int, record: float, compute: float, floor: float, mib: float
) -> None:
    found = reading.rate_per_accelerator(
        batch=batch, record_bytes=record, compute_time_s=compute, utilisation_ratio=floor
    )
    assert found / MIB == pytest.approx(mib, rel=2e-3)


def test_32_images_in_55_milliseconds_need_76_megabytes_per_second() -> None:
    found = reading.rate_per_accelerator(batch=32, record_bytes=IMAGE_BYTES, compute_time_s=0.055)
    assert found / 1e6 == pytest.approx(76, abs=0.5)


@pytest.mark.parametrize(("samples", "megabytes"), [(2500, 327), (4000, 523)])
def test_a_rate_of_samples_is_a_rate_of_bytes(samples: float, megabytes: float) -> None:
    found = reading.rate_of_samples(samples_per_s=samples, sample_bytes=IMAGE_BYTES)
    assert found / 1e6 == pytest.approx(megabytes, abs=0.5)


def test_a_loader_that_gives_eleven_of_76_megabytes_leaves_the_gpu_waiting() -> None:
    found = reading.loading(
        step_bytes=32 * IMAGE_BYTES, compute_time_s=0.055, delivered_bytes_per_s=11e6
    )
    assert found.loader_bound
    assert found.waiting_ratio == pytest.approx(0.855, abs=0.005)
    assert found.slower == pytest.approx(6.9, abs=0.05)
    assert found.missing_bytes_per_s == pytest.approx(65e6, abs=0.5e6)


def test_a_loader_that_does_not_overlap_adds_its_time_to_the_step() -> None:
    found = reading.loading(
        step_bytes=380, compute_time_s=0.06, delivered_bytes_per_s=1000, overlapped=False
    )
    assert found.step_s == pytest.approx(0.44)


def test_storage_that_is_fast_enough_makes_nobody_wait() -> None:
    found = reading.loading(step_bytes=100, compute_time_s=1, delivered_bytes_per_s=100)
    assert (found.loader_bound, found.waiting_ratio, found.missing_bytes_per_s) == (False, 0, 0)


def test_prefetching_keeps_a_batch_per_worker_and_place() -> None:
    assert reading.prefetch_bytes(workers=8, batches_ahead=2, batch_bytes=1e6) == 16e6


def test_a_rate_is_so_many_requests() -> None:
    assert reading.operations_per_s(bytes_per_s=1e6, request_bytes=4096) == pytest.approx(
        244.1, abs=0.1
    )


def test_a_node_keeps_no_more_than_its_devices_hold() -> None:
    assert reading.local_cache_bytes(dataset_bytes=10, local_bytes=4) == 4
    assert reading.local_cache_bytes(dataset_bytes=3, local_bytes=4) == 3


def test_half_a_cache_answers_half_of_each_later_epoch_in_random_order_only() -> None:
    half = {"dataset_bytes": 100.0, "cache_bytes": 50.0}
    assert reading.cached_ratio(**half, random_order=True) == 0.5
    assert reading.cached_ratio(**half, random_order=False) == 0
    assert reading.cached_ratio(dataset_bytes=100, cache_bytes=100, random_order=False) == 1
    assert reading.storage_read_bytes(**half, epochs=3) == 200
    assert reading.storage_read_bytes(**half, epochs=3, random_order=False) == 300


def test_reading_a_dataset_once_per_epoch_is_a_rate() -> None:
    assert reading.epoch_rate(dataset_bytes=3600e9, epoch_s=3600) == 1e9


@pytest.mark.parametrize(
    ("batch", "compute", "busy"), [(0, 1, 0.9), (1, 0, 0.9), (1, 1, 0), (1, 1, 1.1)]
)
def test_a_step_that_cannot_be_is_refused(batch: int, compute: float, busy: float) -> None:
    with pytest.raises(Nonsense):
        reading.rate_per_accelerator(
            batch=batch, record_bytes=1, compute_time_s=compute, utilisation_ratio=busy
        )


@given(
    step=st.floats(1, 1e12),
    compute=st.floats(1e-4, 1e3),
    rate=st.floats(1, 1e12),
    overlapped=st.booleans(),
)
def test_waiting_is_a_share_and_overlap_never_hurts(
    step: float, compute: float, rate: float, overlapped: bool
) -> None:
    found = reading.loading(
        step_bytes=step,
        compute_time_s=compute,
        delivered_bytes_per_s=rate,
        overlapped=overlapped,
    )
    best = reading.loading(step_bytes=step, compute_time_s=compute, delivered_bytes_per_s=rate)
    assert 0 <= best.waiting_ratio <= found.waiting_ratio <= 1
    assert best.slower >= 1


@given(size=st.floats(1, 1e15), cache=st.floats(0, 1e15), epochs=st.integers(1, 1000))
def test_a_cache_never_makes_storage_serve_more(size: float, cache: float, epochs: int) -> None:
    found = reading.storage_read_bytes(dataset_bytes=size, epochs=epochs, cache_bytes=cache)
    plain = reading.storage_read_bytes(dataset_bytes=size, epochs=epochs)
    assert size <= found <= plain * (1 + 1e-9)
