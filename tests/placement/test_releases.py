"""Releases bound how many GPUs a VM may have, and how they may be joined."""

from __future__ import annotations

import pytest

from generator.catalog import Catalog
from generator.placement.engine import place
from generator.placement.releases import can_give
from generator.placement.terms import Terms
from generator.sizing.demand import Sharing
from tests.placement.build import demand, host, need, sized

CATALOG = Catalog.builtin()

B200 = "nvidia-b200-sxm-180"
HGX_A100 = "nvidia-a100-sxm4-80"
HGX_H100 = "nvidia-h100-sxm5-80"
H100 = "nvidia-h100-pcie-80"


@pytest.mark.parametrize(
    ("model", "gpus", "nvlink", "targets", "given"),
    [
        (HGX_H100, 8, True, {}, True),
        (HGX_H100, 8, True, {"esx": "8.0U2"}, True),
        (HGX_H100, 8, True, {"esx": "8.0U1"}, False),
        (HGX_A100, 8, True, {"esx": "8.0U1"}, True),
        (HGX_A100, 4, True, {"esx": "7.0U3"}, False),
        (H100, 2, True, {"esx": "8.0U1"}, True),
        (H100, 2, True, {"esx": "7.0U3"}, False),
        (H100, 2, False, {"esx": "7.0U3"}, True),
        (HGX_H100, 8, False, {"esx": "7.0U3"}, False),
        (HGX_H100, 8, False, {"esx": "8.0U1"}, True),
        (B200, 8, True, {"esx": "9.0", "nvaie_infra": "8.2"}, True),
        (B200, 8, True, {"esx": "9.0", "nvaie_infra": "7.1"}, False),
        (H100, 2, False, {"esx": "5.5"}, True),
        (H100, 1, False, {"esx": "6.7"}, True),
    ],
)
def test_a_release_gives_what_it_can(
    model: str, gpus: int, nvlink: bool, targets: dict[str, str], given: bool
) -> None:
    """Unstated releases, and such as nothing is known of, forbid nothing."""
    wanted = need(0, Sharing.NONE, gpus=gpus, nvlink=nvlink)
    accelerator = CATALOG.accelerator(model)
    assert can_give(wanted, accelerator, CATALOG.versions, targets) is given


def test_a_group_before_its_release_is_not_placed() -> None:
    hosts = [host("a", gpus=8, model=HGX_H100, nvlink="nvswitch")]
    group = demand("g", need(0, Sharing.NONE, gpus=8, nvlink=True), permanent=True)
    early = place(sized(group), hosts, CATALOG, Terms(targets={"esx": "8.0U1"}))
    late = place(sized(group), hosts, CATALOG, Terms(targets={"esx": "8.0U2"}))
    assert (len(early.placed), len(late.placed)) == (0, 1)


def test_a_board_that_vsphere_does_not_run_carries_nothing() -> None:
    """Grace boards are Arm; the catalogue has their types all the same."""
    hosts = [host("a", model="nvidia-gh200-96", nvlink="")]
    assert place(sized(demand("d", need(8))), hosts, CATALOG).placed == ()
