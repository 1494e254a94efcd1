"""What a vGPU profile takes of its board."""

from __future__ import annotations

import pytest

from generator.catalog import Catalog
from generator.placement.devices.shapes import Shape, shape_of

PREFIX = "nvidia_rtx_pro_6000_blackwell_dc"


def shape(board: str, profile: str) -> Shape:
    """The shape of a board's profile."""
    accelerator = Catalog.builtin().accelerator(board)
    (found,) = [p for p in accelerator.profiles if p.name == profile]
    return shape_of(found, accelerator)


@pytest.mark.parametrize(
    ("profile", "per_instance", "instances", "slices"),
    [
        ("4-96c", 1, 1, 4),
        ("4-48c", 2, 1, 4),
        ("4-24c", 4, 1, 4),
        ("2-48c", 1, 2, 2),
        ("2-24c", 2, 2, 2),
    ],
)
def test_f31_vgpus_of_blackwell_rtx_share_the_time_of_one_mig_instance(
    profile: str, per_instance: int, instances: int, slices: int
) -> None:
    """F31: a third mode beside time-sliced boards and instances with one vGPU each."""
    found = shape("nvidia-rtx-pro-6000-blackwell-se", f"{PREFIX}-{profile}")
    assert found.is_mig
    assert (found.per_instance, found.at_most) == (per_instance, instances)
    assert found.compute_slices == slices


def test_f31_an_instance_of_a_hopper_board_has_one_vgpu() -> None:
    found = shape("nvidia-h100-pcie-80", "nvidia_h100-1-10c")
    assert (found.is_mig, found.per_instance, found.at_most) == (True, 1, 7)


def test_a_time_sliced_profile_has_no_instance() -> None:
    found = shape("nvidia-h100-pcie-80", "nvidia_h100-40c")
    assert (found.is_mig, found.size, found.at_most) == (False, 40, 0)
