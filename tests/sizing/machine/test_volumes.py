"""generator.sizing.machine.volumes: what a node boots from, its images and its scratch."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.quantity import GIB
from generator.sizing.machine.volumes import (
    boot_volume,
    image_volume,
    local_cache_bytes,
    scratch_volume,
)
from generator.sizing.nonsense import Nonsense


def test_a_gpu_node_boots_with_a_driver() -> None:
    assert boot_volume(gpus=0).total == 30 * GIB
    assert boot_volume(gpus=2).total == 40 * GIB


def test_images_are_unpacked_and_there_twice_while_a_rollout_runs() -> None:
    bill = image_volume([8 * GIB, 2 * GIB])

    assert bill.value("images") == 25 * GIB
    assert bill.value("next release") == 25 * GIB
    assert bill.total == 59 * GIB


def test_scratch_holds_caches_and_a_checkpoint() -> None:
    bill = scratch_volume(model_cache_bytes=30 * GIB, checkpoint_bytes=15 * GIB)

    assert [part.name for part in bill.parts] == ["model cache", "checkpoint", "room"]
    assert bill.total == 50 * GIB


def test_nothing_asked_for_is_no_volume() -> None:
    assert scratch_volume().total == 0
    assert image_volume([]).total == 0


@pytest.mark.parametrize(("nvme", "expected"), [(None, None), (100.0, 100.0), (1e6, 500.0)])
def test_a_local_cache_is_the_smaller_of_dataset_and_nvme(
    nvme: float | None, expected: float | None
) -> None:
    assert local_cache_bytes(500.0, nvme) == expected


def test_negative_sizes_are_nonsense() -> None:
    with pytest.raises(Nonsense, match=r"images\.size"):
        image_volume([-1])
    with pytest.raises(Nonsense, match="scratch"):
        scratch_volume(scratch_bytes=-1)


@given(st.lists(st.floats(0, 1e12), max_size=5), st.floats(0, 1e13))
def test_volumes_are_whole_gib_never_full_and_the_sum_of_their_parts(
    images: list[float], scratch: float
) -> None:
    for bill, held, most in (
        (image_volume(images), 2 * 2.5 * sum(images), 0.85),
        (scratch_volume(scratch_bytes=scratch), scratch, 0.90),
    ):
        assert bill.total == sum(part.value for part in bill.parts)
        assert bill.total % GIB == 0
        assert held <= bill.total * most + 1
