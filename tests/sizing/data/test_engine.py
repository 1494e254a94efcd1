"""generator.sizing.data.engine: the data of a whole blueprint, pinned on the shipped example."""

from __future__ import annotations

import time
from dataclasses import replace
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.blueprint.model.blueprint import Blueprint
from generator.catalog import Catalog
from generator.ledger import Basis
from generator.quantity import GIB, TIB
from generator.sizing.data.engine import size_data
from generator.sizing.data.stored import DataSized, StoredKind
from generator.sizing.data.supply import data_supply
from generator.sizing.nonsense import Nonsense
from tests.example import blueprint, site
from tests.sizing.data.lab import bare, entry, tier, volume

CATALOG = Catalog.builtin()


def example(wanted: Blueprint | None = None) -> DataSized:
    return size_data(wanted or blueprint(), CATALOG, data_supply({"ams1": site()}))


def test_the_example_needs_nothing_mended() -> None:
    assert example().findings == ()


def test_the_examples_images_are_1404_gib_read_at_523_mb_s() -> None:
    found = volume(example(), "shop-images")

    assert found.logical_bytes == 1404 * GIB
    assert found.logical_bytes_by_month[12] == pytest.approx(1781 * GIB, rel=0.001)
    assert found.read_bytes_per_s == pytest.approx(523e6, rel=0.001)
    assert (found.tier, found.chosen) == ("bulk", True)


def test_on_the_examples_vsan_they_would_be_2106_gib() -> None:
    found = entry(example(), "shop-images", "raw volume on nvme")

    assert found.value == 2106.0
    assert "RAID-5 2+1 on 4 hosts" in found.rule
    assert "4+1 needs 6" in found.rule


@pytest.mark.parametrize(
    ("name", "kind", "tier_name", "size"),
    [
        ("documents", StoredKind.DATASET, "bulk", 60 * GIB),
        ("orders", StoredKind.DATASET, "bulk", 300 * GIB),
        # 4 x 14 B x 25.6 million parameters, and 4 x 12 B x 40.0 million of the adapter.
        ("vision-cnn-checkpoints", StoredKind.CHECKPOINTS, "objects", 1_431_193_792),
        ("llm-lora-checkpoints", StoredKind.CHECKPOINTS, "objects", 4 * 12 * 39_976_960),
        ("lakefs", StoredKind.METADATA, "bulk", 1_010_126_964),
        ("registry", StoredKind.MODEL_REGISTRY, None, None),
        ("feast", StoredKind.FEATURE_STORE, None, None),
        ("vectors", StoredKind.VECTOR_STORE, None, None),
        ("metrics", StoredKind.COMPONENT, None, None),
    ],
)
def test_the_examples_volumes(
    name: str, kind: StoredKind, tier_name: str | None, size: int | None
) -> None:
    found = volume(example(), name)

    assert (found.kind, found.tier, found.logical_bytes) == (kind, tier_name, size)
    assert bool(found.missing) == (size is None)


def test_the_examples_tiers_have_room() -> None:
    found = example()

    assert tier(found, "bulk").free_bytes == 11 * TIB
    assert tier(found, "bulk").full_in_month is None
    assert tier(found, "bulk").read_bytes_per_s == pytest.approx(545.8e6, rel=0.001)
    assert tier(found, "nvme").shared_with == ("scratch",)
    assert tier(found, "objects").free_bytes is None
    assert sum(tier(found, "nvme").logical_bytes_by_month) == 0


def test_500_trials_of_the_example_would_add_167_gib_a_month_to_its_registry() -> None:
    found = entry(example(), "registry", "added a month by vision-hpo")

    assert found.value == pytest.approx(500 * 14 * 25_557_032 / GIB, abs=0.01)


def test_the_horizon_is_an_assumption_with_its_effect() -> None:
    found = entry(example(), "data", "horizon")

    assert (found.value, found.low, found.high, found.basis) == (12, 6, 24, Basis.ASSUMED)
    assert found.effect == "all volumes together from 1,945 to 2,623 GiB"


def test_images_on_the_fastest_tier_would_be_over_specified() -> None:
    storage = blueprint().storage_compute
    datasets = tuple(replace(d, tier="nvme") for d in storage.datasets if d.name == "shop-images")
    wanted = replace(blueprint(), storage_compute=replace(storage, datasets=datasets))

    (finding,) = example(wanted).findings
    assert finding.rule == "MLG-Z010"
    assert "bulk costs less and gives 1,781 GiB, 523 MB/s" in finding.message


def test_every_figure_has_a_rule_and_a_source_and_every_assumption_its_range_and_effect() -> None:
    found = example()

    assert all(each.rule and each.source and each.name and each.subject for each in found.ledger)
    assumed = [each for each in found.ledger if each.basis is Basis.ASSUMED]
    assert assumed
    assert all(e.low is not None and e.high is not None and e.effect for e in assumed)


def test_every_volume_that_is_unknown_is_an_open_statement_and_in_no_total() -> None:
    found = example()
    unknown = [each.name for each in found.volumes if each.logical_bytes is None]

    assert unknown == ["registry", "feast", "vectors", "metrics"]
    assert all(entry(found, name, "logical volume").value == "unknown" for name in unknown)
    assert entry(found, "data", "volumes of unknown size").value == ", ".join(unknown)


def test_a_blueprint_without_data_says_nothing() -> None:
    found = bare("")

    assert (found.volumes, found.ledger, found.findings) == ((), (), ())


def test_without_a_site_the_sizes_stay_and_the_capacities_are_unknown() -> None:
    found = size_data(blueprint(), CATALOG)

    assert volume(found, "shop-images").logical_bytes == 1404 * GIB
    assert all(use.free_bytes is None and use.full_in_month is None for use in found.tiers)
    assert found.findings == ()


@given(st.randoms(use_true_random=False))
def test_the_order_of_the_document_does_not_matter(random: Random) -> None:
    wanted = blueprint()
    storage, workloads = wanted.storage_compute, list(wanted.workloads)
    datasets = list(storage.datasets)
    random.shuffle(workloads)
    random.shuffle(datasets)
    other = replace(
        wanted,
        workloads=tuple(workloads),
        storage_compute=replace(storage, datasets=tuple(datasets)),
    )

    assert example(other).volumes == example().volumes
    assert example(other).tiers == example().tiers


def test_a_horizon_before_today_is_refused() -> None:
    with pytest.raises(Nonsense, match="months"):
        size_data(blueprint(), CATALOG, months=-1)


def test_today_alone_is_a_horizon_too() -> None:
    found = size_data(blueprint(), CATALOG, data_supply({"ams1": site()}), months=0)

    assert volume(found, "shop-images").logical_bytes_by_month == (1404 * GIB,)


def crowd(count: int) -> Blueprint:
    """The example with so many datasets and workloads."""
    wanted = blueprint()
    storage, few = wanted.storage_compute, wanted.storage_compute.datasets
    return replace(
        wanted,
        storage_compute=replace(
            storage,
            datasets=tuple(
                replace(few[n % 3], name=f"{few[n % 3].name}-{n}") for n in range(count)
            ),
        ),
        workloads=tuple(
            replace(wanted.workloads[n % 8], name=f"w-{n}", data=f"{few[n % 3].name}-{n}")
            for n in range(count)
        ),
    )


def seconds(wanted: Blueprint) -> float:
    """The fastest of some runs."""
    supply = data_supply({"ams1": site()})
    took = []
    for _ in range(5):
        started = time.perf_counter()
        size_data(wanted, CATALOG, supply)
        took.append(time.perf_counter() - started)
    return min(took)


def test_four_times_the_datasets_and_workloads_take_about_four_times_as_long() -> None:
    # 200 of each take 30 ms; the bound leaves room for slow machines and coverage.
    assert seconds(crowd(200)) < min(1.0, 8 * seconds(crowd(50)))
