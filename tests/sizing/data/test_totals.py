"""generator.sizing.data.totals: what lies on a tier, month by month, until it is full."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from generator.finding import Severity
from generator.quantity import GIB, TIB
from tests.sizing.data.lab import bare, entry, lab_supply, only, rules, sized, tier


def datasets(*stated: str) -> str:
    return f"storage_compute: {{datasets: [{', '.join(stated)}]}}\n"


def test_a_tier_holds_the_sum_of_what_lies_on_it() -> None:
    found = sized(
        datasets(
            "{name: a, size: 1TiB, tier: disks}",
            "{name: b, size: 2TiB, tier: disks, growth_per_month: 10%}",
        )
    )

    use = tier(found, "disks")
    assert use.logical_bytes_by_month[0] == 3 * TIB
    assert use.logical_bytes_by_month[1] == round(1 * TIB + 2.2 * TIB)
    assert (use.store, use.shared_with, use.full_in_month) == ("disks-1", (), None)


def test_only_the_largest_pipelines_scratch_is_there_at_a_time() -> None:
    scratch = "transforms: [{name: x, ratio: %s, retained: false}]"
    found = sized(
        datasets(
            f"{{name: a, size: 100GiB, tier: disks, {scratch % 2}}}",
            f"{{name: b, size: 100GiB, tier: disks, {scratch % 3}}}",
        )
    )

    assert tier(found, "disks").logical_bytes_by_month[0] == (200 + 300) * GIB


def test_a_vsan_is_filled_by_redundancy_and_file_system_too() -> None:
    # 30 TiB are free; 20 TiB take 20 x 1.5 x 1.131 = 33.9.
    found = sized(datasets("{name: a, size: 20TiB, tier: fast, read_rate: 10GB/s}"))

    use = tier(found, "fast")
    assert use.raw_bytes_by_month[0] == 30 * TIB
    assert use.full_in_month == 0
    assert only(found).severity is Severity.ERROR
    assert "holds less than what lies on fast takes 34,744 GiB today" in only(found).message


def test_an_array_is_filled_by_the_data_alone() -> None:
    found = sized(datasets("{name: a, size: 9TiB, tier: bulk, read_rate: 2GB/s}"))

    assert (tier(found, "bulk").full_in_month, found.findings) == (None, ())


SHARED = (
    "storage_compute: {storage: {tiers: [{name: scratch, media: nvme, backing: vsan-esa, "
    "datastore: vsan-1, policy: none}]}, datasets: ["
    "{name: a, size: 12TiB, tier: fast, read_rate: 9GB/s}, "
    "{name: b, size: 12TiB, tier: scratch, read_rate: 9GB/s}]}\n"
)


def test_tiers_on_one_datastore_share_what_is_free_there() -> None:
    found = sized(SHARED)

    # 12 x 1.5 x 1.131 and 12 x 1.131 are each below 30, together 33.9.
    assert tier(found, "fast").shared_with == ("scratch",)
    assert (tier(found, "fast").full_in_month, tier(found, "scratch").full_in_month) == (0, 0)
    (full,) = [f for f in found.findings if f.rule == "MLG-Z012"]
    assert "fast, scratch" in full.message


@given(st.integers(0, 30), st.integers(0, 30))
def test_faster_growth_never_fills_a_tier_later(one: int, other: int) -> None:
    slow, fast = sorted((one, other))
    months = [
        tier(
            sized(
                datasets(
                    f"{{name: a, size: 6TiB, tier: bulk, read_rate: 2GB/s, growth_per_month: {g}%}}"
                )
            ),
            "bulk",
        ).full_in_month
        for g in (slow, fast)
    ]

    assert months[1] is not None or months[0] is None
    assert months[0] is None or months[1] is None or months[1] <= months[0]


def test_a_longer_horizon_sees_the_month_that_a_shorter_one_does_not() -> None:
    text = datasets("{name: a, size: 8TiB, tier: bulk, read_rate: 2GB/s, growth_per_month: 1.5%}")

    assert tier(sized(text), "bulk").full_in_month is None
    assert tier(sized(text, months=24), "bulk").full_in_month == 15


def test_a_capacity_that_nobody_states_is_unknown_and_never_zero() -> None:
    found = bare(datasets("{name: a, size: 900TiB, tier: bulk}"))

    use = tier(found, "bulk")
    assert (use.free_bytes, use.full_in_month, found.findings) == (None, None, ())
    assert entry(found, "bulk", "free capacity").value == "unknown"


def test_what_is_full_even_when_empty_is_full_whatever_is_used_of_it() -> None:
    supply = lab_supply()
    stores = tuple(
        replace(store, room_bytes=20.0 * TIB, used_is_known=False) for store in supply.stores
    )
    found = sized(
        datasets("{name: a, size: 21TiB, tier: bulk, read_rate: 2GB/s}"),
        replace(supply, stores=stores),
    )

    assert tier(found, "bulk").free_bytes is None
    assert rules(found) == ["MLG-Z012"]


def test_what_lies_there_and_has_no_known_size_is_named() -> None:
    found = sized(
        "workloads: [{name: w, owner: ml-eng, phase: training, "
        "checkpoint: {interval: 1h, store: bulk}}]\n"
    )

    use = tier(found, "bulk")
    assert (use.unknown, use.logical_bytes_by_month[0]) == (("w-checkpoints",), 0)
    assert entry(found, "bulk", "logical volume").rule.endswith("w-checkpoints not counted")
