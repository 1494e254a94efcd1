"""generator.sizing.data.redundancy: raw bytes per logical byte, where anybody says so."""

from __future__ import annotations

import pytest

from generator.blueprint.model.storage_compute import Tier
from generator.ledger import Basis
from generator.sizing.data.redundancy import redundancy
from generator.sizing.nonsense import Nonsense


def tier(policy: str | None, backing: str = "vsan-esa", **stated: object) -> Tier:
    return Tier(name="t", media="nvme", backing=backing, policy=policy, **stated)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("policy", "backing", "hosts", "factor"),
    [
        ("none", "vsan-esa", 4, 1.0),
        ("raid1", "vsan-esa", 4, 2.0),
        ("raid1-ftt2", "vsan-esa", 5, 3.0),
        ("raid1-ftt3", "vsan-osa", 7, 4.0),
        ("raid5", "vsan-esa", 4, 1.5),
        ("raid5", "vsan-esa", 6, 1.25),
        ("raid5", "vsan-osa", 4, 4 / 3),
        ("raid6", "vsan-esa", 6, 1.5),
        ("none", "vmfs-local", None, 1.0),
    ],
)
def test_vsan_policies_have_their_published_factors(
    policy: str, backing: str, hosts: int | None, factor: float
) -> None:
    assert redundancy(tier(policy, backing), hosts).factor == pytest.approx(factor)


def test_raid5_on_hosts_that_nobody_counted_is_an_assumption_with_its_range() -> None:
    found = redundancy(tier("raid5"), None)

    assert (found.factor, found.low, found.high) == (1.5, 1.25, 1.5)
    assert found.basis is Basis.ASSUMED


def test_too_few_hosts_are_refused_with_what_would_do() -> None:
    with pytest.raises(Nonsense, match="needs 6 hosts"):
        redundancy(tier("raid6"), 4)


def test_an_erasure_code_is_shards_over_data() -> None:
    found = redundancy(tier("erasure-coded", "s3", erasure_code="10+4"), None)

    assert found.factor == pytest.approx(1.4)


@pytest.mark.parametrize(
    ("stated", "missing"),
    [
        (tier("erasure-coded", "s3"), "storage_compute.storage.tiers[t].erasure_code"),
        (tier(None), "storage_compute.storage.tiers[t].policy"),
        (tier("tag", "vmfs-fc"), ""),
        (tier("raid5", "vmfs-fc"), ""),
    ],
)
def test_what_nobody_states_or_the_array_hides_has_no_factor(stated: Tier, missing: str) -> None:
    found = redundancy(stated, 4)

    assert (found.factor, found.missing) == (None, missing)


def test_copies_that_are_not_counted_are_assumed_to_be_three() -> None:
    found = redundancy(tier("replicated", "s3"), None)

    assert (found.factor, found.low, found.high, found.basis) == (3.0, 2, 3, Basis.ASSUMED)


def test_on_vsan_capacity_goes_to_redundancy_and_file_system_elsewhere_to_data_alone() -> None:
    assert redundancy(tier("raid5"), 4).taken_ratio == pytest.approx(1.5 * 1.131)
    assert redundancy(tier("raid1", "vsan-osa"), 4).taken_ratio == 2.0
    assert redundancy(tier("tag", "vmfs-fc"), 4).taken_ratio == 1.0
    assert redundancy(tier(None), 4).taken_ratio == 1.0
