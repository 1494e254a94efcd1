"""With the exact solver a host or a GPU more never places less, and nothing places more."""

from __future__ import annotations

from dataclasses import replace
from itertools import permutations

from hypothesis import given, settings
from hypothesis import strategies as st

from generator.catalog import Catalog
from generator.placement.engine import place
from generator.placement.hosts.ask import Ask, Spot
from generator.placement.hosts.room import Room
from generator.placement.hosts.stock import Gpu, Host
from generator.placement.moments import slots
from generator.placement.packing.asks import Models
from generator.placement.packing.attempt import Attempt, key_of
from generator.placement.plan import Plan
from generator.placement.terms import Terms
from generator.quantity import GIB
from generator.sizing.demand import Demand, PortUse, Sharing
from tests.placement.build import H100, L40S, demand, host, need, sized

CATALOG = Catalog.builtin()
TERMS = Terms(sizes_bytes=tuple(size * GIB for size in (8, 10, 16, 20, 40)))
SECONDS = 60.0

PAIR = need(0, Sharing.NONE, gpus=2, nvlink=True)
TWO = need(0, Sharing.NONE, gpus=2)
NEEDS = st.one_of(
    st.builds(need, st.sampled_from((7.0, 9.0, 14.0, 17.0, 30.0))),
    st.builds(need, st.sampled_from((4.0, 9.0, 16.0, 30.0)), st.just(Sharing.MIG)),
    st.sampled_from((need(0, Sharing.NONE), PAIR, TWO, None)),
)
DEMANDS = st.lists(
    st.builds(
        lambda gpu, count, least, cores, rank, environment: demand(
            "d",
            gpu,
            count=count,
            minimum=min(least, count),
            vcpus=cores,
            priority=rank,
            environment=environment,
        ),
        NEEDS,
        st.integers(1, 6),
        st.integers(0, 6),
        st.sampled_from((2, 4, 8)),
        st.integers(0, 2),
        st.sampled_from(("dev", "prod")),
    ),
    min_size=1,
    max_size=5,
)
HOSTS = st.lists(
    st.builds(
        lambda gpus, cores, model: host("h", gpus=gpus, free_cores=cores, model=model),
        st.integers(0, 2),
        st.sampled_from((12, 24, 64)),
        st.sampled_from((H100, H100, L40S)),
    ),
    min_size=1,
    max_size=2,
)
ISOLATION = st.sampled_from(("none", "gpu", "host", "cluster"))


def named(demands: list[Demand]) -> list[Demand]:
    return [replace(one, name=f"d{n}") for n, one in enumerate(demands)]


def stocked(hosts: list[Host]) -> list[Host]:
    """The hosts under names of their own."""
    return [
        replace(one, name=f"h{n}", gpus=tuple(replace(gpu, host=f"h{n}") for gpu in one.gpus))
        for n, one in enumerate(hosts)
    ]


def lack(of: Plan, demands: list[Demand]) -> tuple[list[int], list[int]]:
    """By priority, the VMs that minima lack and those that lack at all: less is better."""
    vms = {d.name: sum(vm.demand == d.name for vm in of.placed) for d in demands}
    ranks = sorted({d.priority for d in demands})
    return (
        [sum(max(0, d.minimum - vms[d.name]) for d in demands if d.priority == r) for r in ranks],
        [sum(d.count - vms[d.name] for d in demands if d.priority == r) for r in ranks],
    )


def solved(demands: list[Demand], hosts: list[Host], terms: Terms) -> Plan:
    return place(sized(*demands), hosts, CATALOG, terms, exact_s=SECONDS)


def with_gpu(one: Host) -> Host:
    """The host with one GPU more of its model."""
    last = len(one.gpus)
    more = Gpu(
        host=one.name,
        index=last,
        pci=f"0000:{last}7:00.0",
        model=one.gpus[0].model if one.gpus else H100,
        numa=0,
        mode="",
        held_by="",
    )
    return replace(one, gpus=(*one.gpus, more))


@given(DEMANDS, HOSTS, HOSTS, ISOLATION)
@settings(max_examples=80, deadline=None)
def test_a_host_more_never_places_less(
    demands: list[Demand], hosts: list[Host], others: list[Host], isolation: str
) -> None:
    asked, terms = named(demands), replace(TERMS, isolation=isolation)
    few = solved(asked, stocked(hosts), terms)
    more = solved(asked, stocked([*hosts, others[0]]), terms)
    assert lack(more, asked) <= lack(few, asked)


@given(DEMANDS, HOSTS, ISOLATION)
@settings(max_examples=80, deadline=None)
def test_a_gpu_more_never_places_less(
    demands: list[Demand], hosts: list[Host], isolation: str
) -> None:
    asked, terms = named(demands), replace(TERMS, isolation=isolation)
    here = stocked(hosts)
    few = solved(asked, here, terms)
    more = solved(asked, [with_gpu(here[0]), *here[1:]], terms)
    assert lack(more, asked) <= lack(few, asked)


@given(DEMANDS, HOSTS, ISOLATION)
@settings(max_examples=80, deadline=None)
def test_the_heuristic_never_places_more(
    demands: list[Demand], hosts: list[Host], isolation: str
) -> None:
    asked, terms = named(demands), replace(TERMS, isolation=isolation)
    here = stocked(hosts)
    plain = place(sized(*asked), here, CATALOG, terms)
    assert lack(solved(asked, here, terms), asked) <= lack(plain, asked)


SINGLE = st.lists(
    st.builds(
        lambda gpu, cores, environment: demand(
            "d", gpu, minimum=0, vcpus=cores, environment=environment
        ),
        st.one_of(
            st.builds(need, st.sampled_from((7.0, 14.0, 17.0, 30.0))),
            st.builds(need, st.sampled_from((9.0, 30.0)), st.just(Sharing.MIG)),
            st.sampled_from((need(0, Sharing.NONE), PAIR, None)),
        ),
        st.sampled_from((4, 8, 12)),
        st.sampled_from(("dev", "prod")),
    ),
    min_size=2,
    max_size=6,
)


def tried(attempt: Attempt, left: int) -> int:
    """The most of the first so many VMs that fit beside what is placed, by trying every place."""
    if not left:
        return 0
    packing, ask = attempt.packing, attempt.filled[left - 1].ask
    best = tried(attempt, left - 1)
    for room in packing.rooms:
        places = permutations(range(len(room.models)), ask.gpus) if ask.model else [()]
        for gpus in places:
            if fits(room, ask, gpus):
                spot = Spot(room.order, gpus, -1)
                packing.take(ask, spot)
                best = max(best, 1 + tried(attempt, left - 1))
                packing.release(ask, spot)
    return best


def fits(room: Room, ask: Ask, gpus: tuple[int, ...]) -> bool:
    """Whether a host has what a VM asks for, on just these GPUs."""
    return (
        room.has(ask)
        and all(room.models[gpu] == ask.model and room.joined(gpu, ask) for gpu in gpus)
        and (len(gpus) == 1 or all(room.is_empty(gpu) for gpu in gpus))
        and (not ask.nvlink or gpus in room.groups)
    )


@given(SINGLE, HOSTS)
@settings(max_examples=80, deadline=None)
def test_no_assignment_of_all_places_more(demands: list[Demand], hosts: list[Host]) -> None:
    """One VM each, each on its one board, at one priority."""
    here = stocked([replace(one, gpus=one.gpus[:2]) for one in hosts])
    models = Models(here, CATALOG, TERMS)
    found = {key_of(d): models.options(d)[:1] for d in named(demands)}
    asked = [d for d in named(demands) if d.gpu is None or found[key_of(d)]]
    made = Attempt(here, models, TERMS, slots(asked))
    made.fill(asked, found)
    answer = made.most(found, SECONDS)
    assert answer is not None
    best, proved = answer
    empty = Attempt(here, models, TERMS, slots(asked))
    empty.filled = made.filled
    assert proved
    assert sum(len(f.spots) for f in best.filled) == tried(empty, len(made.filled))


def test_it_finds_what_the_heuristic_misses() -> None:
    """Four trials and a pair of linked GPUs: priorities come first, and both go."""
    hosts = [host("a"), host("b", gpus=1)]
    search = demand("search", need(17), count=4, priority=0)
    pair = demand("pair", PAIR, priority=1)
    found = solved([search, pair], hosts, TERMS)
    assert found.shortfalls == ()


def test_rates_of_ports_are_left_to_the_heuristic() -> None:
    rate = PortUse(traffic="storage", bytes_per_s=10**9)
    reads = demand("reads", need(17), count=9, ports=(rate,))
    models = Models([host("a")], CATALOG, TERMS)
    options = {key_of(reads): models.options(reads)}
    made = Attempt([host("a")], models, TERMS, slots([reads]))
    made.fill([reads], options)
    assert made.most(options, SECONDS) is None
