"""generator.sizing.network.links: what joins accelerators, one way."""

from __future__ import annotations

import pytest

from generator.catalog import Catalog
from generator.sizing.network import constants
from generator.sizing.network.constants import Constant
from generator.sizing.network.links import (
    Medium,
    copy_bytes_per_s,
    gpu_link,
    network_link,
    pcie_bytes_per_s,
)
from generator.sizing.nonsense import Nonsense

CATALOG = Catalog.builtin()
GB = 1e9
CONSTANTS = {name: c for name, c in vars(constants).items() if isinstance(c, Constant)}


@pytest.mark.parametrize(
    ("gpu", "gpus", "medium", "one_way"),
    [
        ("nvidia-a100-sxm4-80", 8, Medium.SWITCH, 300),
        ("nvidia-h100-sxm5-80", 8, Medium.SWITCH, 450),
        ("nvidia-b200-sxm-180", 4, Medium.SWITCH, 900),
        ("nvidia-h100-pcie-80", 2, Medium.BRIDGE, 300),
        ("nvidia-h200-nvl-141", 4, Medium.BRIDGE, 450),
        ("amd-mi300x", 8, Medium.MESH, 448),
        ("amd-mi300x", 2, Medium.MESH, 64),
        ("amd-mi300x", 4, Medium.MESH, 192),
    ],
)
def test_joined_gpus_have_the_one_directional_rate_of_their_link(
    gpu: str, gpus: int, medium: Medium, one_way: float
) -> None:
    link = gpu_link(CATALOG.accelerator(gpu), gpus, vgpu=True)

    assert link is not None
    assert link.medium is medium
    assert link.bandwidth_bytes_per_s == pytest.approx(one_way * GB)


@pytest.mark.parametrize(
    ("gpu", "gpus", "reduces"),
    [
        ("nvidia-h100-sxm5-80", 8, True),
        ("nvidia-h100-sxm5-80", 4, False),
        ("nvidia-a100-sxm4-80", 8, False),
        ("amd-mi300x", 8, False),
    ],
)
def test_only_a_wide_group_on_a_recent_switch_is_reduced_in_it(
    gpu: str, gpus: int, reduces: bool
) -> None:
    link = gpu_link(CATALOG.accelerator(gpu), gpus, vgpu=False)

    assert link is not None
    assert link.reduces is reduces


@pytest.mark.parametrize("joined", [True, False])
def test_vgpus_without_a_group_stage_their_data_through_host_memory(joined: bool) -> None:
    unlinked = CATALOG.accelerator("nvidia-l40s" if joined else "nvidia-h100-pcie-80")
    by_vgpu = gpu_link(unlinked, 2, vgpu=True, joined=joined)
    by_passthrough = gpu_link(unlinked, 2, vgpu=False, joined=joined)

    assert by_vgpu is not None
    assert by_passthrough is not None
    assert by_vgpu.medium is Medium.STAGED
    assert by_passthrough.medium is Medium.PCIE
    assert by_vgpu.rate_bytes_per_s < by_passthrough.rate_bytes_per_s


def test_more_gpus_than_a_domain_joins_are_refused_with_its_size() -> None:
    with pytest.raises(Nonsense, match="2 GPUs at most"):
        gpu_link(CATALOG.accelerator("nvidia-h100-pcie-80"), 3, vgpu=True)


@pytest.mark.parametrize(("generation", "rate"), [(4, 31), (5, 63), (6, 121)])
def test_a_slot_has_the_rate_of_its_generation(generation: int, rate: float) -> None:
    assert pcie_bytes_per_s(generation) == rate * GB
    assert pcie_bytes_per_s(generation, 8) == rate * GB / 2


def test_an_unknown_pcie_generation_is_refused() -> None:
    with pytest.raises(Nonsense, match="2 is not known"):
        pcie_bytes_per_s(2)


def test_one_copy_into_an_h200_reaches_what_was_measured() -> None:
    rate = copy_bytes_per_s(CATALOG.accelerator("nvidia-h200-sxm-141"))

    assert rate == pytest.approx(55.43 * GB, rel=0.005)


def test_a_gpu_of_an_unknown_slot_has_no_figure() -> None:
    gpu = CATALOG.accelerator("nvidia-l40s")._replace(pcie_generation=None)

    assert copy_bytes_per_s(gpu) is None
    assert gpu_link(gpu, 2, vgpu=False) is None


def test_a_network_without_speed_is_nonsense() -> None:
    with pytest.raises(Nonsense, match=r"network\.nic"):
        network_link(0, rdma=True)


@pytest.mark.parametrize("name", sorted(CONSTANTS))
def test_each_constant_lies_in_its_range_and_has_a_source(name: str) -> None:
    constant = CONSTANTS[name]

    assert constant.low <= constant.value <= constant.high
    assert constant.source
