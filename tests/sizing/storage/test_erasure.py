"""Erasure codes, MinIO's defaults and Ceph's pools."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.sizing.nonsense import Nonsense
from generator.sizing.storage import erasure


@pytest.mark.parametrize(
    ("data", "parity", "factor"),
    [(2, 1, 1.5), (10, 4, 1.4), (6, 3, 1.5), (3, 2, 5 / 3), (12, 4, 4 / 3), (4, 0, 1.0)],
)
def test_a_code_takes_its_shards_over_its_data(data: int, parity: int, factor: float) -> None:
    found = erasure.code(data=data, parity=parity)
    assert found.factor == pytest.approx(factor)
    assert found.efficiency_ratio == pytest.approx(1 / factor)


@pytest.mark.parametrize(
    ("drives", "parity"),
    [(1, 0), (2, 1), (3, 1), (4, 2), (5, 2), (6, 3), (7, 3), (8, 4), (12, 4), (16, 4)],
)
def test_a_set_has_minios_default_parity(drives: int, parity: int) -> None:
    assert erasure.default_parity(drives) == parity
    assert erasure.code_of_set(drives=drives).parity == parity


@pytest.mark.parametrize(("parity", "usable", "quorum"), [(4, 12, 12), (6, 10, 10), (8, 8, 9)])
def test_sixteen_drives_hold_what_their_parity_leaves(
    parity: int, usable: int, quorum: int
) -> None:
    assert erasure.usable_bytes(drives=16, drive_bytes=1e12, parity=parity) == usable * 1e12
    assert erasure.code_of_set(drives=16, parity=parity).write_quorum == quorum


def test_a_pool_falls_into_the_largest_equal_sets() -> None:
    assert erasure.erasure_set(32) == 16
    assert erasure.erasure_set(24) == 12
    assert erasure.erasure_set(13) == 13
    assert erasure.usable_bytes(drives=32, drive_bytes=1e12) == 24e12


def test_a_pool_that_no_set_divides_is_refused() -> None:
    with pytest.raises(Nonsense, match="no equal sets"):
        erasure.erasure_set(17)


def test_a_set_of_more_than_sixteen_drives_is_refused() -> None:
    with pytest.raises(Nonsense, match="more than one erasure set"):
        erasure.code_of_set(drives=32)


def test_parity_above_half_of_a_set_is_refused() -> None:
    with pytest.raises(Nonsense, match="more than half"):
        erasure.code_of_set(drives=4, parity=3)


def test_a_code_without_data_is_refused() -> None:
    with pytest.raises(Nonsense):
        erasure.code(data=0, parity=2)
    with pytest.raises(Nonsense):
        erasure.code(data=2, parity=-1)


def test_a_ceph_pool_keeps_three_copies_and_room_to_recover() -> None:
    assert erasure.ceph_raw_bytes(850, hosts=3) == pytest.approx(3000)
    coded = erasure.ceph_raw_bytes(850, hosts=6, stored=erasure.code(data=4, parity=2))
    assert coded == pytest.approx(1500)


def test_a_ceph_code_wants_a_host_per_shard() -> None:
    with pytest.raises(Nonsense, match="needs 6 hosts and there are 5"):
        erasure.ceph_raw_bytes(1, hosts=5, stored=erasure.code(data=4, parity=2))


@given(data=st.integers(1, 20), parity=st.integers(0, 10), usable=st.floats(0, 1e18))
def test_raw_is_never_less_than_usable(data: int, parity: int, usable: float) -> None:
    assert erasure.raw_bytes(usable, erasure.code(data=data, parity=parity)) >= usable


@given(drives=st.integers(1, 16))
def test_a_set_never_spends_more_than_half_on_parity(drives: int) -> None:
    assert 2 * erasure.code_of_set(drives=drives).parity <= drives
