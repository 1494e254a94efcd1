"""RAID of arrays, replicas, and policies that pair with a cluster's spare hosts."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.sizing.nonsense import Nonsense
from generator.sizing.storage import protection


@pytest.mark.parametrize(
    ("level", "disks", "factor", "losses"),
    [(0, 8, 1.0, 0), (1, 2, 2.0, 1), (5, 5, 1.25, 1), (6, 10, 1.25, 2), (10, 8, 2.0, 1)],
)
def test_a_raid_level_has_its_factor_and_the_losses_it_survives(
    level: int, disks: int, factor: float, losses: int
) -> None:
    found = protection.array_raid(level=level, disks=disks)
    assert (found.factor, found.losses) == (pytest.approx(factor), losses)


def test_hot_spares_are_raw_capacity_too() -> None:
    assert protection.array_raid(level=6, disks=10, hot_spares=2).factor == pytest.approx(1.5)


@pytest.mark.parametrize(("level", "disks"), [(5, 2), (6, 3), (10, 5), (3, 4)])
def test_a_group_that_cannot_be_is_refused(level: int, disks: int) -> None:
    with pytest.raises(Nonsense):
        protection.array_raid(level=level, disks=disks)


def test_copies_survive_all_losses_but_one() -> None:
    found = protection.replicas(3)
    assert (found.factor, found.losses) == (3.0, 2)
    with pytest.raises(Nonsense):
        protection.replicas(0)


def test_a_reserve_comes_on_top_and_must_leave_something() -> None:
    two = protection.replicas(2)
    assert protection.raw_bytes(75, two, reserve_ratio=0.25) == 200
    with pytest.raises(Nonsense, match="leaves nothing"):
        protection.raw_bytes(75, two, reserve_ratio=1)


@pytest.mark.parametrize(
    ("control", "policy"),
    [("N+1", "FTT=1"), ("n + 2", "FTT=2 (RAID-6)"), ("N+3", "FTT=3 (RAID-1)")],
)
def test_storage_survives_what_admission_control_does(control: str, policy: str) -> None:
    assert protection.paired_policy(control) == policy


@pytest.mark.parametrize("control", ["N+0", "N+4", "percentage"])
def test_more_spare_hosts_than_vsan_survives_are_refused(control: str) -> None:
    with pytest.raises(Nonsense, match="vSAN has no policy"):
        protection.paired_policy(control)


@given(disks=st.integers(4, 40), usable=st.floats(0, 1e18))
def test_double_parity_never_costs_less_than_single(disks: int, usable: float) -> None:
    single, double = (protection.array_raid(level=level, disks=disks) for level in (5, 6))
    raw_single, raw_double = (protection.raw_bytes(usable, each) for each in (single, double))
    assert usable <= raw_single <= raw_double
