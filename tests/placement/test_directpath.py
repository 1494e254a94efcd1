"""Whole GPUs by DirectPath: where they are taken, on what terms, and what they give up."""

from __future__ import annotations

from dataclasses import replace

import pytest

from generator.catalog import Catalog
from generator.finding import Severity
from generator.placement.devices.shapes import Mode
from generator.placement.engine import place
from generator.placement.hosts.stock import Host
from generator.placement.plan import Grade, Plan
from generator.placement.terms import Terms, terms_of
from generator.sizing.demand import Demand, Sharing
from tests.example import blueprint
from tests.placement.build import H100, demand, host, need, sized

CATALOG = Catalog.builtin()
MI300X = "amd-mi300x"
HGX = "nvidia-h100-sxm5-80"
WISHED = need(20, Sharing.NONE, passthrough=True)


def plan_of(*demands: Demand, hosts: list[Host], terms: Terms | None = None) -> Plan:
    """The plan for some demands."""
    return place(sized(*demands), hosts, CATALOG, terms or Terms())


def amd(name: str = "a", gpus: int = 8) -> Host:
    """A host with GPUs that have no vGPU type."""
    return host(name, gpus=gpus, model=MI300X, nvlink="")


def test_a_wish_takes_whole_gpus_without_a_profile() -> None:
    plan = plan_of(demand("d", WISHED, count=2), hosts=[host("a")])
    (choice,) = plan.chosen
    assert (choice.passthrough, choice.profile, choice.device_group) == (True, "", "")
    assert {vm.gpus for vm in plan.placed} == {("a/gpu0",), ("a/gpu1",)}
    assert {gpu.mode for gpu in plan.gpus} == {Mode.PASSTHROUGH}
    assert {vm.grade for vm in plan.placed} == {Grade.ENFORCED}


def test_no_vgpu_comes_to_a_gpu_that_is_handed_over() -> None:
    plan = plan_of(demand("d", WISHED), demand("e", need(8), count=8), hosts=[host("a")])
    (whole,) = [vm.gpus for vm in plan.placed if vm.demand == "d"]
    assert whole[0] not in {vm.gpus[0] for vm in plan.placed if vm.demand == "e"}


def test_a_board_without_vgpus_is_taken_whole_where_it_is_named() -> None:
    small = need(10, model=MI300X)
    plan = plan_of(demand("d", small, count=9, minimum=1), hosts=[amd()])
    assert len(plan.placed) == 8
    assert plan.shortfalls[0].because == "no host has 1 whole GPU(s) of amd-mi300x free"


def test_work_that_names_no_board_does_not_come_to_another_vendors() -> None:
    plan = plan_of(demand("d", need(10)), hosts=[amd()])
    assert not plan.fits
    assert [finding.rule for finding in plan.findings] == ["MLG-P001"]


@pytest.mark.parametrize(("gpus", "fits"), [(8, True), (4, False)])
def test_a_mesh_is_linked_only_as_a_whole(gpus: int, fits: bool) -> None:
    linked = need(0, Sharing.NONE, model=MI300X, gpus=gpus, nvlink=True)
    assert plan_of(demand("d", linked), hosts=[amd()]).fits is fits


def test_nobody_promises_which_pair_dynamic_directpath_takes() -> None:
    """The host picks any free devices with the ids; only where there are no others it is a pair."""
    pair = replace(WISHED, gpus=2, nvlink=True)
    plan = plan_of(demand("d", pair), hosts=[host("a", gpus=4)])
    assert plan.placed[0].grade is Grade.HOPE
    assert "MLG-P002" in {finding.rule for finding in plan.findings}
    assert plan_of(demand("d", pair), hosts=[host("a")]).placed[0].grade is Grade.ENFORCED


def test_what_is_given_up_is_said_once_for_each_demand() -> None:
    plan = plan_of(demand("d", WISHED, count=2), hosts=[host("a")])
    (finding,) = [found for found in plan.findings if found.rule == "MLG-P008"]
    assert finding.severity is Severity.NOTICE
    assert "no vMotion, no snapshot" in finding.why
    assert "HA restart" in finding.why


def test_an_nvswitch_system_asks_for_the_release() -> None:
    plan = plan_of(demand("d", WISHED), hosts=[host("a", gpus=8, model=HGX, nvlink="nvswitch")])
    (finding,) = [found for found in plan.findings if found.rule == "MLG-P008"]
    assert finding.severity is Severity.WARNING
    assert "NVSwitch systems do not support it" in finding.message


def test_a_board_that_cannot_be_passed_through_is_not_offered() -> None:
    plan = plan_of(demand("d", WISHED), hosts=[host("a", model="nvidia-gh200-96", nvlink="")])
    assert not plan.placed


@pytest.mark.parametrize(
    ("made", "terms", "fits"),
    [
        (need(0, Sharing.NONE, gpus=9), Terms(vgpus_per_vm=8), False),
        (need(0, Sharing.NONE, gpus=9), Terms(vgpus_per_vm=16), True),
        (replace(WISHED, gpus=9), Terms(vgpus_per_vm=8, devices_per_vm=16), True),
        (replace(WISHED, gpus=9), Terms(vgpus_per_vm=16, devices_per_vm=8), False),
    ],
    ids=["vGPUs of vmx-20", "vGPUs of vmx-21", "devices", "too many devices"],
)
def test_a_vm_has_no_more_gpus_than_its_hardware_takes(
    made: object, terms: Terms, fits: bool
) -> None:
    wanted = demand("d", made)  # type: ignore[arg-type]
    assert plan_of(wanted, hosts=[host("a", gpus=12, nvlink="")], terms=terms).fits is fits


def test_the_limit_is_named_where_it_binds() -> None:
    plan = plan_of(
        demand("d", need(0, Sharing.NONE, gpus=9)), hosts=[host("a")], terms=Terms(vgpus_per_vm=8)
    )
    assert plan.findings[0].message.endswith("the virtual hardware of the stated vSphere takes 8")


@pytest.mark.parametrize(
    ("esx", "limits"), [("8.0", (8, 32)), ("8.0U3", (16, 128)), ("", (None, None))]
)
def test_the_stated_release_decides_the_hardware(
    esx: str, limits: tuple[int | None, int | None]
) -> None:
    wanted = blueprint()
    targets = replace(wanted.platform.targets, esx=esx or None, vcenter=None)
    stated = replace(wanted, platform=replace(wanted.platform, targets=targets))
    terms = terms_of(stated, CATALOG)
    assert (terms.vgpus_per_vm, terms.devices_per_vm) == limits


def test_an_earlier_plan_keeps_its_gpus() -> None:
    first = plan_of(demand("d", WISHED), hosts=[host("b")])
    again = place(sized(demand("d", WISHED)), [host("a"), host("b")], CATALOG, keep=first.placed)
    assert again.placed == first.placed
    assert again.gpus[-2].mode is Mode.PASSTHROUGH


def test_a_passed_gpu_has_all_that_a_process_can_allocate() -> None:
    board = CATALOG.accelerator(H100)
    fits = replace(WISHED, memory_bytes=board.passthrough_memory_bytes)
    over = replace(WISHED, memory_bytes=board.passthrough_memory_bytes + (1 << 20))
    assert plan_of(demand("d", fits), hosts=[host("a")]).fits
    assert not plan_of(demand("d", over), hosts=[host("a")]).fits
