"""Copies of a service end on different hosts where all fits so, whatever is larger."""

from __future__ import annotations

from collections import Counter

from hypothesis import given, settings
from hypothesis import strategies as st

from generator.catalog import Catalog
from generator.placement.engine import place
from generator.placement.hosts.stock import Host
from generator.placement.plan import Plan
from generator.sizing.demand import Demand, Sharing
from tests.placement.build import demand, host, need, sized

CATALOG = Catalog.builtin()


def plan(*demands: Demand, hosts: list[Host]) -> Plan:
    return place(sized(*demands), hosts, CATALOG)


def hosts_of(of: Plan, name: str) -> list[str]:
    """The hosts of a demand's copies."""
    return [vm.host for vm in of.placed if vm.demand == name]


def service(name: str, gib: float, count: int = 2) -> Demand:
    """Copies in prod by MIG, which must not share a host."""
    return demand(
        name,
        need(gib, Sharing.MIG),
        environment="prod",
        phase="serving",
        permanent=True,
        count=count,
    )


def test_whole_gpus_make_room_for_a_second_copy() -> None:
    """Two whole GPUs fill the first host; the small copies would share what is left."""
    whole = [demand(f"w{n}", need(0, Sharing.NONE)) for n in range(2)]
    found = plan(*whole, service("s", 4), hosts=[host("a"), host("b")])
    assert found.fits
    assert sorted(hosts_of(found, "s")) == ["a", "b"]


def test_fractions_of_a_gpu_make_room_together() -> None:
    """Eight notebooks and a trial leave one GPU of one host; the notebooks take the other's."""
    small = demand("n", need(18), count=8)
    found = plan(small, service("s", 4), hosts=[host("a"), host("b")])
    assert found.fits
    assert sorted(hosts_of(found, "s")) == ["a", "b"]


def test_where_there_is_one_host_copies_share_it() -> None:
    found = plan(service("s", 4), hosts=[host("a")])
    assert (found.fits, hosts_of(found, "s")) == (True, ["a", "a"])


def test_other_copies_come_no_closer() -> None:
    """Two pairs on two hosts with one GPU each: both are apart, or nobody could be."""
    found = plan(service("s", 16), service("t", 4), hosts=[host(n, gpus=1) for n in "ab"])
    assert sorted(hosts_of(found, "s")) == sorted(hosts_of(found, "t")) == ["a", "b"]


@given(
    st.lists(st.sampled_from((0.0, 4.0, 9.0, 18.0, 30.0)), max_size=8),
    st.lists(st.tuples(st.sampled_from((4.0, 9.0, 30.0)), st.integers(2, 3)), max_size=3),
)
@settings(deadline=None, max_examples=60)
def test_nobody_loses_a_place_for_it(
    others: list[float], services: list[tuple[float, int]]
) -> None:
    """Every VM stands once, within its host and on no GPU of another environment."""
    work = [
        demand(f"w{n}", need(gib, Sharing.TIME_SLICED if gib else Sharing.NONE))
        for n, gib in enumerate(others)
    ]
    copies = [service(f"s{n}", gib, count) for n, (gib, count) in enumerate(services)]
    found = plan(*work, *copies, hosts=[host(n) for n in "abc"])
    vms = Counter((vm.demand, vm.index) for vm in found.placed)
    wanted = sum(d.count for d in [*work, *copies])
    environments = {(gpu, vm.environment) for vm in found.placed for gpu in vm.gpus}
    assert set(vms.values()) <= {1}
    assert len(vms) + sum(s.wanted - s.placed for s in found.shortfalls) == wanted
    assert len(environments) == len({gpu for gpu, _ in environments})
