"""What a loss leaves: legal, without the lost host, by priority, and named where it stops."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from generator.catalog import Catalog
from generator.placement.constraint import Constraint
from generator.placement.engine import place
from generator.placement.failures.failing import Failing
from generator.placement.failures.haven import Scope
from generator.placement.failures.promises import ClusterHa, Promise
from generator.placement.failures.table import Failures, failures
from generator.placement.hosts.stock import Host, Tenant
from generator.placement.loss import By, Loss, Scene
from generator.placement.plan import Plan
from generator.placement.terms import Terms
from generator.quantity import GIB
from generator.sizing.demand import Demand, Sharing
from tests.placement.build import H100, demand, host, need, sized

CATALOG = Catalog.builtin()
TERMS = Terms()


def planned(*demands: Demand, hosts: list[Host], terms: Terms = TERMS) -> Plan:
    return place(sized(*demands), hosts, CATALOG, terms)


def failing(*demands: Demand, hosts: list[Host], terms: Terms = TERMS) -> Failing:
    return Failing(planned(*demands, hosts=hosts, terms=terms), hosts, CATALOG, terms)


def new_hosts(loss: Loss) -> dict[str, str]:
    return {restart.vm: restart.host for restart in loss.restarts}


def why(loss: Loss) -> dict[str, Constraint]:
    return {wait.vm: wait.because for wait in loss.waits}


def test_a_vm_starts_again_where_its_profile_is_free() -> None:
    table = failing(demand("x", need(9)), hosts=[host("a", gpus=1), host("b", gpus=1)])
    (restart,) = table.hosts((0,)).restarts

    assert (restart.host, restart.gpus, restart.by) == ("b", ("b/gpu0",), By.HA)
    assert table.hosts((1,)).restarts == ()
    assert table.hosts((1,)).holds


def test_a_gpu_keeps_its_mode_so_mig_waits_beside_free_time_slices() -> None:
    """An empty GPU shares its time until somebody switches MIG on."""
    mig = demand("m", need(4, Sharing.MIG), environment="prod")
    table = failing(mig, hosts=[host("a", gpus=1), host("b", gpus=1)])
    assert why(table.hosts((0,))) == {"m-0": Constraint.MODE}


def test_a_gpu_that_the_facts_say_is_in_mig_mode_takes_it() -> None:
    ready = replace(host("b", gpus=1).gpus[0], mode="mig")
    mig = demand("m", need(34, Sharing.MIG, compute_first=True))
    first, spare = host("a", gpus=1), host("b", gpus=1)
    spare = replace(spare, gpus=(ready,))
    plan = planned(mig, hosts=[first])
    (restart,) = Failing(plan, [first, spare], CATALOG, TERMS).hosts((0,)).restarts
    assert (restart.gpus, restart.start) == (("b/gpu0",), 0)


def test_a_four_slice_instance_starts_only_at_slice_zero() -> None:
    """40 GB are free beside its twin, which has it."""
    big = demand("big", need(34, Sharing.MIG, compute_first=True), count=2, phase="serving")
    table = failing(big, hosts=[host("a", gpus=1), host("b", gpus=1)])
    assert why(table.hosts((0,))) == {"big-0": Constraint.SLICES}


def test_what_runs_keeps_its_place() -> None:
    """Others at ids 30 and 40 leave 50 GB, but a 40C starts at 0 or 40 only."""
    first, second = host("a", gpus=1), host("b", gpus=1)
    running = (("nvidia_h100-10c", 30), ("nvidia_h100-20c", 40))
    tenants = tuple(Tenant(vm=f"v{at}", profile=name, start=at) for name, at in running)
    gpu = replace(second.gpus[0], tenants=tenants, mixed_size=True, mode="time-sliced")
    hosts = [first, replace(second, gpus=(gpu,))]
    plan = planned(demand("z", need(27.7)), hosts=hosts[:1])
    loss = Failing(plan, hosts, CATALOG, TERMS).hosts((0,))
    assert why(loss) == {"z-0": Constraint.PLACEMENT}


def test_the_important_start_first() -> None:
    """One place is free for two."""
    hosts = [host("a", gpus=2), host("b", gpus=1)]
    low = demand("low", need(60), priority=3)
    high = demand("high", need(60), priority=0)
    loss = Failing(planned(low, high, hosts=hosts[:1]), hosts, CATALOG, TERMS).hosts((0,))
    assert new_hosts(loss) == {"high-0": "b"}
    assert why(loss) == {"low-0": Constraint.TURN}


def test_who_gives_way_is_stopped_and_named() -> None:
    hosts = [host("a", gpus=1), host("b", gpus=1)]
    search = demand("hpo", need(16), count=4, minimum=1, priority=4, gives_way=0)
    train = demand("train", need(60), priority=2)
    table = failing(train, search, hosts=hosts)
    (trained,) = (n for n in (0, 1) if table.hosts((n,)).restarts)
    loss = table.hosts((trained,))
    (restart,) = loss.restarts

    assert restart.preempts == ("hpo-0", "hpo-1", "hpo-2", "hpo-3")
    assert {wait.vm for wait in loss.waits if wait.gave_way} == set(restart.preempts)
    assert [(lost.demand, lost.vms) for lost in loss.lost] == [("hpo", 4), ("train", 1)]
    assert not loss.holds


def test_nothing_is_stopped_for_maintenance_and_groups_do_not_move_while_they_run() -> None:
    hosts = [host("a"), host("b"), host("c")]
    pair = demand("pair", need(0, Sharing.NONE, gpus=2, nvlink=True), permanent=True)
    search = demand("hpo", need(16), count=8, minimum=1, priority=4, gives_way=0)
    table = failing(pair, search, hosts=hosts)
    moved = {
        restart.demand: restart.by
        for order in range(3)
        for restart in table.maintenance(order).restarts
    }
    assert moved == {"pair": By.COLD, "hpo": By.VMOTION}
    assert all(table.maintenance(order).preempted == () for order in range(3))
    assert all(table.maintenance(order).lost == () for order in range(3))


def test_a_broken_gpu_leaves_its_host_for_last() -> None:
    """Other hosts first: to mend it, its host has to be emptied."""
    both = failing(demand("x", need(60)), hosts=[host("a"), host("b")])
    alone = failing(demand("x", need(60)), hosts=[host("a")])
    assert new_hosts(both.gpu(0, 0)) == {"x-0": "b"}
    assert [r.gpus for r in alone.gpu(0, 0).restarts] == [("a/gpu1",)]
    assert [r.by for r in alone.gpu(0, 0).restarts] == [By.HAND]


def test_ha_stays_in_its_cluster() -> None:
    hosts = [host("a"), host("b", cluster="other")]
    plan = planned(demand("x", need(60)), hosts=hosts[:1])
    assert why(Failing(plan, hosts, CATALOG, TERMS).hosts((0,))) == {"x-0": Constraint.CLUSTER}


def test_without_ha_everything_waits() -> None:
    hosts = [host("a"), host("b")]
    plan = planned(demand("x", need(60)), hosts=hosts)
    off = {("s", "c"): ClusterHa(enabled=False)}
    table = Failing(plan, hosts, CATALOG, TERMS, ha=off)
    assert why(table.hosts((0,))) == {"x-0": Constraint.HA_OFF}


def test_a_lost_site_is_made_again_elsewhere_where_the_demand_may() -> None:
    hosts = [host("a"), host("b", site="t", cluster="d")]
    anywhere = demand("any", need(60))
    here = demand("here", need(60), site="s")
    table = Failing(planned(anywhere, here, hosts=hosts[:1]), hosts, CATALOG, TERMS)
    loss = table.site("s")
    assert why(loss) == {"here-0": Constraint.SITE}
    assert [(restart.vm, restart.host, restart.by) for restart in loss.restarts] == [
        ("any-0", "b", By.REMADE)
    ]


def test_a_promise_decides_what_still_serves() -> None:
    """Two replicas of 40 GB MIG, of which one is enough by what the blueprint states."""
    hosts = [host("a", gpus=1), host("b", gpus=1)]
    big = demand("big", need(34, Sharing.MIG, compute_first=True), count=2, phase="serving")
    plan = planned(big, hosts=hosts)
    plain = Failing(plan, hosts, CATALOG, TERMS).hosts((0,))
    stated = Failing(
        plan, hosts, CATALOG, TERMS, promises={("dev", "big"): Promise(least=1, stated=True)}
    ).hosts((0,))
    assert [level.running for level in plain.levels] == [1]
    assert not plain.holds
    assert stated.holds
    assert stated.levels[0].is_degraded


@pytest.mark.parametrize(
    ("short", "constraint"),
    [
        ({"free_cores": 2}, Constraint.CORES),
        ({"free_memory_bytes": GIB}, Constraint.MEMORY),
        ({"free_cores": 2, "free_memory_bytes": GIB}, Constraint.CORES_AND_MEMORY),
    ],
)
def test_what_a_host_lacks_is_named(short: dict[str, int], constraint: Constraint) -> None:
    spare = replace(host("b"), **short)  # type: ignore[arg-type]
    table = failing(demand("x"), hosts=[host("a"), spare])
    assert why(table.hosts((0,))) == {"x-0": constraint}


def test_nvlink_groups_and_whole_gpus_are_named() -> None:
    pair = demand("pair", need(0, Sharing.NONE, gpus=2, nvlink=True), permanent=True)
    unlinked = host("b", nvlink="")
    table = failing(pair, hosts=[host("a"), unlinked])
    busy = failing(
        pair,
        demand("x", need(60), count=1, minimum=1),
        hosts=[host("a"), host("b")],
    )
    assert why(table.hosts((0,))) == {"pair-0": Constraint.NVLINK}
    lost = next(n for n in (0, 1) if any(w.demand == "pair" for w in busy.hosts((n,)).waits))
    assert why(busy.hosts((lost,)))["pair-0"] is Constraint.WHOLE


PLATFORMS = st.builds(
    lambda kinds, hosts: (kinds, hosts),
    st.lists(
        st.tuples(
            st.sampled_from([4.0, 9.0, 16.0, 27.7, 60.0]),
            st.sampled_from(["prod", "dev", "hpo"]),
            st.integers(1, 4),
        ),
        min_size=1,
        max_size=7,
    ),
    st.integers(2, 5),
)


def platform(kinds: list[tuple[float, str, int]], hosts: int) -> tuple[list[Host], Plan]:
    """Prod in MIG (up to 40 GB), dev and searches by time; a third of it gives way."""
    demands = [
        demand(
            f"d{n}",
            need(
                min(size, 34) if who == "prod" else size,
                Sharing.MIG if who == "prod" else Sharing.TIME_SLICED,
            ),
            environment="prod" if who == "prod" else "dev",
            phase="serving" if who == "prod" else "training",
            count=count,
            minimum=1,
            priority={"prod": 0, "dev": 2, "hpo": 4}[who],
            gives_way=0 if who == "hpo" else None,
        )
        for n, (size, who, count) in enumerate(kinds)
    ]
    made = [host(f"h{n}") for n in range(hosts)]
    return made, planned(*demands, hosts=made)


def after(plan: Plan, loss: Loss) -> Counter[tuple[str, str, int]]:
    """Each GPU's vGPUs, as (GPU, profile, start), once a loss is played through."""
    profiles = {(c.demand.environment, c.demand.name): c.profile for c in plan.chosen}
    stopped = {w.vm for w in loss.waits} | {r.vm for r in loss.restarts}
    stay = [
        (gpu, vm.profile, vm.start)
        for vm in plan.placed
        for gpu in vm.gpus
        if f"{vm.demand}-{vm.index}" not in stopped
    ]
    new = [
        (gpu, profiles[r.environment, r.demand], r.start) for r in loss.restarts for gpu in r.gpus
    ]
    return Counter([*stay, *new])


def is_legal(vgpus: list[tuple[str, int]]) -> bool:
    """One GPU by NVIDIA's tables: equal sizes without places, else places that do not overlap."""
    board = CATALOG.accelerator(H100)
    rows = {profile.name: profile for profile in board.profiles}
    found = [(rows[name], start) for name, start in vgpus]
    if len({row.is_mig for row, _ in found}) > 1:
        return False
    if all(start < 0 for _, start in found):
        return len({row.name for row, _ in found}) <= 1 and len(found) <= (
            found[0][0].max_per_gpu if found else 0
        )
    taken: list[int] = []
    for row, start in found:
        size = row.size_gb
        if row.is_mig:
            assert board.mig is not None
            size = board.mig.profile(str(row.mig_profile)).size
        taken += range(start, start + size)
    return min(taken) >= 0 and len(taken) == len(set(taken))


@settings(max_examples=40)
@given(PLATFORMS)
def test_after_every_loss_each_gpu_is_legal_and_the_lost_host_is_empty(
    drawn: tuple[list[tuple[float, str, int]], int],
) -> None:
    hosts, plan = platform(*drawn)
    table = failures(plan, hosts, CATALOG, TERMS)
    for loss in (*table.hosts, *table.gpus, *table.maintenance):
        gone = {loss.what} if loss.scene is not Scene.GPU else set()
        left = after(plan, loss)
        by_gpu: dict[str, list[tuple[str, int]]] = {}
        for gpu, profile, start in left.elements():
            by_gpu.setdefault(gpu, []).append((profile, start))
        assert all(is_legal(vgpus) for vgpus in by_gpu.values()), (loss, by_gpu)
        assert not gone & {restart.host for restart in loss.restarts}
        assert loss.what not in {gpu for restart in loss.restarts for gpu in restart.gpus}


@settings(max_examples=40)
@given(PLATFORMS)
def test_every_vm_of_a_loss_starts_again_or_waits_once(
    drawn: tuple[list[tuple[float, str, int]], int],
) -> None:
    hosts, plan = platform(*drawn)
    table = failures(plan, hosts, CATALOG, TERMS)
    for loss in table.hosts:
        lost = {f"{vm.demand}-{vm.index}" for vm in plan.placed if vm.host == loss.what}
        settled = [r.vm for r in loss.restarts] + [w.vm for w in loss.waits]
        assert len(settled) == len(set(settled))
        assert set(settled) == lost | set(loss.preempted)


@settings(max_examples=40)
@given(PLATFORMS)
def test_equal_losses_are_answered_as_each_alone(
    drawn: tuple[list[tuple[float, str, int]], int],
) -> None:
    """Every loss by itself, played through on a plan that nobody asked before."""
    hosts, plan = platform(*drawn)
    table = failures(plan, hosts, CATALOG, TERMS)
    alone = Failures(
        hosts=tuple(Failing(plan, hosts, CATALOG, TERMS).hosts((n,)) for n in range(len(hosts))),
        gpus=tuple(
            Failing(plan, hosts, CATALOG, TERMS).gpu(n, i)
            for n in range(len(hosts))
            for i in range(2)
        ),
        sites=(Failing(plan, hosts, CATALOG, TERMS).site("s"),),
        maintenance=tuple(
            Failing(plan, hosts, CATALOG, TERMS).maintenance(n) for n in range(len(hosts))
        ),
    )
    assert table == alone


@settings(max_examples=40)
@given(PLATFORMS)
def test_an_equal_loss_is_what_playing_it_through_gives(
    drawn: tuple[list[tuple[float, str, int]], int],
) -> None:
    hosts, plan = platform(*drawn)
    table = Failing(plan, hosts, CATALOG, TERMS)
    for order, machine in enumerate(table.running.machines):
        lost = table._ranked(table._on[order])
        where = (Scope(machine.cluster), frozenset((order,)))
        for preempt in (True, False):
            equal = table._equal(lost, *where, preempt=preempt)
            assert equal == table._play(lost, *where, preempt=preempt)


@settings(max_examples=40)
@given(PLATFORMS)
def test_losing_everything_once_changes_nothing(
    drawn: tuple[list[tuple[float, str, int]], int],
) -> None:
    hosts, plan = platform(*drawn)
    table = Failing(plan, hosts, CATALOG, TERMS)

    def state() -> list[object]:
        return [
            (m.millicores[:], m.memory_bytes[:], sorted(m.giving), [d.fixed[:] for d in m.devices])
            for m in table.running.machines
        ]

    before = state()
    for order in range(len(hosts)):
        table.hosts((order,))
        table.gpu(order, 0)
        table.maintenance(order)
    table.site("s")
    assert state() == before
