"""generator.sizing.network.addresses: what each network needs, and the range that holds it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.ledger import Basis
from generator.sizing.network.addresses import (
    frontend,
    management,
    pods,
    prefix_length,
    services,
    workload,
)
from generator.sizing.network.cluster_shape import ClusterShape, NodePool
from generator.sizing.nonsense import Nonsense

GPU_POOL = NodePool(name="gpu", nodes=2, maximum=6)
CPU_POOL = NodePool(name="cpu", nodes=3, surge=2)
PROD = ClusterShape(
    name="prod", control_plane=3, pools=(GPU_POOL, CPU_POOL), load_balancers=4, services=40
)


def test_f18_a_supervisor_takes_five_addresses_in_a_row() -> None:
    demand = management(supervisors=[3], others=4)

    assert demand.addresses == 5 + 4
    assert [part.name for part in demand.bill.parts] == ["Supervisor control plane", "others"]


def test_a_simple_supervisor_takes_three() -> None:
    assert management(supervisors=[1]).addresses == 3


def test_f18_nodes_take_one_each_with_surge_and_autoscaling() -> None:
    demand = workload(supervisors=[3], clusters=[PROD], vms=2, growth_ratio=0)

    assert {part.name: part.value for part in demand.bill.parts} == {
        "Supervisor control plane": 4,
        "prod control plane": 4,
        "prod gpu": 7,
        "prod cpu": 5,
        "VMs": 2,
    }
    assert demand.addresses == 22
    assert demand.prefix_length == 27


def test_growth_is_a_part_of_its_own() -> None:
    demand = workload(supervisors=[3], clusters=[PROD], vms=2)

    assert demand.bill.value("growth") == 6
    assert demand.addresses == 28


def test_stated_growth_is_no_assumption() -> None:
    stated, assumed = (
        workload(supervisors=[3], clusters=[PROD], growth_ratio=ratio).bill.parts[-1]
        for ratio in (0.25, None)
    )

    assert (stated.basis, stated.low) == (Basis.STATED, None)
    assert (assumed.basis, assumed.low, assumed.high) == (Basis.ASSUMED, 2.0, 10.0)


def test_an_empty_pool_takes_nothing() -> None:
    empty = ClusterShape(name="dev", control_plane=1, pools=(NodePool(name="gpu", nodes=0),))

    assert empty.nodes == 2
    assert workload(supervisors=[], clusters=[empty], growth_ratio=0).addresses == 2


def test_f18_the_frontend_has_one_address_per_api_and_load_balancer() -> None:
    demand = frontend(supervisors=1, clusters=[PROD], growth_ratio=0)

    assert demand.addresses == 1 + 1 + 4
    assert demand.prefix_length == 28


def test_f18_pods_take_a_24_per_node_at_most() -> None:
    demand = pods(PROD, growth_ratio=0)

    assert PROD.nodes == 3 + 1 + 6 + 1 + 3 + 2
    assert demand.addresses == PROD.nodes * 256
    assert demand.prefix_length == 20
    assert pods(PROD).prefix_length == 19


def test_services_take_one_each_beside_the_clusters_own() -> None:
    demand = services(PROD, growth_ratio=0)

    assert demand.addresses == 10 + 44
    assert demand.prefix_length == 26


def test_free_addresses_say_what_is_missing_unless_they_are_unknown() -> None:
    demand = workload(supervisors=[3], clusters=[PROD], vms=2, growth_ratio=0)

    assert demand.missing(20) == 2
    assert demand.missing(900) == 0
    assert demand.missing(None) is None


@pytest.mark.parametrize(
    ("addresses", "length"), [(1, 30), (2, 29), (13, 28), (14, 27), (61, 26), (62, 25), (253, 24)]
)
def test_a_range_holds_network_broadcast_and_gateway_too(addresses: int, length: int) -> None:
    assert prefix_length(addresses) == length


def test_more_than_a_sixteen_million_addresses_are_refused() -> None:
    with pytest.raises(Nonsense, match="split the platform"):
        prefix_length(1 << 25)


@pytest.mark.parametrize("size", [0, 2, 5])
def test_a_control_plane_has_one_or_three_vms(size: int) -> None:
    with pytest.raises(Nonsense, match="1 or 3"):
        management(supervisors=[size])


def test_a_pod_range_of_the_whole_internet_is_nonsense() -> None:
    with pytest.raises(Nonsense, match="pod_cidr"):
        pods(PROD, node_prefix=4)


@given(st.integers(0, 1 << 20), st.integers(0, 5))
def test_the_smallest_range_holds_all_and_half_of_it_does_not(
    addresses: int, reserved: int
) -> None:
    length = prefix_length(addresses, reserved)
    room = 1 << (32 - length)

    assert addresses + reserved <= room
    assert length == 30 or addresses + reserved > room // 2


@given(st.integers(0, 50), st.integers(0, 50), st.integers(0, 3), st.floats(0, 2))
def test_demand_is_the_sum_of_its_parts_and_grows_with_nodes(
    nodes: int, more: int, surge: int, growth: float
) -> None:
    def demand(count: int) -> int:
        pool = NodePool(name="p", nodes=count, surge=surge)
        shape = ClusterShape(name="c", control_plane=3, pools=(pool,))
        found = workload(supervisors=[3], clusters=[shape], growth_ratio=growth)
        assert found.addresses == sum(part.value for part in found.bill.parts)
        return found.addresses

    assert demand(nodes) <= demand(nodes + more)
