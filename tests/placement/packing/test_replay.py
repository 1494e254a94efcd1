"""A plan that is taken back into a packing is the packing that it came from."""

from __future__ import annotations

import pytest

from generator.catalog import Catalog
from generator.placement.engine import place
from generator.placement.hosts.stock import Host
from generator.placement.packing.asks import Models
from generator.placement.packing.replay import by_demand, packed
from generator.placement.plan import Plan
from generator.placement.terms import Terms
from generator.sizing.demand import RunWindow, Sharing
from tests.placement.build import demand, host, need, sized

CATALOG, TERMS = Catalog.builtin(), Terms()
HOSTS = [host("a"), host("b")]
NIGHT = (RunWindow(start_s=0, duration_s=3600),)
DEMANDS = (
    demand("pair", need(0, Sharing.NONE, gpus=2, nvlink=True), whole_numa_node=True),
    demand("big", need(27.7), count=1),
    demand("small", need(9), count=3, windows=NIGHT),
    demand("cpu", count=4, phase="serving"),
)


def plan(hosts: list[Host] = HOSTS) -> Plan:
    return place(sized(*DEMANDS), hosts, CATALOG, TERMS)


def test_every_vm_is_back_on_its_host_and_gpus() -> None:
    made = plan()
    packing, vms = packed(made, HOSTS, Models(HOSTS, CATALOG, TERMS), TERMS)

    assert [each.vm for each in vms] == list(made.placed)
    assert {(HOSTS[v.spot.order].name, len(v.spot.gpus)) for v in vms} == {
        (vm.host, len(vm.gpus)) for vm in made.placed
    }
    assert [room.vms for room in packing.rooms] == [
        sum(vm.host == each.name for vm in made.placed) for each in HOSTS
    ]


def test_what_is_left_is_what_the_plan_leaves() -> None:
    made = plan()
    packing, _ = packed(made, HOSTS, Models(HOSTS, CATALOG, TERMS), TERMS)
    free = [
        min(board.free_mib(layout) for layout in layouts)
        for room in packing.rooms
        for board, layouts in zip(room.boards, room.layouts, strict=True)
        if board is not None
    ]
    assert free == [gpu.free_mib for gpu in made.gpus]


def test_hosts_may_have_been_added_since() -> None:
    more = [*HOSTS, host("c")]
    packing, vms = packed(plan(), more, Models(more, CATALOG, TERMS), TERMS)
    assert packing.rooms[2].vms == 0
    assert packing.best(vms[0].ask) is not None


def test_a_host_that_is_gone_is_an_error() -> None:
    fewer = HOSTS[:1]
    with pytest.raises(KeyError, match="'b'"):
        packed(plan(), fewer, Models(fewer, CATALOG, TERMS), TERMS)


def test_vms_by_demand_come_in_their_order() -> None:
    _, vms = packed(plan(), HOSTS, Models(HOSTS, CATALOG, TERMS), TERMS)
    grouped = by_demand(vms)
    assert [each.vm.index for each in grouped["dev", "cpu"]] == [0, 1, 2, 3]
    assert sorted(grouped) == [("dev", "big"), ("dev", "cpu"), ("dev", "pair"), ("dev", "small")]
