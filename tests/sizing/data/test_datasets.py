"""generator.sizing.data.datasets: forms, versions, copies, growth and caches of a blueprint."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.blueprint.model.storage_compute import Dataset, Transform, Versions
from generator.ledger import Basis
from generator.quantity import GIB, Quantity
from generator.sizing.data.datasets import as_stored
from generator.sizing.data.supply import DataSupply
from generator.sizing.storage import datasets as formulas
from tests.sizing.data.lab import bare, entry, only, sized, volume


def dataset(rest: str, more: str = "") -> str:
    return f"storage_compute: {{datasets: [{{name: d, size: 100GiB, {rest}}}{more}]}}\n"


@st.composite
def stated_datasets(draw: st.DrawFn) -> Dataset:
    keep = draw(st.integers(1, 30))
    return Dataset(
        name="d",
        size_bytes=Quantity(draw(st.integers(1, 10**15))),
        versions=Versions(
            keep=keep,
            churn_ratio=Quantity(draw(st.floats(0, 1))),
            mode=draw(st.sampled_from(["copy", "content-addressed", None])),
        ),
        transforms=tuple(
            Transform(name=f"t{n}", ratio=draw(st.floats(0, 5)), retained=draw(st.booleans()))
            for n in range(draw(st.integers(0, 3)))
        ),
        copies=draw(st.integers(1, 4)),
        growth_per_month_ratio=Quantity(draw(st.floats(0, 0.3))),
    )


def test_images_of_156_gib_in_forms_and_versions_are_1404_gib() -> None:
    text = (
        "storage_compute: {datasets: [{name: d, size: 156GiB, "
        "versions: {keep: 12, churn: 25%, mode: content-addressed}, "
        "transforms: [{name: clean, ratio: 1.0}, {name: features, ratio: 0.4}]}]}\n"
    )
    found = sized(text)

    assert volume(found, "d").logical_bytes == 1404 * GIB
    assert entry(found, "d", "forms").value == pytest.approx(2.4)
    assert entry(found, "d", "versions").value == 3.75
    assert entry(found, "d", "logical volume").rule == "size x 2.4 forms x 3.75 versions"


@given(stated_datasets(), st.integers(0, 24))
def test_the_curve_is_the_formula_month_by_month(stated: Dataset, month: int) -> None:
    stored = as_stored(stated)
    start = formulas.volume(stored).logical_bytes

    later = formulas.volume(stored, month=month).logical_bytes

    assert later == pytest.approx(start * (1 + stored.growth_per_month_ratio) ** month)


def test_full_copies_are_counted_where_nobody_states_how_versions_are_kept() -> None:
    assert volume(sized(dataset("versions: {keep: 4, churn: 10%}")), "d").logical_bytes == (
        400 * GIB
    )


def test_churn_that_nobody_states_is_an_assumption_with_its_effect() -> None:
    found = sized(dataset("versions: {keep: 4, mode: content-addressed}"))

    assumed = entry(found, "d", "churn")
    assert (assumed.basis, assumed.low, assumed.high) == (Basis.ASSUMED, 0.0, 1.0)
    assert assumed.effect == "volume after 12 months from 100 GiB to 400 GiB"


def test_growth_that_compounds_is_an_assumption_with_its_effect() -> None:
    found = sized(dataset("growth_per_month: 10%"))

    assumed = entry(found, "d", "compounding share of the growth")
    assert assumed.effect == "volume after 12 months from 220 GiB to 314 GiB"
    end = entry(found, "d", "logical volume after 12 months")
    assert (end.low, end.value, end.high) == (220.0, 313.84, 313.84)


def test_data_at_two_sites_is_there_twice() -> None:
    text = "storage_compute: {sites: [{name: a}, {name: b}], datasets: "
    two = "[{name: d, size: 100GiB, sites: [a, b]}]}\n"

    assert volume(bare(text + two), "d").logical_bytes == 200 * GIB


def test_forms_that_are_not_retained_are_scratch() -> None:
    found = volume(sized(dataset("transforms: [{name: x, ratio: 2, retained: false}]")), "d")

    assert (found.logical_bytes, found.scratch_bytes) == (100 * GIB, 200 * GIB)


def test_a_stated_rate_is_the_rate_and_its_source_is_kept() -> None:
    rate = "read_rate: {value: 2GB/s, source: measured}"
    found = sized(dataset(rate))

    assert volume(found, "d").read_bytes_per_s == 2_000_000_000
    assert entry(found, "d", "read rate").basis is Basis.MEASURED


def test_a_rate_that_nobody_can_tell_is_unknown_and_never_zero() -> None:
    readers = "workloads: [{name: w, owner: ml-eng, phase: training, data: d}]\n"
    found = sized(dataset("access: sequential") + readers)

    assert volume(found, "d").read_bytes_per_s is None
    stated = entry(found, "d", "read rate")
    assert (stated.value, stated.rule) == (
        "unknown",
        "state workloads[w].train.epochs and train.deadline",
    )


def test_a_cache_on_a_tier_takes_one_version_and_all_of_the_rate() -> None:
    found = sized(
        dataset(
            "access: random-repeat, read_rate: 5GB/s, cache: fast, versions: {keep: 3, mode: copy}"
        )
    )

    cache, home = volume(found, "d-cache"), volume(found, "d")
    assert (cache.tier, cache.logical_bytes, cache.read_bytes_per_s) == ("fast", 100 * GIB, 5e9)
    assert (home.logical_bytes, home.read_bytes_per_s) == (300 * GIB, None)
    assert home.tier == "disks"
    assert found.findings == ()


def test_a_cache_on_the_nodes_is_the_smaller_of_the_dataset_and_their_nvme() -> None:
    text = dataset("access: random-repeat, read_rate: 4GB/s, cache: node-local")

    roomy = sized(text, DataSupply(node_nvme_bytes=400.0 * GIB))
    tight = sized(text, DataSupply(node_nvme_bytes=25.0 * GIB))

    assert volume(roomy, "d-cache").logical_bytes == 100 * GIB
    assert volume(roomy, "d").read_bytes_per_s is None
    assert volume(tight, "d-cache").logical_bytes == 25 * GIB
    # A quarter fits, so three quarters of each later epoch still come from the store.
    assert volume(tight, "d").read_bytes_per_s == 3_000_000_000


def test_a_cache_on_nodes_whose_nvme_nobody_knows_is_unknown_and_says_so() -> None:
    text = dataset("cache: node-local", more="")
    found = bare(text)

    cache = volume(found, "d-cache")
    assert (cache.logical_bytes, cache.tier) == (None, "node-local")
    assert "NVMe" in cache.missing


def test_the_blueprint_may_cache_everything_on_its_nodes() -> None:
    text = "storage_compute: {storage: {node_local_cache: true}, datasets: "
    found = bare(text + "[{name: d, size: 1GiB}, {name: e, size: 1GiB, cache: fast}]}\n")

    assert volume(found, "d-cache").tier == "node-local"
    assert volume(found, "e-cache").tier == "fast"


@pytest.mark.parametrize(
    ("rest", "path"),
    [
        ("versions: {keep: 2, churn: 250%, mode: content-addressed}", "versions.churn"),
        ("copies: 1, growth_per_month: 2%, size: 0GiB", "size"),
    ],
)
def test_what_no_dataset_can_be_is_refused_at_its_place(rest: str, path: str) -> None:
    text = "storage_compute: {datasets: [{name: d, size: 1GiB, " + rest + "}]}\n"
    found = sized(text.replace("size: 1GiB, copies", "copies"))

    assert only(found).rule == "MLG-Z003"
    assert path in only(found).path
    assert found.volumes == ()
