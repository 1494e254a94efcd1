"""vSAN layouts and the hosts that they need."""

from __future__ import annotations

import pytest

from generator.sizing.nonsense import Nonsense
from generator.sizing.storage import vsan
from generator.sizing.storage.vsan import Architecture

ESA, OSA = Architecture.ESA, Architecture.OSA


@pytest.mark.parametrize(
    ("architecture", "raid", "failures", "hosts", "factor", "minimum"),
    [
        (OSA, 1, 1, None, 2.0, 3),
        (OSA, 1, 2, None, 3.0, 5),
        (ESA, 1, 3, 7, 4.0, 7),
        (OSA, 5, 1, 4, 4 / 3, 4),
        (OSA, 5, 1, 12, 4 / 3, 4),
        (ESA, 5, 1, None, 1.5, 3),
        (ESA, 5, 1, 3, 1.5, 3),
        (ESA, 5, 1, 5, 1.5, 3),
        (ESA, 5, 1, 6, 1.25, 6),
        (ESA, 5, 1, 32, 1.25, 6),
        (OSA, 6, 2, 6, 1.5, 6),
        (ESA, 6, 2, 8, 1.5, 6),
        (ESA, 0, 0, 1, 1.0, 1),
    ],
)
def test_a_policy_has_its_factor_and_its_fewest_hosts(
    architecture: Architecture,
    raid: int,
    failures: int,
    hosts: int | None,
    factor: float,
    minimum: int,
) -> None:
    found = vsan.layout(
        raid=raid, failures_to_tolerate=failures, architecture=architecture, hosts=hosts
    )
    assert found.factor == pytest.approx(factor)
    assert found.minimum_hosts == minimum


@pytest.mark.parametrize(
    ("raid", "failures", "architecture", "hosts"),
    [(1, 1, OSA, 4), (5, 1, OSA, 5), (6, 2, ESA, 7), (0, 0, ESA, 1)],
)
def test_rebuilding_needs_one_host_more_than_there_are_pieces(
    raid: int, failures: int, architecture: Architecture, hosts: int
) -> None:
    found = vsan.layout(raid=raid, failures_to_tolerate=failures, architecture=architecture)
    assert found.repairable_hosts == hosts


def test_adaptive_raid5_on_six_hosts_can_be_rebuilt_there() -> None:
    found = vsan.layout(raid=5, failures_to_tolerate=1, architecture=ESA, hosts=6)
    assert found.repairable_hosts == 6


def test_raid6_on_four_hosts_is_refused_and_told_what_would_do() -> None:
    with pytest.raises(Nonsense) as refused:
        vsan.layout(raid=6, failures_to_tolerate=2, architecture=ESA, hosts=4)
    assert "needs 6 hosts and 4" in refused.value.reason
    assert "add 2 hosts" in refused.value.mend
    assert "ESA RAID-5 2+1 (x 1.5)" in refused.value.mend


def test_two_hosts_are_told_to_add_one_because_nothing_else_does() -> None:
    with pytest.raises(Nonsense) as refused:
        vsan.layout(raid=1, failures_to_tolerate=1, hosts=2)
    assert refused.value.mend == "add 1 host"


@pytest.mark.parametrize(("raid", "failures"), [(5, 2), (6, 1), (1, 0), (1, 4), (10, 1), (0, 1)])
def test_a_policy_that_vsan_has_not_is_refused(raid: int, failures: int) -> None:
    with pytest.raises(Nonsense, match="vSAN has no RAID"):
        vsan.layout(raid=raid, failures_to_tolerate=failures)


def test_no_hosts_at_all_are_nonsense() -> None:
    with pytest.raises(Nonsense, match=r"storage\.hosts"):
        vsan.layout(raid=0, failures_to_tolerate=0, hosts=0)
    with pytest.raises(Nonsense, match=r"storage\.hosts"):
        vsan.possible(0, ESA)


def test_the_most_protected_layouts_come_first_and_the_leanest_of_them() -> None:
    names = [each.name for each in vsan.possible(7, OSA)]
    assert names == [
        "OSA RAID-1 with FTT=3",
        "OSA RAID-6 4+2",
        "OSA RAID-1 with FTT=2",
        "OSA RAID-5 3+1",
        "OSA RAID-1 with FTT=1",
    ]
