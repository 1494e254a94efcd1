"""generator.sizing.machine.mmio: the 64-bit MMIO window of a VM."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.catalog import Catalog
from generator.sizing.machine.mmio import VKS_WINDOW_GIB, gpus_within, window
from generator.sizing.nonsense import Nonsense

CATALOG = Catalog.builtin()
GPUS = [CATALOG.accelerator(row_id) for row_id in CATALOG.ids("accelerators")]


def gib(gpu: str, count: int = 1) -> int:
    return window([(CATALOG.accelerator(gpu), count)]).gib


@pytest.mark.parametrize(
    ("gpu", "one", "two"),
    [
        ("nvidia-h200-nvl-141", 512, 1024),
        ("nvidia-h100-pcie-80", 256, 512),
        ("nvidia-a100-sxm4-80", 256, 512),
        ("nvidia-a100-pcie-40", 128, 256),
        ("nvidia-a30", 64, 128),
        ("nvidia-v100-pcie-32", 64, 128),
        ("nvidia-v100-pcie-16", 64, 128),
        ("nvidia-l40", 128, 256),
        ("nvidia-l4", 64, 128),
        ("nvidia-a10", 64, 128),
    ],
)
def test_windows_follow_the_vendors_table_and_the_rule(gpu: str, one: int, two: int) -> None:
    assert (gib(gpu), gib(gpu, 2)) == (one, two)


@pytest.mark.parametrize(
    ("gpu", "count", "expected"),
    [
        ("nvidia-h100-sxm5-80", 4, 1024),
        ("nvidia-h100-sxm5-80", 8, 2048),
        ("nvidia-h200-sxm-141", 8, 4096),
    ],
)
def test_groups_of_many_gpus_sum_before_they_round(gpu: str, count: int, expected: int) -> None:
    assert gib(gpu, count) == expected


def test_a_t4_and_a_vm_without_a_gpu_need_no_window() -> None:
    for devices in ([(CATALOG.accelerator("nvidia-t4"), 2)], []):
        found = window(devices)

        assert (found.gib, found.needs_efi, dict(found.settings())) == (0, False, {})


def test_two_gpus_of_80_gb_fill_what_vks_gives_and_a_third_exceeds_it() -> None:
    h100 = CATALOG.accelerator("nvidia-h100-pcie-80")

    assert not window([(h100, 2)]).over_vks_default
    assert window([(h100, 3)]).over_vks_default


@pytest.mark.parametrize(
    ("gpu", "count"),
    [
        ("nvidia-a100-pcie-40", 4),
        ("nvidia-h100-pcie-80", 2),
        ("nvidia-h200-nvl-141", 1),
        ("nvidia-t4", None),
    ],
)
def test_a_vks_node_has_room_for_so_many_gpus(gpu: str, count: int | None) -> None:
    assert gpus_within(CATALOG.accelerator(gpu), VKS_WINDOW_GIB) == count


def test_the_settings_are_spelt_as_the_product_reads_them() -> None:
    found = window([(CATALOG.accelerator("nvidia-h100-pcie-80"), 2)])

    assert found.needs_efi
    assert dict(found.settings()) == {
        "pciPassthru.use64bitMMIO": "TRUE",
        "pciPassthru.64bitMMIOSizeGB": "512",
    }


def test_boards_of_two_types_add_up_to_a_power_of_two() -> None:
    mixed = window([(CATALOG.accelerator("nvidia-h100-pcie-80"), 1), (GPUS_L40, 1)])

    assert [part.value for part in mixed.bill.parts] == [256, 128, 128]
    assert mixed.gib == 512


GPUS_L40 = CATALOG.accelerator("nvidia-l40")


def test_a_negative_count_is_nonsense() -> None:
    with pytest.raises(Nonsense, match="gpus"):
        window([(GPUS_L40, -1)])


@given(st.sampled_from(GPUS), st.integers(1, 16))
def test_windows_are_powers_of_two_that_hold_every_framebuffer_and_grow(
    gpu: object, count: int
) -> None:
    assert hasattr(gpu, "framebuffer_mib")
    found, more = window([(gpu, count)]).gib, window([(gpu, count + 1)]).gib  # type: ignore[list-item]

    assert found & (found - 1) == 0
    assert found == 0 or found * 1024 >= gpu.framebuffer_mib * count
    assert found <= more
