"""What GPUs of the catalogue can be given out as."""

from __future__ import annotations

import pytest

from generator.catalog import Catalog
from generator.quantity import GIB
from generator.sizing.choice.offers import Kind, Offer, all_offers, offers_of
from generator.sizing.demand import Sharing

CATALOG = Catalog.builtin()


def by_kind(name: str, kind: Kind) -> dict[str, Offer]:
    return {o.profile: o for o in offers_of(CATALOG.accelerator(name)) if o.kind is kind}


@pytest.mark.parametrize(
    ("profile", "usable_gib"),
    [("nvidia_h100-40c", 37.42), ("nvidia_h100-20c", 18.70), ("nvidia_h100-10c", 9.34)],
)
def test_an_offer_carries_what_its_profile_leaves_usable(profile: str, usable_gib: float) -> None:
    offer = by_kind("nvidia-h100-pcie-80", Kind.TIME_SLICED)[profile]
    assert offer.usable_bytes / GIB == pytest.approx(usable_gib, abs=0.005)


def test_the_whole_gpu_is_offered_as_full_and_not_as_a_fraction() -> None:
    assert list(by_kind("nvidia-h100-pcie-80", Kind.FULL)) == ["nvidia_h100-80c"]
    assert "nvidia_h100-80c" not in by_kind("nvidia-h100-pcie-80", Kind.TIME_SLICED)


def test_sizes_that_mixing_would_strand_are_not_aligned() -> None:
    parts = by_kind("nvidia-h100-pcie-80", Kind.TIME_SLICED)
    aligned = {name for name, offer in parts.items() if offer.aligned}
    assert aligned == {f"nvidia_h100-{size}c" for size in (5, 10, 20, 40)}


def test_without_a_mixed_mode_halves_count_as_aligned() -> None:
    parts = by_kind("nvidia-t4", Kind.TIME_SLICED)
    assert {offer.aligned for offer in parts.values()} == {True}


def test_groups_have_the_sizes_of_the_catalogue_and_their_bandwidth_one_way() -> None:
    groups = [
        o for o in offers_of(CATALOG.accelerator("nvidia-h100-sxm5-80")) if o.kind is Kind.NVLINK
    ]
    assert [o.gpus for o in groups] == [2, 4, 8]
    assert {o.link_bytes_per_s for o in groups} == {450_000_000_000}


def test_only_rtx_pro_shares_time_inside_mig() -> None:
    shared = {name for name in CATALOG.ids("accelerators") if by_kind(name, Kind.MIG_TIME_SLICED)}
    assert shared == {"nvidia-rtx-pro-6000-blackwell-se"}


def test_an_arm_board_offers_nothing_and_an_amd_one_only_itself() -> None:
    assert offers_of(CATALOG.accelerator("nvidia-gh200-96")) == ()
    amd = offers_of(CATALOG.accelerator("amd-mi300x"))
    assert [o.kind for o in amd] == [Kind.PASSTHROUGH]


def test_several_without_nvlink_are_offered_only_where_the_host_is_known() -> None:
    l4 = CATALOG.accelerator("nvidia-l4")
    assert not [o for o in offers_of(l4) if o.kind is Kind.PCIE]
    assert [o.gpus for o in offers_of(l4, gpus_per_host=4) if o.kind is Kind.PCIE] == [2, 3, 4]


def test_labels_tell_all_offers_apart() -> None:
    offers = all_offers(CATALOG.accelerator(name) for name in CATALOG.ids("accelerators"))
    assert len({o.label for o in offers}) == len(offers)
    assert all(0 < o.usable_bytes <= o.board_bytes for o in offers)


def test_every_kind_knows_how_it_shares() -> None:
    assert {kind: kind.sharing for kind in Kind} == {
        Kind.CPU: None,
        Kind.TIME_SLICED: Sharing.TIME_SLICED,
        Kind.MIG_TIME_SLICED: Sharing.TIME_SLICED,
        Kind.MIG: Sharing.MIG,
        Kind.FULL: Sharing.NONE,
        Kind.PASSTHROUGH: Sharing.NONE,
        Kind.NVLINK: Sharing.NONE,
        Kind.PCIE: Sharing.NONE,
        Kind.HOSTS: Sharing.NONE,
    }
