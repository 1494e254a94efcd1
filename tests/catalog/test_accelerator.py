"""generator.catalog.accelerator: every shipped GPU row obeys the published rules."""

from __future__ import annotations

import re
from itertools import groupby

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.catalog import Catalog
from generator.catalog.accelerator import RATES, Accelerator

CATALOG = Catalog.builtin()
GPUS = [CATALOG.accelerator(row_id) for row_id in CATALOG.ids("accelerators")]
NVIDIA = [gpu for gpu in GPUS if gpu.vendor == "nvidia"]
LINKED = [gpu for gpu in GPUS if gpu.device_group_sizes]
H100 = CATALOG.accelerator("nvidia-h100-pcie-80")


def of(gpus: list[Accelerator]) -> pytest.MarkDecorator:
    """A test runs once per GPU."""
    return pytest.mark.parametrize("gpu", gpus, ids=lambda gpu: gpu.id)


def test_the_catalogue_holds_35_gpus_and_259_vgpu_types() -> None:
    """The survey had 33 GPUs and 244 types; the H800 and the GB200 came with measurements."""
    profiles = [profile for gpu in GPUS for profile in gpu.profiles]

    assert len(GPUS) == 35
    assert len(profiles) == 259
    assert sum(profile.is_mig for profile in profiles) == 114


def test_the_h800_is_an_h100_with_slower_links() -> None:
    """Its vGPU types are counted alike."""
    h100, h800 = (CATALOG.accelerator(f"nvidia-{name}-sxm5-80") for name in ("h100", "h800"))

    assert h800.peak_dense_tflops["bf16"] == h100.peak_dense_tflops["bf16"]
    assert h800.nvlink.per_direction_bytes_per_s == 200 * 10**9
    assert [p.max_per_gpu for p in h800.profiles] == [p.max_per_gpu for p in h100.profiles]


def test_names_that_land_in_vcenter_are_unique_and_legal() -> None:
    """Short names become part of DNS labels; profile names tell boards apart."""
    short = [gpu.short_name for gpu in GPUS]
    names = [profile.name for gpu in GPUS for profile in gpu.profiles]

    assert len(set(short)) == len(short)
    assert all(re.fullmatch(r"[a-z0-9]([a-z0-9-]{0,30}[a-z0-9])?", name) for name in short)
    assert len(set(names)) == len(names)


@of(GPUS)
def test_every_fact_of_a_row_is_cited_and_every_doubt_names_its_field(gpu: Accelerator) -> None:
    """Sources and unverified remarks point at fields of the row."""
    row = CATALOG.fields("accelerators", gpu.id)
    cited = {field.split(".")[0] for field in gpu.sources}
    doubted = {remark.partition(":")[0].split(".")[0] for remark in gpu.unverified}

    assert {"memory", "peak_dense_tflops", "pci_ids", "precisions"} <= cited
    assert cited <= set(row)
    assert doubted <= {*row, "device_groups"}


@of(GPUS)
def test_rates_belong_to_precisions_that_the_gpu_computes_in(gpu: Accelerator) -> None:
    """No rate without the format."""
    formats = {rate.removesuffix("_tensor") for rate in gpu.peak_dense_tflops}

    assert formats <= gpu.precisions
    assert set(gpu.measured_peak_tflops) <= set(gpu.peak_dense_tflops) <= set(RATES)


@of([gpu for gpu in GPUS if gpu.measured_peak_tflops])
def test_no_measured_rate_beats_its_peak(gpu: Accelerator) -> None:
    """Matrix products reach half to nine tenths of the peak."""
    shares = [rate / gpu.peak_dense_tflops[key] for key, rate in gpu.measured_peak_tflops.items()]

    assert all(0.5 < share < 0.9 for share in shares)


def test_gpus_of_one_architecture_compute_in_the_same_precisions() -> None:
    """Precision is a property of the architecture."""
    ordered = sorted(GPUS, key=lambda gpu: gpu.architecture)
    sets = {
        name: {gpu.precisions for gpu in gpus}
        for name, gpus in groupby(ordered, key=lambda gpu: gpu.architecture)
    }

    assert {name: len(found) for name, found in sets.items()} == dict.fromkeys(sets, 1)


@pytest.mark.parametrize(
    ("architecture", "has", "lacks"),
    [
        ("volta", {"fp16"}, {"bf16", "tf32", "int8", "fp8"}),
        ("turing", {"fp16", "int8", "int4"}, {"bf16", "tf32", "fp8"}),
        ("ampere", {"bf16", "tf32", "int8"}, {"fp8", "fp4"}),
        ("ada", {"bf16", "tf32", "fp8"}, {"fp4"}),
        ("hopper", {"bf16", "tf32", "fp8"}, {"fp4"}),
        ("blackwell", {"bf16", "tf32", "fp8", "fp4"}, set()),
    ],
)
def test_precisions_follow_the_generation(
    architecture: str, has: set[str], lacks: set[str]
) -> None:
    """The table of NVIDIA's generations."""
    precisions = next(gpu.precisions for gpu in GPUS if gpu.architecture == architecture)

    assert has <= precisions
    assert not lacks & precisions


@of([gpu for gpu in NVIDIA if gpu.architecture not in {"volta", "turing"}])
@pytest.mark.parametrize(
    ("double", "single"), [("bf16", "tf32"), ("fp8", "bf16"), ("int8", "bf16")]
)
def test_dense_rates_double_with_each_halving_of_the_format(
    gpu: Accelerator, double: str, single: str
) -> None:
    """A rate that breaks this was printed with sparsity or for another board."""
    rates = gpu.peak_dense_tflops
    expected = 2 * rates.get(single, 0)

    assert rates.get(double, expected) == pytest.approx(expected, rel=0.02)


@of([gpu for gpu in GPUS if gpu.profiles])
def test_vgpu_names_are_the_boards_prefix_and_the_types_code(gpu: Accelerator) -> None:
    """The name in vSphere is the type's name in lower case behind the board's prefix."""
    grammar = re.compile(rf"{gpu.board_type}-([1-7]-)?[0-9]+C(ME)?")

    assert all(profile.name == f"{gpu.name_prefix}-{profile.code}" for profile in gpu.profiles)
    assert all(grammar.fullmatch(profile.nvidia_type) for profile in gpu.profiles)


@of([gpu for gpu in GPUS if gpu.profiles])
def test_one_time_sliced_type_takes_the_whole_gpu(gpu: Accelerator) -> None:
    """It is the only one that may link to other GPUs."""
    whole = gpu.whole_gpu_profile
    linked = {profile.name for profile in gpu.profiles if profile.nvlink_p2p}

    assert whole is not None
    assert whole.framebuffer_mib == gpu.framebuffer_mib
    assert linked <= {whole.name}


@of([gpu for gpu in GPUS if not gpu.profiles])
def test_a_gpu_without_vgpu_types_has_no_vgpu(gpu: Accelerator) -> None:
    """Such boards come by passthrough alone."""
    assert not gpu.vgpu
    assert gpu.whole_gpu_profile is None
    assert gpu.mig is None


@of([gpu for gpu in GPUS if gpu.name_prefix])
def test_a_profile_is_found_by_its_name(gpu: Accelerator) -> None:
    """And an unknown one is answered with near names."""
    first = gpu.profiles[0]

    assert gpu.profile(first.name) is first
    with pytest.raises(KeyError, match="did you mean"):
        gpu.profile(f"{first.name}x")


@of(LINKED)
def test_device_groups_are_named_by_the_whole_gpu_type(gpu: Accelerator) -> None:
    """Only sizes within the NVLink domain exist."""
    whole = gpu.whole_gpu_profile
    assert whole is not None
    names = [gpu.device_group_name(size) for size in gpu.device_group_sizes]

    assert names == [f"Nvidia:{size}@{whole.name}%NVLink" for size in gpu.device_group_sizes]
    assert max(gpu.device_group_sizes) == gpu.nvlink.max_gpus
    assert whole.nvlink_p2p


@pytest.mark.parametrize(
    ("row_id", "count", "name"),
    [
        ("nvidia-a100-pcie-40", 2, "Nvidia:2@grid_a100-40c%NVLink"),
        ("nvidia-h100-nvl-94", 2, "Nvidia:2@nvidia_h100l-94c%NVLink"),
        ("nvidia-h100-sxm5-80", 8, "Nvidia:8@nvidia_h100xm-80c%NVLink"),
    ],
)
def test_device_group_names_are_those_that_hosts_report(row_id: str, count: int, name: str) -> None:
    """Three names that were read from real hosts and tools."""
    assert CATALOG.accelerator(row_id).device_group_name(count) == name


@pytest.mark.parametrize(("row_id", "count"), [("nvidia-h100-pcie-80", 4), ("nvidia-l40s", 2)])
def test_a_group_that_no_bridge_makes_is_refused(row_id: str, count: int) -> None:
    """The error names the sizes that exist."""
    with pytest.raises(ValueError, match=f"no NVLink group of {count}"):
        CATALOG.accelerator(row_id).device_group_name(count)


@pytest.mark.parametrize(
    ("row_id", "windows"),
    [
        ("nvidia-a100-pcie-40", {1: 128, 2: 256, 4: 512, 5: 1024}),
        ("nvidia-a100-pcie-80", {1: 256, 2: 512, 3: 1024}),
        ("nvidia-h100-pcie-80", {0: 0, 1: 256, 2: 512, 3: 1024, 4: 1024, 8: 2048}),
        ("nvidia-h200-sxm-141", {1: 512, 8: 4096}),
        ("nvidia-a30", {1: 64, 2: 128}),
        ("nvidia-v100-pcie-16", {1: 64, 2: 128}),
        ("nvidia-l40s", {1: 128, 2: 256}),
        ("nvidia-t4", {1: 0, 4: 0}),
        ("nvidia-b200-sxm-180", {1: 512}),
        ("nvidia-a2", {1: 64}),
        ("amd-mi300x", {1: 512}),
    ],
)
def test_mmio_windows_match_the_table_and_the_rule(row_id: str, windows: dict[int, int]) -> None:
    """The table wins; several GPUs take the rule; a T4 needs none."""
    gpu = CATALOG.accelerator(row_id)

    assert {count: gpu.mmio_gib(count) for count in windows} == windows


@given(gpu=st.sampled_from(GPUS), count=st.integers(1, 15))
def test_mmio_windows_grow_with_the_number_of_gpus(gpu: Accelerator, count: int) -> None:
    """They are powers of two and cover the framebuffer of all GPUs."""
    window, next_window = gpu.mmio_gib(count), gpu.mmio_gib(count + 1)

    assert window <= next_window
    assert window & (window - 1) == 0
    assert window == 0 or window * 1024 >= gpu.framebuffer_mib * count


def test_links_are_halved_for_one_direction() -> None:
    """Published figures count both ways."""
    assert H100.nvlink.per_direction_bytes_per_s == 300 * 10**9
    assert CATALOG.accelerator("nvidia-l4").nvlink.per_direction_bytes_per_s == 0
    assert CATALOG.accelerator("amd-mi210").nvlink.per_direction_bytes_per_s is None


@of(GPUS)
def test_a_process_never_gets_more_than_the_device_has(gpu: Accelerator) -> None:
    """CUDA's total lies below the driver's, and that below the table."""
    known = [gpu.framebuffer_mib, gpu.visible_mib, gpu.cuda_total_mib]
    falling = [figure for figure in known if figure is not None]

    assert falling == sorted(falling, reverse=True)
    assert gpu.passthrough_memory_bytes == falling[-1] << 20


def test_figures_of_one_row_can_be_checked_by_eye() -> None:
    """The H100 PCIe as its sources have it."""
    assert H100.memory_bandwidth_bytes_per_s == 2_000_000_000_000
    assert H100.peak_dense_tflops["bf16"] == 756.5
    assert H100.pci_ids == (("10de", "2331", ""),)
    assert (H100.pcie_generation, H100.pcie_lanes) == (5, 16)
    assert H100.nvaie_bundled_years == 5
    assert H100.sources["mmio"] == ("NVAIE6-VGPU", "FD")
    assert "memory.type: HBM2e in one source, HBM3 in another" in H100.unverified
    assert hash(H100) == hash(H100.id)
