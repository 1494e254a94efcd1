"""Why something does not fit, and that what is offered really makes it fit."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from generator.blueprint.model.hosts import GpuDevice
from generator.catalog import Catalog
from generator.placement.constraint import Constraint
from generator.placement.engine import place
from generator.placement.hosts.stock import Host, Tenant, stock
from generator.placement.plan import Plan
from generator.placement.relaxing import part as part_module
from generator.placement.relaxing.relaxation import Cost, Relaxation
from generator.placement.relaxing.relaxations import Refusal, refusal
from generator.placement.terms import Terms, terms_of
from generator.quantity import GIB, Quantity
from generator.sizing.demand import Demand, RunWindow, Sharing
from generator.sizing.engine import size
from tests.example import blueprint, site
from tests.placement.build import L40S, demand, host, need, sized

CATALOG = Catalog.builtin()
DAY = (RunWindow(start_s=8 * 3600, duration_s=36_000),)


def refused(*demands: Demand, hosts: list[Host], terms: Terms = Terms()) -> Refusal:  # noqa: B008
    plan = place(sized(*demands), hosts, CATALOG, terms)
    return refusal(plan, demands, hosts, CATALOG, terms, plan.shortfalls[0])


def offered(found: Refusal, path: str) -> Relaxation:
    return next(each for each in found.relaxations if path in each.path)


@pytest.mark.parametrize(
    ("wanted", "short", "constraint"),
    [
        (demand("d"), {"free_cores": 2}, Constraint.CORES),
        (demand("d"), {"free_memory_bytes": GIB}, Constraint.MEMORY),
        (
            demand("d", need(0, Sharing.NONE, gpus=2, nvlink=True)),
            {"nvlink": ""},
            Constraint.NVLINK,
        ),
        (demand("d", site="t"), {}, Constraint.SITE),
    ],
)
def test_what_binds_is_named(
    wanted: Demand, short: dict[str, object], constraint: Constraint
) -> None:
    hosts = [replace(host("a"), **short)]  # type: ignore[arg-type]
    assert refused(wanted, hosts=hosts).binding == (constraint,)


def test_framebuffer_binds_where_only_more_gpus_help_and_one_host_is_enough() -> None:
    found = refused(demand("d", need(60), count=3), hosts=[host("a")])
    assert found.binding == (Constraint.FRAMEBUFFER,)
    assert (found.placed, found.wanted) == (2, 3)
    assert offered(found, "hosts").sentence == "add 1 host(s) like a with 2 x nvidia-h100-pcie-80"
    assert "framebuffer binds" in found.sentence


def test_as_few_hosts_as_suffice() -> None:
    found = refused(demand("d", need(60), count=9), hosts=[host("a")])
    bought = offered(found, "hosts")
    assert (bought.before, bought.after, bought.least) == ("1 hosts", "5 hosts", True)


def test_slices_bind_where_framebuffer_is_free_at_another_start() -> None:
    big = demand("big", need(34, Sharing.MIG, compute_first=True), count=2)
    found = refused(big, hosts=[host("a", gpus=1)])
    assert found.binding == (Constraint.SLICES,)
    assert offered(found, "sharing.dev").after == "time-sliced"


def test_a_held_gpu_is_freed_by_name() -> None:
    first = host("a", gpus=1)
    held = replace(first, gpus=(replace(first.gpus[0], held_by="vdi"),))
    found = refused(demand("d", need(60)), hosts=[held])
    assert found.binding == (Constraint.HELD,)
    assert found.relaxations[0].path == "hosts[a].gpus[0].held_by"
    assert (found.relaxations[0].cost, found.relaxations[0].before) == (Cost.SETTING, "vdi")


def test_a_vm_of_others_on_a_gpu_is_named() -> None:
    first = host("a", gpus=1)
    tenant = Tenant(vm="cad-7", profile="nvidia_h100-10c")
    shared = replace(first, gpus=(replace(first.gpus[0], tenants=(tenant,)),))
    assert refused(demand("d", need(60)), hosts=[shared]).relaxations[0].before == "cad-7"


def test_the_least_loosening_of_a_boundary() -> None:
    """Host is enough; gpu need not fall."""
    prod = demand("p", environment="prod")
    found = refused(prod, demand("d"), hosts=[host("a")], terms=Terms(isolation="host"))
    assert found.binding == (Constraint.ISOLATION,)
    assert (offered(found, "isolation").before, offered(found, "isolation").after) == (
        "host",
        "gpu",
    )


def test_versions_without_mixed_sizes() -> None:
    both = (demand("x", need(27.7)), demand("y", need(9, compute_first=True)))
    found = refused(*both, hosts=[host("a", gpus=1)], terms=Terms(mixed_size=False))
    assert found.binding == (Constraint.VERSION,)
    assert "esx 8.0U3" in offered(found, "platform.targets").after


@pytest.mark.parametrize(
    ("targets", "verb"),
    [({}, "state"), ({"vgpu_host": "19"}, "state"), ({"esx": "8.0U2"}, "go to")],
)
def test_a_version_that_is_too_old_is_left_and_an_unknown_one_stated(
    targets: dict[str, str], verb: str
) -> None:
    """Stating another version than the one that runs mends nothing."""
    both = (demand("x", need(27.7)), demand("y", need(9, compute_first=True)))
    terms = Terms(mixed_size=False, targets=targets)
    found = refused(*both, hosts=[host("a", gpus=1)], terms=terms)
    assert offered(found, "platform.targets").sentence.startswith(f"{verb} versions")


def test_hours_in_which_others_do_not_run() -> None:
    day = demand("notebooks", need(60), count=2, windows=DAY, priority=0)
    found = refused(day, demand("batch", need(60)), hosts=[host("a")])
    assert found.demand == "batch"
    assert found.binding == (Constraint.WINDOWS,)
    assert found.relaxations[0].cost is Cost.TIME
    assert found.relaxations[0].after == "2 window(s), 158 h a week"


def test_as_few_give_way_as_suffice() -> None:
    search = demand("hpo", need(16), count=8, minimum=1, priority=4, gives_way=0)
    whole = demand("train", need(27.7), count=1, priority=2)
    hosts = [host("a")]
    plan = place(sized(search, whole), hosts, CATALOG, Terms())
    found = refusal(plan, (search, whole), hosts, CATALOG, Terms(), plan.shortfalls[0])
    assert found.demand == "hpo"
    assert not [r for r in found.relaxations if "preempt" in r.path]


def test_no_remedy_brings_the_copies_of_a_service_together() -> None:
    """A pair would be free if both of rag-llm stood on one host, whose loss would end both."""
    l40s = tuple(GpuDevice(model=L40S, pci=f"p{n}", numa=0) for n in range(2))
    hosts = tuple(
        replace(h, gpus=l40s, nvlink=None) if h.name in {"esx-01", "esx-02"} else h
        for h in site().hosts
    )
    facts = {"ams1": replace(site(), hosts=hosts)}
    needed, here = size(blueprint(), CATALOG, facts), stock(facts)
    terms = terms_of(blueprint(), CATALOG)
    plan = place(needed, here, CATALOG, terms)
    assert len({vm.host for vm in plan.placed if vm.demand == "rag-llm"}) == 2
    (short,) = [s for s in plan.shortfalls if s.demand == "vision-cnn"]
    found = refusal(plan, needed.demands, here, CATALOG, terms, short)
    assert {r.cost for r in found.relaxations} == {Cost.PURCHASE}


def test_who_gives_way_is_counted() -> None:
    """The search came first by its priority; two of its VMs make room for a 40C."""
    search = demand("hpo", need(16), count=8, minimum=1, priority=4, gives_way=0)
    whole = demand("train", need(27.7), priority=2)
    hosts = [host("a")]
    plan = place(sized(search), hosts, CATALOG, Terms())
    late = place(sized(search, replace(whole, priority=9)), hosts, CATALOG, Terms())
    shortfall = replace(late.shortfalls[0], demand="train", wanted=1, placed=0, minimum=1)
    found = refusal(plan, (search, whole), hosts, CATALOG, Terms(), shortfall)
    stop = offered(found, "preempt")
    assert (stop.after, stop.least, stop.cost) == ("2 of hpo", True, Cost.SETTING)


def test_fewer_copies_and_another_model() -> None:
    hosts = [host("a", gpus=1), host("b", gpus=1, model=L40S, nvlink="")]
    found = refused(demand("d", need(30, model="nvidia-l40s"), count=2), hosts=hosts)
    assert offered(found, "replicas").after == "1 VMs"
    assert found.binding == (Constraint.PROFILE,)
    held = refused(demand("d", need(60, profile="nvidia_l40s-48c")), hosts=hosts)
    assert held.binding == (Constraint.PROFILE,)
    assert offered(held, "accelerator").before == "nvidia_l40s-48c"


def test_cheap_changes_come_before_purchases() -> None:
    found = refused(demand("d", need(60), count=3), hosts=[host("a")])
    costs = [each.cost for each in found.relaxations]
    assert costs == sorted(costs)
    assert costs[-1] is Cost.PURCHASE


def test_of_a_large_platform_only_the_clusters_that_matter_are_placed_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(part_module, "MOST_VMS", 4)
    near = host("a", gpus=1)
    far = [host(f"f{n}", cluster="far", gpus=2) for n in range(3)]
    hosts = [near, *far]
    others = demand("o", need(60), count=6)
    d = demand("d", need(60), count=2, priority=2)
    plan = place(sized(d, others), hosts, CATALOG, Terms())
    (shortfall,) = plan.shortfalls
    found = refusal(plan, (d, others), hosts, CATALOG, Terms(), shortfall)
    assert not found.whole
    assert offered(found, "hosts").sentence.startswith("add 1 host(s)")


def example() -> tuple[Plan, tuple[Demand, ...], list[Host], Terms]:
    needed = size(blueprint(), CATALOG, {"ams1": site()})
    hosts = list(stock({"ams1": site()}))
    terms = terms_of(blueprint(), CATALOG)
    return place(needed, hosts, CATALOG, terms), needed.demands, hosts, terms


def test_the_search_of_the_example_ends_three_hours_later_in_the_slots_that_fit() -> None:
    plan, demands, hosts, terms = example()
    (shortfall,) = plan.shortfalls
    found = refusal(
        plan, demands, hosts, CATALOG, terms, shortfall,
        blueprint=blueprint(), inventories={"ams1": site()},
    )  # fmt: skip
    later = offered(found, "hpo.deadline")
    assert (found.placed, found.wanted) == (10, 11)
    assert (later.before, later.after, later.placed) == ("72 h", "75 h", 10)
    assert offered(found, "hosts").after == "5 hosts"
    fewer = offered(found, "hpo.max_parallel")
    assert fewer.sentence == "run 10 of its 11 VMs, which leaves 20 of its 500 trials undone"


@pytest.mark.parametrize(("deadline_h", "offered_hours"), [(72, []), (168, ["109.25 h a week"])])
def test_hours_of_the_week_are_offered_only_to_a_search_that_ends_in_them(
    deadline_h: int, offered_hours: list[str]
) -> None:
    """The hours without notebooks hold at most 40 trials a slot in any 72 h: 440 of 500."""
    plan, demands, hosts, terms = example()
    (shortfall,) = plan.shortfalls
    wanted = blueprint()
    workloads = tuple(
        replace(w, hpo=replace(w.hpo, deadline_s=Quantity(deadline_h * 3600))) if w.hpo else w
        for w in wanted.workloads
    )
    found = refusal(
        plan, demands, hosts, CATALOG, terms, shortfall,
        blueprint=replace(wanted, workloads=workloads), inventories={"ams1": site()},
    )  # fmt: skip
    hours = [each.after for each in found.relaxations if "a week" in each.after]
    assert [one.split(", ")[1] for one in hours] == offered_hours


@pytest.mark.parametrize(
    ("parallel", "expected"), [(10, ["take esx-04 out of maintenance"]), (None, [])]
)
def test_a_host_in_maintenance_is_asked_back_where_it_is_enough(
    parallel: int | None, expected: list[str]
) -> None:
    """Without esx-04 two slots fit; it brings eight, and eleven would need more."""
    made = replace(
        blueprint(),
        workloads=tuple(
            replace(w, hpo=replace(w.hpo, max_parallel=parallel)) if w.hpo else w
            for w in blueprint().workloads
        ),
    )
    hosts = tuple(replace(h, maintenance=h.name == "esx-04") for h in site().hosts)
    facts = {"ams1": replace(site(), hosts=hosts)}
    needed, here, terms = size(made, CATALOG, facts), stock(facts), terms_of(made, CATALOG)
    plan = place(needed, here, CATALOG, terms)
    found = refusal(
        plan, needed.demands, here, CATALOG, terms, plan.shortfalls[0],
        blueprint=made, inventories=facts,
    )  # fmt: skip
    back = [r for r in found.relaxations if "maintenance" in r.path]
    assert [r.sentence for r in back] == expected
    assert [r.in_inventory for r in back] == [True for _ in expected]


def test_a_smaller_precision_is_sized_again() -> None:
    """One H100 in MIG mode: two replicas of 4g do not stand on it, two of 2g in fp8 do."""
    workloads = [
        replace(w, serving=replace(w.serving, context=2048)) if w.name == "rag-llm" else w
        for w in blueprint().workloads
        if w.serving is not None
    ]
    shorter = replace(blueprint(), workloads=tuple(workloads))
    rag = next(d for d in size(shorter, CATALOG).demands if d.name == "rag-llm")
    hosts = [host("a", gpus=1, site="ams1")]
    plan = place(sized(rag), hosts, CATALOG, Terms())
    found = refusal(
        plan, [rag], hosts, CATALOG, Terms(), plan.shortfalls[0], blueprint=shorter
    )  # fmt: skip
    narrower = offered(found, "model.precision")
    assert found.placed == 1
    assert (narrower.before, narrower.after, narrower.cost) == ("bf16", "fp8", Cost.LESS)
    assert (narrower.placed, narrower.wanted) == (2, 2)


def served(sessions: int, hosts: list[Host]) -> Refusal:
    """Why rag-llm with so many sessions does not fit, time-sliced so that any size will do."""
    workloads = [
        replace(w, serving=replace(w.serving, sessions=sessions, degraded_sessions=None))
        for w in blueprint().workloads
        if w.name == "rag-llm" and w.serving is not None
    ]
    more = replace(blueprint(), workloads=tuple(workloads))
    rag = next(d for d in size(more, CATALOG).demands if d.name == "rag-llm")
    plan = place(sized(rag), hosts, CATALOG, Terms())
    return refusal(plan, [rag], hosts, CATALOG, Terms(), plan.shortfalls[0], blueprint=more)


def test_more_and_smaller_replicas_carry_what_no_profile_does() -> None:
    """The fewest more of them, sized and placed again."""
    found = served(140, [host(name, site="ams1") for name in "abcd"])
    more = offered(found, "serving.replicas")
    assert found.placed == 0
    assert (more.before, more.placed) == ("2", int(more.after))
    assert f"by {more.after} smaller replicas instead of 2" in more.sentence


def test_joined_gpus_carry_what_one_does_not() -> None:
    found = served(140, [host(name, site="ams1") for name in "abcd"])
    joined = offered(found, "serving.tensor_parallel")
    assert (joined.before, joined.after) == ("1", "2")
    assert (joined.placed, joined.wanted) == (2, 2)


@settings(max_examples=25)
@given(
    st.lists(
        st.tuples(st.sampled_from([9.0, 16.0, 27.7, 60.0]), st.integers(1, 5), st.integers(0, 3)),
        min_size=1,
        max_size=5,
    ),
    st.integers(1, 2),
)
def test_every_purchase_that_is_offered_fits_and_one_host_fewer_does_not(
    kinds: list[tuple[float, int, int]], count: int
) -> None:
    demands = [
        demand(f"d{n}", need(gib), count=vms, minimum=1, priority=priority)
        for n, (gib, vms, priority) in enumerate(kinds)
    ]
    hosts = [host(f"h{n}") for n in range(count)]
    plan = place(sized(*demands), hosts, CATALOG, Terms())
    for shortfall in plan.shortfalls:
        found = refusal(plan, demands, hosts, CATALOG, Terms(), shortfall)
        for bought in (r for r in found.relaxations if r.cost is Cost.PURCHASE):
            more = int(bought.after.split()[0]) - count
            before = running(plan)
            enough = running(
                place(sized(*demands), [*hosts, *bought_hosts(more)], CATALOG, Terms())
            )
            fewer = running(
                place(sized(*demands), [*hosts, *bought_hosts(more - 1)], CATALOG, Terms())
            )
            assert enough[shortfall.demand] == shortfall.wanted
            assert enough >= before
            assert fewer[shortfall.demand] < shortfall.wanted or not fewer >= before


def running(plan: Plan) -> Counter[str]:
    return Counter(vm.demand for vm in plan.placed)


def bought_hosts(count: int) -> list[Host]:
    return [host(f"h0-more-{n + 1}") for n in range(count)]
