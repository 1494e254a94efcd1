"""The tier of a dataset: cheapest that satisfies its numbers, never the fastest by default."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.quantity import GIB, TIB
from generator.sizing.nonsense import Nonsense
from generator.sizing.storage import tiers
from generator.sizing.storage.offers import Media, OfferedTier, Pattern, StorageDemand

NVME = OfferedTier(
    name="nvme",
    media=Media.NVME,
    throughput_bytes_per_s=6e9,
    iops=500_000,
    latency_s=0.0005,
    free_bytes=10 * TIB,
    rwx=False,
)
BULK = OfferedTier(
    name="bulk",
    media=Media.SSD,
    throughput_bytes_per_s=1e9,
    iops=50_000,
    latency_s=0.002,
    free_bytes=40 * TIB,
    rwx=True,
)
DISKS = OfferedTier(
    name="disks",
    media=Media.HDD,
    throughput_bytes_per_s=2e9,
    iops=2_000,
    latency_s=0.012,
    free_bytes=200 * TIB,
    rwx=True,
)
OBJECTS = OfferedTier(name="objects", media=Media.OBJECT)
ALL = (NVME, BULK, DISKS, OBJECTS)


def demand(**stated: object) -> StorageDemand:
    return StorageDemand(**({"name": "d", "size_bytes": 100.0 * GIB} | stated))  # type: ignore[arg-type]


def why(choice: tiers.TierChoice, tier: str) -> str:
    return next(each.why for each in choice.rejected if each.tier == tier)


def test_without_a_number_nothing_lands_on_the_fastest_tier() -> None:
    for pattern in (*Pattern, None):
        choice = tiers.choose(demand(pattern=pattern), ALL)
        assert choice.tier not in {"nvme", None}
        assert "needs a stated rate or latency" in why(choice, "nvme")


def test_without_a_number_the_cheapest_proven_tier_is_taken() -> None:
    choice = tiers.choose(demand(pattern=Pattern.SEQUENTIAL), ALL)
    assert choice.tier == "disks"
    assert "no rate or latency is stated" in choice.reason
    assert why(choice, "objects") == "does not state its free capacity"


def test_random_repeated_reads_never_land_on_disks_with_heads() -> None:
    choice = tiers.choose(demand(pattern=Pattern.RANDOM_REPEAT, read_bytes_per_s=5e8), ALL)
    assert choice.tier == "bulk"
    assert "starve on hdd" in why(choice, "disks")
    assert "cache it on nvme" in why(choice, "objects")


def test_an_object_store_that_states_its_rate_may_serve_random_reads() -> None:
    fast = OfferedTier(
        name="fast", media=Media.OBJECT, throughput_bytes_per_s=9e9, free_bytes=900 * TIB
    )
    wanted = demand(pattern=Pattern.RANDOM_REPEAT, read_bytes_per_s=5e8)
    assert tiers.choose(wanted, (*ALL, fast)).tier == "fast"


def test_a_stated_rate_takes_the_fastest_tier_where_no_other_gives_it() -> None:
    choice = tiers.choose(demand(read_bytes_per_s=4e9), (NVME, BULK, DISKS))
    assert choice.tier == "nvme"
    assert choice.reason == "the cheapest tier that gives 100 GiB, 4,000 MB/s"
    assert why(choice, "bulk") == "gives 1,000 MB/s of 4,000 MB/s"


@pytest.mark.parametrize(
    ("stated", "tier"),
    [
        ({"latency_s": 0.001}, "nvme"),
        ({"latency_s": 0.005}, "bulk"),
        ({"latency_s": 0.05}, "disks"),
        ({"iops": 100_000}, "nvme"),
        ({"iops": 1_000}, "disks"),
    ],
)
def test_a_stated_figure_takes_the_cheapest_tier_that_meets_it(
    stated: dict[str, float], tier: str
) -> None:
    assert tiers.choose(demand(**stated), ALL).tier == tier


def test_a_rate_that_no_tier_gives_is_named_with_what_is_missing() -> None:
    choice = tiers.choose(demand(read_bytes_per_s=8e9), (NVME, BULK))
    assert choice.tier is None
    assert choice.reason == "no tier gives 8,000 MB/s; the best gives 6,000 MB/s, 2,000 MB/s short"


def test_a_tier_that_fills_up_is_rejected_with_the_month() -> None:
    small = OfferedTier(name="small", media=Media.SSD, free_bytes=110 * GIB)
    choice = tiers.choose(demand(growth_per_month_ratio=0.02), (small, NVME))
    assert why(choice, "small") == "is full in month 5"
    assert choice.tier is None


def test_a_tier_without_room_today_says_how_much_it_has() -> None:
    small = OfferedTier(name="small", media=Media.SSD, free_bytes=50 * GIB)
    assert why(tiers.choose(demand(), (small, BULK)), "small") == "has 50 GiB free of 100 GiB"


def test_shared_mounts_rule_a_block_tier_out() -> None:
    choice = tiers.choose(demand(rwx=True, latency_s=0.005), (NVME, BULK))
    assert choice.tier == "bulk"
    assert why(choice, "nvme") == "it cannot be mounted by several nodes at once"


def test_the_only_tier_is_taken_whatever_it_is() -> None:
    assert tiers.choose(demand(), (NVME,)).tier == "nvme"


def test_the_only_medium_that_suits_a_pattern_needs_no_number() -> None:
    choice = tiers.choose(demand(pattern=Pattern.RANDOM_REPEAT), (NVME, DISKS))
    assert choice.tier == "nvme"


def test_a_tier_that_leaves_figures_open_is_taken_last_and_says_which() -> None:
    open_ssd = OfferedTier(name="open", media=Media.SSD)
    choice = tiers.choose(demand(read_bytes_per_s=1e8, latency_s=0.01), (open_ssd, NVME))
    assert choice.tier == "nvme"
    only = tiers.choose(demand(read_bytes_per_s=1e8, latency_s=0.01), (open_ssd,))
    assert only.tier == "open"
    assert only.unproven == ("throughput", "latency", "free capacity")


def test_a_stated_cost_overrules_the_medium() -> None:
    cheap = OfferedTier(name="cheap", media=Media.NVME, free_bytes=TIB, cost_rank=0, iops=9e5)
    assert tiers.choose(demand(iops=1_000), (cheap, DISKS)).tier == "cheap"


def test_a_dataset_above_its_numbers_is_over_specified_and_the_cheaper_tier_is_named() -> None:
    wanted = demand(pattern=Pattern.RANDOM_REPEAT, read_bytes_per_s=5e8)
    found = tiers.over_specified(wanted, "nvme", ALL)
    assert found is not None
    assert (found.tier, found.cheaper) == ("nvme", "bulk")
    assert found.reason == "bulk costs less and gives 100 GiB, 500 MB/s"


def test_a_dataset_that_needs_its_tier_is_not_over_specified() -> None:
    assert tiers.over_specified(demand(read_bytes_per_s=4e9), "nvme", (NVME, BULK)) is None
    assert tiers.over_specified(demand(), "disks", ALL) is None


def test_an_open_figure_proves_no_over_specification() -> None:
    open_ssd = OfferedTier(name="open", media=Media.SSD, free_bytes=TIB)
    assert tiers.over_specified(demand(iops=10), "nvme", (NVME, open_ssd)) is None


def test_what_cannot_be_is_refused() -> None:
    for wrong in (
        demand(size_bytes=0.0),
        demand(read_bytes_per_s=0.0),
        demand(latency_s=-1.0),
        demand(growth_per_month_ratio=-1.0),
        demand(horizon_months=-1),
    ):
        with pytest.raises(Nonsense):
            tiers.choose(wrong, ALL)
    with pytest.raises(Nonsense, match="there is no tier"):
        tiers.choose(demand(), ())
    with pytest.raises(Nonsense, match="is not offered"):
        tiers.over_specified(demand(), "gold", ALL)


figures = st.one_of(st.none(), st.floats(1, 1e10))
offered = st.builds(
    OfferedTier,
    name=st.uuids().map(str),
    media=st.sampled_from(Media),
    throughput_bytes_per_s=figures,
    iops=figures,
    latency_s=figures,
    free_bytes=figures,
    rwx=st.one_of(st.none(), st.booleans()),
)
demands = st.builds(
    StorageDemand,
    name=st.just("d"),
    size_bytes=st.floats(1, 1e10),
    pattern=st.one_of(st.none(), st.sampled_from(Pattern)),
    read_bytes_per_s=figures,
    iops=figures,
    latency_s=figures,
    rwx=st.booleans(),
    growth_per_month_ratio=st.floats(-0.5, 0.5),
)


@given(wanted=demands, offers=st.lists(offered, min_size=1, max_size=5))
def test_every_tier_is_either_taken_or_rejected_with_a_reason(
    wanted: StorageDemand, offers: list[OfferedTier]
) -> None:
    choice = tiers.choose(wanted, offers)
    named = [each.tier for each in choice.rejected] + ([choice.tier] if choice.tier else [])
    assert sorted(named) == sorted(each.name for each in offers)
    assert all(each.why for each in choice.rejected)


@given(wanted=demands, offers=st.lists(offered, min_size=1, max_size=5))
def test_a_taken_tier_meets_every_figure_that_it_states(
    wanted: StorageDemand, offers: list[OfferedTier]
) -> None:
    choice = tiers.choose(wanted, offers)
    taken = next((each for each in offers if each.name == choice.tier), None)
    if taken is None:
        return
    assert not (wanted.pattern is Pattern.RANDOM_REPEAT and taken.media is Media.HDD)
    assert (taken.throughput_bytes_per_s or 1e99) >= (wanted.read_bytes_per_s or 0)
    assert (taken.iops or 1e99) >= (wanted.iops or 0)
    assert (taken.latency_s or 0) <= (wanted.latency_s or 1e99)
    assert (taken.free_bytes or 1e99) >= wanted.size_bytes


@given(wanted=demands, offers=st.lists(offered, min_size=1, max_size=5))
def test_a_choice_is_over_specified_only_against_a_cheaper_tier(
    wanted: StorageDemand, offers: list[OfferedTier]
) -> None:
    found = tiers.over_specified(wanted, offers[0].name, offers)
    if found is not None:
        cheaper = next(each for each in offers if each.name == found.cheaper)
        assert cheaper.cost < offers[0].cost
