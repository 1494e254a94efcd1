"""What objects and volumes take on vSAN."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.quantity import GIB, MIB
from generator.sizing.nonsense import Nonsense
from generator.sizing.storage import vsan, vsan_capacity
from generator.sizing.storage.vsan import Architecture

ESA, OSA = Architecture.ESA, Architecture.OSA
architectures = st.sampled_from(Architecture)


@pytest.mark.parametrize(
    ("raid", "failures", "hosts", "used_gb"),
    [(1, 1, 3, 22.62), (5, 1, 6, 14.14), (6, 2, 6, 16.965), (5, 1, 3, 16.965)],
)
def test_ten_gigabytes_on_esa_take_what_the_vendor_prints(
    raid: int, failures: int, hosts: int, used_gb: float
) -> None:
    found = vsan.layout(raid=raid, failures_to_tolerate=failures, hosts=hosts)
    used = vsan_capacity.object_use(10e9, found)
    assert used.used_bytes - used.metadata_bytes == pytest.approx(used_gb * 1e9, rel=1e-3)


def test_a_mirrored_object_of_100_gib_takes_what_was_measured() -> None:
    mirror = vsan.layout(raid=1, failures_to_tolerate=1, architecture=OSA)
    used = vsan_capacity.object_use(100 * GIB, mirror)
    assert used.used_bytes == 2 * 107_378_376_704 + 4 * MIB
    assert used.components == 3


def test_an_object_above_the_largest_component_is_split() -> None:
    mirror = vsan.layout(raid=1, failures_to_tolerate=1, architecture=OSA)
    assert vsan_capacity.object_use(256 * GIB, mirror).components == 2 * 2 + 1
    raid6 = vsan.layout(raid=6, failures_to_tolerate=2)
    assert vsan_capacity.object_use(256 * GIB, raid6).components == 6


def test_the_worked_example_takes_2106_gib_protected_on_four_hosts() -> None:
    found = vsan.layout(raid=5, failures_to_tolerate=1, hosts=4)
    raw = vsan_capacity.raw_volume(1404 * GIB, found, hosts=4)
    assert raw.protected_bytes / GIB == pytest.approx(2106)


def test_raw_bytes_add_file_system_metadata_and_reserves_in_this_order() -> None:
    found = vsan.layout(raid=6, failures_to_tolerate=2, hosts=12)
    raw = vsan_capacity.raw_volume(1000, found, hosts=12)
    expected = 1000 * 1.5 * 1.131 / 0.9 / (1 - 1 / 12 - 0.10)
    assert raw.raw_bytes == pytest.approx(expected)
    assert raw.reserve_bytes / raw.raw_bytes == pytest.approx(0.183, abs=1e-3)


def test_osa_has_no_log_structured_file_system() -> None:
    found = vsan.layout(raid=1, failures_to_tolerate=1, architecture=OSA, hosts=4)
    taken = vsan_capacity.overheads(OSA, hosts=4, operations_reserve_ratio=0)
    raw = vsan_capacity.raw_volume(1000, found, hosts=4, taken=taken)
    assert raw.filesystem_bytes == 0
    assert raw.raw_bytes == pytest.approx(2000 / 0.99)


def test_four_hosts_keep_no_rebuild_reserve_unless_asked() -> None:
    default = vsan_capacity.overheads(ESA, hosts=4)
    asked = vsan_capacity.overheads(ESA, hosts=4, rebuild_reserve=True)
    five = vsan_capacity.overheads(ESA, hosts=5)
    assert default.reserve_ratio == 0.10
    assert asked.reserve_ratio == pytest.approx(0.35)
    assert five.reserve_ratio == pytest.approx(0.30)


def test_a_rebuild_reserve_is_one_host_of_all() -> None:
    assert vsan_capacity.host_rebuild_reserve_ratio(4) == 0.25
    assert vsan_capacity.host_rebuild_reserve_ratio(12) == pytest.approx(0.0833, abs=1e-4)
    with pytest.raises(Nonsense, match="cannot lose one"):
        vsan_capacity.host_rebuild_reserve_ratio(1)


def test_a_cluster_too_small_for_the_layout_is_refused() -> None:
    large = vsan.layout(raid=6, failures_to_tolerate=2)
    with pytest.raises(Nonsense, match="needs 6 hosts"):
        vsan_capacity.raw_volume(1000, large, hosts=5)


def test_a_layout_for_six_hosts_is_refused_on_five_although_raid5_as_such_is_not() -> None:
    wide = vsan.layout(raid=5, failures_to_tolerate=1, hosts=6)
    with pytest.raises(Nonsense, match=r"RAID-5 4\+1 needs 6 hosts"):
        vsan_capacity.raw_volume(1000, wide, hosts=5)


@pytest.mark.parametrize("field", ["metadata_ratio", "reserve_ratio"])
def test_overheads_that_take_everything_are_refused(field: str) -> None:
    found = vsan.layout(raid=1, failures_to_tolerate=1)
    taken = replace(vsan_capacity.overheads(ESA, hosts=3), **{field: 1.0})
    with pytest.raises(Nonsense, match="leaves no capacity"):
        vsan_capacity.raw_volume(1, found, hosts=3, taken=taken)


@pytest.mark.parametrize("end", [0, 1])
def test_the_ends_of_the_assumptions_move_the_result(end: int) -> None:
    found = vsan.layout(raid=1, failures_to_tolerate=1)
    middle = vsan_capacity.overheads(ESA, hosts=4)
    pulled = replace(
        middle,
        metadata_ratio=vsan_capacity.ESA_METADATA_RANGE[end],
        reserve_ratio=vsan_capacity.OPERATIONS_RESERVE_RANGE[end],
    )
    raw, other = (
        vsan_capacity.raw_volume(1000, found, hosts=4, taken=each).raw_bytes
        for each in (middle, pulled)
    )
    assert (other > raw) is (end == 1)


@given(hosts=st.integers(3, 64), architecture=architectures, usable=st.floats(0, 1e18))
def test_raw_is_never_less_than_usable_and_what_is_offered_can_be_built(
    hosts: int, architecture: Architecture, usable: float
) -> None:
    for each in vsan.possible(hosts, architecture):
        assert each.minimum_hosts <= hosts
        raw = vsan_capacity.raw_volume(usable, each, hosts=hosts)
        assert raw.raw_bytes >= raw.protected_bytes >= usable


@given(hosts=st.integers(5, 63))
def test_one_more_host_never_costs_more_raw(hosts: int) -> None:
    def raw(count: int) -> float:
        found = vsan.layout(raid=5, failures_to_tolerate=1, hosts=count)
        return vsan_capacity.raw_volume(1000, found, hosts=count).raw_bytes

    assert raw(hosts + 1) <= raw(hosts)
