"""generator.catalog.vgpu: usable framebuffer and how many types share a GPU."""

from __future__ import annotations

from math import ceil

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.catalog import Catalog
from generator.catalog.accelerator import Accelerator
from generator.catalog.vgpu import VgpuProfile, reserved_framebuffer_mib
from generator.quantity import gib

CATALOG = Catalog.builtin()
GPUS = [CATALOG.accelerator(row_id) for row_id in CATALOG.ids("accelerators")]
PAIRS = [(gpu, profile) for gpu in GPUS for profile in gpu.profiles]
MIG = [(gpu, profile) for gpu, profile in PAIRS if profile.is_mig]
MIXED = [(gpu, profile) for gpu, profile in PAIRS if profile.placement_ids]


@pytest.mark.parametrize(
    ("name", "usable_gib"),
    [
        ("nvidia_h100-80c", 74.86),
        ("nvidia_h100-40c", 37.42),
        ("nvidia_h100-20c", 18.70),
        ("nvidia_h100-10c", 9.34),
        ("nvidia_l40s-48c", 41.86),
        ("nvidia_l4-24c", 20.86),
        ("grid_t4-16c", 13.83),
    ],
)
def test_usable_framebuffer_matches_worked_figures(name: str, usable_gib: float) -> None:
    """Figures worked out by hand from the vendor's formula."""
    profile = next(profile for _, profile in PAIRS if profile.name == name)

    assert gib(profile.usable_framebuffer_bytes) == pytest.approx(usable_gib, abs=0.005)


@pytest.mark.parametrize(
    ("name", "usable_mib"),
    [
        ("grid_a100d-10c", 9568),
        ("nvidia_l40s-48c", 42864),
        ("nvidia_l40s-24c", 21424),
        ("nvidia_h200x-141c", 135216),
        ("grid_t4-16c", 14164),
        ("nvidia_h100-4-40c", 38256),
        ("nvidia_h100-16c", 15318),
        ("nvidia_h100-1-10c", 9565),
        ("nvidia_h100l-2-24c", 22016),
        ("nvidia_h100l-1-12c", 10875),
        ("nvidia_b200x-1-23c", 20992),
        ("nvidia_rtx_pro_6000_blackwell_dc-8c", 7141),
        ("nvidia_gh200-1-12c", 10875),
    ],
)
def test_usable_framebuffer_stays_below_the_real_mig_instance(name: str, usable_mib: int) -> None:
    """HBM, GDDR6, GDDR7, Turing compression, odd counts and MIG caps, one of each."""
    profile = next(profile for _, profile in PAIRS if profile.name == name)

    assert profile.usable_framebuffer_mib == usable_mib


@pytest.mark.parametrize(("gpu", "profile"), PAIRS, ids=[p.name for _, p in PAIRS])
def test_usable_framebuffer_follows_the_formula(gpu: Accelerator, profile: VgpuProfile) -> None:
    """Written out a second time, in floating point, from the row as it stands."""
    board = CATALOG.fields("accelerators", gpu.id)["vgpu"]["profiles"]
    row = next(row for row in board if row["name"] == profile.name)
    ecc = profile.framebuffer_mib / 16 * (not gpu.memory_type.startswith("HBM"))
    kept = profile.framebuffer_mib / 16 + 16 + ecc + 128 / profile.max_per_gpu
    free = profile.framebuffer_mib - ceil(round(kept + row.get("compression_mib", 0), 6))
    instances = gpu.mig.profiles if gpu.mig else ()
    caps = [i.memory_mib for i in instances if i.memory_mib and i.name == profile.mig_profile]

    assert profile.usable_framebuffer_mib == row.get("usable_framebuffer_mib", min([free, *caps]))
    assert profile.usable_framebuffer_mib <= free


@given(
    framebuffer=st.integers(512, 300_000),
    count=st.integers(1, 32),
    ecc=st.booleans(),
)
def test_the_driver_keeps_less_of_a_vgpu_when_more_share_the_gpu(
    framebuffer: int, count: int, ecc: bool
) -> None:
    """Its fixed 128 MiB are split; ECC costs another sixteenth."""
    alone = reserved_framebuffer_mib(framebuffer, count, ecc=ecc)
    shared = reserved_framebuffer_mib(framebuffer, count + 1, ecc=ecc)

    assert 16 < shared <= alone
    assert alone <= reserved_framebuffer_mib(framebuffer, count, ecc=True)


@pytest.mark.parametrize(("gpu", "profile"), PAIRS, ids=[p.name for _, p in PAIRS])
def test_as_many_vgpus_as_stated_fit_the_board(gpu: Accelerator, profile: VgpuProfile) -> None:
    """Table framebuffers are rounded, so three per cent over are tolerated."""
    asked = profile.framebuffer_mib * profile.max_per_gpu

    assert asked <= 1.03 * gpu.framebuffer_mib
    assert (profile.max_per_gpu_mixed or 0) <= profile.max_per_gpu


@pytest.mark.parametrize(("gpu", "profile"), MIXED, ids=[p.name for _, p in MIXED])
def test_placement_ids_neither_overlap_nor_leave_the_board(
    gpu: Accelerator, profile: VgpuProfile
) -> None:
    """And there are as many of them as the mixed count says."""
    ids, size = profile.placement_ids, profile.size_gb
    ends = [start + size for start in ids]
    board = CATALOG.fields("accelerators", gpu.id)["vgpu"]["placement_class"]

    assert ends[:-1] <= list(ids[1:])
    assert all(end <= start for end, start in zip(ends, ids[1:], strict=False))
    assert ends[-1] <= int(board)
    assert len(ids) == profile.max_per_gpu_mixed


@pytest.mark.parametrize(
    ("row_id", "code", "alone", "mixed"),
    [
        ("nvidia-h100-pcie-80", "16c", 5, 4),
        ("nvidia-h100-pcie-80", "8c", 10, 8),
        ("nvidia-h100-nvl-94", "6c", 15, 8),
        ("nvidia-l40s", "16c", 3, 2),
        ("nvidia-l4", "8c", 3, 2),
        ("nvidia-h200-sxm-141", "8c", 16, 16),
    ],
)
def test_mixed_sizes_cost_capacity_where_the_share_is_no_power_of_two(
    row_id: str, code: str, alone: int, mixed: int
) -> None:
    """An H200 loses nothing."""
    profile = next(p for p in CATALOG.accelerator(row_id).profiles if p.code == code)

    assert (profile.max_per_gpu, profile.max_per_gpu_mixed) == (alone, mixed)


@pytest.mark.parametrize(("gpu", "profile"), MIG, ids=[p.name for _, p in MIG])
def test_a_mig_type_points_at_an_instance_of_its_board(
    gpu: Accelerator, profile: VgpuProfile
) -> None:
    """The first figure of its code is the number of compute slices."""
    assert gpu.mig is not None
    instance = gpu.mig.profile(str(profile.mig_profile))

    assert profile.compute_slices == instance.compute_slices == int(profile.code.split("-")[0])
    assert profile.memory_slices == instance.memory_slices
    assert profile.max_per_gpu_mixed is None


@pytest.mark.parametrize(("gpu", "profile"), MIG, ids=[p.name for _, p in MIG])
def test_media_and_double_memory_mig_types_ask_for_8_0_update_3(
    gpu: Accelerator, profile: VgpuProfile
) -> None:
    """The others run on any release; an RTX PRO 6000 has neither."""
    media = str(profile.mig_profile).endswith("+me")
    double = (profile.compute_slices, profile.memory_slices) == (1, 2)

    assert gpu.mig is not None
    assert profile.min_vsphere == ("8.0U3" if media or double else None)


def test_bytes_are_mebibytes_times_2_to_the_20() -> None:
    """Inside the engine everything is bytes."""
    profile = CATALOG.accelerator("nvidia-h100-pcie-80").profile("nvidia_h100-40c")

    assert profile.framebuffer_bytes == 40960 << 20
    assert profile.usable_framebuffer_bytes == 38320 << 20
