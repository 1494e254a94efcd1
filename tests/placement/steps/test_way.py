"""The way from today to the plan: every step legal, foreign VMs left alone."""

from __future__ import annotations

from dataclasses import replace

import pytest

from generator.catalog import Catalog
from generator.placement.devices.geometry import Board
from generator.placement.engine import place
from generator.placement.hosts.stock import Host, Tenant
from generator.placement.plan import Plan
from generator.placement.steps.way import Action, Step, steps
from generator.placement.terms import Terms
from generator.sizing.demand import Demand, RunWindow, Sharing
from tests.placement.build import H100, demand, host, need, sized
from tests.placement.sites import Judge, case

CATALOG = Catalog.builtin()
A100 = "nvidia-a100-pcie-80"
BOARDS = {model: Board(CATALOG.accelerator(model)) for model in (A100, H100)}


def plan(*demands: Demand, hosts: list[Host]) -> Plan:
    """The plan for some demands."""
    return place(sized(*demands), hosts, CATALOG, Terms(isolation="none"))


def way(*demands: Demand, hosts: list[Host], **other: object) -> list[Step]:
    """The steps to a plan for some demands, all of them legal."""
    found = plan(*demands, hosts=hosts)
    listed = steps(found, hosts, BOARDS, **other)  # type: ignore[arg-type]
    judge = Judge(hosts, BOARDS)
    assert judge.faults(listed) == []
    assert judge.missing(found) == []
    return list(listed)


def actions(listed: list[Step]) -> list[Action]:
    """What each step does."""
    return [step.action for step in listed]


def site(*gpus: dict[str, object], model: str = H100, name: str = "a") -> Host:
    """A host whose GPUs have facts."""
    made = host(name, gpus=len(gpus), model=model)
    return replace(
        made,
        gpus=tuple(
            replace(gpu, **facts)  # type: ignore[arg-type]
            for gpu, facts in zip(made.gpus, gpus, strict=True)
        ),
    )


def vm(name: str, profile: str, start: int | None = None, *, ours: bool = True) -> Tenant:
    """A VM that runs."""
    return Tenant(vm=name, profile=profile, start=start, ours=ours)


SAME = {"mode": "time-sliced", "mixed_size": False}
MIG = {"mode": "mig"}
NOTEBOOK = demand("d", need(9))
SERVING = demand("m", need(34, Sharing.MIG), permanent=True)


def test_an_empty_gpu_in_its_mode_needs_only_the_power_on() -> None:
    assert actions(way(NOTEBOOK, hosts=[site(SAME)])) == [Action.POWER_ON]


@pytest.mark.parametrize("facts", [{}, {"mode": "mig"}, {"mode": "passthrough"}])
def test_a_mode_that_is_another_or_unknown_is_set(facts: dict[str, object]) -> None:
    change = next(s for s in way(NOTEBOOK, hosts=[site(facts)]) if s.action is Action.CHANGE_MODE)
    assert (change.was, change.mode) == (facts.get("mode", ""), "same-size")
    assert change.needs_empty_gpu


def test_hopper_switches_to_mig_when_it_is_empty() -> None:
    listed = way(SERVING, hosts=[site(SAME)])
    assert actions(listed) == [Action.CHANGE_MODE, Action.POWER_ON]
    assert not listed[0].needs_reboot


def test_ampere_switches_to_mig_in_maintenance() -> None:
    listed = way(SERVING, hosts=[site(SAME, model=A100)], hosts_at_once=2)
    assert actions(listed) == [
        Action.ENTER_MAINTENANCE,
        Action.CHANGE_MODE,
        Action.EXIT_MAINTENANCE,
        Action.POWER_ON,
    ]
    assert listed[1].needs_reboot
    assert {step.hosts_at_once for step in listed} == {2}


def test_a_vm_of_ours_that_stands_where_the_plan_has_its_like_stays() -> None:
    running = SAME | {"tenants": (vm("old", "nvidia_h100-10c"),)}
    (step,) = way(NOTEBOOK, hosts=[site(running)])
    assert (step.action, step.vm, step.becomes) == (Action.KEEP, "old", "dev/d-0")


def test_a_vm_of_ours_in_the_way_is_powered_off_before_the_mode_changes() -> None:
    running = SAME | {"tenants": (vm("old", "nvidia_h100-10c"),)}
    listed = way(SERVING, hosts=[site(running)])
    assert actions(listed) == [Action.POWER_OFF, Action.CHANGE_MODE, Action.POWER_ON]


def test_a_vgpu_moves_to_a_free_place_of_its_profile() -> None:
    """Its GPU must change, and the plan has its like elsewhere."""
    running = SAME | {"tenants": (vm("old", "nvidia_h100-10c"),)}
    hosts = [site(running), site(SAME, name="b")]
    listed = way(demand("m", need(34, Sharing.MIG), permanent=True), NOTEBOOK, hosts=hosts)
    (move,) = [step for step in listed if step.action is Action.MIGRATE]
    assert (move.vm, move.host, [seat.gpu for seat in move.to]) == ("old", "a", ["b/gpu0"])
    assert actions(listed) == [Action.MIGRATE, Action.CHANGE_MODE, Action.POWER_ON]


def test_a_device_by_directpath_is_never_moved() -> None:
    running = {"mode": "passthrough", "tenants": (vm("old", "passthrough"),)}
    hosts = [site(running), site(SAME, name="b")]
    listed = way(demand("d", need(0, Sharing.NONE), count=2), hosts=hosts)
    assert actions(listed)[:1] == [Action.POWER_OFF]
    assert Action.MIGRATE not in actions(listed)


def test_the_owner_is_asked_for_a_foreign_vm_beside_a_gpu_that_must_be_reset() -> None:
    """It comes back once the host has been rebooted."""
    busy = SAME | {"tenants": (vm("vdi-7", "grid_a100d-80c", ours=False),)}
    listed = way(SERVING, hosts=[site(SAME, busy, model=A100)], owners={"vdi-7": "vdi-team"})
    assert actions(listed) == [
        Action.ASK_OWNER,
        Action.ENTER_MAINTENANCE,
        Action.CHANGE_MODE,
        Action.EXIT_MAINTENANCE,
        Action.TELL_OWNER,
        Action.POWER_ON,
    ]
    assert (listed[0].owner, listed[0].returns) == ("vdi-team", True)
    assert {step.waits_for for step in listed[1:4]} == {(1,)}


def test_a_foreign_vm_on_a_gpu_that_an_older_plan_wants_must_leave() -> None:
    """The facts have changed since."""
    found = plan(SERVING, hosts=[site(SAME)])
    busy = SAME | {"tenants": (vm("vdi-7", "nvidia_h100-10c", ours=False),)}
    listed = steps(found, [site(busy)], BOARDS)
    assert [step.action for step in listed] == [
        Action.ASK_OWNER,
        Action.CHANGE_MODE,
        Action.POWER_ON,
    ]
    assert (listed[0].owner, listed[0].returns) == ("vdi-7", False)
    assert listed[2].waits_for == (1,)
    assert Judge([site(busy)], BOARDS).faults(listed) == []


def test_a_holder_is_asked_as_well() -> None:
    found = plan(NOTEBOOK, hosts=[site(SAME)])
    listed = steps(found, [site(SAME | {"held_by": "vdi"})], BOARDS)
    assert [step.action for step in listed] == [Action.ASK_OWNER, Action.POWER_ON]


def test_a_foreign_vm_that_leaves_room_is_left_alone() -> None:
    busy = SAME | {"tenants": (vm("vdi-7", "nvidia_h100-10c", ours=False),)}
    assert actions(way(NOTEBOOK, hosts=[site(busy)])) == [Action.POWER_ON]


def test_permanent_before_elastic_and_large_before_small() -> None:
    pair = need(0, Sharing.NONE, gpus=2, nvlink=True)
    demands = (
        demand("a", need(9)),
        demand("b", need(34)),
        demand("c", need(9), permanent=True),
        demand("d", pair, permanent=True),
    )
    listed = way(
        *demands, hosts=[site(SAME, SAME), site(SAME, SAME, name="b"), site(SAME, name="e")]
    )
    started = [step.vm for step in listed if step.action is Action.POWER_ON]
    assert started == ["dev/d-0", "dev/c-0", "dev/b-0", "dev/a-0"]


def test_a_window_starts_its_own() -> None:
    night = demand("d", need(9), windows=(RunWindow(start_s=0, duration_s=3600),))
    hosts = [site(SAME)]
    assert steps(plan(night, hosts=hosts), hosts, BOARDS) == ()


@pytest.mark.parametrize("seed", range(60))
def test_every_step_of_a_random_site_is_legal(seed: int) -> None:
    """``benchmarks/deep/arrivals.py`` tries more."""
    found = case(seed)
    listed = steps(found.plan, found.hosts, found.boards)
    judge = Judge(found.hosts, found.boards)
    assert judge.faults(listed) == []
    assert judge.missing(found.plan) == []
    assert [step.number for step in listed] == list(range(1, len(listed) + 1))


def test_the_judge_finds_what_is_wrong() -> None:
    """Each step taken out of its turn, or done to a foreign VM."""
    busy = SAME | {"tenants": (vm("vdi-7", "grid_a100d-80c", ours=False),)}
    hosts = [site(SAME, busy, model=A100)]
    listed = list(steps(plan(SERVING, hosts=hosts), hosts, BOARDS))
    assert Judge(hosts, BOARDS).faults(listed[1:])
    assert Judge(hosts, BOARDS).faults([listed[0], *listed[2:]])
    assert Judge(hosts, BOARDS).faults([listed[-1], *listed[:-1]])
    off = replace(listed[0], action=Action.POWER_OFF)
    assert Judge(hosts, BOARDS).faults([off]) == ["1 power-off: touches a foreign VM"]
