"""What another version does to hosts and nodes."""

from __future__ import annotations

from dataclasses import replace

import pytest

from generator.platform.whatif import Comparison, compare
from generator.platform.whatif.records import Fate
from tests.example import blueprint
from tests.platform.whatif.sides import chosen, plan, situation, targeting, vm

TWO = plan(
    (chosen(1), chosen(1, profile="", name="web")),
    (vm(0, "esx-01", 0), vm(0, "esx-01", name="web")),
)
FULL = plan(
    (chosen(8),),
    tuple(vm(n, f"esx-0{n // 2 + 1}", n % 2) for n in range(8)),
)


def upgraded(made: object = TWO, **versions: str) -> Comparison:
    """The two sides of other target versions."""
    return compare(situation(made), situation(made, wanted=targeting(**versions)))  # type: ignore[arg-type]


def fates(compared: Comparison) -> dict[str, Fate]:
    """The fate of the VM of each demand."""
    return {one.demand: one.fate for one in compared.vms}


def test_a_host_driver_reboots_the_gpu_hosts_one_by_one() -> None:
    """VMs with a vGPU restart, the others are away for a while."""
    compared = upgraded(vgpu_host="20")
    assert [(work.host, work.order) for work in compared.hosts] == [
        ("esx-01", 1),
        ("esx-02", 2),
        ("esx-03", 3),
        ("esx-04", 4),
    ]
    assert compared.hosts[0].gpu_vms == ("dev/work/0",)
    assert compared.hosts[0].other_vms == ("dev/web/0",)
    assert fates(compared) == {"work": Fate.RESTARTS, "web": Fate.STAYS}


def test_vgpus_can_leave_a_host_where_another_has_as_many_empty_gpus() -> None:
    """Where every GPU is in use they are powered off."""
    assert upgraded(vgpu_host="20").hosts[0].has_room
    full = upgraded(FULL, vgpu_host="20")
    assert not full.hosts[0].has_room
    assert "it is powered off" in full.vms[0].reasons[0]


def test_hosts_without_gpus_take_no_gpu_driver_but_every_host_takes_esx() -> None:
    """The example's first host without its GPUs."""
    facts = situation().inventories["ams1"]
    facts = replace(facts, hosts=(replace(facts.hosts[0], gpus=()), *facts.hosts[1:]))
    empty = plan((), ())
    before = situation(empty, facts=facts)
    driver = compare(before, situation(empty, facts=facts, wanted=targeting(vgpu_host="20")))
    esx = compare(before, situation(empty, facts=facts, wanted=targeting(esx="9.0")))
    assert [work.host for work in driver.hosts] == ["esx-02", "esx-03", "esx-04"]
    assert [work.host for work in esx.hosts] == ["esx-01", "esx-02", "esx-03", "esx-04"]


@pytest.mark.parametrize(
    ("versions", "reason"),
    [
        ({"vgpu_host": "20"}, "guest driver must be 19 or 20"),
        ({"vgpu_host": "20", "vgpu_guest": "19"}, "guest driver 19: the GPU Operator replaces it"),
        ({"vgpu_guest": "18"}, "guest driver 18: the GPU Operator replaces it"),
        ({"vgpu_host": "99"}, "guest driver: the matrix knows none for this host driver"),
    ],
)
def test_the_guest_driver_follows_the_host_driver(versions: dict[str, str], reason: str) -> None:
    """By the version matrix."""
    assert upgraded(**versions).vms[1].demand == "work"
    assert upgraded(**versions).vms[1].reasons[-1] == reason


def test_a_guest_driver_that_still_fits_is_said_to() -> None:
    """Version 19 runs under hosts of 19 and 20."""
    before = situation(TWO, wanted=targeting(vgpu_guest="19"))
    after = situation(TWO, wanted=targeting(vgpu_guest="19", vgpu_host="20"))
    assert compare(before, after).vms[1].reasons[-1] == "guest driver 19 still fits"


@pytest.mark.parametrize(
    "versions",
    [{"vks": "3.6"}, {"kubernetes": "1.35"}, {"cluster_class": "builtin-generic-v3.6.0"}],
    ids=lambda versions: next(iter(versions)),
)
def test_vks_and_kubernetes_roll_every_node(versions: dict[str, str]) -> None:
    """With or without a GPU; no host reboots."""
    compared = upgraded(**versions)
    assert set(fates(compared).values()) == {Fate.RECREATED}
    assert compared.hosts == ()
    assert [change.target for change in compared.versions] == list(versions)


def test_the_version_of_one_orchestrator_rolls_its_nodes_only() -> None:
    """``dev`` states its own; the other demand runs on ``prod``."""
    resources = blueprint().resource_management
    own = tuple(
        replace(one, kubernetes={"dev": "1.35"}.get(one.name)) for one in resources.orchestrators
    )
    wanted = replace(blueprint(), resource_management=replace(resources, orchestrators=own))
    made = plan(
        (chosen(1), chosen(1, name="web", orchestrator="prod")),
        (vm(0, "esx-01", 0), vm(0, "esx-01", 1, name="web")),
    )
    compared = compare(situation(made), situation(made, wanted=wanted))
    assert fates(compared) == {"work": Fate.RECREATED, "web": Fate.STAYS}
    assert [change.subject for change in compared.versions] == ["dev"]


def test_a_version_that_touches_no_vm_says_so() -> None:
    """vCenter's own, for one."""
    compared = upgraded(vcenter="9.0")
    assert set(fates(compared).values()) == {Fate.STAYS}
    assert "no VM" in compared.versions[0].action
