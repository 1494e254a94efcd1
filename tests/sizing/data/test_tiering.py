"""generator.sizing.data.tiering: the cheapest tier that will do, and stated ones that will not."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.blueprint.model.storage_compute import Storage
from generator.finding import Severity
from generator.ledger import Basis
from generator.quantity import GIB, TIB
from generator.sizing.data.engine import size_data
from tests.sizing.data.lab import CATALOG, bare, entry, lab, only, rules, sized, volume


def dataset(rest: str, tiers: str = "") -> str:
    more = f"storage: {{tiers: [{tiers}]}}, " if tiers else ""
    return f"storage_compute: {{{more}datasets: [{{name: d, size: 100GiB, {rest}}}]}}\n"


@pytest.mark.parametrize("access", ["sequential", "random-repeat", "stream", "kv"])
def test_without_a_number_nothing_lies_on_the_fastest_tier(access: str) -> None:
    found = volume(sized(dataset(f"access: {access}")), "d")

    assert found.chosen
    assert found.tier != "fast"


@given(st.integers(1, 40_000))
def test_random_reads_never_land_on_disks_at_any_rate(rate: int) -> None:
    found = sized(dataset(f"access: random-repeat, read_rate: {rate}MB/s"))

    assert volume(found, "d").tier == (
        "bulk" if rate <= 3000 else "fast" if rate <= 20_000 else None
    )
    assert rules(found) == ([] if rate <= 20_000 else ["MLG-Z013"])


def test_the_reason_and_every_tier_that_was_refused_are_kept() -> None:
    found = volume(sized(dataset("access: random-repeat, read_rate: 1GB/s")), "d")

    assert found.reason == "the cheapest tier that gives 100 GiB, 1,000 MB/s"
    why = {each.tier: each.why for each in found.refused}
    assert why["fast"] == "costs more than bulk, which satisfies the same numbers"
    assert "starve" in why["disks"]


def test_what_a_refused_tier_would_have_taken_is_there_to_compare() -> None:
    found = sized(dataset("access: sequential, read_rate: 2GB/s"))

    assert {e.tier: e.raw_bytes for e in volume(found, "d").refused}["fast"] == 150 * GIB
    assert entry(found, "d", "raw volume on fast").value == 150.0
    assert entry(found, "d", "raw volume").value == "unknown"


def test_raw_bytes_on_hosts_that_nobody_counted_carry_their_range() -> None:
    found = entry(bare(dataset("tier: fast")), "d", "raw volume")

    assert (found.value, found.low, found.high) == (150.0, 125.0, 150.0)
    assert found.basis is Basis.ASSUMED
    assert found.effect == "raw volume from 125 to 150 GiB"


def test_a_tier_without_redundancy_is_for_what_may_be_lost() -> None:
    scratch = "{name: cheap, media: object, backing: s3, datastore: disks-1, policy: none}"

    assert volume(sized(dataset("read_rate: 1MB/s", scratch)), "d").tier == "disks"
    lost = "read_rate: 1MB/s, protection: {method: none}"
    assert volume(sized(dataset(lost, scratch)), "d").tier == "cheap"


@pytest.mark.parametrize(
    ("rest", "mend"),
    [
        ("access: random-repeat, tier: disks", "write bulk"),
        ("access: kv, tier: disks, read_rate: 1MB/s", "write bulk"),
        ("access: sequential, tier: bulk, read_rate: 5GB/s", "write fast"),
        ("access: sequential, tier: disks, read_rate: 90GB/s", "add a tier that gives it"),
        ("rwx: true, tier: bulk", "write disks"),
    ],
)
def test_a_stated_tier_that_starves_its_readers_is_an_error(rest: str, mend: str) -> None:
    finding = only(sized(dataset(rest)))

    assert finding.rule == "MLG-Z011"
    assert finding.severity is Severity.ERROR
    assert finding.mend.startswith(mend)
    assert finding.path == "storage_compute.datasets[d].tier"


def test_the_number_is_said_where_it_is_known_and_missed_where_it_is_not() -> None:
    assert (
        "at 300 MB/s"
        in only(sized(dataset("access: random-repeat, tier: disks, read_rate: 300MB/s"))).message
    )
    assert (
        "at an unknown rate" in only(sized(dataset("access: random-repeat, tier: disks"))).message
    )


OBJECTS = "{name: objects, media: object, backing: s3, endpoint: s3.lab, policy: erasure-coded}"


def test_random_reads_from_objects_of_unknown_rate_are_a_warning() -> None:
    finding = only(sized(dataset("access: random-repeat, tier: objects", OBJECTS)))

    assert (finding.rule, finding.severity) == ("MLG-Z011", Severity.WARNING)
    assert "cache it on nvme" in finding.message


def test_a_cache_that_is_too_slow_is_an_error_at_the_cache() -> None:
    finding = only(sized(dataset("access: random-repeat, read_rate: 5GB/s, cache: bulk")))

    assert (finding.rule, finding.path) == ("MLG-Z011", "storage_compute.datasets[d].cache")


def test_a_dearer_tier_than_the_numbers_ask_for_is_a_warning_that_names_the_cheaper() -> None:
    finding = only(sized(dataset("read_rate: 2GB/s, tier: fast")))

    assert finding.rule == "MLG-Z010"
    assert finding.mend.startswith("write bulk")


@pytest.mark.parametrize(
    ("rest", "tiers"),
    [
        # What the number asks for, what nobody else proves, what is encrypted.
        ("read_rate: 4GB/s, tier: fast", ""),
        ("latency: 1ms, tier: fast", ""),
        ("read_rate: 2GB/s, tier: fast", "{name: fast, encryption: vsan}"),
    ],
)
def test_a_dear_tier_with_a_reason_is_left_alone(rest: str, tiers: str) -> None:
    full = tiers.replace("{name: fast", "{name: fast, media: nvme, backing: vsan-esa, "
                         "datastore: vsan-1, policy: raid5")  # fmt: skip
    assert rules(sized(dataset(rest, full))) == []


def test_without_an_inventory_nothing_proves_that_a_tier_is_too_dear() -> None:
    assert rules(bare(dataset("tier: fast"))) == []


def test_a_tier_that_nobody_declares_is_kept_and_left_to_other_rules() -> None:
    found = sized(dataset("tier: nowhere"))

    assert (volume(found, "d").tier, volume(found, "d").raw_bytes) == ("nowhere", None)
    assert rules(found) == []


def test_a_tier_that_fills_up_before_the_horizon_is_still_the_best_there_is() -> None:
    text = "storage_compute: {datasets: [{name: d, size: 80TiB, growth_per_month: 3%}]}\n"
    found = sized(text)

    assert volume(found, "d").tier == "disks"
    assert only(found).rule == "MLG-Z012"
    assert "disks-1 is full in month 4" in only(found).message


def test_readers_that_are_too_many_only_together_are_a_warning() -> None:
    train = "phase: training, data: d, train: {epochs: 100, deadline: 1000s}"
    text = dataset("access: random-repeat") + (
        f"workloads: [{{name: a, owner: ml-eng, {train}}}, {{name: b, owner: ml-eng, {train}}}]\n"
    )
    found = sized(text)

    # Each asks for 10.7 GB/s of 20; both together for more.
    assert volume(found, "d").tier == "fast"
    assert volume(found, "d").read_bytes_per_s == pytest.approx(2 * 10.74e9, rel=0.001)
    assert [f.severity for f in found.findings] == [Severity.WARNING]
    assert rules(found) == ["MLG-Z014"]


def test_what_finds_no_tier_names_what_speaks_against_each() -> None:
    finding = only(sized(dataset("access: random-repeat, read_rate: 30GB/s")))

    assert finding.path == "storage_compute.datasets[d]"
    assert "10,000 MB/s short" in finding.message
    assert "bulk: gives 3,000 MB/s of 30,000 MB/s" in finding.message


def test_a_choice_that_hangs_on_an_unstated_figure_says_so() -> None:
    found = bare(dataset("read_rate: 1GB/s"))

    assert entry(found, "d", "unproven").value == "throughput, free capacity"


def test_without_any_tier_the_choice_is_open_and_not_an_error() -> None:
    text = "storage_compute: {datasets: [{name: d, size: 1TiB}]}\n"
    blueprint = lab(text)
    supply = replace(blueprint.storage_compute, storage=Storage())
    found = size_data(replace(blueprint, storage_compute=supply), CATALOG)

    assert (volume(found, "d").tier, found.findings) == (None, ())
    assert volume(found, "d").logical_bytes == TIB
    assert entry(found, "d", "tier").rule == "state storage_compute.storage.tiers"


def test_data_of_one_site_lies_on_no_other_sites_datastore() -> None:
    text = (
        "storage_compute: {sites: [{name: there}], datasets: "
        "[{name: d, size: 1GiB, sites: [there]}]}\n"
    )
    found = sized(text)

    assert volume(found, "d").tier is None
    assert entry(found, "d", "tier").value == "unknown"
