"""The bound is below every legal plan, whatever its prices, and tight where it says so."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from generator.catalog import Catalog
from generator.ledger import Basis
from generator.placement.bound.bins import SCALE
from generator.placement.bound.cases import bins_of, cases
from generator.placement.bound.columns import proved
from generator.placement.bound.proof import Bound, bound
from generator.placement.devices.geometry import Board
from generator.placement.devices.shapes import NOWHERE
from generator.placement.hosts.ask import Ask, Spot
from generator.placement.hosts.stock import Host, Tenant
from generator.placement.packing.packing import Packing
from generator.quantity import GIB
from generator.sizing.bibliography import works
from tests.placement.build import H100, L40S, host

CATALOG = Catalog.builtin()
NVL = "nvidia-h100-nvl-94"
SIZES = {
    L40S: ("24c", "16c", "12c", "8c"),
    H100: ("40c", "20c", "16c", "10c", "4-40c", "3-40c", "1-10c"),
    NVL: ("47c", "23c", "15c", "11c"),
}


@cache
def board(model: str) -> Board:
    return Board(CATALOG.accelerator(model))


def ask(model: str, size: str, *, cores: int = 4, gib: int = 32, **other: object) -> Ask:
    """A VM with one vGPU of a profile."""
    (name,) = [s.name for s in board(model).shapes if s.name.partition("-")[2] == size]
    plain = Ask(
        site="",
        environment="dev",
        model=model,
        shape=board(model).shape(name),
        gpus=1,
        nvlink=False,
        millicores=cores * 1000,
        memory_bytes=gib * GIB,
    )
    return plain._replace(**other)


def packed(
    hosts: Sequence[Host], asks: Sequence[tuple[Ask, int]], isolation: str = "gpu", slots: int = 1
) -> list[tuple[Ask, Sequence[Spot]]]:
    """The asks where packing puts them, which is everywhere they go."""
    boards = {model: board(model) for model in SIZES}
    packing = Packing(hosts, boards, isolation, slots)
    return [(each, tuple(packing.put(each, count))) for each, count in asks]


def bounded(
    hosts: Sequence[Host],
    asks: Sequence[tuple[Ask, int]],
    *,
    solver: bool = True,
    isolation: str = "gpu",
    slots: int = 1,
    spare: int = 0,
) -> Bound:
    """The bound for what packing places."""
    boards = {model: board(model) for model in SIZES}
    placed = packed(hosts, asks, isolation, slots)
    return bound(hosts, boards, placed, isolation=isolation, spare=spare, solver=solver)


def fewest(hosts: Sequence[Host], asks: Sequence[tuple[Ask, int]]) -> int:
    """The GPUs that the best of all assignments opens, by trying them all."""
    vms = sorted((each for each, count in asks for _ in range(count)), key=lambda a: a.shape)
    state = tuple((h.free_cores * 1000, h.free_memory_bytes) for h in hosts)
    gpus = tuple((n, gpu.model, "", 0) for n, h in enumerate(hosts) for gpu in h.gpus)

    @cache
    def least(left: int, rooms: tuple[tuple[int, int], ...], gpus: tuple[object, ...]) -> int:
        if not left:
            return 0
        vm = vms[left - 1]
        found, seen = 99, set()
        for place, (order, model, environment, layout) in enumerate(gpus):  # type: ignore[misc]
            cores, memory = rooms[order][0] - vm.millicores, rooms[order][1] - vm.memory_bytes
            key = (*rooms[order], order, model, environment, layout)
            wrong = model != vm.model or environment not in ("", vm.environment) or key in seen
            if wrong or cores < 0 or memory < 0:
                continue
            seen.add(key)
            after = board(model).join(layout, vm.shape)
            if after != NOWHERE:
                then = (order, model, vm.environment, after)
                where = tuple(sorted((*gpus[:place], then, *gpus[place + 1 :])))
                what = (*rooms[:order], (cores, memory), *rooms[order + 1 :])
                found = min(found, (layout == 0) + least(left - 1, what, where))
        return found

    return least(len(vms), state, tuple(sorted(gpus)))


def test_framebuffer_alone_proves_an_aligned_catalogue() -> None:
    found = bounded([host("a", gpus=8)], [(ask(H100, "20c"), 9), (ask(H100, "40c"), 3)])
    assert (found.gpus, found.used, found.by) == (4, 4, "framebuffer")


def test_loads_of_hosts_prove_more_than_gpus_alone() -> None:
    """Ten quarters are all that a host can feed: three GPUs on each of two, not five in all."""
    hosts = [host(name, gpus=8, free_cores=40) for name in "ab"]
    asks = [(ask(H100, "20c"), 20)]
    assert bounded(hosts, asks, solver=False).gpus == 5
    found = bounded(hosts, asks)
    assert (found.gpus, found.by) == (6, "configuration LP")


def test_a_host_with_cores_for_three_wastes_its_gpus() -> None:
    """Four quarters would share a GPU; where only three can be fed, nine VMs need three hosts."""
    hosts = [host("a", free_cores=12), host("b", free_cores=12), host("c", free_cores=12)]
    found = bounded(hosts, [(ask(H100, "20c"), 9)])
    assert (found.gpus, found.by) == (3, "cores")


def test_a_gpu_in_use_is_not_opened_again() -> None:
    """A foreign 40C leaves half an H100, which holds two 20C for nothing."""
    plain = host("a", gpus=2)
    tenant = Tenant(vm="x", profile="nvidia_h100-20c", start=0)
    first = replace(plain.gpus[0], tenants=(tenant,), mode="time-sliced")
    occupied = replace(plain, gpus=(first, plain.gpus[1]))
    assert bounded([occupied], [(ask(H100, "20c"), 3)]).gpus == 0
    assert bounded([occupied], [(ask(H100, "20c"), 4)]).gpus == 1


def test_environments_do_not_share() -> None:
    asks = [(ask(H100, "40c", environment=e), 1) for e in ("dev", "prod")]
    assert bounded([host("a")], asks).gpus == 2


def test_what_never_runs_together_counts_once() -> None:
    """Two slots of the week; the fuller one decides."""
    asks = [
        (ask(H100, "40c", slots=(0,)), 4),
        (ask(H100, "40c", slots=(1,)), 2),
    ]
    found = bounded([host("a", gpus=4)], asks, slots=2)
    assert (found.gpus, found.used) == (2, 2)


def test_a_spare_host_asks_for_the_share_of_the_fullest() -> None:
    """Four GPUs must remain of three equal hosts: six in all, two on each."""
    hosts = [host(name, gpus=4) for name in "abc"]
    found = bounded(hosts, [(ask(H100, "40c"), 8)], spare=1)
    assert (found.gpus, found.reserved) == (4, 6)


def test_the_ledger_says_what_is_proved_and_by_what() -> None:
    entry = bounded([host("a", gpus=8)], [(ask(H100, "20c"), 9)]).entry
    assert (entry.value, entry.basis) == (3, Basis.ANALYTIC)
    assert entry.rule.startswith("framebuffer: ")
    assert entry.source in [work.key for work in works()]


def test_nothing_placed_proves_nothing() -> None:
    assert bounded([host("a")], []).gpus == 0


def test_the_prices_add_up_to_the_bound() -> None:
    """Anyone can check the proof: prices times VMs, less the surplus, rounded up, part by part."""
    asks = [(ask(NVL, size), 7) for size in SIZES[NVL]]
    found = bounded([host(n, gpus=8, model=NVL) for n in "abcd"], asks)
    worths = [sum(p.vms * p.millionths for p in part.prices) for part in found.proof]
    sums = [
        -(-(worth - part.surplus_millionths) // SCALE)
        for worth, part in zip(worths, found.proof, strict=True)
    ]
    assert sum(sums) == found.gpus


@st.composite
def instances(draw: st.DrawFn) -> tuple[list[Host], list[tuple[Ask, int]]]:
    """Few VMs of few kinds on few hosts, some of which are short of cores or memory."""
    model = draw(st.sampled_from(sorted(SIZES)))
    cores = draw(st.sampled_from([8, 14, 64]))
    gib = draw(st.sampled_from([100, 256, 1024]))
    hosts = [
        host(name, gpus=2, model=model, free_cores=cores, free_memory_bytes=gib * GIB)
        for name in "abc"
    ]
    kinds = st.builds(
        ask,
        st.just(model),
        st.sampled_from(SIZES[model]),
        cores=st.sampled_from([2, 4, 6]),
        gib=st.sampled_from([16, 33]),
        environment=st.sampled_from(["dev", "prod"]),
    )
    asks = draw(st.lists(st.tuples(kinds, st.integers(1, 3)), min_size=1, max_size=4))
    placed = packed(hosts, asks)
    return hosts, [(each, len(spots)) for each, spots in placed if spots]


@pytest.mark.parametrize("solver", [False, True])
@given(instances())
@settings(max_examples=60, deadline=None)
def test_no_assignment_opens_fewer(
    solver: bool, instance: tuple[list[Host], list[tuple[Ask, int]]]
) -> None:
    """Against all assignments, tried one by one."""
    hosts, asks = instance
    found = bounded(hosts, asks, solver=solver)
    assert found.gpus <= fewest(hosts, asks) <= found.used


@given(instances(), st.lists(st.integers(0, 2 * SCALE), min_size=12, max_size=12))
@settings(max_examples=60, deadline=None)
def test_any_prices_are_a_proof(
    instance: tuple[list[Host], list[tuple[Ask, int]]], prices: list[int]
) -> None:
    """Whatever somebody thinks of as prices, no plan opens fewer than they prove."""
    hosts, asks = instance
    boards = {model: board(model) for model in SIZES}
    for case in cases(hosts, boards, asks, "gpu"):
        kinds, bins = bins_of(case)
        found = proved(prices[: len(kinds)], tuple(kinds.values()), bins)
        assert found.gpus <= fewest(hosts, asks)
