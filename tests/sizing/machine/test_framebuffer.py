"""generator.sizing.machine.framebuffer: what is left to use, never the nominal figure."""

from __future__ import annotations

import pytest

from generator.catalog import Catalog
from generator.catalog.accelerator import Accelerator
from generator.catalog.vgpu import VgpuProfile
from generator.quantity import GIB, MIB, gib
from generator.sizing.machine.framebuffer import (
    passthrough_framebuffer,
    smallest_profile,
    stacked_bytes,
    usable_framebuffer,
)
from generator.sizing.nonsense import Nonsense

CATALOG = Catalog.builtin()
GPUS = [CATALOG.accelerator(row_id) for row_id in CATALOG.ids("accelerators")]
PAIRS = [(gpu, profile) for gpu in GPUS for profile in gpu.profiles]
H100 = CATALOG.accelerator("nvidia-h100-pcie-80")


@pytest.mark.parametrize(
    ("name", "usable_gib"),
    [
        ("nvidia_h100-80c", 74.86),
        ("nvidia_h100-40c", 37.42),
        ("nvidia_h100-20c", 18.70),
        ("nvidia_h100-16c", 14.96),
        ("nvidia_h100-10c", 9.34),
        ("nvidia_h100-4-40c", 37.36),
        ("nvidia_l40s-48c", 41.86),
        ("nvidia_l4-24c", 20.86),
        ("grid_t4-16c", 13.83),
    ],
)
def test_a_guest_gets_less_than_the_name_says(name: str, usable_gib: float) -> None:
    gpu, profile = next((g, p) for g, p in PAIRS if p.name == name)

    assert gib(usable_framebuffer(gpu, profile).total) == pytest.approx(usable_gib, abs=0.006)


@pytest.mark.parametrize(("gpu", "profile"), PAIRS, ids=[p.name for _, p in PAIRS])
def test_the_parts_come_to_the_catalogues_figure_and_hide_little(
    gpu: Accelerator, profile: VgpuProfile
) -> None:
    bill = usable_framebuffer(gpu, profile)

    assert bill.total == profile.usable_framebuffer_bytes
    assert 0 < bill.total < profile.framebuffer_bytes
    # What no rule explains is rounding, a Turing table or the MIG instance behind the type.
    unexplained = abs(bill.value("instance and rounding"))
    assert unexplained <= (0.08 if profile.is_mig else 0.02) * profile.framebuffer_bytes


def test_ecc_takes_a_sixteenth_only_beside_hbm() -> None:
    l40s = CATALOG.accelerator("nvidia-l40s")
    beside = usable_framebuffer(l40s, l40s.profile("nvidia_l40s-48c"))

    assert beside.value("ECC") == -3072 * MIB
    assert usable_framebuffer(H100, H100.profile("nvidia_h100-80c")).value("ECC") == 0


@pytest.mark.parametrize("gpu", GPUS, ids=[gpu.id for gpu in GPUS])
def test_a_whole_gpu_leaves_what_cuda_reports(gpu: Accelerator) -> None:
    bill = passthrough_framebuffer(gpu)

    assert bill.total == gpu.passthrough_memory_bytes
    assert bill.total <= gpu.framebuffer_mib * MIB


def test_fifteen_gib_and_more_ask_for_a_20c_and_not_for_a_16c() -> None:
    assert smallest_profile(H100, 16 * GIB, mig=False).name == "nvidia_h100-20c"
    assert smallest_profile(H100, 14.9 * GIB, mig=False).name == "nvidia_h100-16c"


def test_the_lora_job_asks_for_a_40c_until_its_batch_is_doubled() -> None:
    assert smallest_profile(H100, 27.7 * GIB, mig=False).name == "nvidia_h100-40c"
    assert smallest_profile(H100, 39.2 * GIB, mig=False).name == "nvidia_h100-80c"


def test_of_equal_instances_the_one_with_fewer_slices_is_taken() -> None:
    assert smallest_profile(H100, 30 * GIB, mig=True).name == "nvidia_h100-3-40c"


def test_what_no_type_holds_is_refused_with_the_most_there_is() -> None:
    with pytest.raises(Nonsense, match="76656 MiB"):
        smallest_profile(H100, 78 * GIB, mig=False)
    with pytest.raises(Nonsense, match="0 MiB that a MIG type"):
        smallest_profile(CATALOG.accelerator("nvidia-l4"), GIB, mig=True)


def test_stacked_vgpus_add_up() -> None:
    profile = H100.profile("nvidia_h100-80c")

    assert stacked_bytes(profile, 2) == 2 * profile.usable_framebuffer_bytes
    with pytest.raises(Nonsense, match="gpus"):
        stacked_bytes(profile, 0)
