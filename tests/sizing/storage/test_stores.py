"""Stores of features, vectors, metadata, experiments and captured requests."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.sizing.nonsense import Nonsense
from generator.sizing.storage import stores

counts = st.integers(0, 10**9)


def test_a_million_vectors_take_what_the_documentation_computes() -> None:
    found = stores.vector_store(vectors=1_000_000, dimension=256, links=16)
    assert found.memory_bytes == pytest.approx(1.267e9, rel=1e-3)


def test_an_index_is_on_disk_twice_and_its_payload_once() -> None:
    found = stores.vector_store(vectors=1000, dimension=768, payload_bytes=2000)
    assert found.payload_bytes == 2_000_000
    assert found.disk_bytes == pytest.approx(2 * found.memory_bytes + 2_000_000)


def test_quantised_values_shrink_vectors_and_not_the_graph() -> None:
    wide = stores.vector_store(vectors=1000, dimension=1024)
    narrow = stores.vector_store(vectors=1000, dimension=1024, value_bytes=1)
    assert narrow.vector_bytes == wide.vector_bytes / 4
    assert narrow.index_bytes == wide.index_bytes


def test_a_text_is_cut_into_chunks_that_overlap() -> None:
    assert stores.chunks(text_bytes=10_000, chunk_bytes=1000) == 10
    assert stores.chunks(text_bytes=10_000, chunk_bytes=1000, overlap_ratio=0.5) == 20
    assert stores.chunks(text_bytes=10_001, chunk_bytes=1000) == 11
    with pytest.raises(Nonsense, match="repeats all"):
        stores.chunks(text_bytes=1, chunk_bytes=1, overlap_ratio=1)


def test_features_are_kept_once_online_and_per_event_offline() -> None:
    found = stores.feature_store(
        entities=1_000_000,
        features=50,
        value_bytes=8,
        rows_per_day=1e6,
        retention_days=365,
        replicas=2,
        compressed_ratio=0.25,
    )
    assert found.online_bytes == 1_000_000 * 50 * (8 + 64) * 2
    assert found.offline_bytes == pytest.approx(1e6 * 365 * 50 * 8 * 0.25)


def test_trials_drive_the_size_of_the_registry() -> None:
    per_month = {"artefact_bytes": 2e9, "retention_months": 3}
    assert stores.experiment_registry_bytes(runs_per_month=500, **per_month) == 3e12
    assert stores.experiment_registry_bytes(runs_per_month=1000, **per_month) == 6e12
    best = stores.experiment_registry_bytes(runs_per_month=500, **per_month, kept_ratio=0.02)
    assert best == pytest.approx(60e9)


def test_a_metadata_database_grows_with_what_is_logged() -> None:
    empty = stores.metadata_bytes(runs=0, rows_per_run=1000)
    assert empty == stores.METADATA_BASE_BYTES
    assert stores.metadata_bytes(runs=500, rows_per_run=1000) - empty == 500 * 1000 * 200


def test_a_captured_tenth_of_the_requests_fills_its_retention() -> None:
    captured = {"requests_per_s": 500.0, "captured_ratio": 0.1, "record_bytes": 2048.0}
    assert stores.capture_rate(**captured) == pytest.approx(102_400)
    kept = stores.capture_bytes(**captured, retention_s=30 * 86_400)
    assert kept == pytest.approx(102_400 * 30 * 86_400)


@pytest.mark.parametrize("share", [-0.1, 1.1])
def test_a_share_beyond_all_requests_is_refused(share: float) -> None:
    with pytest.raises(Nonsense, match="capture_production_data"):
        stores.capture_rate(requests_per_s=1, captured_ratio=share, record_bytes=1)


def test_vectors_without_a_dimension_are_refused() -> None:
    with pytest.raises(Nonsense, match="dimension"):
        stores.vector_store(vectors=1, dimension=0)


@given(fewer=counts, more=counts, dimension=st.integers(1, 8192))
def test_more_vectors_never_take_less(fewer: int, more: int, dimension: int) -> None:
    low, high = (
        stores.vector_store(vectors=each, dimension=dimension) for each in sorted((fewer, more))
    )
    assert 0 <= low.memory_bytes <= high.memory_bytes
    assert low.disk_bytes <= high.disk_bytes


@given(runs=st.floats(0, 1e6), kept=st.floats(0, 1))
def test_keeping_fewer_runs_never_takes_more(runs: float, kept: float) -> None:
    all_runs = stores.experiment_registry_bytes(
        runs_per_month=runs, artefact_bytes=1e9, retention_months=1
    )
    some = stores.experiment_registry_bytes(
        runs_per_month=runs, artefact_bytes=1e9, retention_months=1, kept_ratio=kept
    )
    assert 0 <= some <= all_runs
