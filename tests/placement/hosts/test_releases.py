"""Releases bound how many GPUs a VM may have (the terms), and how they may be joined."""

from __future__ import annotations

from dataclasses import replace

import pytest

from generator.blueprint.model.blueprint import Targets
from generator.catalog import Catalog
from generator.placement.engine import place
from generator.placement.hosts.releases import can_give
from generator.placement.terms import Terms, terms_of
from generator.sizing.demand import Sharing
from tests.example import blueprint
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
        (B200, 8, True, {"esx": "9.0", "nvaie_infra": "8.2"}, True),
        (B200, 8, True, {"esx": "9.0", "nvaie_infra": "7.1"}, False),
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


@pytest.mark.parametrize(
    ("targets", "most"),
    [
        ({"esx": "7.0U3"}, 4),
        ({"esx": "8.0U1"}, 8),
        ({"vcenter": "7.0U3"}, 4),
        ({"esx": "5.5"}, None),
        ({}, None),
    ],
)
def test_the_terms_know_how_many_vgpus_a_vm_may_have(
    targets: dict[str, str], most: int | None
) -> None:
    """By the virtual hardware of ESX, or of vCenter; one place that placement asks."""
    stated = blueprint()
    versions = replace(Targets(), **targets)  # type: ignore[arg-type]
    platform = replace(stated.platform, targets=versions)
    assert terms_of(replace(stated, platform=platform), CATALOG).vgpus_per_vm == most


def test_a_vm_gets_no_more_vgpus_than_its_terms_say() -> None:
    hosts = [host("a", gpus=8, model=HGX_H100, nvlink="nvswitch")]
    eight = demand("d", need(0, Sharing.NONE, gpus=8))
    four = place(sized(eight), hosts, CATALOG, Terms(vgpus_per_vm=4))
    enough = place(sized(eight), hosts, CATALOG, Terms(vgpus_per_vm=8))
    assert (len(four.placed), len(enough.placed)) == (0, 1)


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
